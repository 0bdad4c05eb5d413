"""Evidence turned into a reply: an answer where it is supported, an honest abstention where it is not."""

from collections.abc import Sequence

from qa_bot.types import Abstention, Answer, Citation, Evidence, Query, Reason, Reply

# Further evidence is for confirmation: three quotations are read, ten are not.
_CITATIONS = 3
_CLOSEST = 3


def answer(query: Query, evidence: Sequence[Evidence], *, min_support: float) -> Reply:
    """An answer from the evidence if the first of it has at least `min_support`, else an abstention."""
    unique: dict[str, Citation] = {}
    for item in evidence:  # of copies of an article, the first one's words are enough
        unique.setdefault(item.citation.text, item.citation)
    citations = tuple(unique.values())
    if not citations:
        return Abstention(query, Reason.NOTHING_FOUND, ())
    if citations[0].support < min_support:
        return Abstention(query, Reason.WEAK_SUPPORT, citations[:_CLOSEST])
    supported = [citation for citation in citations if citation.support >= min_support]
    return Answer(query, tuple(supported[:_CITATIONS]))
