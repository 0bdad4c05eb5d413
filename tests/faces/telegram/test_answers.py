"""Answers, buttons, conversation and commands, as a person sees them."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from bot_api import FakeBotAPI
from running_bot import ADMIN, APRIL, FRANCE, Chat, Running, buttons

Start = Callable[..., AbstractAsyncContextManager[Running]]
GROUP = {"id": -1001, "type": "supergroup", "title": "Desk"}


async def test_an_answer(chat: Chat) -> None:
    """The quotation with the answering words in bold, where it stands, support in words; a reply to the question."""
    sent = await chat.say(APRIL)

    assert sent["text"].startswith("In <b>April</b>, Tsikhanouskaya met with members of the US State Department")
    assert "[1] <i>Belarus opposition leader" in sent["text"]
    assert "paragraph 11 \N{EN DASH} support strong" in sent["text"]
    assert '"is_disabled": true' in sent["link_preview_options"]
    assert f'"message_id": {chat.last()["reply_to_message"]["message_id"]}' in sent["reply_parameters"]
    assert buttons(sent) == ["More ▸", "Context", "👍", "👎"]


async def test_an_abstention(chat: Chat) -> None:
    """Where the articles are silent that comes first, and the closest passages are folded and said to be no answer."""
    text = (await chat.say(FRANCE))["text"]

    assert text.startswith(
        "<b>The articles do not say.</b>\n\nClosest passages (not an answer):\n\n<blockquote expandable>"
    )
    assert text.count("<blockquote expandable>") == 3
    assert text.count("<b>") == 1


async def test_pages_and_surroundings_are_shown_in_place(chat: Chat, api: FakeBotAPI) -> None:
    """More, Back, Context and Earlier edit the answer; no further message is sent."""
    answer = await chat.say(APRIL)
    since = len(api.calls)

    assert "Further passages (not an answer):" in (await chat.press("More ▸"))["text"]
    assert (await chat.press("◂ Back"))["text"] == answer["text"]
    around = (await chat.press("Context"))["text"]
    assert "<b>In April, Tsikhanouskaya met with members" in around
    earlier = (await chat.press("◂ Earlier"))["text"]
    assert earlier != around
    assert (await chat.press("Back"))["text"] == answer["text"]
    assert api.get_calls(since, "sendMessage") == []
    assert len(api.get_calls(since, "answerCallbackQuery")) == 5


async def test_a_vote_is_kept(chat: Chat, bot: Running) -> None:
    """A thumb is stored with who gave it, and thanked for."""
    await chat.say(APRIL)

    assert (await chat.press("👎", method="answerCallbackQuery"))["text"].startswith("Thank you")
    assert bot.people.votes(1) == [-1]


@pytest.mark.parametrize(
    "data",
    [
        "1:p:999:1",
        "1:p:1:99",
        "1:c:1:77:0",
        "1:v:1:5",
        "1:c:1:1:99999999",
        "nonsense",
        "1:p",
        "2:p:1:1",
        "1:q:8",
        "1:a:x:0",
        "1:a",
        "1:p:99999999999999999999:0",
    ],
)
async def test_forged_and_stale_buttons(chat: Chat, api: FakeBotAPI, data: str) -> None:
    """A press that refers to nothing gets one toast, and changes nothing."""
    await chat.say(APRIL)
    since = len(api.calls)
    api.press(chat.last()["message_id"], data=data, force=True)

    assert "out of date" in (await chat.next("answerCallbackQuery", since=since))["text"]
    await asyncio.sleep(0.1)
    assert [call["method"] for call in api.calls[since:]] == ["answerCallbackQuery"]


async def test_a_button_shows_nothing_of_other_chats(chat: Chat, api: FakeBotAPI) -> None:
    """A forged number of somebody else's answer is out of date."""
    await chat.say(APRIL)
    other = Chat(api, user=7)
    api.message("/help", user=7)
    await api.wait("sendMessage", contains="Type a question")
    message = next(found for found in api.chat(7) if found["from"]["is_bot"])
    since = len(api.calls)
    api.press(message["message_id"], data="1:p:1:0", force=True, user=7, chat=7)

    assert "out of date" in (await other.next("answerCallbackQuery", since=since))["text"]


