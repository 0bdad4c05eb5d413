import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qa_bot.corpus.reader import read_corpus
from qa_bot.dialogue import Conversation
from qa_bot.errors import IndexMissing, InvalidQuestion
from qa_bot.pipeline import Pipeline
from qa_bot.types import Abstention, Article, Citation, Reason, Turn

CORPUS = Path(__file__).parent.parent / "corpus"
ARTICLE = "belarus-cnn-report.txt"

# What is asked, and words of the article's sentence that answers.
ANSWERED = [
    ("Where has Tsikhanouskaya lived since 2020?", "who has lived in exile in Lithuania since 2020"),
    ("Where does Tsihanouskaya live in exile?", "who has lived in exile in Lithuania since 2020"),
    ("When did Tsikhanouskaya meet members of the US State Department?", "In April, Tsikhanouskaya met with members"),
    ("What did the X-rays reveal?", "dozens of X-rays revealed injuries to Russian troops"),
    ("Who ran against Lukashenko?", "Tsikhanouskaya ran against Lukashenko in the vote"),
    ("What infrastructure did Belarus provide to Russia?", "missile launch sites, rail lines and medical aid"),
]
QUESTIONS = [question for question, _ in ANSWERED] + ["What is the capital of Mongolia?", "soldiers", "2020?"]

FRESH = """
import json, sys
from pathlib import Path
from qa_bot.pipeline import Pipeline
pipeline = Pipeline.open(Path(sys.argv[1]))
for question in json.loads(sys.argv[2]):
    cited = [item.citation for item in pipeline.ask(question).evidence]
    print(json.dumps([[c.article.id, c.start, c.end, c.highlight.start, c.highlight.end, c.support] for c in cited]))
"""


def _facts(turn: Turn) -> list[list[str | int | float]]:
    citations = [item.citation for item in turn.evidence]
    return [[c.article.id, c.start, c.end, c.highlight.start, c.highlight.end, c.support] for c in citations]


def _file_text() -> str:
    return (CORPUS / ARTICLE).read_bytes().decode("utf-8").replace("\r\n", "\n")


@pytest.mark.parametrize(("question", "words"), ANSWERED)
def test_quotes_the_right_sentence(shipped: Pipeline, question: str, words: str) -> None:
    """The first quotation holds the answer, at offsets that cut the same words out of the file itself."""
    first = shipped.ask(question).evidence[0].citation
    assert words in first.text
    assert first.article.id == ARTICLE
    assert _file_text()[first.start : first.end] == first.text


def test_every_offset_is_exact(shipped: Pipeline) -> None:
    """Every citation of every question is cut from the article as it was read, its highlight inside it."""
    article = next(outcome for outcome in read_corpus(CORPUS) if isinstance(outcome, Article))
    for question in QUESTIONS:
        for item in shipped.ask(question).evidence:
            cited: Citation = item.citation
            assert cited.article == article
            assert cited.text == article.text[cited.start : cited.end] == cited.text.strip()
            assert cited.highlight.text in cited.text
            assert item.hit.passage.start <= cited.start
            assert cited.end <= item.hit.passage.end


def test_what_is_not_there(shipped: Pipeline) -> None:
    """A question that the article does not answer has less support than the threshold, and the closest is told."""
    reply = shipped.ask("What is the capital of Mongolia?").reply
    assert isinstance(reply, Abstention)
    assert reply.reason is Reason.WEAK_SUPPORT
    assert reply.closest
    assert reply.support < shipped.min_support


@pytest.mark.parametrize(
    "question",
    [
        "Где живёт Тихановская с 2020 года?",
        "Wo lebt Tsikhanouskaya seit 2020?",
        "Que dit CNN sur Lukashenko ?",
        "¿Quién es el presidente de Bielorrusia?",
        "明斯克是哪个国家的首都?",
        "من هو رئيس بيلاروسيا؟",
    ],
)
def test_another_language(shipped: Pipeline, question: str) -> None:
    """A question in a language that the reader has not learnt is not answered, even where names are the same."""
    reply = shipped.ask(question).reply
    assert isinstance(reply, Abstention)
    assert reply.support < shipped.min_support / 2


def test_another_language_half_spelt_as_archived(shipped: Pipeline) -> None:
    """Read as "Хто President Belarus?" such a question is not answered either, and not by a hair."""
    reply = shipped.ask("Хто прэзідэнт Беларусі?").reply
    assert isinstance(reply, Abstention)
    assert reply.support < 0.8 * shipped.min_support


