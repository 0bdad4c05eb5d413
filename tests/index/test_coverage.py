import string
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from qa_bot.index.coverage import WordFinder, matched_weights, question_terms, term_weights, words_of
from qa_bot.index.lexical import LexicalIndex, Term, analyze, write_lexical

# What English puts behind a word, and the stemmer takes off.
ENDINGS = str.split(
    "s es ies ied ed eed ing ying ings ly ily y e er est ness nesses ful fulness ous ation ational ization ate able"
    " ible ment al ity ism ist ive ogy logist 's skis 1990s"
)


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


def test_every_word_is_found_by_its_stem() -> None:
    """Whatever a word is made of, it is found in a text where its stem is looked for, alone or beside others."""
    beginnings = ["", *string.ascii_lowercase, *map("".join, product(string.ascii_lowercase, repeat=2)), "gener", "dyi"]
    for word in map("".join, product(beginnings, ["", *ENDINGS])):
        for stem in analyze(word):
            assert stem in WordFinder([Term(stem, 0)]).words_of(f"-{word.upper()}_"), word
    finder = WordFinder([Term("live", 0), Term("exil", 0)])
    assert finder.words_of("The exiled leader, who lived in exile, left.") == {"exil", "live"}


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        (Term("die", 0), "Two men lay dying.", "die"),
        (Term("lithunaia", 2), "She lives in Lithuania.", "lithuania"),  # what is misspelt is held against every word
        (Term("cafe", 0), "The café is closed.", "cafe"),
        (Term("close", 0), "“The café—closed”, she said", "close"),
        (Term("минск", 0), "Минск, 2020", "минск"),
        (Term("x", 0), "x" * 200 + " x", "x"),
    ],
)
def test_words_that_begin_otherwise(term: Term, text: str, found: str) -> None:
    """Irregular, misspelt and foreign words are found too; what is too long to be a word is none."""
    assert found in WordFinder([term]).words_of(text)
    assert WordFinder([term]).words_of(text) <= words_of(text)
