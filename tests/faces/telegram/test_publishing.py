"""Articles that admins send, and take out."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from bot_api import FakeBotAPI
from running_bot import Chat, Running, buttons

MOON = (
    "Moon base opens\n\nThe first hotel on the Moon opened on 3 May 2031 in the crater Tycho. Its owner is Ada Bright."
)
WHO = "Who owns the first hotel on the Moon?"


async def send(chat: Chat, api: FakeBotAPI, name: str, content: str | bytes, **more: Any) -> dict[str, Any]:
    """What the bot says to a document."""
    since = len(api.calls)
    api.document(name, content, **more)
    return await chat.next("sendMessage", since=since)


async def test_an_article_is_confirmed_and_answers(chat: Chat, api: FakeBotAPI, archive: tuple[Path, Path]) -> None:
    """Title, date and length are shown; once it is published the running bot answers from it, without a restart."""
    shown = await send(chat, api, "Moon base.txt", MOON)
    assert shown["text"] == f"Moon base opens\ndate: not stated\nsource: not stated\n{len(MOON)} characters"
    assert buttons(shown) == ["Publish", "Discard"]
    api.press(chat.last()["message_id"], text="Publish")
    done = await api.wait("editMessageText", contains="up to date", timeout=60)

    assert "2 articles" in done["params"]["text"]
    assert (archive[0] / "Moon-base.txt").read_text(encoding="utf-8") == MOON
    assert "<b>Ada Bright</b>" in (await chat.say(WHO))["text"]
    assert "in the archive already" in (await send(chat, api, "again.txt", MOON))["text"]
    removed = (await chat.say("/remove Moon base"))["text"]
    assert removed.startswith("Removed Moon-base.txt")
    assert "do not say" in (await chat.say(WHO))["text"]


async def test_an_article_of_a_file_with_others(chat: Chat, archive: tuple[Path, Path], tmp_path: Path) -> None:
    """/remove takes one line out of a file of lines, and keeps it aside."""
    lines = [json.dumps({"id": name, "title": name, "text": f"{name} was here."}) for name in ("Ada", "Bob")]
    (archive[0] / "wire.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    await chat.say("/reindex")
    assert (await chat.say("/remove b"))["text"].startswith("2 articles are called 'b': ")
    assert (await chat.say("/remove Eve"))["text"].startswith("There is no article called 'Eve'")
    assert (await chat.say("/remove Ada"))["text"].startswith(
        "Removed Ada, kept as wire.jsonl. The index is up to date"
    )
    assert (archive[0] / "wire.jsonl").read_text(encoding="utf-8") == lines[1] + "\n"
    assert (tmp_path / "state/removed/wire.jsonl").read_text(encoding="utf-8") == lines[0] + "\n"


async def test_the_last_article(chat: Chat, api: FakeBotAPI) -> None:
    """An archive of which nothing is left quotes nothing more, in a chat or inline, until there is an article again."""
    assert (await chat.say("/remove 1"))["text"].endswith(
        "No article is left: the index answers nothing until there is one."
    )
    assert (await chat.say(WHO))["text"] == "The archive has no articles now."
    api.inline_query(WHO)
    told = await chat.next("answerInlineQuery", since=0)
    assert json.loads(told["button"])["text"] == "The archive has no articles now"

    await send(chat, api, "moon.txt", MOON)
    assert "1 article " in (await chat.press_and_wait("Publish", "up to date"))["text"]
    assert "<b>Ada Bright</b>" in (await chat.say(WHO))["text"]


async def test_a_corrected_article(chat: Chat, api: FakeBotAPI, archive: tuple[Path, Path]) -> None:
    """Context shows the quotation where it stands now and says so; words that are gone, or an article, are told."""
    file = archive[0] / "moon.txt"
    file.write_text(MOON, encoding="utf-8")
    await chat.say("/reindex")
    answer = (await chat.say(WHO))["text"]
    message = chat.last()["message_id"]

    async def press(label: str, method: str) -> str:
        since = len(api.calls)
        api.press(message, text=label)
        return str((await chat.next(method, since=since))["text"])

    file.write_text(MOON.replace("\n\n", "\n\nCorrection: the crater was named wrongly.\n\n"), encoding="utf-8")
    await chat.say("/reindex")

    shown = await press("Context", "editMessageText")
    assert shown.startswith("The article was corrected since; now the quotation stands here:\n\nMoon base opens")
    assert "Correction: the crater was named wrongly.\n\n" in shown
    assert "<b>Its owner is Ada Bright.</b>" in shown or "<b>The first hotel" in shown
    assert "paragraph 3" in shown
    assert await press("Back", "editMessageText") == answer
    file.write_text(MOON.replace("Ada Bright", "Bob Dark"), encoding="utf-8")
    await chat.say("/reindex")
    gone = await press("Context", "answerCallbackQuery")
    assert gone.startswith("The article was corrected since, and does not have these words any more")
    file.unlink()
    await chat.say("/reindex")
    assert (await press("Context", "answerCallbackQuery")).startswith("The article is not in the archive")


async def test_a_discarded_document_is_gone(chat: Chat, api: FakeBotAPI, archive: tuple[Path, Path]) -> None:
    """Nothing is written, and the button works once."""
    await send(chat, api, "Moon.txt", MOON)
    message = chat.last()["message_id"]

    assert (await chat.press("Discard"))["text"] == "Discarded: Moon.txt"
    since = len(api.calls)
    api.press(message, data="1:u:1", force=True)
    assert "dealt with before" in (await chat.next("editMessageText", since=since))["text"]
    assert [path.name for path in archive[0].iterdir()] == ["belarus-cnn-report.txt"]


@pytest.mark.parametrize(
    "document",
    [
        ("a.txt", b"\x7fELF\x00\x01" * 50, "binary"),
        ("a.txt", b"", "cannot be read"),
        ("a.docx", b"PK\x03\x04" + b"\x00" * 100, "ZIP"),
        ("a.txt", b"%PDF-1.7 text", "PDF"),
        ("../../etc/passwd", b"\x00", "binary"),
    ],
)
async def test_what_cannot_be_an_article(
    chat: Chat, archive: tuple[Path, Path], api: FakeBotAPI, document: tuple[str, bytes, str]
) -> None:
    """The reason is named, whatever the document is called, and nothing is written."""
    name, content, words = document
    sent = await send(chat, api, name, content) if content else await send(chat, api, name, b" \n")

    assert words in sent["text"]
    assert [path.name for path in archive[0].iterdir()] == ["belarus-cnn-report.txt"]


async def test_a_link_becomes_an_article(chat: Chat, archive: tuple[Path, Path], unused_tcp_port: int) -> None:
    """The page at an address that an admin sends is proposed like a document; one that cannot be had is explained."""
    body = f"<body><article><p>{MOON}</p></article></body>"
    page = f"<!doctype html><html><head><title>Moon base opens</title></head>{body}</html>"

    async def served(_: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html")

    site = web.Application()
    site.router.add_get("/news/moon", served)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    try:
        base = f"http://127.0.0.1:{unused_tcp_port}"
        assert (await chat.say(f"{base}/news/moon"))["text"].startswith("Moon base opens")
        assert "Published as 127-0-0-1-moon.html" in (await chat.press_and_wait("Publish", "up to date"))["text"]
        assert "The server says 404" in (await chat.say(f"{base}/none"))["text"]
    finally:
        await runner.cleanup()
    assert (archive[0] / "127-0-0-1-moon.html").is_file()


async def test_a_document_that_is_too_big(chat: Chat, api: FakeBotAPI) -> None:
    """Its size is looked at before it is downloaded."""
    sent = await send(chat, api, "big.txt", b"x", size=21 * 1024 * 1024)

    assert "at most 20 MB" in sent["text"]
    assert api.get_calls(0, "getFile") == []


async def test_only_admins_change_the_archive(chat: Chat, api: FakeBotAPI, bot: Running) -> None:
    """For others there are no such commands, documents are not read, and forged buttons do nothing."""
    other = Chat(api, user=7)
    await other.say("/help")
    for command in ("/stats", "/reindex", "/remove 1", "/allow 7", "/ban 1001"):
        assert "do not know that command" in (await other.say(command))["text"]
    since = len(api.calls)
    api.document("Moon.txt", MOON, user=7)
    assert "text only" in (await chat.next("sendMessage", since=since))["text"]
    await send(chat, api, "Moon.txt", MOON)
    message = next(found for found in api.chat(7) if found["from"]["is_bot"])
    api.press(message["message_id"], data="1:u:1", force=True, user=7, chat=7)
    await api.wait("answerCallbackQuery")

    assert bot.people.take_upload(1) is not None


async def test_figures_and_reindexing(chat: Chat, archive: tuple[Path, Path]) -> None:
    """/stats counts, /reindex takes up what was put into the folder by hand, /remove asks which."""
    assert "Questions answered: 0" in (await chat.say("/stats"))["text"]
    (archive[0] / "moon.txt").write_text(MOON, encoding="utf-8")
    assert "1 added" in (await chat.say("/reindex"))["text"]
    assert "Say which article" in (await chat.say("/remove"))["text"]
    assert "Ada Bright" in (await chat.say(WHO))["text"]


async def test_a_packed_document(chat: Chat, api: FakeBotAPI) -> None:
    """A Word document is read by what it holds, whatever its name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        text = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in MOON.split("\n\n"))
        archive.writestr("word/document.xml", f'<w:document xmlns:w="w"><w:body>{text}</w:body></w:document>')
    shown = await send(chat, api, "moon", buffer.getvalue())
    assert shown["text"] == f"Moon base opens\ndate: not stated\nsource: not stated\n{len(MOON)} characters"
    assert (await chat.press("Discard"))["text"] == "Discarded: moon"
