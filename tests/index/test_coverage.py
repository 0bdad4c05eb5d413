from pathlib import Path

import numpy as np
import pytest

from qa_bot.index.coverage import matched_weights, question_terms, term_weights, words_of
from qa_bot.index.lexical import LexicalIndex, Term, write_lexical


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    """Two sentences."""
    texts = ["Tsikhanouskaya lives in Lithuania.", "The president lives in Belarus."]
    write_lexical(tmp_path, enumerate(texts), np.empty(0, np.int64))
    return LexicalIndex.open(tmp_path)


def test_asking_words_do_not_count(lexical: LexicalIndex) -> None:
    """Words that only ask are left out, unless there are no others."""
    assert [term.text for term in question_terms(lexical.terms("Where does the president live?"))] == ["presid", "live"]
    assert [term.text for term in question_terms(lexical.terms("Who is it?"))] == ["who", "is", "it"]
    assert question_terms(lexical.terms("?!")) == []


def test_weights(lexical: LexicalIndex) -> None:
    """Weights add up to 1, and a rare name weighs more than a common word."""
    weights = term_weights(question_terms(lexical.terms("Tsikhanouskaya president lives")), lexical)
    assert sum(weights) == pytest.approx(1)
    assert weights[0] > weights[1]
    assert weights[0] > weights[2]
    assert term_weights([], lexical) == ()


def test_matched_weights() -> None:
    """A word counts where it occurs, a misspelt one where a word within its edits occurs."""
    terms = [Term("live", 0), Term("lithunaia", 2), Term("gome", 1), Term("moscow", 0)]
    words = words_of("She lived in Lithuania, near Gomel, not in Moskow.")
    assert matched_weights(terms, (0.1, 0.2, 0.3, 0.4), words) == (0.1, 0.2, 0.3, 0.0)
    assert matched_weights(terms, (0.1, 0.2, 0.3, 0.4), frozenset()) == (0.0,) * 4
