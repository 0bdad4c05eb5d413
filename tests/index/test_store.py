import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from qa_bot.corpus.metadata import content_hash
from qa_bot.errors import IndexUnavailable
from qa_bot.index.store import STORE_FILE, ArticleInfo, Store
from qa_bot.index.store_writer import StoreWriter
from qa_bot.types import Article, Passage

TEXT = "Ünïcode 🙂 first.\n\nSecond \x00 sentence ‘quoted’. Third\r\nend."
FIRST = Article("a/ž 'x'.txt", "corpus/a/ž 'x'.txt", "Ünïcode", TEXT, "S", "A", "u", "2022-11-17", "", "cs", (0, 18))
FIRST = replace(FIRST, sha256=content_hash(FIRST))
SECOND = Article("b", "corpus/all.jsonl:2", "", "Плоский текст 𝕏.", None, None, None, None, "")
SECOND = replace(SECOND, sha256=content_hash(SECOND))
HEAD = Passage(FIRST, 0, 16, ((0, 16),))
REST = Passage(FIRST, 18, len(TEXT), ((18, 45), (46, len(TEXT))))
OTHER = Passage(SECOND, 0, 16, ((0, 16),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of two articles and three passages."""
    with StoreWriter.create(tmp_path) as writer:
        for article in (FIRST, SECOND):
            writer.add_article(article, 0)
        for number, passage in ((0, HEAD), (0, REST), (1, OTHER)):
            writer.add_passage(number, passage)
        writer.commit()
        assert (writer.articles, writer.passages, writer.sentences) == (2, 3, 4)
        assert list(writer.new_articles()) == [(0, FIRST), (1, SECOND)]
    return tmp_path


def test_round_trip(folder: Path) -> None:
    """Articles, offsets and sentences come back as they went in, code point by code point."""
    with closing(Store.open(folder)) as store:
        assert [stored.passage for stored in store.passages()] == [HEAD, REST, OTHER]
        assert [stored.first_sentence for stored in store.passages()] == [0, 1, 3]
        assert store.passage(1).passage.text == TEXT[18:]


def test_lookups(folder: Path) -> None:
    """Rows, numbers and states are found by article; unknown ids have none."""
    with closing(Store.open(folder)) as store:
        assert store.rows_of(["b", FIRST.id, "nobody", "' OR 1=1 --"]).tolist() == [0, 1, 2]
        assert store.rows_of([FIRST.id]).tolist() == [0, 1]
        assert store.rows_of([]).tolist() == []
        assert [(row, stored.passage) for row, stored in store.passages_of(0)] == [(0, HEAD), (1, REST)]


def test_list_of_articles(folder: Path) -> None:
    """The list tells the length of each text in code points, a zero character counted like any other."""
    with closing(Store.open(folder)) as store:
        assert store.articles() == [
            ArticleInfo(FIRST.id, FIRST.path, "Ünïcode", "S", "A", "u", "2022-11-17", len(TEXT), "cs"),
            ArticleInfo("b", SECOND.path, "", None, None, None, None, 16),
        ]


def test_read_only(folder: Path) -> None:
    """A store that is read cannot be written, and reading leaves no file behind."""
    before = sorted(path.name for path in folder.iterdir())
    with closing(Store.open(folder)) as store, pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._connection.execute("DELETE FROM articles")
    assert sorted(path.name for path in folder.iterdir()) == before == [STORE_FILE]


def test_odd_folder_names(folder: Path) -> None:
    """A folder whose name has characters that mean something in a URI is opened like any other."""
    odd = folder.with_name("what? 100% #1 ž")
    folder.rename(odd)
    with closing(Store.open(odd)) as store:
        assert store.passage(0).passage == HEAD


def test_passages_in_rows(folder: Path) -> None:
    """Passages come in the order in which their rows are asked for, and none where none is."""
    with closing(Store.open(folder)) as store:
        assert [stored.passage for stored in store.passages_in([2, 0, 1])] == [OTHER, HEAD, REST]
        assert store.passages_in([1]) == [store.passage(1)]
        assert store.passages_in([]) == []


def test_threads_share_a_store(folder: Path) -> None:
    """Eight threads reading at once each get the passage that they asked for."""
    with closing(Store.open(folder)) as store, ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda i: store.passage(i % 3).passage, range(600)))
    assert found == [HEAD, REST, OTHER] * 200


def test_two_articles_with_one_id(tmp_path: Path) -> None:
    """Two articles with one id are not stored."""
    with StoreWriter.create(tmp_path) as writer:
        writer.add_article(FIRST, 0)
        with pytest.raises(sqlite3.IntegrityError):
            writer.add_article(FIRST, 0)


@pytest.mark.parametrize("content", [None, b"", b"no database at all, but long enough to look at" * 30])
def test_damage_is_told(tmp_path: Path, content: bytes | None) -> None:
    """A missing, an empty and a foreign file are refused with the command that mends them."""
    if content is not None:
        (tmp_path / STORE_FILE).write_bytes(content)
    with pytest.raises(IndexUnavailable, match=rf"damaged .*{STORE_FILE}.*qa-bot index --rebuild"):
        Store.open(tmp_path)
