from time import perf_counter, sleep

import pytest

from qa_bot.stopwatch import Stopwatch


def test_steps_are_timed_in_milliseconds() -> None:
    """A step taken twice is the sum of both, one not taken is 0, and the total is all since the watch was made."""
    began = perf_counter()
    watch = Stopwatch()
    with watch.step("search"):
        sleep(0.01)
        with watch.step("dense"):
            sleep(0.01)
    with watch.step("dense"):
        sleep(0.01)
    timing = watch.timing()

    elapsed = (perf_counter() - began) * 1000
    assert 20 <= timing.dense <= timing.total <= elapsed
    assert 20 <= timing.search <= timing.total - 10 + 1e-6
    assert (timing.encode, timing.lexical, timing.read, timing.evidence) == (0.0, 0.0, 0.0, 0.0)


def test_an_unknown_step_is_no_step() -> None:
    """A step that `Timing` has no field for is a mistake, and not lost."""
    watch = Stopwatch()
    with watch.step("dreams"):
        pass
    with pytest.raises(TypeError, match="dreams"):
        watch.timing()
