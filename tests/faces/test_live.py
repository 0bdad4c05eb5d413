import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from encoder_double import MODEL

from qa_bot.errors import IndexMissing, IndexUnavailable
from qa_bot.faces.live import Live
from qa_bot.index import generation
from qa_bot.index.generation import current_folder, retire
from qa_bot.index.lexical import LexicalIndex
from qa_bot.indexing import update_index
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.models.kept import KeptModels
from qa_bot.models.span_model import SpanModel
from qa_bot.pipeline import Pipeline

pytestmark = pytest.mark.usefixtures("small_model")

BRIDGE = "The bridge\n\nThe bridge over the Sava was built in 1934."
MILL = "The mill\n\nThe mill burned down in 1902."


def _ignore(_stage: str, _done: int, _total: int | None) -> None:
    pass


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with an article."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where the index goes."""
    return tmp_path / "index"


@pytest.fixture
def build(corpus: Path, index: Path) -> Callable[[], int]:
    """Builds the index: the number of its generation."""
    return lambda: update_index(corpus, index, embedding_model=MODEL, precision="fp32", progress=_ignore).generation


def _live(index: Path, open_live: Callable[[], Pipeline]) -> Live:
    return Live(open_live=open_live, live_name=lambda: current_folder(index).name)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the folders that models are loaded from."""
    names: list[str] = []

    def record(kind: type[OnnxEncoder] | type[SpanModel]) -> None:
        load = kind.load

        def recording(folder: Path) -> object:
            names.append(folder.name)
            return load(folder)

        monkeypatch.setattr(kind, "load", recording)

    record(OnnxEncoder)
    record(SpanModel)
    return names


def test_new_generation_is_taken_up(corpus: Path, index: Path, build: Callable[[], int], loaded: list[str]) -> None:
    """The next question after a build is asked of what it built, with the models that are in memory."""
    build()
    loaded.clear()
    models = KeptModels()
    live = _live(index, lambda: Pipeline.open(index, models=models))
    first = live.pipeline()
    assert (live.pipeline(), sorted(loaded)) == (first, ["encoder", "reader"])

    (corpus / "mill.txt").write_text(MILL, encoding="utf-8")
    assert build() == 2
    loaded.clear()

    assert [info.id for info in live.pipeline().articles()] == ["bridge.txt", "mill.txt"]
    assert loaded == []
    assert [info.id for info in first.articles()] == ["bridge.txt"]


def test_others_do_not_wait(corpus: Path, index: Path, build: Callable[[], int]) -> None:
    """While one thread opens the new generation, another is answered by the one before."""
    build()
    opening, goes_on = Event(), Event()
    opened: list[Pipeline] = []

    def open_live() -> Pipeline:
        if opened:
            opening.set()
            assert goes_on.wait(10)
        opened.append(Pipeline.open(index))
        return opened[-1]

    live = _live(index, open_live)
    (corpus / "mill.txt").write_text(MILL, encoding="utf-8")
    build()
    thread = Thread(target=live.pipeline)
    thread.start()
    assert opening.wait(10)

    assert live.pipeline().manifest.generation == 1
    goes_on.set()
    thread.join(10)
    assert live.pipeline().manifest.generation == 2
    assert len(opened) == 2


def test_generation_that_cannot_be_opened(
    corpus: Path, index: Path, build: Callable[[], int], caplog: pytest.LogCaptureFixture
) -> None:
    """The one before goes on answering, and the log says why, once; what is mended is taken up."""
    build()
    live = _live(index, lambda: Pipeline.open(index))
    (corpus / "mill.txt").write_text(MILL, encoding="utf-8")
    build()
    manifest = index / "generations" / "2" / "manifest.json"
    manifest.rename(manifest.with_suffix(".away"))

    with caplog.at_level(logging.INFO):
        assert [live.pipeline().manifest.generation for _ in range(3)] == [1, 1, 1]
        assert len(caplog.records) == 1
        assert caplog.messages[0].startswith("the generation before goes on answering: The index has no manifest")
        manifest.with_suffix(".away").rename(manifest)
        assert live.pipeline().manifest.generation == 2


def test_nothing_is_quoted_when_the_last_article_is_gone(corpus: Path, index: Path, build: Callable[[], int]) -> None:
    """Where no generation is live any more the one before is silent; the next one is taken up."""
    build()
    live = _live(index, lambda: Pipeline.open(index))
    (corpus / "bridge.txt").unlink()
    retire(index)
    for _ in range(2):
        with pytest.raises(IndexMissing):
            live.pipeline()

    (corpus / "mill.txt").write_text(MILL, encoding="utf-8")
    build()
    assert [info.id for info in live.pipeline().articles()] == ["mill.txt"]


def test_removed_generation_goes_on_answering(corpus: Path, index: Path, build: Callable[[], int]) -> None:
    """A generation that two builds have removed while it is in use answers whatever it is asked, as it was."""
    build()
    before = Pipeline.open(index)
    for text in (MILL, MILL.replace("1902", "1903")):
        (corpus / "mill.txt").write_text(text, encoding="utf-8")
        build()
    assert not before._index.folder.exists()

    questions = [
        "When was the brigde built?",
        "When was it built? title:bridge",
        'When? "over the Sava"',
        "source:x When?",
    ]
    cited = {item.citation.article.id for question in questions for item in before.ask(question).evidence}
    assert cited == {"bridge.txt"}
    assert [info.id for info in before.articles()] == ["bridge.txt"]


def test_generation_removed_while_it_is_opened(
    corpus: Path, index: Path, build: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where builds remove a generation while it is being opened, the one that is live then is opened."""
    build()
    real: Callable[[Path], LexicalIndex] = LexicalIndex.open
    texts = [MILL, MILL.replace("1902", "1903")]

    def open_late(folder: Path) -> LexicalIndex:
        coming = texts.copy()
        texts.clear()
        for text in coming:
            (corpus / "mill.txt").write_text(text, encoding="utf-8")
            build()
        return real(folder)

    monkeypatch.setattr(LexicalIndex, "open", open_late)
    assert Pipeline.open(index).manifest.generation == 3

    shutil.rmtree(index / "generations" / "3" / "lexical")
    with pytest.raises(IndexUnavailable):
        generation.open_index(index)
