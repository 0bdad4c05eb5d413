from pathlib import Path

import numpy as np
import pytest

from qa_bot.index.lexical import LexicalIndex, write_lexical
from qa_bot.index.selecting import Selector
from qa_bot.index.store_writer import StoreWriter
from qa_bot.types import Article, Filters, Passage

ARTICLES = (
    Article("a", "a", "The bridge", "The old bridge fell.", "CNN", "Ana Kovač", None, "2022-11-17", "a"),
    Article(
        "b", "b", "A pier", "The bridge is old: the Bridge's end.", "Reuters", "50%_off", None, "2022-12-01T10:00", "b"
    ),
    Article("c", "c", "The OLD bridge", "Nothing more.", None, None, "https://edition.cnn.com/x", None, "c"),
    Article("d", "d", "Ferry", "A ferry sank.", None, None, None, "2023-01-05", "d"),
)


@pytest.fixture
def selector(tmp_path: Path) -> Selector:
    """Four articles of one passage each, in rows 0 to 3."""
    with StoreWriter.create(tmp_path) as writer:
        for number, article in enumerate(ARTICLES):
            writer.add_article(article, 0)
            writer.add_passage(number, Passage(article, 0, len(article.text), ((0, len(article.text)),)))
        writer.commit()
    texts = [f"{article.title}\n{article.text}" for article in ARTICLES]
    write_lexical(tmp_path, enumerate(texts), np.empty(0, np.int64))
    return Selector.open(tmp_path, LexicalIndex.open(tmp_path))


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        (Filters(sources=("cnn",)), [0, 2]),  # by its address where no source is stated
        (Filters(sources=("cnn", "REUTERS")), [0, 1, 2]),
        (Filters(authors=("kovač",)), [0]),
        (Filters(authors=("50%_",)), [1]),
        (Filters(authors=("%",)), [1]),
        (Filters(titles=("old bridge",)), [2]),
        (Filters(since="2022-11-17"), [0, 1, 3]),
        (Filters(since="2022-11-18"), [1, 3]),
        (Filters(until="2022-12"), [0]),
        (Filters(since="2022-12-01", until="2022-12-01~"), [1]),
        (Filters(phrases=("old bridge",)), [0, 2]),
        (Filters(phrases=("Bridge end",)), [1]),
        (Filters(phrases=("bridge old",)), []),
        (Filters(phrases=("old bridg",)), []),
        (Filters(without=("bridge",)), [3]),
        (Filters(sources=("cnn",), without=("fell",)), [2]),
        (Filters(sources=("bbc",)), []),
    ],
)
def test_rows(selector: Selector, filters: Filters, rows: list[int]) -> None:
    """Names are parts of those of the articles, phrases are whole words in a row, and days have their bounds."""
    selection = selector.select(filters)
    assert selection.keeps is (len(rows) <= 2)
    kept = selection.rows.tolist() if selection.keeps else sorted({0, 1, 2, 3} - set(selection.rows.tolist()))
    assert kept == rows


def test_what_is_not_known_is_counted(selector: Selector) -> None:
    """Articles that a filter leaves out only because their date or source is not known are counted."""
    dated = selector.select(Filters(since="2022"))
    assert (dated.articles, dated.of, dated.undated, dated.unsourced) == (3, 4, 1, 0)
    sourced = selector.select(Filters(sources=("reuters",)))
    assert (sourced.articles, sourced.of, sourced.undated, sourced.unsourced) == (1, 4, 0, 1)
    assert selector.select(Filters(since="2022", phrases=("ferry",))).undated == 0


def test_what_the_archive_has(selector: Selector) -> None:
    """The sources, each once, and whether an article is of a time."""
    assert selector.sources == ("CNN", "Reuters")
    assert selector.newest == "2023-01-05"
    assert selector.has_dates("2022-11", "2022-11~")
    assert not selector.has_dates("2024", "2024~")
