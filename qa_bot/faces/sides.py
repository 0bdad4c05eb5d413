"""Who says so, in plain words: how many articles give an answer, and how several answers stand to each other."""

from collections.abc import Sequence

from qa_bot.faces.safe_text import counted, one_line
from qa_bot.types import Answer, Citation, Relation, Side

NOTHING_FOR_IT = "The articles have nothing for this."
_HEADINGS = {
    Relation.DIFFER: "The articles differ; the newest first:",
    Relation.LIST: "Several answers, each with its article:",
    Relation.CHOICE: "For each of the two:",
}


def heading(relation: Relation) -> str | None:
    """What stands above several sides; None where all say the same."""
    return _HEADINGS.get(relation)


def side_heading(asked: str | None, articles: int, independent: int) -> str | None:
    """What stands above one side of several: the question's words for it, and how many articles say so."""
    words = [f"{one_line(asked)}:"] if asked is not None else []
    backing = backed(articles, independent)
    return " ".join([*words, backing] if backing else words) or None


def backed(articles: int, independent: int) -> str | None:
    """`3 articles say so, 2 independent`; None where it is one."""
    if articles <= 1:
        return None
    return f"{counted(articles, 'article')} say so, {independent} independent"


def shown_sides(answer: Answer) -> tuple[Side, ...]:
    """The sides that are shown one under the other: none where all say the same."""
    return answer.sides if answer.relation is not Relation.SAME else ()


def number_of(citation: Citation, entries: Sequence[Citation]) -> int:
    """The number `[1]`, `[2]` of the citation among all that can be shown; they are told apart by their places."""
    places = [(entry.article.id, entry.start, entry.end) for entry in entries]
    return places.index((citation.article.id, citation.start, citation.end)) + 1
