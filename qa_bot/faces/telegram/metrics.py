"""Figures of the running bot, in the format of Prometheus."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)


class Metrics:
    """Counters of one bot, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._outcomes = Counter(
            "qa_bot_questions", "Questions by what came of them.", ["outcome"], registry=self._registry
        )
        self._latency = Histogram(
            "qa_bot_answer_seconds",
            "From a question's turn to its delivered answer.",
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._errors = Counter("qa_bot_errors", "Updates whose handling failed.", registry=self._registry)

    def outcome(self, name: str) -> None:
        """One more question of that outcome."""
        self._outcomes.labels(name).inc()

    def latency(self, seconds: float) -> None:
        """One answer took so long."""
        self._latency.observe(seconds)

    def error(self) -> None:
        """One more update could not be handled."""
        self._errors.inc()

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A figure that is read when it is asked for."""
        Gauge(name, meaning, registry=self._registry).set_function(value)

    def text(self) -> bytes:
        """All figures."""
        written: bytes = generate_latest(self._registry)
        return written
