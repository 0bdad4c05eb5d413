import gzip
import json
import os
from pathlib import Path, PurePath

import pytest

from qa_bot.corpus.reader import read_corpus
from qa_bot.corpus.removal import Doomed, Remover
from qa_bot.errors import CorpusError
from qa_bot.types import Article

LINES = [
    '{"id": 1, "text": "One."}',
    "",
    "{nonsense",
    '{"id": "two", "text": "Two."}',
    '{"id": "1", "text": "Another one."}',
    '{"id": "паром 😀", "text": "Three."}',
]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus with a file of its own, a file of lines, and the same packed."""
    folder = tmp_path / "corpus"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub/a b.txt").write_text("Words.", encoding="utf-8")
    (folder / "wire.jsonl").write_text("\n".join(LINES), encoding="utf-8")
    (folder / "old.jsonl.gz").write_bytes(gzip.compress("\n".join(LINES).encode()))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.txt").write_text("Secret.", encoding="utf-8")
    return folder


@pytest.fixture
def remover(corpus: Path, tmp_path: Path) -> Remover:
    """Keeps aside what it takes out."""
    return Remover(corpus, tmp_path / "state/removed")


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".changing.lock"
    }


def test_a_file_is_kept_aside(corpus: Path, remover: Remover, tmp_path: Path) -> None:
    """The file is gone from the corpus and whole in the other folder; a second of its name gets a number."""
    assert remover.remove(Doomed(PurePath("sub/a b.txt"), None)) == tmp_path / "state/removed/a b.txt"
    (corpus / "sub/a b.txt").write_text("Others.", encoding="utf-8")
    assert remover.remove(Doomed(PurePath("sub/a b.txt"), None)) == tmp_path / "state/removed/a b-2.txt"
    assert _tree(tmp_path / "state/removed") == {"a b-2.txt": b"Others.", "a b.txt": b"Words."}
    assert sorted(_tree(corpus)) == ["old.jsonl.gz", "wire.jsonl"]


@pytest.mark.parametrize("file", ["wire.jsonl", "old.jsonl.gz"])
def test_a_line_is_taken_out(file: str, corpus: Path, remover: Remover) -> None:
    """Every line of that id goes, also one that was hidden behind the first; all others stay byte for byte."""
    (corpus / file).chmod(0o640)
    kept = remover.remove(Doomed(PurePath(file), "1"))
    content = (corpus / file).read_bytes()
    left = gzip.decompress(content) if file.endswith(".gz") else content
    assert left.decode() == "\n".join(LINES[1:4] + LINES[5:])
    assert kept.suffix == ".jsonl"
    assert kept.read_text(encoding="utf-8") == f"{LINES[0]}\n{LINES[4]}\n"
    assert (corpus / file).stat().st_mode & 0o777 == 0o640
    assert sorted(_tree(corpus)) == ["old.jsonl.gz", "sub/a b.txt", "wire.jsonl"]
    added = [outcome for outcome in read_corpus(kept.parent) if isinstance(outcome, Article)]
    assert [(article.id, article.text) for article in added] == [("1", "One."), ("1", "Another one.")]


def test_the_last_line_takes_the_file_along(corpus: Path, remover: Remover) -> None:
    """A file of lines in which no other is left is gone."""
    (corpus / "wire.jsonl").write_text(LINES[5] + "\n\n", encoding="utf-8")
    kept = remover.remove(Doomed(PurePath("wire.jsonl"), "паром 😀"))
    assert not (corpus / "wire.jsonl").exists()
    assert json.loads(kept.read_text(encoding="utf-8"))["text"] == "Three."


def _refused(remover: Remover, file: str, line: str | None, reason: str, tmp_path: Path) -> None:
    """The removal is refused with that reason, and nothing at all is otherwise than before."""
    before = _tree(tmp_path)
    with pytest.raises(CorpusError, match=reason):
        remover.remove(Doomed(PurePath(file), line))
    assert _tree(tmp_path) == before


@pytest.mark.parametrize(
    ("file", "line", "reason"),
    [
        ("none.txt", None, "There is no file"),
        ("sub", None, "There is no file"),
        ("wire.jsonl", "three", "has no such article any more"),
        ("../outside/secret.txt", None, "lies outside of the corpus"),
        ("sub/../../outside/secret.txt", None, "lies outside of the corpus"),
    ],
)
def test_what_is_not_there(file: str, line: str | None, reason: str, remover: Remover, tmp_path: Path) -> None:
    """What is no file of the corpus is not taken out."""
    _refused(remover, file, line, reason, tmp_path)


def test_absolute_paths(remover: Remover, tmp_path: Path) -> None:
    """A path that leads away from the corpus is refused."""
    _refused(remover, str(tmp_path / "outside/secret.txt"), None, "lies outside", tmp_path)


def test_links(corpus: Path, remover: Remover, tmp_path: Path) -> None:
    """Of a link to a file only the link is taken out; what lies behind a link to a folder, or in lines, is not."""
    secret = tmp_path / "outside/secret.txt"
    (corpus / "link.txt").symlink_to(os.path.relpath(secret, corpus))
    kept = remover.remove(Doomed(PurePath("link.txt"), None))
    assert (secret.read_text(encoding="utf-8"), kept.read_text(encoding="utf-8")) == ("Secret.", "Secret.")
    assert not (corpus / "link.txt").is_symlink()

    (corpus / "linked").symlink_to(tmp_path / "outside")
    _refused(remover, "linked/secret.txt", None, "lies outside of the corpus", tmp_path)
    (tmp_path / "outside/lines.jsonl").write_text("\n".join(LINES), encoding="utf-8")
    (corpus / "lines.jsonl").symlink_to(tmp_path / "outside/lines.jsonl")
    _refused(remover, "lines.jsonl", "two", "lies outside of the corpus", tmp_path)
    (corpus / "own.jsonl").symlink_to(corpus / "wire.jsonl")
    remover.remove(Doomed(PurePath("own.jsonl"), "two"))
    assert "Two." not in (corpus / "wire.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("harm", ["cut", "folder"])
def test_failures_change_nothing(harm: str, corpus: Path, remover: Remover, tmp_path: Path) -> None:
    """A packed file that breaks off, and a folder aside that cannot be made, leave everything as it was."""
    if harm == "cut":
        os.truncate(corpus / "old.jsonl.gz", (corpus / "old.jsonl.gz").stat().st_size - 9)
        (tmp_path / "state/removed").mkdir(parents=True)
    else:
        (tmp_path / "state").write_text("in the way", encoding="utf-8")
    _refused(remover, "old.jsonl.gz", "two", "damaged" if harm == "cut" else "cannot be taken out", tmp_path)


def test_a_corpus_that_cannot_be_written(corpus: Path, remover: Remover, tmp_path: Path) -> None:
    """Where the folder takes no file, that is said, and nothing is moved."""
    (corpus / ".changing.lock").mkdir()
    _refused(remover, "wire.jsonl", "two", "cannot be written", tmp_path)


def test_files_by_name(corpus: Path, remover: Remover, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is named by its path in the corpus or from where we are; only what is read as articles is one."""
    monkeypatch.chdir(tmp_path)
    (corpus / "metadata.yaml").write_text("", encoding="utf-8")
    (corpus / ".hidden.txt").write_text("x", encoding="utf-8")
    assert remover.file_named("sub/a b.txt") == PurePath("sub/a b.txt")
    assert remover.file_named("corpus/sub/../wire.jsonl") == PurePath("wire.jsonl")
    assert remover.file_named(str(corpus / "wire.jsonl")) == PurePath("wire.jsonl")
    for name in ("metadata.yaml", ".hidden.txt", "outside/secret.txt", "../outside/secret.txt", "sub", "", "x.txt"):
        assert remover.file_named(name) is None


@pytest.mark.parametrize(
    ("article_id", "path", "corpus", "doomed"),
    [
        ("sub/a.txt", "c/sub/a.txt", "c", Doomed(PurePath("sub/a.txt"), None)),
        ("1", "c/d/wire.jsonl", "c/d", Doomed(PurePath("wire.jsonl"), "1")),
        ("a.txt", "x/wire.JSONL.gz", ".", Doomed(PurePath("x/wire.JSONL.gz"), "a.txt")),
    ],
)
def test_where_an_article_was_read(article_id: str, path: str, corpus: str, doomed: Doomed) -> None:
    """An article of a file is its file, one of lines is its line in the file."""
    assert Doomed.of(Article(article_id, path, "t", "x", None, None, None, None, ""), corpus) == doomed
