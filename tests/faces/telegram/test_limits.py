import pytest

from qa_bot.faces.telegram.limits import LONGEST_WAIT, Line, TokenBuckets, whole_seconds


def test_a_burst_passes_and_then_one_at_a_time() -> None:
    """Two at once, then one every ten seconds; the wait that is told is the wait that is needed."""
    now = 100.0
    buckets = TokenBuckets(burst=2, per_second=0.1, clock=lambda: now)

    assert [buckets.wait(1) for _ in range(3)] == [0, 0, pytest.approx(10)]
    now += 9.9
    assert buckets.wait(1) == pytest.approx(0.1)
    now += 0.2
    assert buckets.wait(1) == 0
    assert buckets.wait(1) > 0


def test_people_do_not_share_a_bucket() -> None:
    """One person's haste is nobody else's wait."""
    buckets = TokenBuckets(burst=1, per_second=0.1, clock=lambda: 0.0)

    assert (buckets.wait(1), buckets.wait(2)) == (0, 0)
    assert buckets.wait(1) > 0


def test_the_line_is_full_by_time_not_by_number() -> None:
    """What counts is how long a question would wait, as fast as questions are answered now."""
    line = Line(servers=2)
    line.waiting = 200
    assert not line.is_full()
    for _ in range(100):
        line.answered_in(2.0)
    assert line.expected() == pytest.approx(201, rel=0.01)
    assert line.expected() > LONGEST_WAIT
    assert line.is_full()


def test_seconds_are_rounded_up() -> None:
    """Nobody is told to wait for 0 s, or too short."""
    assert [whole_seconds(seconds) for seconds in (0.01, 1.0, 1.2)] == [1, 1, 2]