async def test_an_edited_question_edits_its_answer(chat: Chat, api: FakeBotAPI) -> None:
    """The old answer says what the edited question asks; nothing new is sent."""
    await chat.say(APRIL)
    question = next(message for message in api.chat() if not message["from"]["is_bot"])
    since = len(api.calls)
    api.edit(question["message_id"], FRANCE)

    assert "do not say" in (await chat.next("editMessageText", since=since))["text"]
    assert api.get_calls(since, "sendMessage") == []


async def test_conversations_follow_topics_and_replies(chat: Chat, api: FakeBotAPI, bot: Running) -> None:
    """A question follows on the last one, a reply on the answer replied to, and after /new on nothing."""
    await chat.say(APRIL)
    await chat.say(FRANCE)
    first = next(message for message in api.chat() if message["from"]["is_bot"])
    await chat.say(APRIL, reply_to=first["message_id"])
    await chat.say("/new")
    await chat.say(APRIL)

    parents = [stored.parent for stored in bot.journal.answers()]
    assert parents == [None, 1, 1, None]


async def test_groups_hear_what_is_for_the_bot(api: FakeBotAPI, bot: Running) -> None:
    """/ask, replies and mentions are answered in their topic; chatter and other bots' commands are not."""
    api.configure(privacy=False)
    group = Chat(api, user=7, chat=GROUP)

    answer = await group.say(f"/ask@fake_qa_bot {APRIL}", message_thread_id=4, is_topic_message=True)
    assert (answer["chat_id"], answer["message_thread_id"]) == ("-1001", "4")
    assert "April" in (await group.say(f"@fake_qa_bot {APRIL}"))["text"]
    bots = [message for message in api.chat(-1001) if message["from"]["is_bot"]]
    assert "April" in (await group.say(APRIL, reply_to=bots[-1]["message_id"]))["text"]
    await group.silence(APRIL)
    await group.silence(f"/ask@other_bot {APRIL}")
    await group.silence(APRIL, via_bot={"id": 5, "is_bot": True, "first_name": "B"})
    question = api.message(APRIL, user=8, chat=GROUP)["message"]
    assert "April" in (await group.say("/ask", reply_to=question["message_id"]))["text"]
    assert next(bot.journal.answers()).thread == 4


async def test_a_group_that_becomes_a_supergroup(api: FakeBotAPI, bot: Running) -> None:
    """Its conversation goes on under its new number."""
    group = Chat(api, user=7, chat=GROUP)
    await group.say(f"/ask@fake_qa_bot {APRIL}")
    api.configure(privacy=False)
    await group.silence(None, migrate_to_chat_id=-10077, seconds=0.3)

    assert bot.journal.head(-10077, 0) == 1


@pytest.mark.parametrize(
    "text",
    ["\ud83d half", "<b>&amp;</blockquote>", "\u202eback", "\x00?", "/article \ud83d", "😀" * 4096, "/ask@other_bot x"],
)
async def test_hostile_messages_get_a_reply(chat: Chat, api: FakeBotAPI, text: str) -> None:
    """What looks like markup, is half a character or no question at all is answered, and nothing breaks."""
    assert "Something broke" not in (await chat.say(text))["text"]
    assert [call["error"] for call in api.calls if call["error"]] == []


async def test_commands(chat: Chat) -> None:
    """Each command says what it promises; an unknown one and a sticker get one useful line."""
    assert "1 article" in (await chat.say("/start"))["text"]
    assert "Belarus opposition leader" in (await chat.say("/sources"))["text"]
    assert "An exiled opposition leader" in (await chat.say("/article 1"))["text"]
    assert "An exiled opposition leader" in (await chat.say("/article opposition leader says"))["text"]
    assert "no such article" in (await chat.say("/article 99"))["text"]
    assert "exact words" in (await chat.say("/help"))["text"]
    assert "/forget" in (await chat.say("/privacy"))["text"]
    assert "after the command" in (await chat.say("/ask"))["text"]
    assert "April" in (await chat.say(f"/ask {APRIL}"))["text"]
    assert "do not know that command" in (await chat.say("/dance"))["text"]
    assert "text only" in (await chat.say(None, location={"latitude": 1.0, "longitude": 2.0}))["text"]
    assert "1 question of yours" in (await chat.say("/forget"))["text"]


