"""Dates and times of day found in prose, as ranges of days; what an article leaves out is taken from its own date."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_list = str.split  # lists of words read best as prose

_MONTHS = _list("january february march april may june july august september october november december")
_DAYS = _list("monday tuesday wednesday thursday friday saturday sunday")
_NUMBERS = (
    {name: number for number, name in enumerate(_MONTHS, start=1)}
    | {name[:3]: number for number, name in enumerate(_MONTHS, start=1)}
    | {"sept": 9}
)
# With a capital letter, as English has them: "may" and "march" are words of their own.
_MONTH = (
    rf"(?P<month>(?-i:(?:{'|'.join(map(str.title, _MONTHS))})|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?))"
)
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
_PART = r"(?:(?P<part>early|mid|late)[\s-]+(?:in\s+)?)?"
# The days of a month that "early", "mid" and "late" cover; they overlap, as they do in use.
_PARTS = {"early": (1, 12), "mid": (8, 22), "late": (18, 31)}
# Months that a season covers in the north, generously.
_SEASONS = {"spring": (3, 6), "summer": (6, 9), "autumn": (9, 12), "fall": (9, 12)}
# Hours that civil time zones lie from UTC; names that mean several zones are left out.
_ZONES = {
    "utc": 0, "gmt": 0, "bst": 60, "cet": 60, "cest": 120, "eet": 120, "eest": 180, "msk": 180,
    "est": -300, "edt": -240, "cdt": -300, "pst": -480, "pdt": -420, "jst": 540,
}  # fmt: skip
_LOCAL = r"(?:\s+local(?:\s+time)?)?"
_TIME = re.compile(
    r"\b(?:(?P<about>about|around|shortly after|just after|shortly before|just before)\s+)?"
    r"(?:(?P<noon>noon|midnight)|(?P<hour>2[0-3]|[01]?\d)(?!\d)(?:[:.](?P<minute>[0-5]\d))?(?:\s?(?P<half>[ap]\.?m\b\.?))?)"
    rf"{_LOCAL}(?:\s+(?P<zone>{'|'.join(_ZONES)})\b)?",
    re.IGNORECASE,
)
# Characters between a weekday and the date that it belongs to: "Monday, 11 March".
_BESIDE = 3
_ABOUT_MINUTES = 20
_DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class When:
    """Ranges of days (ordinals, both ends included), any of which may be meant, and where it stands in the text.

    Without ranges only a time of day is known. `minutes` counts from midnight, `zone` is minutes ahead of UTC.
    """

    start: int
    end: int
    ranges: tuple[tuple[int, int], ...]
    minutes: int | None = None
    zone: int | None = None
    loose: int = 0

    def agrees(self, other: "When") -> bool | None:
        """Whether both can be right; None where that cannot be known."""
        days = _overlap(self.ranges, other.ranges) if self.ranges and other.ranges else None
        if days is False:
            return None if self._zones_differ(other) else False
        if self.minutes is None or other.minutes is None:
            return days
        if (self.zone is None) != (other.zone is None):
            return True if self.minutes == other.minutes else None
        apart = abs((self.minutes - (self.zone or 0)) - (other.minutes - (other.zone or 0))) % _DAY_MINUTES
        return min(apart, _DAY_MINUTES - apart) <= max(self.loose, other.loose)

    def _zones_differ(self, other: "When") -> bool:
        """Whether the same moment may have another date elsewhere."""
        return self.minutes is not None and other.minutes is not None and self.zone != other.zone


def dates(text: str, published: str | None) -> list[When]:
    """The dates and times of day in the text, in order; `published` is the article's date as ISO 8601."""
    day = _published(published)
    taken: list[When] = []
    for pattern, read in _FORMS:  # the more exact come first, and what stands beside them adds nothing
        for match in pattern.finditer(text):
            if all(match.end() + _BESIDE <= one.start or one.end + _BESIDE <= match.start() for one in taken):
                ranges = read(match, day)
                if ranges:
                    taken.append(When(match.start(), match.end(), ranges))
    taken.sort(key=lambda one: one.start)
    return [*_merged(text, taken)] or [*_times(text)]


def _merged(text: str, found: list[When]) -> Iterator[When]:
    """The dates, each with the time of day beside it."""
    clock = list(_times(text))
    for one in found:
        near = [
            time for time in clock if not (time.start < one.end and one.start < time.end) and _near(text, one, time)
        ]
        if near:
            time = near[0]
            yield When(
                min(one.start, time.start), max(one.end, time.end), one.ranges, time.minutes, time.zone, time.loose
            )
        else:
            yield one


def _near(text: str, one: When, time: When) -> bool:
    between = text[min(one.end, time.end) : max(one.start, time.start)]
    return between.strip(" ,") in ("", "on", "at", "of")


def _times(text: str) -> Iterator[When]:
    for match in _TIME.finditer(text):
        if not (match["noon"] or match["minute"] or match["half"]):
            continue
        hour = int(match["hour"] or 0)
        if match["half"]:
            hour = hour % 12 + (12 if match["half"].lower().startswith("p") else 0)
        minutes = (
            (720 if match["noon"].lower() == "noon" else 0) if match["noon"] else hour * 60 + int(match["minute"] or 0)
        )
        zone = _ZONES[match["zone"].lower()] if match["zone"] else None
        yield When(match.start(), match.end(), (), minutes, zone, _ABOUT_MINUTES if match["about"] else 0)


