"""The rules of Telegram's texts: HTML, entities, lengths, and the errors that it gives."""

import re
from typing import Any

Json = dict[str, Any]
# Of each file its name, its content and its type.
Files = dict[str, tuple[str, bytes, str]]

TOKEN = "123456789:AAFakeTokenForTestsOnly-0123456789abc"  # noqa: S105 (no real one)
MAX_TEXT, MAX_CAPTION, MAX_RAW, MAX_ENTITIES = 4096, 1024, 1 << 15, 100
MAX_DOWNLOAD, MAX_UPLOAD = 20 << 20, 50 << 20
ACTIONS = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
]
BUTTON_KINDS = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "copy_text",
    "pay",
    "callback_game",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"
TWO_POLLERS = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
HOOK_IS_SET = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class ApiError(Exception):
    """An error as Telegram gives it: its code, its words, and after how many seconds to try again."""

    def __init__(self, code: int, text: str, retry_after: int = 0) -> None:
        super().__init__(text)
        self.code, self.text, self.retry_after = code, text, retry_after


class ControlError(Exception):
    """The test driver asked for what a real user could not do (no such button, no such message)."""


def need(ok: object, text: str) -> None:
    """400 unless ok, spelled as Telegram does: first letter lowered unless it is a CODE_LIKE_THIS."""
    if not ok:
        code_like = text[1] == "_" or text[1].isupper()
        raise ApiError(400, "Bad Request: " + (text if code_like else text[0].lower() + text[1:]))


# ------------------------------------------------------------------------------------------- text and entities
HTML_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
REF = re.compile(rb"&(#x[0-9a-fA-F]+|#[0-9]+|lt|gt|amp|quot);?")  # &nbsp; and friends stay as they are written
SPACE, NAME = re.compile(rb"\s*"), re.compile(rb"[^\s>]*")
ATTR = re.compile(rb"""([^\s=>/"']+)(\s*=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.-]*)(?=[\s>]|$)))?""")
LINK = re.compile(r"(https?|tg|ton|ftp)://\S+$|mailto:\S+$|[^\s/:]+\.[^\s/]{2,}")


def u16(s: str) -> int:
    """The length in UTF-16 units, in which entities count."""
    return len(s.encode("utf-16-le")) // 2


def unref(m: re.Match[bytes]) -> bytes:
    """The character that a reference stands for, or the reference where Telegram does not know it."""
    ref = m.group(1).decode()
    if not ref.startswith("#"):
        return {"lt": b"<", "gt": b">", "amp": b"&", "quot": b'"'}[ref]
    n = int(ref[2:], 16) if ref[1] == "x" else int(ref[1:])
    return chr(n).encode() if 0 < n < 0x10FFFF and not 0xD800 <= n < 0xE000 else m.group()


def parse_html(text: str) -> tuple[str, list[Json]]:
    """Telegram's HTML.  Errors give byte offsets in the UTF-8 source; entities are in UTF-16 units."""
    src, plain, i = text.encode(), "", 0
    ents: list[Json | None] = []
    stack: list[tuple[str, dict[str, str], int]] = []

    def check(ok: object, msg: str) -> None:
        need(ok, "Can't parse entities: " + msg)

    while i < len(src):
        lt = src.find(b"<", i)
        plain += REF.sub(unref, src[i : lt if lt >= 0 else len(src)]).decode()
        if lt < 0:
            break
        where, end_tag = f"at byte offset {lt}", src[lt + 1 : lt + 2] == b"/"
        check(stack or not end_tag, f"Unexpected end tag {where}")
        name, i = _name(src, lt + 1 + end_tag)
        if end_tag:
            i = _spaces(src, i)
            check(src[i : i + 1] == b">", f"Unclosed end tag {where}")
            tag, known, start = stack.pop()
            check(name in ("", tag), f'Unmatched end tag {where}, expected "</{tag}>", found "</{name}>"')
            if u16(plain) > start:
                ents.append(html_entity(tag, known, start, plain))
        else:
            check(i < len(src), f"Unclosed start tag {where}")
            check(name in HTML_TAGS, f'Unsupported start tag "{name}" {where}')
            attrs: dict[str, str] = {}
            while (i := _spaces(src, i)) < len(src) and src[i : i + 1] != b">":
                m = ATTR.match(src, i)
                check(m, f'Empty attribute name in the tag "{name}" {where}')
                assert m
                i, rest = m.end(), re.compile(rb"\s*=\s*").match(src, m.end())
                if rest:  # there is a value, but it does not end where it should
                    check(src[rest.end() :][:1] in b"\"'", f"Unexpected end of name token at byte offset {rest.end()}")
                    i = len(src)
                attrs[m.group(1).decode()] = REF.sub(unref, next(filter(None, m.groups()[2:]), b"")).decode()
            check(i < len(src), f"Unclosed start tag {where}")
            check(
                name != "span" or attrs.get("class") == "tg-spoiler", f'Tag "span" must have class "tg-spoiler" {where}'
            )
            stack.append((name, attrs, u16(plain)))
        i += 1
    check(not stack, f'Can\'t find end tag corresponding to start tag "{stack[-1][0] if stack else ""}"')
    return plain, sorted(filter(None, ents), key=lambda e: (e["offset"], -e["length"]))


