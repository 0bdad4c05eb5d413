import numpy as np
import pytest

from qa_bot.dialogue import Conversation
from qa_bot.types import Abstention, Answer, Article, Citation, Passage, Query, Reading, Reason, Span, Timing, Turn

ARTICLE = Article("a", "corpus/a.txt", "T", "Žluťoučký kůň 🙂.", None, None, None, None, "h")
QUERY = Query("who", "who ")


def _citation(start: int, end: int, first: int, last: int, support: float = 0.5) -> Citation:
    return Citation(ARTICLE, start, end, Span(ARTICLE, first, last), 1, support)


def test_span_is_a_slice() -> None:
    """The text of a span is the slice of the article, in code points."""
    assert Span(ARTICLE, 14, 15).text == "🙂"
    assert Span(ARTICLE, 0, len(ARTICLE.text)).text == ARTICLE.text
    assert Passage(ARTICLE, 10, 13, ((10, 13),)).text == "kůň"


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (4, 3), (0, 17), (17, 18)])
def test_span_outside(start: int, end: int) -> None:
    """A span that is empty, turned round or not inside its article cannot be built."""
    with pytest.raises(ValueError, match=rf"span {start}-{end} is not inside article 'a' of 16 characters"):
        Span(ARTICLE, start, end)
    with pytest.raises(ValueError, match="is not inside"):
        Citation(ARTICLE, start, end, Span(ARTICLE, 0, 1), 1, 0.5)
    with pytest.raises(ValueError, match="is not inside"):
        Passage(ARTICLE, start, end, ())


@pytest.mark.parametrize(("first", "last"), [(0, 3), (2, 11), (12, 13)])
def test_highlight_outside(first: int, last: int) -> None:
    """A highlight that is not inside its quotation cannot be built."""
    with pytest.raises(ValueError, match=rf"highlight {first}-{last} is outside its quotation"):
        _citation(2, 10, first, last)
    assert _citation(2, 10, 2, 10).highlight.text == _citation(2, 10, 2, 10).text


@pytest.mark.parametrize("support", [-0.01, 1.01, float("nan")])
def test_support_is_a_probability(support: float) -> None:
    """A support outside 0 to 1 cannot be built."""
    with pytest.raises(ValueError, match="is not a probability"):
        _citation(0, 5, 0, 5, support)
    assert [_citation(0, 5, 0, 5, edge).support for edge in (0.0, 1.0)] == [0.0, 1.0]


def test_answer_without_citation() -> None:
    """An answer without a citation cannot be built; its support is that of its first citation."""
    with pytest.raises(ValueError, match="without a citation"):
        Answer(QUERY, ())
    assert Answer(QUERY, (_citation(0, 5, 0, 5, 0.9), _citation(0, 5, 0, 5, 0.4))).support == 0.9


def test_support_of_an_abstention() -> None:
    """An abstention tells how near it came, 0 where nothing was found."""
    assert Abstention(QUERY, Reason.WEAK_SUPPORT, (_citation(0, 5, 0, 5, 0.1),)).support == 0.1
    assert Abstention(QUERY, Reason.NOTHING_FOUND, ()).support == 0.0


def test_conversation_is_a_value() -> None:
    """A further turn makes a new conversation and leaves the old one as it was."""
    turn = Turn(QUERY, Abstention(QUERY, Reason.NOTHING_FOUND, ()), Reading((), ()), Timing(*np.zeros(4).tolist()))
    empty = Conversation()
    longer = empty.then(turn).then(turn)
    assert (empty.turns, longer.turns) == ((), (turn, turn))


@pytest.mark.parametrize(("start", "page"), [(0, 1), (3, 1), (4, 3), (9, 3)])
def test_a_citation_knows_its_page(start: int, page: int) -> None:
    """The page is the last that begins at or before the citation; an empty page before it counts."""
    article = Article("a", "a.pdf", "T", "One. Two. Three.", None, None, None, None, "h", None, (0, 4, 4))
    assert Citation(article, start, 10, Span(article, start, 10), 1, support=0.5).page == page
    assert Citation(ARTICLE, 0, 4, Span(ARTICLE, 0, 4), 1, support=0.5).page is None
