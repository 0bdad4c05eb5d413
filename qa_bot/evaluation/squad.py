"""Answers compared as the SQuAD benchmark compares them (Rajpurkar et al. 2016), and found inside quotations."""

import re
import string
from collections import Counter

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NO_WORD = re.compile(r"[\W_]+")


def exact_match(answer: str, gold: str) -> bool:
    """Whether the two are the same after SQuAD's normalisation."""
    return squad_words(answer) == squad_words(gold)


def token_f1(answer: str, gold: str) -> float:
    """SQuAD's token F1, 0 to 1: the harmonic mean of the shares of words that either has in common with the other.

    `gold` is not blank; a blank answer has 0.
    """
    ours, golds = squad_words(answer), squad_words(gold)
    return 2 * (Counter(ours) & Counter(golds)).total() / (len(ours) + len(golds))


def holds(quotation: str, gold: str) -> bool:
    """Whether the quotation has the gold answer's words, one after another.

    SQuAD's normalisation deletes punctuation, which welds "1973-74" into one word that is not "1973"; so words split
    at punctuation count as well. An answer of which nothing is left ("A", "#") is looked for as it is written.
    """
    if not _normalised(gold):
        return re.search(rf"(?<!\w){re.escape(gold.strip())}(?!\w)", quotation) is not None
    return any(_contains(words(quotation), words(gold)) for words in (_normalised, _split))


def squad_words(text: str) -> list[str]:
    """The words after SQuAD's normalisation, or as they are written where nothing is left of them ("A", "#")."""
    return _normalised(text) or text.split()


def _normalised(text: str) -> list[str]:
    """The words in lower case, without ASCII punctuation and English articles."""
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def _split(text: str) -> list[str]:
    """Runs of letters and digits in lower case, no English articles."""
    return _ARTICLES.sub(" ", _NO_WORD.sub(" ", text.lower())).split()


def _contains(words: list[str], part: list[str]) -> bool:
    return bool(part) and f" {' '.join(part)} " in f" {' '.join(words)} "
