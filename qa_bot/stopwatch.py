"""How long each step of one question takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from qa_bot.types import Timing


class Stopwatch:
    """Runs from its making on; of one question, and so of one thread."""

    def __init__(self) -> None:
        self._started = perf_counter()
        self._steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """The time until the end of the block is added to that of the step; its name is a field of `Timing`."""
        began = perf_counter()
        yield
        self._steps[name] = self._steps.get(name, 0.0) + _since(began)

    def timing(self) -> Timing:
        """What every step took, and all together up to now, in milliseconds; 0 for a step that was not taken."""
        return Timing(**{"encode": 0.0, "search": 0.0, "read": 0.0} | self._steps, total=_since(self._started))


def _since(began: float) -> float:
    return (perf_counter() - began) * 1000
