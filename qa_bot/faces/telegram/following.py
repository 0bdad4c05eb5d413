"""The index follows the folder of articles while the bot answers; admins are told what went wrong."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from qa_bot.faces.safe_text import one_line
from qa_bot.faces.telegram.delivery import Place
from qa_bot.faces.telegram.desk import Desk
from qa_bot.types import Skipped

if TYPE_CHECKING:
    from qa_bot.indexing import BuildReport

logger = logging.getLogger(__name__)

# Files that one message names; a folder full of broken ones is no reason for a hundred lines.
_NAMED = 5


class Following:
    """Follows `folder` with `update`, which brings the index up to date, in a thread of its own."""

    def __init__(
        self,
        desk: Desk,
        *,
        folder: Path,
        update: "Callable[[], BuildReport]",
        polling: bool,
        admins: Collection[int],
    ) -> None:
        self._desk = desk
        self._folder = folder
        self._update = update
        self._polling = polling
        self._admins = admins
        self._stop = Event()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Follows until the end of the block."""
        thread = Thread(target=self._run, args=(asyncio.get_running_loop(),), name="following", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        # What builds is far slower to import than what asks.
        from qa_bot.faces.building import changes  # noqa: PLC0415
        from qa_bot.following import follow  # noqa: PLC0415

        def tell(problem: str) -> None:
            if self._stop.is_set():  # the loop may be gone, and a build that was ended for that is no news
                return
            logger.warning("%s", one_line(problem))
            loop.call_soon_threadsafe(lambda: loop.create_task(self._tell(problem)))

        skipped: Collection[Skipped] = ()
        for report in follow(self._folder, self._update, polling=self._polling, stop=self._stop, told=tell):
            if told := changes(report):
                logger.info("the index follows %s: %s", self._folder, told)
            for note in report.notes:
                logger.warning("%s", one_line(note))
            if fresh := [one for one in report.skipped if one not in skipped]:
                tell(_skipped(fresh))
            skipped = report.skipped

    async def _tell(self, problem: str) -> None:
        for admin in self._admins:
            await self._desk.say(Place(admin), problem)


def _skipped(files: Iterable[Skipped]) -> str:
    lines = [f"{one_line(file.path)}: {one_line(file.reason)}" for file in files]
    more = [f"... and {len(lines) - _NAMED:,} more."] if len(lines) > _NAMED else []
    return "\n".join(["Skipped in the folder of articles:", *lines[:_NAMED], *more])
