from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from qa_bot.corpus.metadata import content_hash
from qa_bot.errors import IndexUnavailable
from qa_bot.index.store import STORE_FILE, Store
from qa_bot.index.store_writer import StoreWriter
from qa_bot.index.versions import MOST_VERSIONS, text_sha256
from qa_bot.types import Article


def _article(text: str, name: str = "a") -> Article:
    article = Article(name, name, "Title", text, None, None, None, None, "")
    return replace(article, sha256=content_hash(article))


def _store(folder: Path, *articles: Article, earlier: tuple[str, ...] = ()) -> Path:
    """A store in a folder of its own, with these earlier texts of `a`."""
    folder.mkdir()
    with StoreWriter.create(folder) as writer:
        for article in articles:
            writer.add_article(article, 0)
        for text in earlier:
            writer.keep_text("a", text)
        writer.commit()
    return folder


def _earlier(folder: Path, article_id: str = "a") -> list[str]:
    with closing(Store.open(folder)) as store:
        return [version.text for version in store.earlier_texts(article_id)]


def test_earlier_texts_come_back_whole(tmp_path: Path) -> None:
    """Each earlier text is there as it was, the latest first, with its own hash; other articles have none."""
    texts = ("One.\r\n\ufeffПривет 😀", "Two\x00")
    folder = _store(tmp_path / "s", _article("Three"), earlier=texts)
    with closing(Store.open(folder)) as store:
        versions = store.earlier_texts("a")
        assert store.earlier_texts("b") == ()
    assert [version.text for version in versions] == ["Two\x00", "One.\r\n\ufeffПривет 😀"]
    assert versions[0].sha256 == text_sha256("Two\x00")
    assert versions[0].until.endswith("+00:00")


def test_the_hash_is_that_of_a_plain_file() -> None:
    """The hash of a text can be checked with other tools: known value of `printf abc | sha256sum`."""
    assert text_sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    """The oldest of too many texts are forgotten."""
    folder = _store(tmp_path / "s", _article("now"), earlier=tuple(map(str, range(MOST_VERSIONS + 3))))
    assert _earlier(folder) == [str(number) for number in range(MOST_VERSIONS + 2, 2, -1)]


def test_an_article_that_is_gone_leaves_nothing(tmp_path: Path) -> None:
    """Who takes an article out finds no word of it in the store."""
    folder = _store(tmp_path / "s", _article("now"), earlier=("before",))
    with StoreWriter.open(folder, rows=0, sentences=0) as writer:
        writer.forget_texts("a")
        writer.remove_article(0)
        writer.commit()
    assert _earlier(folder) == []


def test_a_store_that_is_written_anew_takes_them_over(tmp_path: Path) -> None:
    """Kept texts and the texts that differ come over in their order, those of articles that are no more do not."""
    before = _store(
        tmp_path / "before", _article("second"), _article("same", "b"), _article("x", "c"), earlier=("1st",)
    )
    after = _store(tmp_path / "after", _article("third"), _article("same", "b"))
    with StoreWriter.open(after, rows=0, sentences=0) as writer:
        writer.carry_texts(before)
        writer.commit()
    assert [_earlier(after, name) for name in "abc"] == [["second", "1st"], [], []]


@pytest.mark.parametrize("content", [None, b"", b"no database at all, but words" * 40])
def test_a_store_before_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    """A store that is missing or damaged is an error of the index; an empty one has no earlier texts."""
    after = _store(tmp_path / "after", _article("now"))
    if content is not None:
        (tmp_path / STORE_FILE).write_bytes(content)
    with StoreWriter.open(after, rows=0, sentences=0) as writer:
        if content == b"":
            writer.carry_texts(tmp_path)
        else:
            with pytest.raises(IndexUnavailable, match="earlier texts"):
                writer.carry_texts(tmp_path)
    assert _earlier(after) == []
