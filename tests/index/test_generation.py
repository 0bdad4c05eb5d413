import subprocess
import sys
from pathlib import Path

import pytest
from permissions import unwritable

from qa_bot.errors import IndexMissing, IndexUnavailable
from qa_bot.index.build_lock import build_lock
from qa_bot.index.generation import CURRENT_FILE, current_folder, draft_generation, publish

HOLDER = """
import sys
from pathlib import Path
from qa_bot.index.build_lock import build_lock
with build_lock(Path(sys.argv[1]), waiting=lambda: print("waiting", flush=True)):
    print("locked", flush=True)
    sys.stdin.readline()
"""


def _generations(index: Path) -> list[str]:
    return sorted(path.name for path in (index / "generations").iterdir())


def _publish(index: Path, content: str) -> int:
    with draft_generation(index) as draft:
        folder, number = draft.folder, draft.number
        (folder / "inner").mkdir()
        (folder / "inner" / "file").write_text(content, encoding="utf-8")
        publish(index, number, folder)
    return number


def _fail_in_draft(index: Path, error: Exception) -> None:
    with draft_generation(index) as draft:
        (draft.folder / "half").write_text("x", encoding="utf-8")
        raise error


def _cancel_draft(index: Path) -> None:
    with draft_generation(index) as draft:
        assert draft.interrupted == index / "generations" / "interrupted"
        raise KeyboardInterrupt


def _lock(index: Path) -> None:
    with build_lock(index, waiting=lambda: None):
        pass


def test_publish_makes_live(tmp_path: Path) -> None:
    """A published generation is the current one, whole; numbers go up and one before it is kept."""
    assert [_publish(tmp_path, content) for content in ("a", "b", "c")] == [1, 2, 3]
    folder = current_folder(tmp_path)
    assert folder.name == "3"
    assert (folder / "inner" / "file").read_text(encoding="utf-8") == "c"
    assert _generations(tmp_path) == ["2", "3"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [CURRENT_FILE, "generations"]


def test_error_throws_the_draft_away(tmp_path: Path) -> None:
    """A build that fails leaves no draft, and the generation before stays live."""
    _publish(tmp_path, "a")
    with pytest.raises(KeyError):
        _fail_in_draft(tmp_path, KeyError())
    assert _generations(tmp_path) == ["1"]
    assert current_folder(tmp_path).name == "1"


def test_unpublished_draft_is_gone(tmp_path: Path) -> None:
    """A draft that was not published is gone at the end of the block."""
    with draft_generation(tmp_path) as draft:
        assert draft.folder.is_dir()
    assert _generations(tmp_path) == []
    with pytest.raises(IndexMissing):
        current_folder(tmp_path)


def test_leftovers(tmp_path: Path) -> None:
    """Of what killed builds left, that which came furthest is handed to the next build, and gone once that is done."""
    for name, size in (("6.building", 10), ("7.building", 30), ("8.building", 20)):
        (tmp_path / "generations" / name / "vectors" / "1").mkdir(parents=True)
        (tmp_path / "generations" / name / "vectors" / "1" / "passages.npy").write_bytes(b"x" * size)
    with pytest.raises(KeyboardInterrupt):
        _cancel_draft(tmp_path)
    assert (tmp_path / "generations" / "interrupted" / "vectors" / "1" / "passages.npy").stat().st_size == 30
    assert _generations(tmp_path) == ["1.building", "interrupted"]
    assert _publish(tmp_path, "a") == 1
    assert _generations(tmp_path) == ["1"]


def test_killed_between_rename_and_pointer(tmp_path: Path) -> None:
    """A generation that was finished but never made live is what a cut-off build left: the pointer decides."""
    _publish(tmp_path, "a")
    (tmp_path / "generations" / "2").mkdir()
    assert current_folder(tmp_path).name == "1"
    with build_lock(tmp_path, waiting=pytest.fail), draft_generation(tmp_path) as draft:
        assert draft.interrupted == tmp_path / "generations" / "interrupted"
        assert current_folder(tmp_path).name == "1"
    assert _publish(tmp_path, "b") == 2
    assert current_folder(tmp_path).name == "2"
    assert _generations(tmp_path) == ["1", "2"]


def test_failure_while_going_live(tmp_path: Path) -> None:
    """Where the pointer cannot be written, the old generation stays live and nothing of the new one is left."""
    _publish(tmp_path, "a")
    before = {path.name for path in tmp_path.iterdir()}
    (tmp_path / f"{CURRENT_FILE}.new").mkdir()
    (tmp_path / f"{CURRENT_FILE}.new" / "in the way").touch()
    with pytest.raises(IndexUnavailable, match=r"cannot be written in .*is unchanged\."):
        _publish(tmp_path, "b")
    assert current_folder(tmp_path).name == "1"
    assert _generations(tmp_path) == ["1"]
    assert {path.name for path in tmp_path.iterdir()} == {*before, f"{CURRENT_FILE}.new"}


def test_disk_errors_become_one_sentence(tmp_path: Path) -> None:
    """An error of the disk inside the block is told with the folder, and that nothing was lost."""
    with pytest.raises(IndexUnavailable, match=r"cannot be written in .*No space left.*is unchanged\.") as caught:
        _fail_in_draft(tmp_path, OSError(28, "No space left on device"))
    assert caught.value.path == tmp_path
    assert _generations(tmp_path) == []


def test_no_index_yet(tmp_path: Path) -> None:
    """A folder without an index, or none at all, says how to build one."""
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(IndexMissing, match=r"There is no index in .*: run `qa-bot index`\."):
            current_folder(folder)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"../../etc", b"9", b"1 2", b"-1", b"." * 5000, b"1\x00"])
