"""Numbers with what they count or measure, found in prose and made comparable.

An amount is a range in a base unit: "about 40", "dozens" and "10 to 20" are ranges, "36" is one with no width.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_list = str.split  # long lists of words read best as prose

_ONES = _list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TENS = _list("twenty thirty forty fifty sixty seventy eighty ninety")
_WORDS = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "mln": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
# What the vague words of numbers cover at most; the Associated Press and others write "dozens" from two dozen on.
_VAGUE = {
    "dozens": (24, 99),
    "scores": (40, 199),
    "hundreds": (200, 999),
    "thousands": (2_000, 9_999),
    "tens of thousands": (20_000, 99_999),
    "hundreds of thousands": (200_000, 999_999),
    "millions": (2_000_000, 999_999_999),
    "several": (3, 9),
    "a few": (2, 9),
    "a handful": (3, 9),
    "a couple": (2, 2),
}
_ABOUT = _list("about around roughly some nearly almost approximately circa close_to just_over just_under an_estimated")
_LEAST = _list("at_least more_than over no_fewer_than no_less_than upwards_of")
_MOST = _list("up_to at_most fewer_than less_than under as_many_as no_more_than not_more_than")
# How far "about" reaches: a tenth.
_TOLERANCE = 0.1
_ROUND = 100

_LENGTH, _MASS, _AREA, _TIME, _SHARE = "length", "mass", "area", "time", "share"
# The dimension of each unit and its size in metres, kilograms, square metres or days (Gregorian mean month and year).
_UNITS = {
    "m|met(?:re|er)s?": (_LENGTH, 1.0),
    "km|kilomet(?:re|er)s?": (_LENGTH, 1e3),
    "cm|centimet(?:re|er)s?": (_LENGTH, 0.01),
    "mm|millimet(?:re|er)s?": (_LENGTH, 0.001),
    "miles?": (_LENGTH, 1609.344),
    "feet|foot|ft": (_LENGTH, 0.3048),
    "inch(?:es)?": (_LENGTH, 0.0254),
    "yards?": (_LENGTH, 0.9144),
    "kg|kilos?|kilogram(?:me)?s?": (_MASS, 1.0),
    "grams?": (_MASS, 0.001),
    "tonnes?|metric tons?|tons?": (_MASS, 1e3),
    "lbs?": (_MASS, 0.45359237),
    "hectares?|ha": (_AREA, 1e4),
    "acres?": (_AREA, 4046.8564),
    "square kilomet(?:re|er)s?|km²": (_AREA, 1e6),
    "square miles?": (_AREA, 2589988.11),
    "seconds?": (_TIME, 1 / 86400),
    "minutes?": (_TIME, 1 / 1440),
    "hours?": (_TIME, 1 / 24),
    "days?": (_TIME, 1.0),
    "weeks?": (_TIME, 7.0),
    "months?": (_TIME, 30.436875),
    "years?": (_TIME, 365.2425),
    "%|per ?cent|percentage points?": (_SHARE, 1.0),
}
_CURRENCIES = {
    r"US\$|\$|USD|(?:US )?dollars?": "USD",
    "€|EUR|euros?": "EUR",
    "£|GBP|pounds?(?: sterling)?": "GBP",
    "¥|JPY|yen": "JPY",
    "₽|RUB|rou?bles?": "RUB",
    "₴|UAH|hryvnias?": "UAH",
    "crowns?|kron(?:a|or|er|e)": "crown",
    "francs?": "franc",
    "zlotys?": "PLN",
    "yuan": "CNY",
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A range `low` to `high` of a kind ("count", a dimension or "money USD"), and where it stands in the text.

    `slack` is how far off it may be by rounding, `place` what its last digit stands for: 0.1 metres of 2.4 metres, a
    month of 17 months. `noun` is the word that follows, in lower case; `unit` is the unit's size.
    """

    start: int
    end: int
    low: float
    high: float
    slack: float
    place: float
    kind: str
    unit: float
    noun: str

    def agrees(self, other: "Amount") -> bool:
        """Whether both can be right; amounts of different kinds are not for comparison."""
        slack = max(self.slack, other.slack)
        if self.unit != other.unit:  # 17 months are 512 days: to half a month
            slack = max(slack, self.place / 2, other.place / 2)
        return self.low - slack <= other.high and other.low - slack <= self.high


def amounts(text: str) -> list[Amount]:
    """The amounts of the text in order, those written in words as well."""
    found = list(_joined_ranges(text, list(_single(text))))
    return sorted(found, key=lambda amount: amount.start)


def _single(text: str) -> Iterator[Amount]:
    for match in _pattern().finditer(text):
        value = _value(match)
        if value is None:
            continue
        low, high, step = value
        kind, size, end = _kind(text, match)
        place = 10.0 ** -len((match["digits"] or "").partition(".")[2])
        low, high, slack = _hedged(match["hedge"], low, high, step, place)
        noun = _noun(text, end)
        yield Amount(match.start("number"), end, low * size, high * size, slack * size, place * size, kind, size, noun)


def _joined_ranges(text: str, found: list[Amount]) -> Iterator[Amount]:
    """The amounts, two that are one range ("10 to 20", "between 10 and 20") put together."""
    skip = False
    for number, one in enumerate(found):
        if skip:
            skip = False
            continue
        other = found[number + 1] if number + 1 < len(found) else None
        between = text[one.end : other.start] if other else ""
        joint = between.strip() in ("to", "-", "–") or (
            between.strip() == "and" and text[: one.start].rstrip().lower().endswith("between")
        )
        if other and joint and one.kind in ("count", other.kind) and one.low < other.high:
            scale = other.unit if one.kind == "count" else 1.0
            low = one.low * scale
            yield Amount(one.start, other.end, low, other.high, 0.0, other.place, other.kind, other.unit, other.noun)
            skip = True
        else:
            yield one


