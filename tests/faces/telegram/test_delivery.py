"""What becomes of an answer when Telegram or the network fails."""

import asyncio
from typing import Any, cast

import pytest
from bot_api import FakeBotAPI
from running_bot import APRIL, FRANCE, Chat, Running, buttons
from telegram import Bot
from telegram.error import ChatMigrated

from qa_bot.faces.telegram.delivery import Place, Sender


def answers(api: FakeBotAPI, chat: int = 1001) -> list[str]:
    """The answers that arrived in the chat, not counting notes."""
    own = [message for message in api.chat(chat) if message["from"]["is_bot"]]
    return [message["text"] for message in own if "support" in message["text"]]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "429", "retry_after": 1},
        {"kind": "http", "code": 502, "description": "Bad Gateway"},
        {"kind": "slow", "seconds": 1.5},
    ],
    ids=["429", "502", "slow"],
)
async def test_what_was_certainly_not_sent_is_sent_again(chat: Chat, api: FakeBotAPI, fault: dict[str, Any]) -> None:
    """After 429 and 502, and a slow answer, the answer is in the chat exactly once."""
    api.fault(method="sendMessage", **fault)

    assert "April" in (await chat.say(APRIL))["text"]
    await asyncio.sleep(0.3)
    assert len(answers(api)) == 1


@pytest.mark.parametrize("kind", ["reset", "garbage", "hang"])
@pytest.mark.parametrize("applied", [True, False])
async def test_what_may_have_been_sent_is_not_sent_again(
    chat: Chat,
    api: FakeBotAPI,
    bot: Running,
    kind: str,
    applied: bool,  # noqa: FBT001
) -> None:
    """The person is told, and can have the answer shown; it is never there twice unasked."""
    api.fault(kind, method="sendMessage", applied=applied, seconds=0.2)
    api.message(APRIL)
    note = await api.wait("sendMessage", contains="connection broke", timeout=20)

    assert buttons(note["params"]) == ["Show the answer"]
    assert len(answers(api)) == (1 if applied else 0)
    assert (await chat.press("Show the answer"))["text"].startswith("In <b>April</b>")
    assert [stored.state for stored in bot.journal.answers()] == ["unsure"]


async def test_the_same_update_twice_is_answered_once(chat: Chat, api: FakeBotAPI) -> None:
    """A redelivered update is known, however late it comes."""
    update = api.message(APRIL)["update"]
    await api.wait("sendMessage", timeout=20)
    api.redeliver(update)
    await chat.say(FRANCE)

    assert len(answers(api)) == 2


async def test_somebody_who_blocked_the_bot(chat: Chat, api: FakeBotAPI, bot: Running) -> None:
    """Their question is let go quietly; others are answered."""
    api.message("/help", user=8)
    await api.wait("sendMessage", timeout=20)
    api.block(8)
    api.message(APRIL, user=8)

    assert "April" in (await chat.say(APRIL))["text"]
    await api.wait("sendMessage", ok=False, timeout=20)
    await asyncio.sleep(0.2)
    assert bot.journal.open_updates() == []


async def test_a_group_that_moved_while_it_was_answered() -> None:
    """The answer goes to the supergroup that Telegram names, and the journal learns of it."""
    moves: list[tuple[int, int]] = []

    class MovedBot:
        """A bot whose group -5 is the supergroup -1005."""

        async def send_message(self, chat: int, html: str, **_: object) -> tuple[int, str]:
            """What was sent where."""
            if chat == -5:
                raise ChatMigrated(-1005)
            return chat, html

    sender = Sender(cast("Bot", MovedBot()), migrated=lambda old, new: moves.append((old, new)))

    sent = await sender.send(Place(-5, 0, 3), ["one", "two"])

    assert sent == [(-1005, "one"), (-1005, "two")]
    assert moves == [(-5, -1005)]


async def test_messages_of_one_chat_are_spaced(bot: Running, api: FakeBotAPI) -> None:
    """After a short burst a chat is sent about one message a second."""
    assert bot
    since = len(api.calls)
    for _ in range(5):
        api.message(FRANCE)
    await api.wait("sendMessage", since=since, count=5, timeout=30)
    times = [call["t"] for call in api.get_calls(since, "sendMessage")]

    assert times[4] - times[0] >= 1.8


async def test_order_is_kept_in_a_chat(bot: Running, api: FakeBotAPI) -> None:
    """Questions of one chat are answered in the order in which they were asked."""
    assert bot
    since = len(api.calls)
    asked = [api.message(text)["message"]["message_id"] for text in (APRIL, FRANCE, APRIL, FRANCE)]
    await api.wait("sendMessage", since=since, count=4, timeout=30)
    replies = [message["reply_to_message"]["message_id"] for message in api.chat() if message["from"]["is_bot"]]

    assert replies == asked
