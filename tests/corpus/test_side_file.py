import logging
from pathlib import Path

import pytest

from qa_bot.corpus import reader
from qa_bot.corpus.reader import corpus_files, read_corpus
from qa_bot.errors import CorpusError
from qa_bot.types import Article

STATED = "---\ntitle: Harbour\nsource: Coast\nauthor: A. Holm\npublished: 2031-05-04\n---\nThe harbour\n\nWords."


def read(folder: Path, side_file: str) -> Article:
    """The article `a.txt` of the folder with that side file."""
    (folder / "a.txt").write_text(STATED, encoding="utf-8")
    (folder / "metadata.yaml").write_text(side_file, encoding="utf-8")
    (article,) = read_corpus(folder)
    assert isinstance(article, Article)
    return article


def test_fields_are_corrected(tmp_path: Path) -> None:
    """What the side file says goes over what was read, and the rest stays; the hash tells of it."""
    plain = read(tmp_path, "# nothing yet\n")
    article = read(
        tmp_path, "a.txt:\n  published: 2031-05-05\n  author: [B. Roe, 'C']\n  language: EN\n  url: https://a.b\n"
    )
    assert (article.title, article.source, article.author) == ("Harbour", "Coast", "B. Roe, C")
    assert (article.published, article.language, article.url) == ("2031-05-05", "en", "https://a.b")
    assert (article.text, article.sha256 == plain.sha256) == (plain.text, False)


def test_an_empty_field_is_unknown(tmp_path: Path) -> None:
    """Empty and null make a value unknown; the title is then the first line."""
    article = read(tmp_path, "a.txt:\n  published:\n  author: null\n  title: ~\n")
    assert (article.published, article.author, article.title) == (None, None, "The harbour")


@pytest.mark.parametrize(
    ("side_file", "reason"),
    [
        ("a.txt:\n  title: [\n", "line 3: it is not YAML (expected the node content, but found '<stream end>')"),
        ("a.txt:\n  title: x\n\x07", "line 3: it is not YAML"),
        ("- a.txt", "line 1: there must be ids of articles with their fields"),
        ("a.txt:\n  - title", "line 2: there must be fields"),
        ("a.txt:\n  titel: x", "line 2: 'titel' is none of title, source, author, url, published, language"),
        ("a.txt:\n  published: May 2031", "line 2: published must be a date of the form 2022-11-17"),
        ("a.txt:\n  title: x\n  language: English", "line 3: language must be a language of the form en or pt-BR"),
        ("a.txt:\n  title: {a: b}", "line 2: title is not text"),
        ("a.txt:\n  title: x\na.txt:\n  title: y", "line 3: 'a.txt' is there twice"),
        ("? [a]\n: b", "line 1: there must be ids of articles with their fields"),
        ("[" * 5000, "line 1: it is too deeply nested"),
    ],
)
def test_a_bad_side_file_is_an_error_at_once(tmp_path: Path, side_file: str, reason: str) -> None:
    """File and line are named before anything is read, for an index without its corrections would be wrong."""
    (tmp_path / "metadata.yaml").write_text(side_file, encoding="utf-8")
    with pytest.raises(CorpusError) as refusal:
        read_corpus(tmp_path)
    message = str(refusal.value)
    assert message == f"{tmp_path}/metadata.yaml, {reason}; mend it, or remove the file."


def test_a_side_file_that_is_no_text(tmp_path: Path) -> None:
    """Binary data is named as such."""
    (tmp_path / "metadata.yaml").write_bytes(b"a\0")
    with pytest.raises(CorpusError, match=r"metadata\.yaml cannot be read\. The file is binary"):
        read_corpus(tmp_path)


def test_a_correction_without_its_article_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An id that no article has is named with its line, and nothing fails."""
    with caplog.at_level(logging.WARNING):
        assert read(tmp_path, "\nb.txt:\n  title: x\n").title == "Harbour"
    assert caplog.messages == [f"{tmp_path}/metadata.yaml, line 2: there is no article 'b.txt'"]


def test_a_correction_changes_the_stamp_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a correction may concern count as written anew, lines of a `.jsonl` too, and no others."""
    monkeypatch.setattr(reader, "_UNSETTLED_NS", -1)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Words.", encoding="utf-8")
    (tmp_path / "c.jsonl").write_text('{"id": "7", "text": "Words."}', encoding="utf-8")
    before = {file.path.name: file.stamp for file in corpus_files(tmp_path)}
    (tmp_path / "metadata.yaml").write_text("a.txt: {title: A}\n7: {title: B}\n", encoding="utf-8")
    after = {file.path.name: file.stamp for file in corpus_files(tmp_path)}

    assert [name for name in before if before[name] != after[name]] == ["a.txt", "c.jsonl"]
    titles = [outcome.title for outcome in read_corpus(tmp_path) if isinstance(outcome, Article)]
    assert titles == ["A", "Words.", "B"]
