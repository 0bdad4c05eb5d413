import subprocess
import sys
from math import log
from pathlib import Path

import numpy as np
import pytest

from qa_bot.errors import IndexUnavailable
from qa_bot.index.lexical import LEXICAL_FOLDER, LexicalIndex, Term, allowed_edits, analyze, write_lexical

NONE = np.empty(0, np.int64)
K1, B = 1.2, 0.75
WRITE_LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from qa_bot.index.lexical import write_lexical
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    write_lexical(Path(sys.argv[1]), ((i, f"word{i} other") for i in range(5000)), np.empty(0, np.int64))
except OSError:
    print("told")
"""
SENTENCES = ["the cat sat on the mat", "the dog sat", "a bird sang to the cat and the other cat"]


@pytest.fixture
def animals(tmp_path: Path) -> LexicalIndex:
    """Three sentences."""
    return _index(tmp_path, SENTENCES)


def _index(folder: Path, texts: list[str]) -> LexicalIndex:
    write_lexical(folder, enumerate(texts), NONE)
    return LexicalIndex.open(folder)


def _bm25(frequency: int, *, having: int, length: int) -> float:
    """One word's score by the formula, over the three sentences of 6, 3 and 10 words."""
    idf = log(1 + (3 - having + 0.5) / (having + 0.5))
    norm = K1 * (1 - B + B * length / ((6 + 3 + 10) / 3))
    return idf * frequency * (K1 + 1) / (frequency + norm)


def test_bm25_by_hand(animals: LexicalIndex) -> None:
    """Scores are BM25 with k1 1.2 and b .75, and the order is theirs."""
    found = animals.search(animals.terms("cat sat"), 10, exclude=NONE)
    first = _bm25(1, having=2, length=6) + _bm25(1, having=2, length=6)
    second = _bm25(1, having=2, length=3)
    third = _bm25(2, having=2, length=10)
    assert found.rows.tolist() == [0, 1, 2] if second > third else [0, 2, 1]
    np.testing.assert_allclose(found.scores, sorted([first, second, third], reverse=True), rtol=1e-5)


def test_scores_are_those_of_search(animals: LexicalIndex) -> None:
    """The scores of given rows equal those of search, in the order asked for, 0 where no word occurs."""
    terms = animals.terms("dog mats")
    found = animals.search(terms, 10, exclude=NONE)
    assert found.rows.tolist() == [1, 0]
    by_row = dict(zip(found.rows.tolist(), found.scores.tolist(), strict=True))
    assert animals.scores(terms, np.array([2, 0, 1])).tolist() == [0.0, by_row[0], by_row[1]]
    assert animals.scores(terms, NONE).tolist() == []
    assert animals.scores([], np.array([1])).tolist() == [0.0]


def test_exclude(animals: LexicalIndex) -> None:
    """Excluded rows are not found, and the scores of the others stay as they were."""
    terms = animals.terms("the cat")
    everything = animals.search(terms, 10, exclude=NONE)
    left = animals.search(terms, 10, exclude=np.array([0]))
    assert 0 not in left.rows
    kept = everything.rows != 0
    assert left.rows.tolist() == everything.rows[kept].tolist()
    assert left.scores.tolist() == everything.scores[kept].tolist()


def test_ties_go_by_row(tmp_path: Path) -> None:
    """Of equal passages the first rows are found, also where the limit falls among them."""
    index = _index(tmp_path, ["same words"] * 20 + ["same words rare"])
    assert index.search(index.terms("words"), 5, exclude=NONE).rows.tolist() == [0, 1, 2, 3, 4]
    assert index.search(index.terms("rare words"), 3, exclude=NONE).rows.tolist() == [20, 0, 1]


def test_analysis() -> None:
    """Words are lower case, without diacritics, and stemmed; what has 160 bytes or more is none."""
    assert analyze("Kovač's RUNNING dogs, 1,874 Žižkov!") == ["kovac", "s", "run", "dog", "1", "874", "zizkov"]
    assert analyze("x" * 160 + " short") == ["short"]
    assert analyze("Сельскохозяйственный") == ["сельскохозяйственный"]


@pytest.mark.parametrize(
    ("word", "edits"),
    [("war", 0), ("2020", 0), ("covid19", 0), ("gome", 1), ("belarus", 1), ("lukashen", 2), ("tsikhanouskaya", 2)],
)
def test_allowed_edits(word: str, edits: int) -> None:
    """Short words and numbers must be exact; longer ones may have one letter wrong, long names two."""
    assert allowed_edits(word) == edits


@pytest.mark.parametrize("typed", ["lithuana", "lithunaia", "lithuanja", "lithuaniaa", "lthuaina"])
def test_misspelt_words_are_found(tmp_path: Path, typed: str) -> None:
    """A letter missing, swapped, wrong or doubled, or two of these in a long word, still finds the word."""
    index = _index(tmp_path, ["She lives in Lithuania.", "He lives in Poland."])
    terms = index.terms(typed)
    assert terms[0].edits == 2
    assert index.search(terms, 5, exclude=NONE).rows.tolist() == [0]


