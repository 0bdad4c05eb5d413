"""What is known about an article beside its text, and the one place where an `Article` is made."""

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article

logger = logging.getLogger(__name__)

# A title is shown on one or two lines of a terminal; a longer first line is a paragraph.
_LONGEST_TITLE = 200
_FIRST_LINE = re.compile(r"\S[^\n]*")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says about its article; what it does not say is `None`. `published` is ISO 8601."""

    title: str | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    published: str | None = None


def read_metadata(fields: Mapping[str, object], place: str) -> Metadata:
    """The metadata among the fields; others are ignored.

    Several authors are joined with ", ". A date that is not ISO 8601 is logged with its `place` and
    stays unknown, for the article is worth more than its date. Raises `Unreadable` for a field that is not text.
    """
    published = _text(fields, "published")
    iso = iso_date(published) if published else None
    if published and iso is None:
        logger.warning("%s: the date %r is not of the form 2022-11-17, so it is left out", place, published)
    return Metadata(_text(fields, "title"), _text(fields, "source"), _author(fields), _text(fields, "url"), iso)


def _text(fields: Mapping[str, object], name: str) -> str | None:
    """The field on one line, or `None` where it is missing or blank."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unreadable(f'The field "{name}" is not text.')
    return on_one_line(value) or None


def _author(fields: Mapping[str, object]) -> str | None:
    """The author or authors, joined with ", "."""
    value = fields.get("author")
    if not isinstance(value, list):
        return _text(fields, "author")
    names = [on_one_line(name) for name in value if isinstance(name, str)]
    if len(names) < len(value):
        raise Unreadable('The field "author" is not a list of names.')
    return ", ".join(filter(None, names)) or None


def on_one_line(text: str) -> str:
    """The text without white space around it, and with one space for any inside it."""
    return " ".join(text.split())


def iso_date(value: str) -> str | None:
    """The date, or date and time, in ISO 8601; `None` if `value` is not a whole date written that way."""
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(value.strip()).isoformat()
        except ValueError:
            continue
    return None


def first_line(text: str) -> str:
    """The first line that is not blank, cut at a word if it is longer than 200 characters; "" if all is blank."""
    match = _FIRST_LINE.search(text)
    line = on_one_line(match.group()) if match else ""
    if len(line) <= _LONGEST_TITLE:
        return line
    cut = line[:_LONGEST_TITLE]
    return (cut.rpartition(" ")[0] or cut) + "…"


def make_article(article_id: str, path: str, text: str, metadata: Metadata) -> Article:
    """The article, its title the first line of the text where the metadata has none.

    Raises `Unreadable` for a text without a single character, and for characters that cannot be stored.
    """
    if not text.strip():
        raise Unreadable("There is no text.")
    title = metadata.title or first_line(text)
    content = [title, text, metadata.source, metadata.author, metadata.url, metadata.published]
    try:
        article_id.encode()
        sha256 = hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise Unreadable("There is half a character (a lone surrogate) in the name, the text or a field.") from error
    return Article(
        id=article_id,
        path=path,
        title=title,
        text=text,
        source=metadata.source,
        author=metadata.author,
        url=metadata.url,
        published=metadata.published,
        sha256=sha256,
    )
