from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from threading import Event, Thread

import pytest
from encoder_double import MODEL

from qa_bot import following
from qa_bot.corpus import watching
from qa_bot.following import follow
from qa_bot.index.build_lock import build_lock
from qa_bot.index.generation import open_index
from qa_bot.indexing import BuildReport, update_index
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.models.kept import keep_encoder

pytestmark = pytest.mark.usefixtures("small_model")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting as in life, in a third of the time."""
    for name in ("_SETTLED_MS", "_MOST_MS", "_TICK_MS"):
        monkeypatch.setattr(watching, name, getattr(watching, name) // 3)


def _counts(report: BuildReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.renamed, report.removed


class Followed:
    """A folder that an index follows in a thread: reports and what was told, as they come."""

    def __init__(self, tmp_path: Path) -> None:
        self.corpus = tmp_path / "corpus"
        self.index = tmp_path / "index"
        self.corpus.mkdir()
        self.reports: Queue[BuildReport] = Queue()
        self.told: Queue[str] = Queue()
        self.waited = 0
        self.stop = Event()
        self.kept = keep_encoder()
        self._thread = Thread(target=self._run)

    def start(self) -> None:
        """The folder is followed from now on."""
        self._thread.start()

    def write(self, name: str, text: str) -> None:
        """An article, written in the folder."""
        (self.corpus / name).write_text(text, encoding="utf-8")

    def report(self) -> BuildReport:
        """The next report of an update that changed something."""
        while not any(_counts(report := self.reports.get(timeout=15))):
            pass
        return report

    def end(self) -> None:
        """The folder is followed no longer."""
        self.stop.set()
        if self._thread.ident:
            self._thread.join(timeout=15)
        assert not self._thread.is_alive()

    def update(self) -> BuildReport:
        """The index brought up to date."""
        return update_index(
            self.corpus, self.index, embedding_model=MODEL, precision="fp32", kept=self.kept, progress=self._progress
        )

    def _progress(self, stage: str, _done: int, _total: int | None) -> None:
        self.waited += stage == "waiting for another build"

    def _run(self) -> None:
        for report in follow(self.corpus, self.update, polling=False, stop=self.stop, told=self.told.put):
            self.reports.put(report)


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Followed]:
    """An empty folder, to be followed."""
    followed = Followed(tmp_path)
    yield followed
    followed.end()


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that encoders are loaded from."""
    folders: list[Path] = []
    load: Callable[[Path], OnnxEncoder] = OnnxEncoder.load

    def recording(folder: Path) -> OnnxEncoder:
        folders.append(folder)
        return load(folder)

    monkeypatch.setattr(OnnxEncoder, "load", recording)
    return folders


def test_new_changed_renamed_removed(followed: Followed, encoded: list[str], loaded: list[Path]) -> None:
    """Whatever becomes of a file is in the index; only new words are encoded, with an encoder that is loaded once."""
    followed.write("bridge.txt", "The bridge\n\nThe bridge was built in 1934.")
    followed.start()
    assert _counts(followed.report()) == (1, 0, 0, 0)

    encoded.clear()
    followed.write("mill.txt", "The mill\n\nThe mill burned down in 1902.")
    assert (_counts(report := followed.report()), report.named) == ((1, 0, 0, 0), ("mill.txt",))
    followed.write("mill.txt", "The mill\n\nThe mill burned down in 1903.")
    assert (_counts(report := followed.report()), report.named) == ((0, 1, 0, 0), ("mill.txt",))
    assert len(encoded) == 2

    encoded.clear()
    (followed.corpus / "mill.txt").rename(followed.corpus / "watermill.txt")
    assert (_counts(report := followed.report()), report.named) == ((0, 0, 1, 0), ("watermill.txt",))
    assert encoded == []

    (followed.corpus / "bridge.txt").unlink()
    assert (_counts(report := followed.report()), report.named) == ((0, 0, 0, 1), ("bridge.txt",))
    assert [info.id for info in open_index(followed.index).store.articles()] == ["watermill.txt"]
    assert (len(loaded), followed.told.empty()) == (1, True)


def test_a_broken_file(followed: Followed) -> None:
    """A file that cannot be read is skipped with its reason, others are taken in, and it is once it is whole."""
    followed.write("bridge.txt", "The bridge\n\nThe bridge was built in 1934.")
    (followed.corpus / "mill.txt").write_bytes(b"The mill\n\n\x00\x01\x02\x00")
    followed.start()

    report = followed.report()
    assert (_counts(report), [Path(one.path).name for one in report.skipped]) == ((1, 0, 0, 0), ["mill.txt"])
    followed.write("mill.txt", "The mill\n\nThe mill burned down in 1902.")
    assert (_counts(report := followed.report()), report.skipped) == ((1, 0, 0, 0), ())


def test_nothing_to_read_yet(followed: Followed) -> None:
    """A folder with nothing in it is one sentence, and the first article is taken in when it comes."""
    followed.start()
    assert followed.told.get(timeout=15).startswith("There is no article in")

    followed.write("bridge.txt", "The bridge\n\nThe bridge was built in 1934.")
    assert _counts(followed.report()) == (1, 0, 0, 0)
    assert followed.told.empty()


def test_folder_gone_and_back(followed: Followed, tmp_path: Path) -> None:
    """A folder that is moved away leaves the index as it is, which goes on when it is back; each is told once."""
    followed.write("bridge.txt", "The bridge\n\nThe bridge was built in 1934.")
    followed.start()
    followed.report()

    followed.corpus.rename(tmp_path / "away")
    assert followed.told.get(timeout=15) == (
        f"The folder {followed.corpus} is gone: the index stays as it is until it is back."
    )
    (tmp_path / "away" / "mill.txt").write_text("The mill\n\nThe mill burned down in 1902.", encoding="utf-8")
    (tmp_path / "away").rename(followed.corpus)
    assert followed.told.get(timeout=15) == f"The folder {followed.corpus} is back."
    assert (_counts(report := followed.report()), report.articles) == ((1, 0, 0, 0), 2)
    assert followed.told.empty()


def test_failures_are_told_once_and_tried_again(followed: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update that fails is told once while the reason stays, and tried again without a change in the folder."""
    monkeypatch.setattr(following, "_RETRY_SECONDS", 0.2)
    blocked = followed.index
    blocked.write_text("no folder")
    followed.write("bridge.txt", "The bridge\n\nThe bridge was built in 1934.")
    followed.start()
    assert "cannot be written" in followed.told.get(timeout=15)

    followed.write("mill.txt", "The mill\n\nThe mill burned down in 1902.")
    followed.stop.wait(1.5)
    assert followed.told.empty()
    blocked.unlink()
    assert _counts(followed.report()) == (2, 0, 0, 0)


def test_another_build_at_the_same_time(followed: Followed) -> None:
    """While another process builds, an update waits, and then takes in what came."""
    followed.write("bridge.txt", "The bridge\n\nThe bridge was built in 1934.")
    followed.start()
    followed.report()
    followed.stop.wait(1)

    with build_lock(followed.index, waiting=lambda: None):
        followed.write("mill.txt", "The mill\n\nThe mill burned down in 1902.")
        for _ in range(100):
            if followed.waited:
                break
            followed.stop.wait(0.1)
        assert followed.waited == 1
    assert _counts(followed.report()) == (1, 0, 0, 0)
