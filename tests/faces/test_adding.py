from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa_bot.faces.cli import main


def add(folder: Path, *arguments: str) -> Result:
    """What `qa-bot add` does with these arguments, with `corpus` and `index` in the folder."""
    folders = ("--corpus", str(folder / "corpus"), "--index", str(folder / "index"))
    return CliRunner().invoke(main, ["add", *arguments, *folders])


def test_files_are_told_one_by_one(tmp_path: Path) -> None:
    """What was added and what is there already goes to standard output, what was skipped to standard error."""
    (tmp_path / "a\n.txt").write_text("Words of an article.", encoding="utf-8")
    result = add(tmp_path, str(tmp_path / "a\n.txt"), str(tmp_path / "none.txt"), "--no-index")
    assert (result.exit_code, result.stdout) == (1, f"added {tmp_path}/corpus/a .txt\n")
    assert result.stderr == f"skipped {tmp_path}/none.txt: There is no such file or folder.\n"

    again = add(tmp_path, str(tmp_path / "a\n.txt"), "--no-index")
    assert (again.exit_code, again.stderr) == (0, "")
    assert again.stdout == f"{tmp_path}/a .txt is there already: {tmp_path}/corpus/a .txt\n"
    assert not (tmp_path / "index").exists()


@pytest.mark.usefixtures("small_model")
def test_the_index_is_brought_up_to_date(tmp_path: Path) -> None:
    """What was added is in the index afterwards."""
    (tmp_path / "a.txt").write_text("Words of an article.", encoding="utf-8")
    result = add(tmp_path, str(tmp_path / "a.txt"))
    assert result.exit_code == 0, result.output
    assert "1 article in 1 passage (1 added, " in result.stdout


def test_errors(tmp_path: Path) -> None:
    """No argument, a corpus that is a file, and a side file that cannot be followed are errors."""
    assert add(tmp_path).exit_code == 2
    (tmp_path / "corpus").write_text("x", encoding="utf-8")
    assert add(tmp_path, str(tmp_path), "--no-index").exit_code == 2
    (tmp_path / "corpus").unlink()
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/metadata.yaml").write_text("- x", encoding="utf-8")
    result = add(tmp_path, str(tmp_path), "--no-index")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "metadata.yaml, line 1: there must be ids of articles with their fields" in result.stderr
