"""The pipeline of a program that runs on: always that over the live generation, taken up without a restart."""

import logging
from collections.abc import Callable
from threading import Lock

from qa_bot.errors import IndexMissing, IndexUnavailable, ModelUnavailable
from qa_bot.pipeline import Pipeline

logger = logging.getLogger(__name__)


class Live:
    """`open_live` opens the live generation, `live_name` says cheaply which one it is: the number of a generation.

    Safe to share between threads.
    """

    def __init__(self, *, open_live: Callable[[], Pipeline], live_name: Callable[[], str]) -> None:
        self._open_live = open_live
        self._live_name = live_name
        self._lock = Lock()
        self._trouble = ""
        self._missing: IndexMissing | None = None
        self._pipeline = open_live()

    def pipeline(self) -> Pipeline:
        """The pipeline over the live generation; the one before where the new one cannot be opened, which is logged.

        While one thread opens it, the others go on with the one before. Raises IndexMissing where none is live any
        more: the last article was taken out, and must not be quoted.
        """
        if self._lock.acquire(blocking=False):
            try:
                self._take_up()
            finally:
                self._lock.release()
        if self._missing:
            raise self._missing
        return self._pipeline

    def _take_up(self) -> None:
        trouble, missing = "", None
        try:
            if self._live_name() != str(self._pipeline.manifest.generation):
                self._pipeline = self._open_live()
                logger.info("generation %s answers from now on", self._pipeline.manifest.generation)
        except IndexMissing as error:
            missing = error
        except (IndexUnavailable, ModelUnavailable) as error:
            trouble = str(error)
            if trouble != self._trouble:
                logger.warning("the generation before goes on answering: %s", trouble)
        self._trouble, self._missing = trouble, missing
