"""Questions that name their answers: "Was it A or B?"."""

import re

_SPLIT = re.compile(r"\s+or\s+(?!not\b)", re.IGNORECASE)
_MOST_WORDS = 6
_EMPTY = frozenset(str.split("a an the in at on by to from of for with is was were are it be been or and did do does"))


def choices(question: str) -> tuple[str, str] | None:
    """The two that a question gives to choose from, as slices of it; None where it gives none.

    `Did it start in the engine room or in the galley?` gives `in the engine room` and `in the galley`.
    """
    parts = _SPLIT.split(question.strip().rstrip("?!. "))
    if len(parts) != 2:  # noqa: PLR2004 - one "or" makes two parts
        return None
    before, second = parts
    words = second.split()
    if not 0 < len(words) <= _MOST_WORDS or not before.split():
        return None
    first = _first(before, words)
    return (first, second) if keywords(first) - keywords(second) and keywords(second) - keywords(first) else None


def keywords(words: str) -> frozenset[str]:
    """The words that say something, in lower case."""
    return frozenset(re.findall(r"\w+", words.lower())) - _EMPTY


def _first(before: str, second: list[str]) -> str:
    """The end of `before` that stands beside the words after "or": from the same small word on, or as many words."""
    head = second[0].lower()
    tokens = list(re.finditer(r"\S+", before))
    colon = max(before.rfind(","), before.rfind(":"))
    if colon >= 0:
        return before[colon + 1 :].strip()
    if head in _EMPTY:
        same = [token.start() for token in tokens if token.group().lower() == head]
        if same:
            return before[same[-1] :]
    named = second[0][0].isupper()
    count = len(second)
    if named:  # a name is as long as it has capital letters
        count = 0
        for token in reversed(tokens):
            if not token.group()[0].isupper():
                break
            count += 1
    return before[tokens[-min(max(count, 1), len(tokens))].start() :]
