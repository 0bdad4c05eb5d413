"""How much a word of a question weighs, and which of them a text has."""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from rapidfuzz.distance import OSA

from qa_bot.index.lexical import LexicalIndex, Term, analyze

# Words that ask, or hold a question together, and so say nothing of what an article must contain.
_ASKING = """
a about after am an and any are as at be been before being between but by can could did do does doing down during each
for from had has have having he her here hers him his how i if in into is it its just many may me might more most much
must my no nor not of off on or our out over own please s say said says shall she should so some such t tell than that
the their them then there these they this those to too under until up us was we were what when where which while who
whom whose why will with would you your
"""

# The letters and digits of ASCII in lower case, its other signs as white space, and what is beyond it as it is.
_PLAIN = bytes(
    ord(sign.lower() if sign.isalnum() else " ") if sign.isascii() else ord(sign) for sign in map(chr, range(256))
)


def question_terms(words: Sequence[Term]) -> list[Term]:
    """Those words of a question that an article must have to answer it; all of them where none is left."""
    return [word for word in words if word.text not in _asking()] or list(words)


def term_weights(terms: Sequence[Term], lexical: LexicalIndex) -> tuple[float, ...]:
    """The share of the question's weight that each word has; the shares add up to 1.

    A word weighs its inverse document frequency as in BM25, over the passages of the index and a background of
    encyclopedia paragraphs together: an archive of one article says little about how rare a word is.
    """
    background, frequencies = _background()
    passages = lexical.passages + background
    known = [lexical.document_frequency(term.text) + frequencies.get(term.text, 0) for term in terms]
    weights = [float(np.log1p((passages - frequency + 0.5) / (frequency + 0.5))) for frequency in known]
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def matched_weights(terms: Sequence[Term], weights: Sequence[float], words: frozenset[str]) -> tuple[float, ...]:
    """The weight of each term that is among the words, 0 for each that is not."""
    pairs = zip(terms, weights, strict=True)
    # Nearly all terms are exact; a question asks for those of a hundred sentences.
    return tuple(
        [
            weight if term.text in words or (term.edits and _nearly_occurs(term, words)) else 0.0
            for term, weight in pairs
        ]
    )


def words_of(text: str) -> frozenset[str]:
    """The distinct words of a text, as the index knows them."""
    return frozenset(analyze(text))


class WordFinder:
    """Finds the words of one question in many texts."""

    def __init__(self, terms: Sequence[Term]) -> None:
        # An English word and its stem begin with the same two letters, but for those like "dying" and "die".
        by_two_letters = all(not term.edits and len(term.text) > 1 and term.text[1:] != "ie" for term in terms)
        self._beginnings = {term.text[:2].encode() for term in terms} if by_two_letters else None
        self._analyzed: dict[bytes, list[str]] = {}

    def words_of(self, text: str) -> frozenset[str]:
        """The distinct words of a text, as the index knows them, without most of those that the question lacks."""
        if self._beginnings is None:
            return words_of(text)
        pieces = text.encode().translate(_PLAIN).split()
        alike = [piece for piece in pieces if piece[:2] in self._beginnings]
        if not text.isascii():  # a piece can be several words then, and begin with a sign
            alike += [piece for piece in pieces if not piece.isascii()]
        return frozenset([word for piece in alike for word in self._analyze(piece)])

    def _analyze(self, piece: bytes) -> list[str]:
        found = self._analyzed.get(piece)
        if found is None:
            found = self._analyzed[piece] = analyze(piece.decode())
        return found


def is_common(word: str) -> bool:
    """Whether the (analysed) word is one that encyclopedia paragraphs use, so that it is hardly misspelt."""
    return word in _background()[1]


def _nearly_occurs(term: Term, words: frozenset[str]) -> bool:
    # Optimal string alignment: the same distance, transpositions included, that the index searches by.
    return any(
        OSA.distance(term.text, word, score_cutoff=term.edits) <= term.edits
        for word in words
        if abs(len(word) - len(term.text)) <= term.edits
    )


@cache
def _asking() -> frozenset[str]:
    return frozenset(analyze(_ASKING))


@cache
def _background() -> tuple[int, dict[str, int]]:
    data = json.loads(files("qa_bot").joinpath("data/background.json").read_text(encoding="utf-8"))
    return data["passages"], data["document_frequency"]
