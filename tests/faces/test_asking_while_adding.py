"""Many ask while the folder of articles changes: every reply is of one generation, and new articles answer soon."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from qa_bot.faces.build_process import BuildProcess
from qa_bot.faces.live import Live
from qa_bot.following import follow
from qa_bot.index.generation import current_folder
from qa_bot.models.kept import KeptModels
from qa_bot.pipeline import Pipeline
from qa_bot.types import Answer, Turn

APRIL = "When did Tsikhanouskaya meet members of the US State Department?"
WHO = "Who owns the first hotel on the Moon?"
QUESTIONS = [APRIL, WHO, "Who is the president of France?", "What did Ada Bright and Bo Lund open?"]
OWNERS = ["Ada Bright", "Bo Lund"]
THREADS = 8


def moon(edition: int) -> dict[str, str]:
    """Two articles that change together: the owner of that edition stands in both."""
    owner = OWNERS[edition]
    return {
        "moon.txt": f"Moon base opens\n\nThe first hotel on the Moon opened in 2031. Its owner is {owner}.",
        "guests.txt": f"Guests arrive\n\n{owner}, who owns the first hotel on the Moon, welcomed guests.",
    }


class Crowd:
    """Threads that ask in turn without a pause: their replies, with the pipeline that gave each, and what failed."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.replies: list[tuple[Pipeline, Turn]] = []
        self.failed: list[BaseException] = []
        self._stop = Event()

    def ask(self, question: str) -> Turn:
        """The reply, which is kept."""
        pipeline = self.live.pipeline()
        turn = pipeline.ask(question)
        self.replies.append((pipeline, turn))
        return turn

    @contextmanager
    def asking(self) -> Iterator[None]:
        """They ask until the end of the block."""
        threads = [Thread(target=self._run, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(60)

    def _run(self, number: int) -> None:
        while not self._stop.is_set():
            try:
                self.ask(QUESTIONS[number % len(QUESTIONS)])
            except BaseException as error:  # noqa: BLE001 - a thread that fails is what the test is about
                self.failed.append(error)
            number += 1


@contextmanager
def followed(corpus: Path, index: Path) -> Iterator[list[str]]:
    """The folder followed by the index, as the bot does it; what was told."""
    told: list[str] = []
    stop = Event()
    with BuildProcess(corpus, index, embedding_model="all-MiniLM-L6-v2", precision="int8") as builds:

        def run() -> None:
            for _ in follow(corpus, builds.update, polling=False, stop=stop, told=told.append):
                pass

        thread = Thread(target=run)
        thread.start()
        try:
            yield told
        finally:
            stop.set()
            thread.join(60)


def _texts(corpus: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in corpus.iterdir()}


def test_every_reply_is_of_one_generation(corpus: Path, index: Path) -> None:
    """While articles are added and changed, eight threads get no failed and no mixed reply, and soon the new words."""
    models = KeptModels()
    live = Live(open_live=lambda: Pipeline.open(index, models=models), live_name=lambda: current_folder(index).name)
    crowd, editions = Crowd(live), [_texts(corpus)]
    with followed(corpus, index) as told, crowd.asking():
        for edition, owner in enumerate(OWNERS):
            for name, text in moon(edition).items():
                (corpus / f".{name}").write_text(text, encoding="utf-8")
                (corpus / f".{name}").replace(corpus / name)
            editions.append(_texts(corpus))
            deadline = time.monotonic() + 60
            while not _quotes(crowd.ask(WHO), owner):
                assert time.monotonic() < deadline, f"{owner} is not answered"

    assert (crowd.failed, told) == ([], [])
    quoting = 0
    for pipeline, turn in crowd.replies:
        cited = [item.citation for item in turn.evidence]
        quoting += len({citation.article.id for citation in cited} & {"moon.txt", "guests.txt"}) == 2
        assert all(citation.text == citation.article.text[citation.start : citation.end] for citation in cited)
        assert any(
            all(texts.get(citation.article.id) == citation.article.text for citation in cited) for texts in editions
        ), "a reply cites articles that were never together in the folder"
        assert all(pipeline.article(citation.article.id) == citation.article for citation in cited)
    assert {pipeline.manifest.articles for pipeline, _ in crowd.replies} == {1, 3}
    assert quoting > THREADS
    assert all(_quotes(turn, "April") for _, turn in crowd.replies if turn.query.asked == APRIL)


def _quotes(turn: Turn, words: str) -> bool:
    return isinstance(turn.reply, Answer) and words in turn.reply.citations[0].text
