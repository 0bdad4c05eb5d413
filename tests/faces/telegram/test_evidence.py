"""Who says so, and where articles differ, as a person in Telegram sees it."""

import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bot_api import FakeBotAPI
from running_bot import Chat, Running, buttons

from qa_bot.indexing import update_index

ARTICLES = Path(__file__).parents[2] / "gold" / "articles"
PASSENGERS = "How many passengers was the ferry carrying?"
INJURED = "How many people were injured when fire broke out on the ferry Silver Heron?"
LENT = "Who lent money for the breakwater?"

Start = Callable[..., AbstractAsyncContextManager[Running]]


async def test_who_says_so(start: Start, api: FakeBotAPI, archive: tuple[Path, Path]) -> None:
    """The button shows a quotation of each article that says so, of copies too; Back shows the answer as it was."""
    _add_articles(archive)
    async with start():
        chat = Chat(api)
        answer = await chat.say(PASSENGERS)
        assert "3 articles say so, 2 independent" in answer["text"]
        assert "Who says so" in buttons(answer)

        who = (await chat.press("Who says so"))["text"]
        outlets = ("Northern Wire", "Harbour Courier", "The Lantern")
        assert [outlet for outlet in outlets if f" \N{EN DASH} {outlet} \N{EN DASH} " in who] == list(outlets)
        assert "<b>412</b> passengers" in who
        assert (await chat.press("◂ Back"))["text"] == answer["text"]


async def test_where_they_differ(start: Start, api: FakeBotAPI, archive: tuple[Path, Path]) -> None:
    """Numbers that differ stand one under the other, the newest first, and names that add up are a list."""
    _add_articles(archive)
    async with start():
        chat = Chat(api)
        differing = (await chat.say(INJURED))["text"]
        assert differing.startswith("<b>The articles differ; the newest first:</b>")
        assert -1 < differing.find("<b>43</b>") < differing.find("<b>41</b>") < differing.find("<b>36</b>")
        who = (await chat.press("Who says so"))["text"]
        assert "2 articles say so, 1 independent" in who

        listed = (await chat.say(LENT))["text"]
        assert listed.startswith("<b>Several answers, each with its article:</b>")
        assert "<b>Brenland</b> lent 20 million" in listed
        assert "<b>Ostermark</b> lent 9 million" in listed


def _add_articles(archive: tuple[Path, Path]) -> None:
    corpus, index = archive
    shutil.copytree(ARTICLES, corpus, dirs_exist_ok=True)
    update_index(corpus, index, embedding_model="all-MiniLM-L6-v2", precision="int8", progress=lambda *_: None)
