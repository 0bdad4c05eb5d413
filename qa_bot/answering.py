"""Evidence turned into a reply: an answer where it is supported, an honest abstention where it is not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qa_bot.types import Abstention, Answer, Citation, Copy, Evidence, Query, Reading, Reason, Reply

# Further evidence is for confirmation: three quotations are read, ten are not.
_CITATIONS = 3
_CLOSEST = 3


def with_copies(reading: Reading, copies: Mapping[str, tuple[Copy, ...]]) -> Reading:
    """The reading with each citation naming the other articles of its story; `copies` has them by the article's id."""
    evidence = tuple(
        replace(item, citation=replace(item.citation, also=also))
        if (also := copies.get(item.citation.article.id))
        else item
        for item in reading.evidence
    )
    return replace(reading, evidence=evidence)


def answer(query: Query, evidence: Sequence[Evidence], *, min_support: float) -> Reply:
    """An answer from the evidence if the first of it has at least `min_support`, else an abstention.

    A question that is incomplete has no answer, whatever is found.
    A story is quoted from one article, the one whose words answer best; its citations name the others.
    """
    citations = _told_once([item.citation for item in evidence])
    if not citations:
        return Abstention(query, Reason.NOTHING_FOUND, ())
    if query.incomplete or citations[0].support < min_support:
        return Abstention(query, Reason.WEAK_SUPPORT, citations[:_CLOSEST])
    supported = [citation for citation in citations if citation.support >= min_support]
    return Answer(query, tuple(supported[:_CITATIONS]))


def _told_once(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """The citations without those whose words, or whose story in another article, came before."""
    unique: dict[str, Citation] = {}
    copies: set[str] = set()
    for citation in citations:
        if citation.article.id not in copies:
            unique.setdefault(citation.text, citation)
            copies.update(copy.id for copy in citation.also)
    return tuple(unique.values())