def test_a_question_longer_than_the_window(shipped: Pipeline) -> None:
    """A question of more tokens than are read is asked all the same, and the reading says what was read of it."""
    asked = "Where has Tsikhanouskaya lived" + " and lived and lived" * 40 + " since 2020?"
    turn = shipped.ask(asked)
    assert turn.query.asked == asked
    assert len(turn.evidence) == shipped.manifest.passages
    assert [note for note in turn.reading.notes if "its first and last 32 were read" in note]


def test_same_question_same_answer(shipped: Pipeline, shipped_index: Path) -> None:
    """The same questions give the same evidence to the last digit, twice and in a process of its own."""
    here = [_facts(shipped.ask(question)) for question in QUESTIONS]
    assert [_facts(shipped.ask(question)) for question in QUESTIONS] == here
    command = [sys.executable, "-c", FRESH, str(shipped_index), json.dumps(QUESTIONS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [json.loads(line) for line in done.stdout.splitlines()] == here


def test_threads_get_the_same_answers(shipped: Pipeline) -> None:
    """Eight threads that ask at once each get the answer to their own question."""
    expected = [_facts(shipped.ask(question)) for question in QUESTIONS] * 8
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda question: _facts(shipped.ask(question)), QUESTIONS * 8))
    assert found == expected


def test_excluded_articles_are_not_quoted(shipped: Pipeline) -> None:
    """With the only article excluded there is nothing to find."""
    reply = shipped.ask("Who ran against Lukashenko?", exclude=frozenset([ARTICLE])).reply
    assert isinstance(reply, Abstention)
    assert (reply.reason, reply.closest, reply.support) == (Reason.NOTHING_FOUND, (), 0.0)


def test_threshold(shipped_index: Path) -> None:
    """The threshold is the index's own, unless another is given."""
    asked = "Who ran against Lukashenko?"
    own = Pipeline.open(shipped_index)
    strict = Pipeline.open(shipped_index, min_support=1.0)
    lenient = Pipeline.open(shipped_index, min_support=0.0)
    assert 0 < own.min_support < 1
    assert isinstance(strict.ask(asked).reply, Abstention)
    assert not isinstance(lenient.ask("What is the capital of Mongolia?").reply, Abstention)


def test_hostile_questions(shipped: Pipeline) -> None:
    """Odd characters, endless words and query syntax are asked like any other question."""
    for question in [
        "a" * 41,
        "日本語の質問",
        "\ud800 x",
        "a\x00b",
        'text:"x" AND -y~2 (',
        "é" * 2000,
        "' OR 1=1 --",
        "²",
    ]:
        turn = shipped.ask(question)
        assert turn.query.asked == question
        assert len(turn.evidence) == shipped.manifest.passages
    for question in ["", "?", "x " * 50_000]:
        with pytest.raises(InvalidQuestion):
            shipped.ask(question)


def test_timing(shipped: Pipeline) -> None:
    """The steps' times are positive and do not add up to more than the whole."""
    timing = shipped.ask("Who ran against Lukashenko?").timing
    steps = (timing.encode, timing.search, timing.read, timing.evidence)
    parts = (timing.dense, timing.lexical, timing.sentences)
    assert min(*steps, *parts) > 0
    assert sum(parts) <= timing.search + 1e-6
    assert sum(steps) <= timing.total + 1e-6


def test_articles_and_manifest(shipped: Pipeline) -> None:
    """The pipeline lists what can be quoted and tells what it answers from."""
    (info,) = shipped.articles()
    assert (info.id, info.characters) == (ARTICLE, len(_file_text()))
    assert shipped.manifest.model == "all-MiniLM-L6-v2"


def test_no_index(tmp_path: Path) -> None:
    """Without an index the command that builds one is told."""
    with pytest.raises(IndexMissing, match="run `qa-bot index`"):
        Pipeline.open(tmp_path)


def test_a_follow_up(shipped: Pipeline) -> None:
    """What a turn quoted tells whom the next question means, with as much support as for the name itself."""
    first = shipped.ask("Where has Tsikhanouskaya lived since 2020?")
    follow_up = shipped.ask("When did she meet members of the US State Department?", Conversation((first,)))
    assert follow_up.query.text == "When did Tsikhanouskaya meet members of the US State Department?"
    assert "In April, Tsikhanouskaya met with members" in follow_up.evidence[0].citation.text
    assert _facts(follow_up) == _facts(shipped.ask(follow_up.query.text))
