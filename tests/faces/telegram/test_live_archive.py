"""The index follows the folder of articles while the bot answers."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bot_api import FakeBotAPI
from running_bot import ADMIN, Chat, Running

from qa_bot.index.generation import retire

MOON = (
    "Moon base opens\n\nThe first hotel on the Moon opened on 3 May 2031 in the crater Tycho. Its owner is Ada Bright."
)
WHO = "Who owns the first hotel on the Moon?"

Start = Callable[..., AbstractAsyncContextManager[Running]]


def _said(api: FakeBotAPI) -> list[str]:
    return [call["params"]["text"] for call in api.calls if call["method"].lower() == "sendmessage"]


async def _articles(bot: Running, number: int) -> None:
    """The archive has that many articles."""
    async with asyncio.timeout(30):
        while bot.library.pipeline().manifest.articles != number:
            await asyncio.sleep(0.05)


async def test_a_file_in_the_folder_is_answered(start: Start, api: FakeBotAPI, archive: tuple[Path, Path]) -> None:
    """What is put into the folder answers a moment later, and what is taken out does not; nobody is told of it."""
    corpus, index = archive
    async with start(watch="auto") as bot:
        chat = Chat(api)
        assert "do not say" in (await chat.say(WHO))["text"]
        sent = len(_said(api))
        (corpus / "moon.txt").write_text(MOON, encoding="utf-8")
        await _articles(bot, 2)
        assert len(_said(api)) == sent
        assert "<b>Ada Bright</b>" in (await chat.say(WHO))["text"]

        (corpus / "moon.txt").unlink()
        await _articles(bot, 1)
        assert "do not say" in (await chat.say(WHO))["text"]

        retire(index)  # as taking out the last article does
        assert (await chat.say(WHO))["text"] == "The archive has no articles now."
        since = len(api.calls)
        api.document("moon.txt", MOON)
        assert (await chat.next("sendMessage", since=since))["text"].startswith("Moon base opens")


async def test_admins_are_told_what_went_wrong(start: Start, api: FakeBotAPI, archive: tuple[Path, Path]) -> None:
    """A file that cannot be read, and a folder that is gone, are a message to each admin, once."""
    corpus, _ = archive
    async with start(watch="auto") as bot:
        await Chat(api).say("/help")  # Telegram lets a bot write to those alone who wrote to it
        (corpus / "bad.txt").write_bytes(b"\x7fELF\x00\x01" * 50)
        told = await api.wait("sendMessage", contains="Skipped in the folder of articles", timeout=30)
        assert told["params"]["chat_id"] == str(ADMIN)
        assert f"{corpus}/bad.txt" in told["params"]["text"]
        (corpus / "moon.txt").write_text(MOON, encoding="utf-8")
        await _articles(bot, 2)

        corpus.rename(corpus.with_name("away"))
        told = await api.wait("sendMessage", contains=f"The folder {corpus} is gone", timeout=30)
        corpus.with_name("away").rename(corpus)
        await api.wait("sendMessage", contains=f"The folder {corpus} is back", timeout=30)
        assert "<b>Ada Bright</b>" in (await Chat(api).say(WHO))["text"]
    assert [call["params"]["chat_id"] for call in api.calls if "Skipped" in call["params"].get("text", "")] == [
        str(ADMIN)
    ]
