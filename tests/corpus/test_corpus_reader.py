import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_bot.corpus import reader
from qa_bot.corpus.reader import corpus_files, read_corpus
from qa_bot.errors import CorpusError
from qa_bot.types import Article, Skipped

SHIPPED = Path(__file__).parent.parent.parent / "corpus"


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder `corpus` in the working directory."""
    monkeypatch.chdir(tmp_path)
    Path("corpus").mkdir()
    return Path("corpus")


def write(corpus: Path, **files: str) -> None:
    """Writes files; `a__b_txt` stands for `a/b.txt`."""
    for name, content in files.items():
        file = corpus / name.replace("__", "/").replace("_", ".")
        file.parent.mkdir(exist_ok=True)
        file.write_text(content, encoding="utf-8")


def read(corpus: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The `(id, path)` of the articles and the `(path, reason)` of what was skipped, in order."""
    outcomes = list(read_corpus(corpus))
    articles = [(outcome.id, outcome.path) for outcome in outcomes if isinstance(outcome, Article)]
    return articles, [(outcome.path, outcome.reason) for outcome in outcomes if isinstance(outcome, Skipped)]


def test_the_shipped_article_is_read_exactly() -> None:
    """The shipped article is its file, with the headline as its title and nothing invented."""
    article = next(o for o in read_corpus(SHIPPED) if isinstance(o, Article) and o.id == "belarus-cnn-report.txt")
    assert article.text == (SHIPPED / "belarus-cnn-report.txt").read_bytes().decode()
    assert (
        article.title == "Belarus opposition leader says CNN report is ‘proof’ Lukashenko regime helped Russia attack"
    )
    assert (article.source, article.author, article.url, article.published) == (None, None, None, None)


def test_articles_come_in_the_order_of_their_paths(corpus: Path) -> None:
    """Every format is read from every folder; ids are paths inside the corpus, in one order on any machine."""
    write(
        corpus,
        b_txt="B",
        a__c_md="C",
        **{"a-d_html": "<html><body><p>Words of a page</p></body></html>", "a__B_TXT": "B"},
    )
    write(corpus, e_htm="<html><body><p>Words of a page</p></body></html>", f_jsonl='{"id": "x", "text": "y"}')
    articles, skipped = read(corpus)
    assert articles == [
        ("a-d.html", "corpus/a-d.html"),
        ("a/B.TXT", "corpus/a/B.TXT"),
        ("a/c.md", "corpus/a/c.md"),
        ("b.txt", "corpus/b.txt"),
        ("e.htm", "corpus/e.htm"),
        ("x", "corpus/f.jsonl"),
    ]
    assert skipped == []


def test_hidden_and_other_files_are_passed_over(corpus: Path) -> None:
    """Hidden files, hidden folders and formats that are not read are no articles and no errors."""
    write(corpus, a_txt="A", b_png="B", **{".hidden__c_txt": "C", "_d_txt": "D"})
    assert (corpus / ".hidden/c.txt").exists()
    assert (corpus / ".d.txt").exists()
    assert read(corpus) == ([("a.txt", "corpus/a.txt")], [])


def test_a_bad_file_is_named_and_the_rest_read(corpus: Path) -> None:
    """Each file that cannot be read gives its reason, and the others are read."""
    write(corpus, a_txt="A", b_txt=" \n", c_txt="a\0b", d_md="---\n[\n---\nText", f_jsonl="{", z_txt="Z")
    (corpus / "g.txt").symlink_to("missing")
    (corpus / "h.txt").symlink_to("h.txt")
    os.mkfifo(corpus / "i.txt")
    articles, skipped = read(corpus)
    assert [article for article, _ in articles] == ["a.txt", "z.txt"]
    assert skipped == [
        ("corpus/b.txt", "There is no text."),
        ("corpus/c.txt", "The file is binary, not text (byte 1 is zero)."),
        ("corpus/d.md", "The front matter is not YAML (line 3)."),
        (
            "corpus/f.jsonl, line 1",
            "The line is not JSON (Expecting property name enclosed in double quotes, column 2).",
        ),
        ("corpus/g.txt", "It is a broken link, or not a regular file."),
        ("corpus/h.txt", "It is a broken link, or not a regular file."),
        ("corpus/i.txt", "It is a broken link, or not a regular file."),
    ]


def test_a_file_that_vanishes_is_skipped(corpus: Path) -> None:
    """Files are read one at a time: one that goes away after the first was read is skipped."""
    write(corpus, a_txt="A", b_txt="B", c_txt="C")
    outcomes = read_corpus(corpus)
    assert isinstance(next(outcomes), Article)
    (corpus / "b.txt").unlink()
    rest = list(outcomes)
    assert rest[0] == Skipped("corpus/b.txt", "It was removed while the articles were being read.")
    assert isinstance(rest[1], Article)


def test_links_to_folders_are_followed_once(corpus: Path, tmp_path: Path) -> None:
    """A linked folder is read; a loop ends; a folder also reached by a link is read under its own path."""
    (tmp_path / "archive").mkdir()
    write(corpus, z__b_txt="B")
    write(tmp_path / "archive", a_txt="A")
    (corpus / "linked").symlink_to(tmp_path / "archive")
    (corpus / "a").symlink_to("z")
    (corpus / "z/up").symlink_to("..")
    assert read(corpus) == ([("linked/a.txt", "corpus/linked/a.txt"), ("z/b.txt", "corpus/z/b.txt")], [])


def test_a_folder_that_cannot_be_listed_is_skipped(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without permission is named, and the rest is read."""
    write(corpus, a__b_txt="B", c_txt="C")
    scandir = os.scandir

    def refusing(path: Path) -> "Iterator[os.DirEntry[str]]":
        if path.name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert read(corpus) == ([("c.txt", "corpus/c.txt")], [("corpus/a", "It cannot be read: Permission denied.")])


def test_a_name_that_is_not_utf8_is_skipped(corpus: Path) -> None:
    """A file name that no terminal can show is skipped under a name that it can."""
    Path(os.fsdecode(b"corpus/n\xff.txt")).write_text("Text")
    _, ((path, _),) = read(corpus)
    assert path == "corpus/n\\xff.txt"


def test_a_corpus_that_is_no_folder_is_an_error_at_once(corpus: Path) -> None:
    """A missing folder and a file are refused by the call itself, before anything is read."""
    write(corpus, a_txt="A")
    with pytest.raises(CorpusError, match="There is no folder corpus/b;") as missing:
        read_corpus(corpus / "b")
    assert missing.value.path == corpus / "b"
    with pytest.raises(CorpusError, match=r"corpus/a\.txt is not a folder;"):
        read_corpus(corpus / "a.txt")


def test_an_empty_corpus_has_no_articles(corpus: Path) -> None:
    """An empty folder is no error here: whoever reads it knows what was wanted."""
    assert read(corpus) == ([], [])


def test_stamps(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stamp stays while a file does, and changes with every writing; a file just written has none."""
    write(corpus, a_txt="A")
    assert [file.stamp for file in corpus_files(corpus)] == [None]
    monkeypatch.setattr(reader, "_UNSETTLED_NS", 0)
    [before] = corpus_files(corpus)
    assert before.stamp
    assert corpus_files(corpus) == [before]
    modified = before.path.stat().st_mtime_ns
    write(corpus, a_txt="B")
    os.utime(before.path, ns=(modified, modified))  # as a file has that was put back in time
    assert corpus_files(corpus)[0].stamp != before.stamp
