"""A bot that runs against the fake Bot API in the test's own event loop, and a person who talks to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot_api import FakeBotAPI

from qa_bot.faces.build_process import BuildProcess
from qa_bot.faces.live import Live
from qa_bot.faces.telegram.application import Options
from qa_bot.faces.telegram.database import Database
from qa_bot.faces.telegram.journal import Journal
from qa_bot.faces.telegram.library import Library
from qa_bot.faces.telegram.people import People
from qa_bot.faces.telegram.running import serve
from qa_bot.index.generation import current_folder
from qa_bot.pipeline import Pipeline

ADMIN = 1001
APRIL = "When did Tsikhanouskaya meet members of the US State Department?"
FRANCE = "Who is the president of France?"


@dataclass(frozen=True, slots=True)
class Running:
    """A bot at work, and what it remembers."""

    task: asyncio.Task[None]
    journal: Journal
    people: People
    library: Library


@asynccontextmanager
async def running(
    api: FakeBotAPI,
    archive: tuple[Path, Path],
    *,
    state: Path,
    allowed: tuple[int, ...] = (),
    watch: Literal["auto", "polling", "off"] = "off",
    webhook_url: str | None = None,
    listen: tuple[str, int] | None = None,
) -> AsyncIterator[Running]:
    """A bot that answers by the time the block begins."""
    corpus, index = archive
    stop = asyncio.Event()
    library = Library(Live(open_live=lambda: Pipeline.open(index), live_name=lambda: current_folder(index).name))
    options = Options(
        token=api.token,
        base_url=api.url + "/bot",
        base_file_url=api.url + "/file/bot",
        allowed=allowed,
        admins=(ADMIN,),
        corpus_dir=corpus,
        index_dir=index,
        state_dir=state,
        threads=2,
        fetch_private=True,
        watch=watch,
        webhook_url=webhook_url,
        listen=listen,
    )
    with Database.open(state) as database:
        builds = BuildProcess(corpus, index, embedding_model="all-MiniLM-L6-v2", precision="int8")
        task = asyncio.create_task(serve(options, database, library, update=builds.update, stop=stop))
        while not (task.done() or api.polls or api.webhook["url"]):
            await asyncio.sleep(0.01)
        try:
            yield Running(task, Journal(database), People(database), library)
        finally:
            stop.set()
            await task
            builds.close()


class Chat:
    """One person, or group, and the bot."""

    def __init__(self, api: FakeBotAPI, **who: Any) -> None:
        self._api = api
        self._who = who

    async def say(self, text: str | None, *, method: str = "sendMessage", **more: Any) -> dict[str, Any]:
        """The parameters of what the bot does when that is said."""
        since = len(self._api.calls)
        self._api.message(text, **(self._who | more))
        return await self.next(method, since=since)

    async def press(self, label: str, *, method: str = "editMessageText") -> dict[str, Any]:
        """The parameters of what the bot does when that button under its last message is pressed."""
        since = len(self._api.calls)
        self._api.press(self.last()["message_id"], text=label)
        return await self.next(method, since=since)

    async def press_and_wait(self, label: str, words: str) -> dict[str, Any]:
        """The parameters of the edit with those words, which comes some time after the press."""
        since = len(self._api.calls)
        self._api.press(self.last()["message_id"], text=label)
        call = await self._api.wait("editMessageText", since=since, contains=words, timeout=60)
        parameters: dict[str, Any] = call["params"]
        return parameters

    async def next(self, method: str, *, since: int) -> dict[str, Any]:
        """The parameters of the next successful call."""
        call = await self._api.wait(method, since=since, timeout=20)
        parameters: dict[str, Any] = call["params"]
        return parameters

    def last(self) -> dict[str, Any]:
        """The bot's last message in the private chat."""
        own = [message for message in self._api.chat() if message["from"]["is_bot"]]
        found: dict[str, Any] = own[-1]
        return found

    async def silence(self, text: str | None, *, seconds: float = 0.6, **more: Any) -> None:
        """Nothing is sent when that is said."""
        since = len(self._api.calls)
        self._api.message(text, **(self._who | more))
        await asyncio.sleep(seconds)
        sent = [call["params"] for call in self._api.calls[since:] if call["method"] != "sendChatAction"]
        assert sent == []


def buttons(parameters: dict[str, Any]) -> list[str]:
    """The labels under a message that was sent."""
    markup = json.loads(parameters.get("reply_markup") or '{"inline_keyboard": []}')
    return [button["text"] for row in markup["inline_keyboard"] for button in row]
