"""What is known about an article beside its text, and the one place where an `Article` is made."""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article

logger = logging.getLogger(__name__)

# A title is shown on one or two lines of a terminal; a longer first line is a paragraph.
_LONGEST_TITLE = 200
_FIRST_LINE = re.compile(r"\S[^\n]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,3}", re.IGNORECASE | re.ASCII)
# What programs write where they know no date: the first days of their calendars.
_NO_DATES = ("0001-01-01", "0101-01-01", "1601-01-01", "1899-12-30", "1970-01-01T00:00:00")
# How Google Scholar wants dates in pages.
_SLASHED = re.compile(r"(\d{4})/(\d\d?)/(\d\d?)", re.ASCII)
# How regions (two letters) and scripts (four) are written.
_SUBTAGS: dict[int, Callable[[str], str]] = {2: str.upper, 4: str.title}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says about its article; what it does not say is `None`.

    `published` is ISO 8601, `language` a BCP 47 tag.
    """

    title: str | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    published: str | None = None
    language: str | None = None

    def over(self, other: "Metadata") -> "Metadata":
        """The metadata, and that of `other` where this has none."""
        both = zip(astuple(self), astuple(other), strict=True)
        return Metadata(*(mine if mine is not None else theirs for mine, theirs in both))


def read_metadata(fields: Mapping[str, object], place: str) -> Metadata:
    """The metadata among the fields; others are ignored.

    Several authors are joined with ", ". A date that is not ISO 8601, and a language that is no tag, are logged with
    their `place` and stay unknown, for the article is worth more. Raises `Unreadable` for a field that is not text.
    """
    published = _text(fields, "published")
    iso = iso_date(published) if published else None
    if published and iso is None:
        logger.warning("%s: the date %r is not of the form 2022-11-17, so it is left out", place, published)
    language = _text(fields, "language")
    tag = language_tag(language) if language else None
    if language and tag is None:
        logger.warning("%s: the language %r is not of the form en or pt-BR, so it is left out", place, language)
    return Metadata(_text(fields, "title"), _text(fields, "source"), _author(fields), _text(fields, "url"), iso, tag)


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


def printed_date(value: str) -> str | None:
    """The date that a program wrote, in ISO 8601, also of the forms 2031/5/4 and Sun, 04 May 2031 10:00:00 +0000.

    `None` where it is no whole date, or what programs write where they know none.
    """
    found = iso_date(value) or _slashed(value.strip()) or _of_mail(value)
    return None if found is None or found.startswith(_NO_DATES) else found


def _slashed(value: str) -> str | None:
    match = _SLASHED.fullmatch(value)
    return iso_date("{}-{:0>2}-{:0>2}".format(*match.groups())) if match else None


def _of_mail(value: str) -> str | None:
    """A date of the form of letters (RFC 5322) in ISO 8601; only one with a day, for the library guesses much."""
    try:
        return parsedate_to_datetime(value).isoformat() if "," in value[:10] else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def language_tag(value: str) -> str | None:
    """The language as a BCP 47 tag, written as in RFC 5646 (`pt-BR`, `zh-Hant`); `None` if `value` is none."""
    if not _LANGUAGE.fullmatch(value.strip()):
        return None
    first, *rest = value.strip().replace("_", "-").split("-")
    return "-".join([first.lower(), *(_SUBTAGS.get(len(part), str.lower)(part) for part in rest)])


def first_line(text: str) -> str:
    """The first line that is not blank, cut at a word if it is longer than 200 characters; "" if all is blank."""
    match = _FIRST_LINE.search(text)
    line = on_one_line(match.group()) if match else ""
    if len(line) <= _LONGEST_TITLE:
        return line
    cut = line[:_LONGEST_TITLE]
    return (cut.rpartition(" ")[0] or cut) + "…"


def make_article(article_id: str, path: str, text: str, metadata: Metadata, pages: tuple[int, ...] = ()) -> Article:
    """The article, its title the first line of the text where the metadata has none; `pages` begin at those offsets.

    Raises `Unreadable` for a text without a single character, and for characters that cannot be stored.
    """
    if not text.strip():
        raise Unreadable("There is no text.")
    title = metadata.title or first_line(text)
    article = Article(
        id=article_id,
        path=path,
        title=title,
        text=text,
        source=metadata.source,
        author=metadata.author,
        url=metadata.url,
        published=metadata.published,
        sha256="",
        language=metadata.language,
        pages=pages,
    )
    try:
        article_id.encode()
        return replace(article, sha256=content_hash(article))
    except UnicodeEncodeError as error:
        raise Unreadable("There is half a character (a lone surrogate) in the name, the text or a field.") from error


def content_hash(article: Article) -> str:
    """The SHA-256 of the article's text and all that is known about it, as its `sha256` should be."""
    facts = (article.source, article.author, article.url, article.published, article.language)
    content = [article.title, article.text, *facts, article.pages]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
