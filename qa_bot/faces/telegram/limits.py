"""Fairness: how many questions a person may ask at a stretch, and how long the line is."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

# A burst of so many questions, and then so many a second: as fast as one person reads.
BURST = 5
PER_SECOND = 20 / 60
# People whose bucket is not full that are remembered; who was forgotten has a full one.
_MOST_PEOPLE = 10_000
# Who would wait longer is told so at once.
LONGEST_WAIT = 60.0
# What one question takes before any was measured, in seconds, and how much a new measurement counts.
_FIRST_GUESS = 0.15
_SHARE = 0.1


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class TokenBuckets:
    """A bucket of tokens for each person (RFC 2697 calls them meters); `clock` gives seconds."""

    def __init__(
        self, *, burst: int = BURST, per_second: float = PER_SECOND, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def wait(self, person: int) -> float:
        """0 where the person may ask now, which takes a token; else the seconds until they may."""
        now = self._clock()
        bucket = self._buckets.pop(person, None) or _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._per_second)
        bucket.at = now
        self._buckets[person] = bucket
        while len(self._buckets) > _MOST_PEOPLE:
            self._buckets.popitem(last=False)
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0.0
        return (1 - bucket.tokens) / self._per_second


class Line:
    """The questions that wait or are being answered, by `servers` at a time."""

    def __init__(self, *, servers: int) -> None:
        self._servers = servers
        self._each = _FIRST_GUESS
        self.waiting = 0

    def expected(self) -> float:
        """How many seconds a question that comes now waits for its answer."""
        return (self.waiting + 1) * self._each / self._servers

    def is_full(self) -> bool:
        """Whether a question that comes now would wait too long."""
        return self.expected() > LONGEST_WAIT

    def answered_in(self, seconds: float) -> None:
        """One question took so long to answer, once its turn had come."""
        self._each += _SHARE * (seconds - self._each)


def whole_seconds(seconds: float) -> int:
    """The seconds as people are told them: rounded up, at least 1."""
    return max(1, math.ceil(seconds))
