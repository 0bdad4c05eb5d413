from dataclasses import replace
from math import exp, log2

import pytest
from reader_double import NEEDED, export_reader

from qa_bot.models.reader import READ, SpanReader, features, find_candidates
from qa_bot.models.span_model import SpanModel
from qa_bot.support import FEATURES, Calibration
from qa_bot.types import Article, Hit, Passage, Query, SentenceMatch

QUERY = Query("When did the bridge of Mirna fall?", "When did the bridge of Mirna fall?")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SpanModel:
    """A reader that answers with numbers near the words of the question."""
    return export_reader(tmp_path_factory.mktemp("reader"))


def _hit(name: str, text: str, *, score: float = 0.0, title: str = "News") -> Hit:
    article = Article(name, f"corpus/{name}", title, text, None, None, None, None, name)
    match = SentenceMatch(0, len(text), 0.5, (0.25, 0.0))
    return Hit(Passage(article, 0, len(text), ((0, len(text)),)), score, 0.4, 1.0, 1, 1, (match,))


def _calibration(**weights: float) -> Calibration:
    return Calibration("m", "r", tuple(weights.get(name, 0.0) for name in FEATURES), 0.0, 0.5, {})


ANSWER = _hit("answer.txt", "The bridge of Mirna fell in 1934.")
SAME = _hit("same.txt", "In 1934, so they say, the bridge of Mirna fell.")
OTHER = _hit("other.txt", "The mill burned down in 1902.")
SILENT = _hit("silent.txt", "Nobody knows.")


def test_order_and_support_follow_the_calibration(model: SpanModel) -> None:
    """What answers comes first, whatever retrieval said; support is the logistic function of the weighed margin."""
    reading = SpanReader(model, _calibration(margin=0.5)).read(QUERY, [SILENT, OTHER, ANSWER])
    first = reading.evidence[0]
    assert [item.hit for item in reading.evidence] == [ANSWER, OTHER, SILENT]
    assert (first.citation.text, first.citation.highlight.text) == (ANSWER.passage.text, "1934")
    assert first.margin is not None
    assert first.citation.support == pytest.approx(1 / (1 + exp(-0.5 * first.margin)))
    assert first.margin > 0 > (reading.evidence[1].margin or 0.0)


def test_ties_keep_the_order_of_the_hits(model: SpanModel) -> None:
    """Hits that weigh alike stay as retrieval ordered them."""
    copies = [replace(OTHER, score=score) for score in (3.0, 2.0, 1.0)]
    reading = SpanReader(model, _calibration(margin=1.0)).read(QUERY, copies)
    assert [item.hit.score for item in reading.evidence] == [3.0, 2.0, 1.0]


def test_features_by_name(model: SpanModel) -> None:
    """Each feature is what its name says; the leads are over the best other hit that is no copy."""
    hits = [replace(ANSWER, score=2.0), replace(ANSWER, score=1.0), OTHER]
    candidates = find_candidates(QUERY, hits, model)
    found = dict(zip(FEATURES, features(candidates[0], candidates, found=len(candidates)), strict=True))
    assert found == {
        "margin": candidates[0].margin,
        "null_score": NEEDED,
        "found": log2(12),
        "retrieval_lead": 2.0,
        "passage_similarity": 0.4,
        "sentence_similarity": 0.5,
        "quotation_coverage": 0.25,
        "passage_coverage": 0.25,
        "score_lead": candidates[0].margin - candidates[2].margin,
        "agreement": 0.0,
    }


def test_one_hit_has_no_lead(model: SpanModel) -> None:
    """Where there is no other passage, or only a copy, nothing is led and nothing agrees."""
    candidates = find_candidates(QUERY, [ANSWER, ANSWER], model)
    assert features(candidates[0], candidates, found=len(candidates))[-2:] == (0.0, 0.0)


def test_the_same_answer_elsewhere_reinforces(model: SpanModel) -> None:
    """A passage with the same answer in other words agrees as surely as it is read; a copied quotation does not."""
    calibration = _calibration(margin=0.1, agreement=1.0)
    alone = SpanReader(model, calibration).read(QUERY, [ANSWER, OTHER]).evidence[0].citation.support
    reading = SpanReader(model, calibration).read(QUERY, [ANSWER, SAME, OTHER])
    margin = next(item.margin for item in reading.evidence if item.hit == SAME)
    assert margin is not None
    together = next(item.citation.support for item in reading.evidence if item.hit == ANSWER)
    assert together > alone
    candidates = find_candidates(QUERY, [ANSWER, SAME], model)
    assert features(candidates[0], candidates, found=len(candidates))[-1] == pytest.approx(1 / (1 + exp(-margin)))
    copy = replace(_hit("copy.txt", f"{ANSWER.passage.text} Updated."), sentences=(ANSWER.sentences[0],))
    candidates = find_candidates(QUERY, [ANSWER, copy], model)
    assert features(candidates[0], candidates, found=len(candidates))[-1] == 0.0


def test_hits_beyond_the_first_are_not_read(model: SpanModel) -> None:
    """An unread hit has no margin, quotes its best sentence whole, and has the support of the worst one read."""
    hits = [*[OTHER] * READ, replace(ANSWER, score=5.0)]
    reading = SpanReader(model, _calibration(margin=1.0, retrieval_lead=9.0)).read(QUERY, hits)
    last = reading.evidence[-1]
    assert (last.hit, last.margin) == (hits[-1], None)
    assert last.citation.highlight.text == last.citation.text == ANSWER.passage.text
    assert last.citation.support == min(item.citation.support for item in reading.evidence)


def test_a_passage_without_words_is_weighed_below_all(model: SpanModel) -> None:
    """A passage in which nothing can be read is quoted as it is, far below "it is not here"."""
    blank = _hit("blank.txt", "\x01\x02")
    reading = SpanReader(model, _calibration(margin=1.0)).read(QUERY, [blank, OTHER])
    assert [item.hit for item in reading.evidence] == [OTHER, blank]
    assert reading.evidence[1].citation.text == "\x01\x02"
    assert reading.evidence[1].citation.support < 1e-6


def test_a_long_question_is_noted(model: SpanModel) -> None:
    """A question that is read shortened says so, with both numbers; another has no note."""
    assert SpanReader(model, _calibration(margin=1.0)).read(QUERY, [ANSWER]).notes == ()
    asked = " ".join(["bridge"] * 40)
    tokens = model.question_tokens(asked)
    assert SpanReader(model, _calibration(margin=1.0)).read(Query(asked, asked), [ANSWER]).notes == (
        f"the question has {tokens} tokens: its first and last 32 were read",
    )


def test_no_hits(model: SpanModel) -> None:
    """From nothing comes no evidence."""
    assert SpanReader(model, _calibration()).read(QUERY, []).evidence == ()
