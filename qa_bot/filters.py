"""Filters that a question states: `source:cnn`, `after:2022-11`, `"exact phrase"`, `-without`, or plain words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol

from qa_bot.errors import InvalidQuestion
from qa_bot.text import words
from qa_bot.types import Article, Filters

_QUOTED = r"\"([^\"]+)\"|“([^”]+)”|«([^»]+)»"
_FIELD = re.compile(rf"(?<!\S)(source|author|title|after|before|on):(?:{_QUOTED}|'([^']+)'|(\S*))", re.IGNORECASE)
_WITHOUT = re.compile(rf"(?<!\S)-(?:{_QUOTED}|([^\W\d_]\S*))")
_PHRASE = re.compile(_QUOTED)
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_MONTH = re.compile(rf"(?:^in|,? in) ({'|'.join(_MONTHS)}),? (\d{{4}})(?=\s*[,?.!]|\s*$)", re.IGNORECASE)
_ACCORDING = re.compile(r"\baccording to", re.IGNORECASE)
_RELATIVE = re.compile(r",? ?\b(yesterday|(?:last|this) (?:week|month|year))(?=\s*[,?.!]|\s*$)", re.IGNORECASE)
# Behind every day of a month or a year that begins like this.
_LAST = "~"


@dataclass(frozen=True, slots=True)
class Filtered:
    """A question without its filters, and they."""

    text: str
    filters: Filters


def stated_filters(question: str) -> Filtered:
    """The question without the filters that it states; the words of a phrase stay in it.

    Raises InvalidQuestion for a filter that has no value or no date.
    """
    found: dict[str, list[str]] = {}
    for match in _FIELD.finditer(question):
        name, value = match[1].lower(), _value(match, 2).strip(" ,;?!.")
        if not value:
            raise InvalidQuestion(f"The filter {match[1]}: has no value: write it as in {_example(name)}.")
        found.setdefault(name, []).append(_day(name, value) if name in {"after", "before", "on"} else value)
    text = _FIELD.sub(" ", question)
    without = [_value(match, 1).strip(" ,;?!.") for match in _WITHOUT.finditer(text)]
    text = _WITHOUT.sub(" ", text)
    phrases = [_value(match, 1) for match in _PHRASE.finditer(text)]
    text = _PHRASE.sub(lambda match: _value(match, 1), text)
    filters = Filters(
        sources=tuple(found.get("source", [])),
        authors=tuple(found.get("author", [])),
        titles=tuple(found.get("title", [])),
        since=max([*found.get("after", []), *found.get("on", [])], default=None),
        until=min([*found.get("before", []), *(day + _LAST for day in found.get("on", []))], default=None),
        phrases=tuple(phrase for phrase in phrases if words(phrase)),
        without=tuple(word for word in without if words(word)),
    )
    if filters.since and filters.until and filters.until <= filters.since:
        raise InvalidQuestion(f"No day is both {' and '.join(described(filters))}: change one of the two filters.")
    return Filtered(" ".join(text.split()), filters) if filters else Filtered(question, filters)


class Archive(Protocol):
    """What plain words are held against; asked only where they seem to say something of it."""

    @property
    def sources(self) -> Sequence[str]:
        """The sources of the articles."""
        ...

    @property
    def newest(self) -> str | None:
        """The day of the newest article; None where none has one."""
        ...

    def has_dates(self, since: str, until: str) -> bool:
        """Whether any article is of that time."""
        ...


def implied_filters(question: str, archive: Archive, *, times: bool = True) -> Filtered:
    """The question without what it says in plain words of source and date of publication, and that as filters.

    "According to ..." means a source only if the archive has it. A month with its year, and "last week" (the seven days
    up to the newest article), "last month" and the like mean a time of publication only if an article is of it, and
    nothing without `times`.
    """
    text, filters = question, Filters()
    for source in sorted(archive.sources, key=len, reverse=True) if _ACCORDING.search(text) else ():
        bare = source[4:] if source.lower().startswith("the ") else source
        match = re.search(rf",? ?{_ACCORDING.pattern} (?:the )?{re.escape(bare)}\b,? ?", text, re.IGNORECASE)
        if match:
            text, filters = _cut(text, match), replace(filters, sources=(source,))
            break
    match = (_RELATIVE.search(text) or _MONTH.search(text)) if times else None
    period = _period(match, archive) if match else None
    if match and period and archive.has_dates(*period):
        text, filters = _cut(text, match), replace(filters, since=period[0], until=period[1])
    return Filtered(text, filters) if words(text) else Filtered(question, Filters())


def described(filters: Filters) -> Iterator[str]:
    """The filters in words, one by one."""
    for name, values in (("source", filters.sources), ("author", filters.authors), ("title", filters.titles)):
        yield from (f"{name} “{value}”" for value in values)
    since, until = filters.since, filters.until
    if since and until == since + _LAST:
        yield f"of {since}"
    else:
        if since:
            yield f"from {since} on"
        if until:
            yield f"to the end of {until.removesuffix(_LAST)}" if until.endswith(_LAST) else f"before {until}"
    yield from (f"with “{phrase}”" for phrase in filters.phrases)
    yield from (f"without “{word}”" for word in filters.without)


def is_of_time(article: Article, filters: Filters) -> bool:
    """Whether the article was published in the time that the filters leave."""
    day = article.published
    return day is not None and (filters.since or "") <= day[: len("2022-11-17")] < (filters.until or _LAST)


def _value(match: re.Match[str], first: int) -> str:
    return next((group for group in match.groups()[first - 1 :] if group is not None), "")


def _example(name: str) -> str:
    return f"{name}:2022-11-01" if name in {"after", "before", "on"} else f'{name}:word or {name}:"several words"'


def _day(name: str, value: str) -> str:
    """The date as the beginning of an ISO date, `2022`, `2022-11` or `2022-11-01`."""
    match = _DATE.fullmatch(value)
    year, month, day = match.groups() if match else ("0", None, None)  # there is no year 0
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError as error:
        raise InvalidQuestion(
            f"“{value}” in {name}: is no date: write a year, a month or a day, as in {name}:2022, {name}:2022-11 or"
            f" {name}:2022-11-01."
        ) from error
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])


def _period(match: re.Match[str], archive: Archive) -> tuple[str, str] | None:
    """The first day of the time that is meant, and what all its days come before."""
    if match.re is _MONTH:
        month = f"{match[2]}-{_MONTHS.index(match[1].lower()) + 1:02}"
        return month, month + _LAST
    newest = archive.newest
    return _relative_period(match[1].lower(), date.fromisoformat(newest)) if newest else None


def _relative_period(said: str, newest: date) -> tuple[str, str]:
    if said == "yesterday":
        day = (newest - timedelta(days=1)).isoformat()
        return day, day + _LAST
    which, unit = said.split()
    if unit == "week":
        start = newest - timedelta(days=6 if which == "last" else newest.weekday())
        return start.isoformat(), newest.isoformat() + _LAST
    if unit == "year":
        year = str(newest.year - (which == "last"))
        return year, year + _LAST
    month = newest.replace(day=1) - timedelta(days=1) if which == "last" else newest
    return f"{month:%Y-%m}", f"{month:%Y-%m}" + _LAST


def _cut(text: str, match: re.Match[str]) -> str:
    return " ".join(f"{text[: match.start()]} {text[match.end() :]}".replace(" ?", "?").split()).lstrip(" ,;")
