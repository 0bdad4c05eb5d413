"""The fake Bot API is as strict as the real one, seen by python-telegram-bot as a client over loopback HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import aiohttp
import pytest
from bot_api import FakeBotAPI
from bot_api_text import NOT_MODIFIED, OLD_QUERY, TOKEN
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Message,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

HTML_ERRORS = {
    "<b>x": 'Can\'t find end tag corresponding to start tag "b"',
    "<h1>x</h1>": 'Unsupported start tag "h1" at byte offset 0',
    "five < six": 'Unsupported start tag "" at byte offset 5',
    "é <3": "Unclosed start tag at byte offset 3",  # bytes, not characters
    "x</b>": "Unexpected end tag at byte offset 1",
    "<b>x</i>": 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
    "<b>x</b": "Unclosed end tag at byte offset 4",
    "a<br/>b": 'Unsupported start tag "br/" at byte offset 1',
    '<span class="x">y</span>': 'Tag "span" must have class "tg-spoiler" at byte offset 0',
    "<a href=a/b>y</a>": "Unexpected end of name token at byte offset 8",
    "<b / >y</b>": 'Empty attribute name in the tag "b" at byte offset 0',
}
GROUP = {"id": -1001, "type": "supergroup", "title": "Desk"}


@pytest.fixture
async def client(api: FakeBotAPI) -> AsyncIterator[Bot]:
    """A bot's client, to which user 1001 has written."""
    api.message("hi")
    async with Bot(TOKEN, base_url=api.url + "/bot", base_file_url=api.url + "/file/bot") as bot:
        yield bot


async def refused(api: FakeBotAPI, call: Awaitable[object], error: str, kind: type[TelegramError] = BadRequest) -> None:
    """The call fails, and the description on the wire is exactly the real one."""
    with pytest.raises(kind):
        await call
    assert api.calls[-1]["error"] in (error, f"Bad Request: {error}")


def keyboard(**button: Any) -> InlineKeyboardMarkup:
    """One button."""
    return InlineKeyboardMarkup([[InlineKeyboardButton("k", **button)]])


def article(number: str, text: str = "x", mode: str | None = None) -> InlineQueryResultArticle:
    """An inline result."""
    return InlineQueryResultArticle(number, "t", InputTextMessageContent(text, parse_mode=mode))


@pytest.mark.parametrize(("text", "error"), HTML_ERRORS.items())
async def test_markup_that_is_refused(api: FakeBotAPI, client: Bot, text: str, error: str) -> None:
    """HTML that Telegram does not take is refused in its words."""
    await refused(api, client.send_message(1001, text, parse_mode="HTML"), "can't parse entities: " + error)


async def test_markup_that_is_taken(client: Bot) -> None:
    """Unknown references stay, bad links and entities beyond a hundred are dropped, offsets are UTF-16."""
    html = (
        '<b>b</b> &lt;&amp;&nbsp; <a href="https://e.org/?a=1&amp;b=2">l</a> <a href="zz">no</a>'
        " <blockquote expandable>q</blockquote>\n"
    )
    message = await client.send_message(1001, html, parse_mode="HTML")
    assert message.text == "b <&&nbsp; l no q"
    assert [entity.type for entity in message.entities] == ["bold", "text_link", "expandable_blockquote"]
    assert message.entities[1].url == "https://e.org/?a=1&b=2"
    emoji = await client.send_message(1001, "😀 <B>x</b>", parse_mode="HTML")
    assert (emoji.entities[0].offset, emoji.entities[0].length) == (3, 1)
    many = await client.send_message(1001, "".join(f"<b>{i % 10}</b> " for i in range(120)), parse_mode="HTML")
    assert len(many.entities) == 100


async def test_lengths(api: FakeBotAPI, client: Bot) -> None:
    """4,096 characters after markup are a message, one more is none, and an edit says it in other words."""
    longest = await client.send_message(1001, "<b>" + "a" * 4096 + "</b>", parse_mode="HTML")
    assert len((await client.send_message(1001, "😀" * 4096)).text or "") == 4096
    for text, error in {
        "a" * 4097: "message is too long",
        "": "message text is empty",
        " \n ": "text must be non-empty",
        "x" * 40000: "text is too long",
    }.items():
        await refused(api, client.send_message(1001, text), error)
    await refused(api, longest.edit_text("a" * 4097), "MESSAGE_TOO_LONG")


async def test_keyboards(api: FakeBotAPI, client: Bot) -> None:
    """A button holds 64 bytes, and something that it does."""

    async def send(markup: InlineKeyboardMarkup) -> Message:
        return await client.send_message(1001, "x", reply_markup=markup)

    assert (await send(keyboard(callback_data="d" * 64))).reply_markup
    await refused(api, send(keyboard(callback_data="d" * 65)), "BUTTON_DATA_INVALID")
    await refused(api, send(keyboard(callback_data="я" * 33)), "BUTTON_DATA_INVALID")
    unallowed = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
    await refused(api, send(keyboard()), unallowed)


async def test_edits_replies_and_chats(api: FakeBotAPI, client: Bot) -> None:
    """What is not there, not changed or not allowed is refused; an edit without a keyboard removes it."""
    sent = await client.send_message(1001, "<b>a</b>", parse_mode="HTML", reply_markup=keyboard(callback_data="d"))
    await refused(api, sent.edit_text("<b>a</b>", parse_mode="HTML", reply_markup=sent.reply_markup), NOT_MODIFIED)
    edited = await sent.edit_text("<b>a</b>", parse_mode="HTML")
    assert isinstance(edited, Message)
    assert edited.reply_markup is None
    await refused(api, client.edit_message_text("x", 1001, 999), "message to edit not found")
    await refused(api, client.edit_message_text("x", 1001, 1), "message can't be edited")
    await refused(api, client.send_message(1001, "x", reply_to_message_id=999), "message to be replied not found")
    assert await client.send_message(1001, "x", reply_to_message_id=999, allow_sending_without_reply=True)
    await refused(api, client.send_message(4242, "you never wrote to me"), "chat not found")
    api.block(1001)
    await refused(api, client.send_message(1001, "x"), "Forbidden: bot was blocked by the user", Forbidden)


