"""Questions that name their answers: "Was it A or B?"."""

import re

_SPLIT = re.compile(r"\s+or\s+(?!not\b)", re.IGNORECASE)
_LAST_NAME = re.compile(r"\b[^\W\d_a-zа-я][\w’'-]*(?:\s+[^\W\d_a-zа-я][\w’'-]*)*\Z")
_FIRST_NAME = re.compile(r"[^\W\d_a-zа-я][\w’'-]*(?:\s+[^\W\d_a-zа-я][\w’'-]*)*")
_WHETHER = frozenset(str.split("did do does is was are were has have had can could will would should must may might"))
_MOST_WORDS = 6
# "one or more", "30 or so", "a museum or something similar", "sooner or later" name no two things.
_NO_SECOND = frozenset(str.split("more less fewer so later both other others another something anything similar"))
_EMPTY = frozenset(str.split("a an the in at on by to from of for with is was were are it be been or and did do does"))
_ARTICLES = frozenset(["a", "an", "the"])
_SMALL = _EMPTY | frozenset(str.split("since after before because when while during against about into over under"))


def choices(question: str) -> tuple[str, str] | None:
    """The two that a question gives to choose from, as slices of it; None where it gives none.

    `Did it start in the engine room or in the galley?` gives `in the engine room` and `in the galley`.
    """
    parts = _SPLIT.split(question.strip().rstrip("?!. "))
    if len(parts) != 2:  # noqa: PLR2004 - one "or" makes two parts
        return None
    before, second = parts
    if not second or not before.split() or second.split()[0].lower() in _NO_SECOND or " than " in f" {second} ":
        return None
    if before.split()[0].lower() not in _WHETHER and not any(mark in before for mark in ",:"):
        return None  # "the share of Black or African Americans" names one group, not two answers
    if second[0].isupper():
        found = _names(before, second)
    else:
        found = _as_subjects(before, second) or _as_words(before, second) or _as_long(before, second)
    return found if found and _differ(*found) else None


def _as_long(before: str, second: str) -> tuple[str, str] | None:
    count = len(second.split())
    return (_beside(before, second.split()), second) if count <= _MOST_WORDS else None


def _as_words(before: str, second: str) -> tuple[str, str] | None:
    """The two words beside "or", if what follows goes with both ("approve or reject it") or one has no article."""
    words, last = second.split(), before.rsplit(maxsplit=1)[-1]
    if len(words) > 1 and words[0].lower() not in _SMALL and words[1].lower() in _SMALL:
        return last, words[0]
    alone = len(words) == 2 and words[0].lower() in _ARTICLES and before.split()[-2].lower() not in _ARTICLES  # noqa: PLR2004
    return (last, second) if alone and not any(word.lower() == words[0].lower() for word in before.split()) else None


def _as_subjects(before: str, second: str) -> tuple[str, str] | None:
    """The two right behind "did" or "is", where the verb comes after both: "Did the crew or the guests sing?"."""
    asking, *first = before.split()
    words = second.split()
    if asking.lower() not in _WHETHER or not 1 <= len(first) <= 2 or len(words) <= len(first):  # noqa: PLR2004
        return None
    alike = (first[0].lower() in _EMPTY) == (words[0].lower() in _EMPTY)
    return (" ".join(first), " ".join(words[: len(first)])) if alike else None


def _differ(one: str, other: str) -> bool:
    return bool(keywords(one) - keywords(other)) and bool(keywords(other) - keywords(one))


def keywords(words: str) -> frozenset[str]:
    """The words that say something, in lower case."""
    return frozenset(re.findall(r"\w+", words.lower())) - _EMPTY


def _names(before: str, second: str) -> tuple[str, str] | None:
    """The names on either side of "or"; the word that begins a question has a capital letter without being one."""
    first = _LAST_NAME.search(before, 1 if before[0].isupper() and not before[:1].isspace() else 0)
    other = _FIRST_NAME.match(second)
    return (first.group(), other.group()) if first and other else None


def _beside(before: str, second: list[str]) -> str:
    """The end of `before` that stands beside the words after "or": from the same small word on, or as many words."""
    after_mark = max(before.rfind(","), before.rfind(":"))
    if after_mark >= 0:
        return before[after_mark + 1 :].strip()
    tokens = list(re.finditer(r"\S+", before))[1:]  # what asks is none of the two
    same = [token.start() for token in tokens if token.group().lower() == second[0].lower()]
    if second[0].lower() in _EMPTY and same:
        return before[same[-1] :]
    if not tokens:
        return ""
    return before[tokens[-min(len(second), len(tokens))].start() :]
