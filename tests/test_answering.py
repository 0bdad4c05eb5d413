from dataclasses import replace

from qa_bot.answering import answer, with_copies
from qa_bot.types import (
    Abstention,
    Answer,
    Article,
    Citation,
    Copy,
    Evidence,
    Hit,
    Passage,
    Query,
    Reading,
    Reason,
    Span,
)

QUERY = Query("who", "who")
ARTICLE = Article("a", "corpus/a.txt", "T", "One. Two. Three. Four. Five.", None, None, None, None, "h")


def _evidence(*supports: float) -> list[Evidence]:
    hit = Hit(Passage(ARTICLE, 0, 4, ((0, 4),)), 1.0, 0.5, 0.0, 1, None, sentences=())
    return [
        Evidence(hit, Citation(ARTICLE, i, i + 4, Span(ARTICLE, i, i + 3), 1, support), None)
        for i, support in enumerate(supports)
    ]


def _supports(reply: Answer | Abstention) -> list[float]:
    citations = reply.citations if isinstance(reply, Answer) else reply.closest
    return [citation.support for citation in citations]


def test_supported() -> None:
    """The best citation answers, with others that are supported too, three at most, in their order."""
    reply = answer(QUERY, _evidence(0.9, 0.3, 0.6, 0.5, 0.8), min_support=0.5)
    assert isinstance(reply, Answer)
    assert _supports(reply) == [0.9, 0.6, 0.5]
    assert reply.query is QUERY


def test_exactly_at_the_threshold() -> None:
    """Support that equals the threshold is enough."""
    assert isinstance(answer(QUERY, _evidence(0.5), min_support=0.5), Answer)
    assert isinstance(answer(QUERY, _evidence(0.0), min_support=0.0), Answer)


def test_weak_support() -> None:
    """Below the threshold the closest three are told, and why there is no answer."""
    reply = answer(QUERY, _evidence(0.4, 0.3, 0.2, 0.1), min_support=0.5)
    assert isinstance(reply, Abstention)
    assert reply.reason is Reason.WEAK_SUPPORT
    assert _supports(reply) == [0.4, 0.3, 0.2]


def test_the_best_decides() -> None:
    """What is ranked first decides; a later citation with more support does not make an answer of it."""
    assert isinstance(answer(QUERY, _evidence(0.4, 0.9), min_support=0.5), Abstention)


def test_copies_count_once() -> None:
    """The same words from another article are neither a second citation nor a second closest passage."""
    first, other = _evidence(0.9, 0.6)
    copy = replace(ARTICLE, id="copy")
    again = Evidence(first.hit, Citation(copy, 0, 4, Span(copy, 0, 3), 1, 0.8), None)
    reply = answer(QUERY, [first, again, other], min_support=0.5)
    assert _supports(reply) == [0.9, 0.6]


def test_a_story_is_quoted_from_one_article() -> None:
    """Other words of an article's copy are not quoted beside it, in an answer as among the closest."""
    other = replace(ARTICLE, id="copy")
    first, again, same = _evidence(0.9, 0.8, 0.7)
    again = replace(again, citation=Citation(other, 10, 16, Span(other, 10, 15), 1, 0.8))
    copies = {"a": (Copy("copy", "S", None),), "copy": (Copy("a", None, None),)}
    reading = with_copies(Reading((first, again, same), ("note",)), copies)
    assert [item.citation.also for item in reading.evidence] == [copies["a"], copies["copy"], copies["a"]]
    assert reading.notes == ("note",)
    assert _supports(answer(QUERY, reading.evidence, min_support=0.5)) == [0.9, 0.7]
    assert _supports(answer(QUERY, reading.evidence, min_support=0.95)) == [0.9, 0.7]
    assert with_copies(Reading((first,), ()), {}) == Reading((first,), ())


def test_nothing_found() -> None:
    """Without evidence there is nothing close, and the reason says so."""
    assert answer(QUERY, [], min_support=0.0) == Abstention(QUERY, Reason.NOTHING_FOUND, ())