async def test_queries(api: FakeBotAPI, client: Bot) -> None:
    """A query is answered once, in time, with at most 200 characters; results are unique and valid."""
    sent = await client.send_message(1001, "x", reply_markup=keyboard(callback_data="d"))
    query = api.press(sent.message_id, data="d")["id"]
    await refused(api, client.answer_callback_query(query, "t" * 201), "MESSAGE_TOO_LONG")
    assert await client.answer_callback_query(query, "t" * 200)
    for stale in (query, "12345"):
        await refused(api, client.answer_callback_query(stale), OLD_QUERY)
    for results, error in [
        ([article("1"), article("1")], "RESULT_ID_DUPLICATE"),
        ([article("1", "a" * 4097)], "message is too long"),
    ]:
        asked = api.inline_query("q")["id"]
        await refused(api, client.answer_inline_query(asked, results), error)
    late = api.inline_query("q")["id"]
    api.queries[late]["born"] -= 11
    await refused(api, client.answer_inline_query(late, [article("1")]), OLD_QUERY)


async def test_commands(api: FakeBotAPI, client: Bot) -> None:
    """Names and descriptions of commands have their limits, and each scope its list."""
    await client.set_my_commands([BotCommand("ask", "Ask a question")])
    await client.set_my_commands([BotCommand("g", "In groups")], scope=BotCommandScopeAllGroupChats())
    assert [command.command for command in await client.get_my_commands()] == ["ask"]
    await refused(api, client.set_my_commands([BotCommand("Ask", "x")]), "BOT_COMMAND_INVALID")
    too_long = "command description length must not exceed 256"
    await refused(api, client.set_my_commands([BotCommand("ask", "d" * 257)]), too_long)


async def test_bodies_and_tokens(api: FakeBotAPI, client: Bot) -> None:
    """JSON, forms and query strings are read alike; a wrong token and an unknown method are refused."""
    assert client
    url, data = f"{api.url}/bot{TOKEN}/sendMessage", {"chat_id": "1001", "text": "x"}
    async with aiohttp.ClientSession() as http:
        for body in ({"json": data}, {"data": data}, {"params": data}):
            async with http.post(url, **body) as response:  # type: ignore[arg-type]
                assert (await response.json())["ok"], body
        async with http.get(url.replace("sendMessage", "noSuchMethod")) as response:
            assert (response.status, (await response.json())["description"]) == (404, "Not Found: method not found")
    stranger = Bot("1:AAAA", base_url=api.url + "/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


async def test_updates_are_confirmed_by_their_offset(api: FakeBotAPI, client: Bot) -> None:
    """An update comes until a later offset is asked for, and a redelivered one once more."""
    (first,) = await client.get_updates(timeout=0)
    assert [update.update_id for update in await client.get_updates(timeout=0)] == [first.update_id]
    assert await client.get_updates(offset=first.update_id + 1, timeout=0) == ()
    api.redeliver(first.to_dict())
    assert [update.update_id for update in await client.get_updates(timeout=0)] == [first.update_id]


async def test_allowed_updates(api: FakeBotAPI, client: Bot) -> None:
    """What is not asked for is not delivered."""
    await client.get_updates(allowed_updates=["message"], timeout=0)
    assert api.inline_query("q")["update"] is None
    assert api.message("m")["update"]


async def test_two_pollers(api: FakeBotAPI, client: Bot) -> None:
    """The older of two polls ends with a conflict."""
    await client.get_updates(offset=-1, timeout=0)
    api.queue.clear()
    older = asyncio.create_task(client.get_updates(timeout=5))
    while not api.poll:
        await asyncio.sleep(0.01)
    async with Bot(TOKEN, base_url=api.url + "/bot") as other:
        assert await other.get_updates(timeout=1) == ()
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await older


async def test_group_privacy(api: FakeBotAPI, client: Bot) -> None:
    """In groups commands for the bot and replies to it arrive, chatter does not."""

    def arrives(text: str, reply_to: int | None = None) -> bool:
        return api.message(text, user=7, chat=GROUP, reply_to=reply_to)["update"] is not None

    assert [arrives(text) for text in ("just talking", "@fake_qa_bot who?", "/ask what")] == [False] * 3
    assert [arrives(text) for text in ("/ask@fake_qa_bot what", "/ask@other_bot what")] == [True, False]
    said = await client.send_message(-1001, "I am here")
    assert arrives("/ask what")
    assert arrives("and then?", reply_to=said.message_id)
    api.configure(privacy=False)
    assert arrives("just talking")


async def test_faults(api: FakeBotAPI, client: Bot) -> None:
    """Each failure looks like the real one; one that is `applied` has done its work all the same."""
    api.fault("429", "sendMessage", retry_after=7)
    with pytest.raises(RetryAfter, match="Retry in 7 seconds"):
        await client.send_message(1001, "x")
    for kind in ("http", "reset", "garbage"):
        api.fault(kind, "sendMessage")
        with pytest.raises((NetworkError, TelegramError)):
            await client.send_message(1001, kind)
    api.fault("reset", "sendMessage", applied=True)
    with pytest.raises(NetworkError):
        await client.send_message(1001, "applied")

    assert [message["text"] for message in api.chat()] == ["hi", "applied"]
