from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from encoder_double import MODEL

from qa_bot.faces.cli import main
from qa_bot.index.generation import current_folder
from qa_bot.indexing import update_index

pytestmark = pytest.mark.usefixtures("small_model")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A corpus of one article, and its index."""
    monkeypatch.setenv("QA_BOT_EMBEDDING_MODEL", MODEL)
    monkeypatch.setenv("QA_BOT_EMBEDDING_PRECISION", "fp32")
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    (corpus / "mill.txt").write_text("The mill\n\nThe mill burned down in 1902.", encoding="utf-8")
    update_index(corpus, index, embedding_model=MODEL, precision="fp32", progress=lambda *_: None)
    return corpus, index


def _check(corpus: Path, index: Path) -> Result:
    return CliRunner().invoke(main, ["index", "--check", "--corpus", str(corpus), "--index", str(index)])


def test_whole(folders: tuple[Path, Path]) -> None:
    """Of a whole index each part is said to be so, and the exit code is 0."""
    result = _check(*folders)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert [line[8:25].strip() for line in lines[:-1]] == [
        *("live generation", "files", "articles", "passages", "vectors"),
        *("dense search", "word search", "spellings", "sample", "reader"),
    ]
    assert {line[:6] for line in lines[:-1]} == {"ok    "}
    assert lines[2] == "ok      articles         1, each text as it was read"
    assert lines[-1] == "The index is whole."


def test_broken_and_mended(folders: tuple[Path, Path]) -> None:
    """What is broken is said, then what was done, and the exit code is 1; the next time it is 0."""
    corpus, index = folders
    words = current_folder(index) / "words.sqlite"
    words.write_bytes(words.read_bytes()[:-1] + b"x")
    result = _check(corpus, index)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[1] == "BROKEN  files            words.sqlite has other bytes than were written."
    assert f"It is mended from the articles in {corpus}." in lines
    assert any(line.startswith("1 article in 1 passage (1 added") for line in lines)
    assert lines[-1] == "The index was broken and is whole again."
    assert current_folder(index).name == "2"
    assert _check(corpus, index).exit_code == 0


def test_not_live(folders: tuple[Path, Path]) -> None:
    """Where CURRENT is damaged, the generation that is there is made live again."""
    corpus, index = folders
    (index / "CURRENT").write_text("17", encoding="ascii")
    result = _check(corpus, index)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == "BROKEN  live generation  CURRENT names no generation."
    assert current_folder(index).name == "1"


def test_broken_without_articles(folders: tuple[Path, Path]) -> None:
    """Where there is nothing to mend it from, that is one sentence, and the exit code is 2."""
    corpus, index = folders
    (current_folder(index) / "dead.npy").unlink()
    result = _check(corpus.with_name("none"), index)
    assert result.exit_code == 2
    assert result.stderr.startswith("qa-bot: The index is broken, and was not mended. There is no folder ")
    assert result.stderr.count("\n") == 1


def test_no_index(tmp_path: Path) -> None:
    """Where there is no index, that is one sentence, and nothing is built."""
    result = _check(tmp_path, tmp_path / "none")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"qa-bot: There is no index in {tmp_path}/none: run `qa-bot index`.\n"
