"""How the bot starts, stops, and comes back."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import aiohttp
import pytest
from bot_api import FakeBotAPI
from click.testing import CliRunner
from pydantic import SecretStr
from records_double import record
from running_bot import APRIL, FRANCE, Chat, Running, running

from qa_bot.faces.cli import main
from qa_bot.faces.telegram.application import Options
from qa_bot.faces.telegram.database import Database
from qa_bot.faces.telegram.journal import Journal
from qa_bot.faces.telegram.questions import SORRY
from qa_bot.faces.telegram.redaction import RedactingFormatter
from qa_bot.faces.telegram.running import TelegramUnavailable
from qa_bot.settings import Settings

Start = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.mark.parametrize(
    ("token", "sentence"),
    [("", "There is no Telegram token"), ("hello", "is no token"), ("12:a b", "is no token")],
)
def test_no_token(token: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token, or with something else in its place, there is one sentence, exit code 2, and no traceback."""
    monkeypatch.setenv("QA_BOT_TELEGRAM_TOKEN", token)

    result = CliRunner().invoke(main, ["telegram"])

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_token_file_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is named."""
    monkeypatch.setenv("QA_BOT_TELEGRAM_TOKEN_FILE", "none.txt")

    result = CliRunner().invoke(main, ["telegram"])

    assert (result.exit_code, "none.txt" in result.stderr) == (2, True)


async def test_a_wrong_token(api: FakeBotAPI, archive: tuple[Path, Path], tmp_path: Path) -> None:
    """A token that Telegram does not know is one sentence, which does not repeat it."""
    right, api.token = api.token, "1:other"
    fake, wrong = FakeBotAPI(), right
    fake.url, fake.token = api.url, wrong
    fake.polls = 0
    with pytest.raises(TelegramUnavailable, match="does not know the token") as caught:
        async with running(fake, archive, state=tmp_path / "state"):
            pass
    assert wrong not in str(caught.value)


async def test_no_network(archive: tuple[Path, Path], tmp_path: Path) -> None:
    """Where Telegram cannot be reached the sentence says where it was looked for."""
    nowhere = FakeBotAPI()
    nowhere.url = "http://127.0.0.1:9"
    with pytest.raises(TelegramUnavailable, match=r"cannot be reached at 127\.0\.0\.1:9"):
        async with running(nowhere, archive, state=tmp_path / "state"):
            pass


def test_the_token_is_in_no_line_of_the_log() -> None:
    """Messages and tracebacks have `<token>` in its place."""
    formatter = RedactingFormatter("%(message)s", secret="12:SECRET")  # noqa: S106
    error = ValueError("https://api/bot12:SECRET/getMe")
    failure = (ValueError, error, None)
    written = logging.LogRecord("x", logging.ERROR, "f", 1, "at %s", ("bot12:SECRET",), failure)

    line = formatter.format(written)

    assert "SECRET" not in line
    assert line.count("<token>") >= 2


def test_the_token_is_in_no_repr(tmp_path: Path) -> None:
    """What the bot was started with can be shown without its token."""
    options = Options(
        token="12:SECRET",  # noqa: S106
        base_url="u",
        base_file_url="u",
        allowed=(),
        admins=(),
        corpus_dir=tmp_path,
        index_dir=tmp_path,
        state_dir=tmp_path,
        threads=1,
    )

    assert "SECRET" not in repr(options)
    assert "SECRET" not in repr(Settings(telegram_token=SecretStr("12:SECRET")))


def waiting(journal: Journal, number: int, text: str, *, ago: float) -> None:
    """A question of the journal that was asked so many seconds ago, and not answered."""
    update = {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": int(time.time() - ago),
            "chat": {"id": 1001, "type": "private", "first_name": "Ann"},
            "from": {"id": 1001, "is_bot": False, "first_name": "Ann"},
            "text": text,
        },
    }
    journal.arrived(number, user=1001, payload=json.dumps(update))


async def test_what_was_not_answered_is_answered_after_a_restart(start: Start, api: FakeBotAPI, tmp_path: Path) -> None:
    """Fresh questions are answered in order, old ones get one apology, and a second restart repeats nothing."""
    api.chat_of(None, api.user_of(None))
    with Database.open(tmp_path / "state") as database:
        journal = Journal(database)
        for number, text, ago in ((1, FRANCE, 7200), (2, APRIL, 5), (3, FRANCE, 4)):
            waiting(journal, number, text, ago=ago)
    async with start():
        await api.wait("sendMessage", count=3, timeout=30)
    async with start():
        await asyncio.sleep(0.3)
    texts = [message["text"] for message in api.chat()]

    assert [SORRY in text for text in texts] == [True, False, False]
    assert ["April" in text for text in texts] == [False, True, False]


async def test_questions_that_waited_at_telegram(start: Start, api: FakeBotAPI) -> None:
    """What Telegram kept while the bot was down for long gets an apology, not a late answer."""
    api.message(APRIL)
    api.queue[-1]["message"]["date"] -= 7200
    async with start():
        await api.wait("sendMessage", contains=SORRY, timeout=20)


def answer_in_journal(state: Path, *, left: bool) -> None:
    """An answer that a process before had ready, or was sending, when it ended."""
    with Database.open(state) as database:
        journal = Journal(database)
        waiting(journal, 1, APRIL, ago=1)
        number = journal.add_answer(
            update=1, chat=1001, thread=0, user=1001, message=1, parent=None, generation=1, record=record()
        )
        if left:
            journal.sending(number)


async def test_an_answer_that_was_being_sent(start: Start, api: FakeBotAPI, tmp_path: Path) -> None:
    """It may have arrived before the crash: the person is told, and it is not sent again unasked."""
    api.chat_of(None, api.user_of(None))
    answer_in_journal(tmp_path / "state", left=True)
    async with start():
        await api.wait("sendMessage", contains="connection broke", timeout=20)
        assert "bridge" in (await Chat(api).press("Show the answer"))["text"]
    async with start():
        await asyncio.sleep(0.3)

    assert len([message for message in api.chat() if message["from"]["is_bot"]]) == 1


async def test_an_answer_that_had_not_left(start: Start, api: FakeBotAPI, tmp_path: Path) -> None:
    """It certainly did not arrive: it is sent, once."""
    api.chat_of(None, api.user_of(None))
    answer_in_journal(tmp_path / "state", left=False)
    for _ in range(2):
        async with start():
            await asyncio.sleep(0.5)

    assert [message["text"][:10] for message in api.chat()] == ["The bridge"]


async def test_conversations_outlive_the_process(start: Start, api: FakeBotAPI) -> None:
    """Buttons work after a restart, and the next question follows on the one before it."""
    async with start():
        await Chat(api).say(APRIL)
    async with start() as bot:
        assert "<b>In April" in (await Chat(api).press("Context"))["text"]
        await Chat(api).say(FRANCE)
        assert [stored.parent for stored in bot.journal.answers()] == [None, 1]


async def test_two_instances(start: Start, api: FakeBotAPI) -> None:
    """Where another program polls with the same token, the bot says so and ends."""

    async def interrupted() -> None:
        async with start() as bot:
            words = "Conflict: terminated by other getUpdates request"
            api.fault("http", method="getUpdates", times=20, code=409, description=words)
            api.wake()
            await asyncio.wait([bot.task], timeout=30)

    with pytest.raises(TelegramUnavailable, match="Another program answers with the same token"):
        await interrupted()


async def test_health_figures_and_webhook(start: Start, api: FakeBotAPI, unused_tcp_port: int) -> None:
    """Updates that are pushed with the secret are answered, others are not; health and figures are served."""
    base = f"http://127.0.0.1:{unused_tcp_port}"
    async with (
        start(webhook_url=f"{base}/hook", listen=("127.0.0.1", unused_tcp_port)),
        aiohttp.ClientSession() as http,
    ):
        assert "April" in (await Chat(api).say(APRIL))["text"]
        async with http.post(f"{base}/hook", json={"update_id": 1}) as refused:
            assert refused.status == 403
        async with http.get(f"{base}/healthz") as health:
            assert (health.status, await health.text()) == (200, "ok\n")
        async with http.get(f"{base}/metrics") as figures:
            assert 'qa_bot_questions_total{outcome="answered"} 1.0' in await figures.text()


def test_the_journal_is_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer is a line of JSON in the shape of `ask --json`, with its votes."""
    monkeypatch.setenv("QA_BOT_STATE_DIR", str(tmp_path / "state"))
    with Database.open(tmp_path / "state") as database:
        Journal(database).add_answer(
            update=1, chat=5, thread=0, user=7, message=2, parent=None, generation=3, record=record()
        )

    result = CliRunner().invoke(main, ["telegram", "--export", "-"])

    assert result.exit_code == 0
    line = json.loads(result.stdout)
    assert (line["status"], line["user"], line["generation"], line["votes"]) == ("answered", 7, 3, [])
    assert line["citations"][0]["quote"] == record().entries[0].quote
