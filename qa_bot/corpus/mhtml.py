"""Pages of the web that were saved whole (MHTML, RFC 2557)."""

from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message

from qa_bot.corpus.html import parse_page
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article

# Pages, pictures and styles lie side by side; deeper nesting is no saved page.
_DEEPEST = 20


def parse_mhtml(data: bytes, article_id: str, path: str) -> Article:
    """The article of an `.mhtml` file: the main text of its page, as of an `.html` file; raises `Unreadable`.

    Where the page does not state its address, it is the one that it was saved from. The date of saving is not read.
    """
    try:
        message = message_from_bytes(data, policy=policy.compat32)
        page = _root(message) or _page(message, 0)
        if page is None:
            raise Unreadable("The file holds no page.")
        content = page.get_payload(decode=True)
        charset = page.get_content_charset()
        address = page.get("Content-Location") or message.get("Snapshot-Content-Location")
    except (MessageError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise Unreadable(f"The file is not a saved page ({type(error).__name__}).") from error
    if not isinstance(content, bytes):
        raise Unreadable("The page in the file cannot be decoded.")
    url = " ".join(str(address or "").split())
    return parse_page(
        content, article_id, path, declared=charset, saved_from=url if url.startswith(("http://", "https://")) else None
    )


def _root(message: "Message[str, str]") -> "Message[str, str] | None":
    """The page that the file names as its root (RFC 2387, 3.2), where it names one."""
    start = message.get_param("start")
    parts = message.walk() if start and message.is_multipart() else ()
    return next((part for part in parts if part.get("Content-ID") == start and _is_page(part)), None)


def _is_page(message: "Message[str, str]") -> bool:
    return message.get_content_type() in ("text/html", "application/xhtml+xml")


def _page(message: "Message[str, str]", depth: int) -> "Message[str, str] | None":
    """The part that is the page: the first one of HTML, as RFC 2557 has the root first."""
    if not message.is_multipart():
        return message if _is_page(message) else None
    if depth > _DEEPEST:
        raise Unreadable("The parts of the file are nested too deeply.")
    for part in message.get_payload():
        if isinstance(part, Message) and (found := _page(part, depth + 1)) is not None:
            return found
    return None