def _value(match: re.Match[str]) -> tuple[float, float, float] | None:
    """The range of the number, and the step that it is rounded to where it looks rounded."""
    words = match["number"].lower().replace("\u00a0", " ").replace("\u202f", " ")
    vague = match["vague"]
    if vague:
        low, high = _VAGUE[" ".join(vague.lower().split())]
        return low, high, 0.0
    scale = _SCALES.get((match["scale"] or "").lower(), 1.0)
    if match["dozen"]:
        times = match["dozen"].split()[0].lower()
        return 12.0 * _WORDS.get(times, 1), 12.0 * _WORDS.get(times, 1), 3.0
    if match["digits"]:
        digits = re.sub(r"[,\s\u00a0\u202f]", "", match["digits"])
        value = float(digits) * scale
        decimals = len(digits.partition(".")[2])
        step = scale * 10.0**-decimals if scale > 1 or decimals else _step(value)
        return value, value, step if scale > 1 or step >= _ROUND else 0.0
    spelled = _spelled(words)
    if spelled is None:
        return None
    return spelled, spelled, _step(spelled) if spelled >= _ROUND else 0.0


def _step(value: float) -> float:
    """The place of a whole number's last digit that is not 0: 12,000 looks rounded to thousands."""
    step = 1.0
    while value and value % (step * 10) == 0:
        step *= 10
    return step if step >= _ROUND else 0.0


def _spelled(words: str) -> float | None:
    """The value of "two hundred and five", "half a million", "one and a half million"; None where it has none."""
    total, part, seen = 0.0, 0.0, False
    half = words.startswith("half a ") or " and a half" in words
    for word in words.replace("-", " ").replace(" and a half", "").removeprefix("half a ").split():
        if word in _WORDS:
            part, seen = part + _WORDS[word], True
        elif word == "hundred":
            part, seen = (part or 1.0) * 100, True
        elif word in _SCALES:
            extra = 0.5 if half else 0.0
            part = extra if words.startswith("half a ") else (part or 1.0) + extra
            total, part, seen = total + part * _SCALES[word], 0.0, True
    return total + part if seen else None


def _hedged(hedge: str | None, low: float, high: float, step: float, place: float) -> tuple[float, float, float]:
    """The range that "about", "at least" and "up to" make of a number, and its slack."""
    words = "_".join((hedge or "").lower().split())
    if words in _ABOUT:
        return low, high, max(step / 2, place / 2, _TOLERANCE * high)
    if words in _LEAST:
        return low, float("inf"), step / 2
    if words in _MOST:
        return 0.0, high, step / 2
    return low, high, step / 2


def _kind(text: str, match: re.Match[str]) -> tuple[str, float, int]:
    """What is measured, the size of its unit, and where the amount ends."""
    if match["symbol"]:
        return f"money {_currency(match['symbol'])}", 1.0, match.end("number")
    unit = _unit_pattern().match(text, match.end("number"))
    if unit is None:
        return "count", 1.0, match.end("number")
    for number, (kind, size) in enumerate(_UNITS.values()):
        if unit[f"u{number}"]:
            return kind, size, unit.end()
    return f"money {_currency(unit['money'])}", 1.0, unit.end()


def _currency(written: str) -> str:
    return next(code for pattern, code in _CURRENCIES.items() if re.fullmatch(pattern, written, re.IGNORECASE))


def _noun(text: str, end: int) -> str:
    match = re.compile(r"\s+(?:more\s+|other\s+)?([^\W\d_]+)").match(text, end)
    return match[1].lower() if match else ""


@cache
def _pattern() -> re.Pattern[str]:
    word = "|".join([*sorted(_WORDS, key=len, reverse=True), "hundred", "thousand", "million", "billion", "trillion"])
    hedge = "|".join(h.replace("_", r"\s+") for h in sorted([*_ABOUT, *_LEAST, *_MOST], key=len, reverse=True))
    vague = "|".join(v.replace(" ", r"\s+") for v in sorted(_VAGUE, key=len, reverse=True))
    symbol = r"US\$|\$|€|£|¥|₽|₴"
    scale = "|".join(_SCALES)
    digits = r"(?<![\w.,])(?:\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    spelled = (
        rf"\b(?:half\s+a\s+)?(?:{word})(?:(?:[\s-]+|\s+and\s+)(?:{word})\b)*(?:\s+and\s+a\s+half(?:\s+(?:{word}))?)?"
    )
    return re.compile(
        rf"(?:\b(?P<hedge>{hedge})\s+)?(?P<symbol>{symbol})?\s?(?P<number>"
        rf"(?P<vague>\b(?:{vague})\b)|(?P<dozen>\b(?:a|an|one|two|three|four|five)\s+dozen\b)"
        rf"|(?P<digits>{digits})(?:[\s\u00a0]?(?P<scale>{scale})\b)?(?![\d])|(?P<spelled>{spelled})\b)",
        re.IGNORECASE,
    )


@cache
def _unit_pattern() -> re.Pattern[str]:
    units = "|".join(f"(?P<u{number}>{unit})" for number, unit in enumerate(_UNITS))
    money = "|".join(_CURRENCIES)
    return re.compile(rf"[\s\u00a0-]?(?:{units}|(?P<money>{money}))(?!\w)", re.IGNORECASE)
