import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

import pytest
import watchfiles
from watchfiles import Change

from qa_bot.corpus import watching
from qa_bot.corpus.watching import Sign, is_read, signs


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting as in life, in a third of the time."""
    for name in ("_SETTLED_MS", "_MOST_MS", "_TICK_MS", "_POLL_MS"):
        monkeypatch.setattr(watching, name, getattr(watching, name) // 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that is watched."""
    path = tmp_path / "corpus"
    path.mkdir()
    return path


class Seen:
    """The signs of a folder as they come, and what was told beside them."""

    def __init__(self) -> None:
        self.signs: Queue[Sign] = Queue()
        self.told: list[str] = []

    def next(self, *, within: float = 6.0) -> Sign:
        """The next sign that is not `QUIET`."""
        until = time.monotonic() + within
        while True:
            sign = self.signs.get(timeout=max(until - time.monotonic(), 0.01))
            if sign is not Sign.QUIET:
                return sign

    def nothing(self, *, within: float) -> bool:
        """Whether there is no sign but `QUIET` for so many seconds."""
        try:
            self.next(within=within)
        except Empty:
            return True
        return False


@contextmanager
def watched(folder: Path, *, polling: bool = False) -> Iterator[Seen]:
    """The folder watched in a thread, from the sign on that says so."""
    seen, stop = Seen(), Event()

    def run() -> None:
        for sign in signs(folder, polling=polling, stop=stop, told=seen.told.append):
            seen.signs.put(sign)

    thread = Thread(target=run)
    thread.start()
    try:
        assert seen.next() is Sign.CHANGED
        yield seen
    finally:
        stop.set()
        thread.join(timeout=10)
    assert not thread.is_alive()


@pytest.mark.parametrize("polling", [False, True], ids=["signs", "polling"])
def test_written_renamed_and_removed(folder: Path, *, polling: bool) -> None:
    """A file that is written, renamed, or removed is one change each; so is a folder that is moved away."""
    with watched(folder, polling=polling) as seen:
        (folder / "a.txt").write_text("one")
        assert seen.next() is Sign.CHANGED
        (folder / "a.txt").rename(folder / "b.txt")
        assert seen.next() is Sign.CHANGED
        (folder / "b.txt").unlink()
        assert seen.next() is Sign.CHANGED
    assert seen.told == []


def test_folder_moved_in_and_away(folder: Path, tmp_path: Path) -> None:
    """A folder of articles that is moved in, and one that is moved away, are changes, also with a dot in its name."""
    batch = tmp_path / "2031.05"
    batch.mkdir()
    (batch / "a.txt").write_text("one")
    with watched(folder) as seen:
        batch.rename(folder / "2031.05")
        assert seen.next() is Sign.CHANGED
        (folder / "2031.05").rename(batch)
        assert seen.next() is Sign.CHANGED


def test_files_that_are_no_articles(folder: Path) -> None:
    """Hidden and temporary files, swap files of editors and what the program keeps beside articles are no change."""
    with watched(folder) as seen:
        for name in (".fetched.json", ".a.txt.swp", ".adding-7.new", "a.txt~", "#a.txt#", "a.part", "picture.png"):
            (folder / name).write_text("x")
        (folder / ".git").mkdir()
        (folder / ".git" / "a.txt").write_text("x")
        assert seen.nothing(within=1)


def test_saved_by_way_of_another_file(folder: Path) -> None:
    """A file that is replaced, as editors and downloads do it, is one change."""
    (folder / "a.txt").write_text("one")
    with watched(folder) as seen:
        (folder / ".a.txt.new").write_text("two")
        (folder / ".a.txt.new").replace(folder / "a.txt")
        assert seen.next() is Sign.CHANGED
        assert seen.nothing(within=0.7)


def test_many_files_at_once(folder: Path) -> None:
    """A thousand files are a batch or two, and a file that keeps growing is told of while it grows, and at its end."""
    with watched(folder) as seen:
        for number in range(1000):
            (folder / f"{number}.txt").write_text("x")
        assert seen.next() is Sign.CHANGED
        seen.nothing(within=0.7)
        until = time.monotonic() + 1.2
        with (folder / "long.txt").open("w") as file:
            while time.monotonic() < until:
                file.write("x")
                file.flush()
                time.sleep(0.05)
            assert seen.next(within=0.5) is Sign.CHANGED
            file.write("end")
        assert seen.next() is Sign.CHANGED


def test_folder_goes_and_comes_back(folder: Path, tmp_path: Path) -> None:
    """A folder that is moved away is gone, whatever happens in it there; another in its place is watched."""
    away = tmp_path / "away"
    with watched(folder) as seen:
        folder.rename(away)
        assert seen.next() is Sign.GONE
        (away / "a.txt").write_text("one")
        folder.mkdir()
        while (sign := seen.next()) is Sign.GONE:
            pass
        assert sign is Sign.CHANGED
        (away / "b.txt").write_text("two")
        assert seen.nothing(within=0.7)
        (folder / "c.txt").write_text("three")
        assert seen.next() is Sign.CHANGED


def test_folder_behind_a_link(folder: Path, tmp_path: Path) -> None:
    """Articles are seen behind links, to the folder and in it, and a link that is turned to another folder too."""
    other, link = tmp_path / "other", tmp_path / "link"
    other.mkdir()
    (folder / "out").symlink_to(other)
    link.symlink_to(folder)
    with watched(link) as seen:
        (other / "a.txt").write_text("one")
        assert seen.next() is Sign.CHANGED
        (tmp_path / "turned").symlink_to(other)
        (tmp_path / "turned").replace(link)
        assert seen.next() is Sign.CHANGED
        (other / "b.txt").write_text("two")
        assert seen.next() is Sign.CHANGED


def test_without_signs_of_the_system(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system sets no more watches that is told, with what mends it, and files are looked at instead."""

    def watch(*paths: Path, force_polling: bool, **options: Any) -> Iterator[set[tuple[Change, str]]]:
        if not force_polling:
            raise OSError('OS file watch limit reached. about ["/a"] (Error { kind: MaxFilesWatch, paths: ["/a"] })')
        return watchfiles.watch(*paths, force_polling=force_polling, **options)

    monkeypatch.setattr(watching, "watch", watch)
    with watched(folder) as seen:
        (folder / "a.txt").write_text("one")
        assert seen.next() is Sign.CHANGED
    assert len(seen.told) == 1
    assert seen.told[0].startswith(f"The system gives no signs of changes in {folder} (OS file watch limit reached):")
    assert "QA_BOT_WATCH=polling" in seen.told[0]


def test_names(folder: Path) -> None:
    """What is read can change an article, and so can corrections and what may have been a folder."""
    (folder / "sub").mkdir()
    for name in ("a.txt", "A.PDF", "sub/a.jsonl.gz", "metadata.yaml", "sub"):
        assert is_read(folder, folder / name, gone=False), name
    for name in ("a.bak", ".a.txt", ".git/a.txt", "sub/metadata.yaml.swp"):
        assert not is_read(folder, folder / name, gone=False), name
    assert is_read(folder, folder / "went", gone=True)
    assert not is_read(folder, folder / ".went", gone=True)