def _overlap(ones: tuple[tuple[int, int], ...], others: tuple[tuple[int, int], ...]) -> bool:
    return any(one[0] <= other[1] and other[0] <= one[1] for one in ones for other in others)


def _published(published: str | None) -> date | None:
    try:
        return date.fromisoformat((published or "")[:10])
    except ValueError:
        return None


Ranges = tuple[tuple[int, int], ...]


def _day(year: int, month: int, day: int) -> Ranges:
    try:
        ordinal = date(year, month, day).toordinal()
    except ValueError:
        return ()
    return ((ordinal, ordinal),)


def _nearest_year(month: int, day: int, published: date | None) -> int | None:
    """The year in which that day lies nearest to the article's date."""
    if published is None:
        return None
    return min(
        (published.year - 1, published.year, published.year + 1),
        key=lambda year: abs((date(year, month, min(day, 28)) - published).days),
    )


def _month_of(match: re.Match[str]) -> int:
    return _NUMBERS[match["month"].lower().rstrip(".")]


def _read_day(match: re.Match[str], published: date | None) -> Ranges:
    month, day = _month_of(match), int(match["day"])
    year = int(match["year"]) if match["year"] else _nearest_year(month, day, published)
    return _day(year, month, day) if year else ()


def _read_iso(match: re.Match[str], _: date | None) -> Ranges:
    return _day(int(match[1]), int(match[2]), int(match[3]))


def _read_numeric(match: re.Match[str], _: date | None) -> Ranges:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    return tuple(dict.fromkeys((*_day(year, second, first), *_day(year, first, second))))


def _read_month(match: re.Match[str], published: date | None) -> Ranges:
    month = _month_of(match)
    year = int(match["year"]) if match["year"] else _nearest_year(month, 15, published)
    if year is None:
        return ()
    first, last = _PARTS[match["part"].lower()] if match["part"] else (1, 31)
    last = min(last, monthrange(year, month)[1])
    return ((date(year, month, first).toordinal(), date(year, month, last).toordinal()),)


def _read_season(match: re.Match[str], _: date | None) -> Ranges:
    first, last = _SEASONS[match["season"].lower()]
    year = int(match["year"])
    return ((date(year, first, 1).toordinal(), date(year, last, 30 if last != 12 else 31).toordinal()),)  # noqa: PLR2004


def _read_year(match: re.Match[str], _: date | None) -> Ranges:
    year = int(match["year"])
    first, last = {"early": (1, 6), "mid": (4, 9), "late": (7, 12)}.get((match["part"] or "").lower(), (1, 12))
    return ((date(year, first, 1).toordinal(), date(year, last, monthrange(year, last)[1]).toordinal()),)


def _read_decade(match: re.Match[str], _: date | None) -> Ranges:
    year = int(match[1])
    return ((date(year, 1, 1).toordinal(), date(year + 9, 12, 31).toordinal()),)


def _read_weekday(match: re.Match[str], published: date | None) -> Ranges:
    """The weekday on or before the article's date, or the one after it: prose says both the same way."""
    if published is None:
        return ()
    back = (published.weekday() - _DAYS.index(match[1].lower())) % 7
    last = (published - timedelta(back)).toordinal()
    return tuple((day, day) for day in (last - 7, last, last + 7))


def _read_relative(match: re.Match[str], published: date | None) -> Ranges:
    if published is None:
        return ()
    day = published.toordinal() + {"yesterday": -1, "tomorrow": 1}.get(match[1].lower(), 0)
    return ((day, day),)


_FORMS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date | None], Ranges]]] = [
    (re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b"), _read_iso),
    (re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b"), _read_numeric),
    (
        re.compile(
            rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH}(?!\w)(?:,?\s+{_YEAR}\b)?", re.IGNORECASE
        ),
        _read_day,
    ),
    (
        re.compile(
            rf"\b{_MONTH}\s+(?:the\s+)?(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?![\d:.]\d|\d)(?:,?\s+{_YEAR}\b)?",
            re.IGNORECASE,
        ),
        _read_day,
    ),
    (re.compile(rf"\b{_PART}{_MONTH}(?!\w)(?:,?\s+(?:of\s+)?{_YEAR}\b)?", re.IGNORECASE), _read_month),
    (re.compile(rf"\b(?:the\s+)?(?P<season>{'|'.join(_SEASONS)})\s+(?:of\s+)?{_YEAR}\b", re.IGNORECASE), _read_season),
    (re.compile(r"\b(1[5-9]\d0|20\d0)s\b"), _read_decade),
    (re.compile(rf"\b{_PART}{_YEAR}\b", re.IGNORECASE), _read_year),
    (re.compile(rf"\b({'|'.join(_DAYS)})\b", re.IGNORECASE), _read_weekday),
    (re.compile(r"\b(yesterday|today|tonight|tomorrow)\b", re.IGNORECASE), _read_relative),
]