def test_edits_only_where_the_word_is_absent(tmp_path: Path) -> None:
    """A word that some passage has is searched exactly: its near neighbours are other words."""
    index = _index(tmp_path, ["Belarus lies there.", "Belarux is a make.", "Nothing."])
    assert index.terms("belarus belaruz") == [Term("belarus", 0), Term("belaruz", 1)]
    assert index.search(index.terms("belarus"), 5, exclude=NONE).rows.tolist() == [0]
    assert index.search(index.terms("belaruz"), 5, exclude=NONE).rows.tolist() == [0, 1]


def test_misspelt_words_weigh_as_the_rarest(tmp_path: Path) -> None:
    """A misspelt word scores what the idf of a word of one passage is, here of two: log(1 + 1.5 / 1.5)."""
    index = _index(tmp_path, ["She lives in Lithuania.", "He lives in Poland."])
    found = index.search(index.terms("lithuana"), 5, exclude=NONE)
    assert found.scores.tolist() == pytest.approx([log(2)])


def test_too_many_wrong_letters_find_nothing(tmp_path: Path) -> None:
    """Two wrong letters in a word of seven, or three in a longer one, are another word."""
    index = _index(tmp_path, ["Belarus and Lithuania."])
    assert index.search(index.terms("belaxxs"), 5, exclude=NONE).rows.tolist() == []
    assert index.search(index.terms("lithxxxia"), 5, exclude=NONE).rows.tolist() == []


def test_questions_without_words(animals: LexicalIndex) -> None:
    """A question of punctuation, of nothing, or of unknown words finds nothing."""
    for question in ("", "?!", "日本", "x" * 100):
        terms = animals.terms(question)
        assert animals.search(terms, 5, exclude=NONE).rows.tolist() == []


def test_query_syntax_is_only_words(animals: LexicalIndex) -> None:
    """What a query language would read as an operator is read as words."""
    assert [term.text for term in animals.terms('text:cat AND -dog OR "sat"~2 row:1')][:3] == ["text", "cat", "and"]
    assert animals.search(animals.terms("row:1"), 5, exclude=NONE).rows.tolist() == []


def test_counts(animals: LexicalIndex) -> None:
    """Passages, and passages with a word, are counted."""
    assert animals.passages == 3
    assert [animals.document_frequency(word) for word in ("cat", "dog", "cow")] == [2, 1, 0]


def test_damage_is_told(tmp_path: Path) -> None:
    """A missing folder and a broken one are refused with the command that mends them."""
    with pytest.raises(IndexUnavailable, match="qa-bot index --rebuild"):
        LexicalIndex.open(tmp_path)
    write_lexical(tmp_path, enumerate(SENTENCES), NONE)
    (tmp_path / LEXICAL_FOLDER / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexUnavailable, match="qa-bot index --rebuild"):
        LexicalIndex.open(tmp_path)


def test_taken_further(tmp_path: Path) -> None:
    """Texts that are added later are found, and rows that are removed are found no longer and are not counted."""
    write_lexical(tmp_path, enumerate(SENTENCES), NONE)
    write_lexical(tmp_path, [(7, "Another sentence of the same kind"), (9, "zebra")], np.array([0, 2]))
    index = LexicalIndex.open(tmp_path)
    assert index.passages == len(SENTENCES)
    assert index.search(index.terms("zebra"), 5, exclude=NONE).rows.tolist() == [9]
    everything = " ".join([*SENTENCES, "another zebra"])
    assert sorted(index.search(index.terms(everything), 50, exclude=NONE).rows.tolist()) == [1, 7, 9]


def test_unwritable_folder_is_an_os_error(tmp_path: Path) -> None:
    """Where the folder is no index, there is an error of the disk, and it is left as it is."""
    (tmp_path / LEXICAL_FOLDER).write_text("mine", encoding="utf-8")
    with pytest.raises(OSError, match="cannot be written"):
        write_lexical(tmp_path, enumerate(SENTENCES), NONE)
    assert (tmp_path / LEXICAL_FOLDER).read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("limit", [10, 1_000, 10_000])
def test_full_disk_is_told(tmp_path: Path, limit: int) -> None:
    """Where the disk is full, from the first file on, there is an error of the disk."""
    command = [sys.executable, "-c", WRITE_LIMITED, str(tmp_path), str(limit)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "told\n"


def test_only_some_rows(tmp_path: Path) -> None:
    """Only rows that are given are found, with the score that they have among all; and rows that have all words."""
    write_lexical(tmp_path, enumerate(["old bridge", "old pier", "bridge", "an old, old bridge"]), NONE)
    index = LexicalIndex.open(tmp_path)
    asked = index.terms("old bridge")
    everything = index.search(asked, 4, exclude=NONE)
    some = index.search(asked, 4, exclude=np.array([3], np.int64), only=np.array([1, 2, 3], np.int64))
    scores = dict(zip(everything.rows.tolist(), everything.scores.tolist(), strict=True))
    assert sorted(some.rows.tolist()) == [1, 2]
    assert [scores[row] for row in some.rows.tolist()] == some.scores.tolist()
    assert index.rows_with_all(["old", "bridg"]).tolist() == [0, 3]
    assert index.rows_with_all(["old", "river"]).tolist() == []