async def test_deep_links_open_articles(chat: Chat) -> None:
    """The link under an article opens it; one that leads nowhere is a plain /start."""
    text = (await chat.say("/article 1"))["text"]
    payload = text.rpartition("?start=")[2]

    assert "An exiled opposition leader" in (await chat.say(f"/start {payload}"))["text"]
    assert "1 article" in (await chat.say("/start a_0000"))["text"]


async def test_lists_of_commands_are_registered(bot: Running, api: FakeBotAPI) -> None:
    """Telegram shows one list in private chats, a shorter one in groups, and a longer one to admins."""
    assert bot
    lists = {scope: [command["command"] for command in commands] for scope, commands in api.commands.items()}
    private = next(commands for scope, commands in lists.items() if "all_private_chats" in scope)
    group = next(commands for scope, commands in lists.items() if "all_group_chats" in scope)

    names = {"ask", "sources", "article", "verify", "export", "new", "help", "privacy", "forget"}
    assert names == set(private)
    assert set(group) < set(private)
    assert any("reindex" in commands for scope, commands in lists.items() if str(ADMIN) in scope)


async def test_examples_are_answered_at_once(chat: Chat, bot: Running, api: FakeBotAPI) -> None:
    """/start shows questions that the archive answers, as buttons."""
    for _ in range(100):
        shown = await chat.say("/start")
        if buttons(shown):
            break
        await asyncio.sleep(0.1)
    since = len(api.calls)
    api.press(chat.last()["message_id"], text=buttons(shown)[0])

    assert "support" in (await chat.next("sendMessage", since=since))["text"]
    assert [stored.record.answered for stored in bot.journal.answers()] == [True]


async def test_inline_answers_stand_by_themselves(chat: Chat, api: FakeBotAPI) -> None:
    """A result is a cited quotation; what was typed over meanwhile is not answered, silence has a button."""
    api.inline_query("When did")
    query = api.inline_query(APRIL)
    answered = await chat.next("answerInlineQuery", since=0)
    assert answered["inline_query_id"] == query["id"]
    assert "paragraph 11" in answered["results"]
    await asyncio.sleep(0.5)
    assert len(api.get_calls(0, "answerInlineQuery")) == 1

    since = len(api.calls)
    api.inline_query(FRANCE)
    silent = await chat.next("answerInlineQuery", since=since)
    assert silent["results"] == "[]"
    assert "do not say" in silent["button"]


async def test_only_those_who_are_listed_may_ask(start: Start, api: FakeBotAPI) -> None:
    """Others are told so once, with their number; an admin lets them in, and bans them."""
    async with start(allowed=(5,)):
        stranger, admin = Chat(api, user=6), Chat(api)
        assert "Your id is 6" in (await stranger.say(APRIL))["text"]
        await stranger.silence(APRIL)
        since = len(api.calls)
        api.inline_query(APRIL, user=6)
        assert (await stranger.next("answerInlineQuery", since=since))["results"] == "[]"
        assert "April" in (await Chat(api, user=5).say(APRIL))["text"]
        assert "6 may ask" in (await admin.say("/allow 6"))["text"]
        assert "April" in (await stranger.say(APRIL))["text"]
        assert "6 may not" in (await admin.say("/ban 6"))["text"]
        assert "may not ask" in (await stranger.say(APRIL))["text"]
        assert "numeric id" in (await admin.say("/ban everybody"))["text"]


async def test_haste_is_answered_with_seconds(bot: Running, api: FakeBotAPI) -> None:
    """The sixth question at a stretch is refused with how long to wait, and not lost silently."""
    assert bot
    since = len(api.calls)
    for _ in range(6):
        api.message(FRANCE)
    call = await api.wait("sendMessage", since=since, contains="try again in", timeout=30)

    assert "faster than I can read: try again in" in call["params"]["text"]
    assert len(api.get_calls(since, "sendMessage")) == 6


async def test_the_conversation_as_a_document(chat: Chat, api: FakeBotAPI) -> None:
    """/export sends the questions and citations so far as a document; before any, or in no known format, it says so."""
    assert "nothing to export" in (await chat.say("/export"))["text"]
    await chat.say(APRIL)
    assert "md, json, bibtex, csl" in (await chat.say("/export pdf"))["text"]

    await chat.say("/export bibtex", method="sendDocument")

    sent = [message["document"]["file_name"] for message in api.chat() if "document" in message]
    assert sent == ["conversation.bib"]