def test_garbage_pointer(tmp_path: Path, content: bytes) -> None:
    """A pointer that names no generation is refused with the command that mends it."""
    _publish(tmp_path, "a")
    (tmp_path / CURRENT_FILE).write_bytes(content)
    with pytest.raises(IndexUnavailable, match="run `qa-bot index --rebuild`") as caught:
        current_folder(tmp_path)
    assert not isinstance(caught.value, IndexMissing)


def test_index_path_is_a_file(tmp_path: Path) -> None:
    """An index folder that is a file is one clear sentence, for readers and for builders."""
    path = tmp_path / "index"
    path.write_text("x", encoding="utf-8")
    with pytest.raises(IndexUnavailable, match="cannot be read"):
        current_folder(path)
    for folder in (path, path / "below"):
        with pytest.raises(IndexUnavailable, match=r"cannot be written .*: choose another with --index"):
            _lock(folder)


def test_unwritable_index(tmp_path: Path) -> None:
    """An index folder that cannot be written is one sentence, and nothing is built."""
    with (
        unwritable(tmp_path),
        pytest.raises(IndexUnavailable, match=r"cannot be written \(Permission denied\): choose"),
    ):
        _lock(tmp_path)


def test_second_process_waits_and_says_so(tmp_path: Path) -> None:
    """While one process builds, another says that it waits, and goes on when the first one is killed."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as second,
    ):
        assert first.stdout
        assert second.stdout
        said = {first: first.stdout.readline(), second: second.stdout.readline()}
        assert sorted(said.values()) == ["locked\n", "waiting\n"]
        holder, waiter = sorted(said, key=lambda process: said[process])
        holder.kill()
        assert waiter.stdout
        assert waiter.stdout.readline() == "locked\n"
        waiter.communicate("\n")
        assert waiter.returncode == 0


def test_lock_is_given_back(tmp_path: Path) -> None:
    """The lock is free again after the block, after an error, too."""
    waited: list[str] = []
    with pytest.raises(KeyError), build_lock(tmp_path, waiting=lambda: waited.append("x")):
        raise KeyError
    with build_lock(tmp_path, waiting=lambda: waited.append("x")):
        pass
    assert waited == []