def _name(src: bytes, at: int) -> tuple[str, int]:
    """The name of a tag that begins there, and where it ends."""
    found = NAME.match(src, at)
    return (found.group().decode(errors="replace").lower(), found.end()) if found else ("", at)


def _spaces(src: bytes, at: int) -> int:
    """Where white space that begins there ends."""
    found = SPACE.match(src, at)
    return found.end() if found else at


def html_entity(tag: str, attrs: dict[str, str], start: int, plain: str) -> Json | None:
    """The entity of a tag that ends where `plain` ends; None for a link that Telegram does not like."""
    e: dict[str, Any] = {"type": HTML_TAGS[tag], "offset": start, "length": u16(plain) - start}
    if tag == "a":
        e["url"] = attrs.get("href") or plain.encode("utf-16-le")[2 * start :].decode("utf-16-le")
        return e if LINK.match(e["url"]) else None  # a link Telegram does not like is dropped without an error
    if tag == "blockquote" and "expandable" in attrs:
        e["type"] = "expandable_blockquote"
    return e


def formatted(text: str, mode: str | None, entities: list[Json] | None, *, empty_ok: bool = False) -> Json:
    """What Telegram keeps of a text: parsed, trimmed, at most 100 entities; or the error it gives."""
    need(len(text.encode()) <= MAX_RAW, "Text is too long")
    ents = [dict(e) for e in entities or []]
    if text and mode:
        ours = " (this fake models HTML only)" if mode.lower() in ("markdown", "markdownv2") else ""
        need(mode.lower() == "html", "Unsupported parse_mode" + ours)
        text, ents = parse_html(text)
    need(empty_ok or text.strip(), "Text must be non-empty")  # only spaces, or only tags
    text = text.rstrip()
    lead = min(len(text) - len(text.lstrip(" \n")), min((e["offset"] for e in ents), default=len(text)))
    text, total = text[lead:], u16(text[lead:])
    for e in ents:
        e["offset"] -= lead
        e["length"] = min(e["length"], total - e["offset"])
    ents = [e for e in ents if e["length"] > 0][:MAX_ENTITIES]  # beyond 100 the formatting is silently lost
    return {"text": text, **({"entities": ents} if ents else {})}


def user_entities(text: str) -> list[Json]:
    """Entities a client marks in a user's text: commands (CommandHandler needs them), mentions, links."""
    kinds = {
        "bot_command": r"(?:^|(?<=\s))(/\w{1,64}(?:@\w+)?)",
        "mention": r"(?:^|(?<=\W))(@\w{4,32})",
        "url": r"(https?://\S+)",
    }
    hits = sorted((m.start(1), m.group(1), kind) for kind, rx in kinds.items() for m in re.finditer(rx, text))
    return [{"type": kind, "offset": u16(text[:at]), "length": u16(s)} for at, s, kind in hits]


# ------------------------------------------------------------------------------------------- the server
