"""Evidence weighed: which articles give the same answer, which another one, and how those stand to each other."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from qa_bot.choices import choices, keywords
from qa_bot.comparing.verdict import Verdict, Wants, compare, wanted
from qa_bot.text import words
from qa_bot.types import Answer, Citation, Evidence, Relation, Side

# A passage takes part where the reader finds its words better than "it is not here" by this, and where the quotation
# has all but this share of what the first quotation has of the question. Chosen in docs/benchmarks.md.
_LEAST_MARGIN = 0.0
_LESS_COVERAGE = 0.2
# What speaks for one of two that a question names needs this share of the support of an answer: the reader doubts each
# of the two because of the other. Passages that only have its name had .05 at most, others .23 and more.
_OF_A_CHOICE = 0.5
# "Who was the mayor?" has one answer, "Who protested?" may have many.
_ONE = frozenset(["is", "was", "won", "became"])
_LATEST = ("last time", "latest", "most recent", "most recently", "the last")


def weigh(answer: Answer, evidence: Sequence[Evidence], *, min_support: float) -> Answer:
    """The answer with its sides: what each article that answers says, and whether that is the same.

    Only words are compared that the reader takes for answers to this very question, and another answer than the first
    needs `min_support`, as the first does; what speaks for one of two named answers needs half of that. The first
    citation stays, but for "When was the last time ...?", where that of the newest article comes first.
    """
    question = answer.query.text
    told = [item for item in evidence if _answers(item, evidence[0])]
    if any(words in question.lower() for words in _LATEST):
        return _newest_first(answer, told)
    options = choices(question)
    if options:
        least = _OF_A_CHOICE * min_support
        said = [item.citation for item in evidence if _covers(item, evidence[0]) and item.citation.support >= least]
        return _with_choice(answer, said, options)
    first, *others = _groups(question, [item.citation for item in told])
    groups = [first, *(group for group in others if group[0].support >= min_support)]
    sides = [_side(group) for group in groups]
    relation = _relation(question, len(sides))
    if relation is Relation.DIFFER:
        sides.sort(key=lambda side: max(citation.article.published or "" for citation in side.citations), reverse=True)
    return _answer(answer, sides, relation)


def _answers(item: Evidence, first: Evidence) -> bool:
    """Whether the passage answers the question about as well as the first one."""
    if item is first:
        return True
    return item.margin is not None and item.margin >= _LEAST_MARGIN and _covers(item, first)


def _covers(item: Evidence, first: Evidence) -> bool:
    """Whether the quotation has about as much of the question as the first one."""
    return _coverage(item) >= _coverage(first) - _LESS_COVERAGE


def _coverage(item: Evidence) -> float:
    """The share of the question's weight that the quotation has, 0 to 1."""
    quoted = [
        match.matched
        for match in item.hit.sentences
        if item.citation.start <= match.start and match.end <= item.citation.end
    ]
    return sum(map(max, zip(*quoted, strict=True))) if quoted else 0.0


def _groups(question: str, citations: Sequence[Citation]) -> list[list[Citation]]:
    """The citations that say the same together, the best first; what can be compared with no group is left out.

    One article is one voice: only its best citation counts.
    """
    groups: list[list[Citation]] = []
    for citation in _first_of_each_article(citations):
        verdicts = [compare(question, group[0], citation) for group in groups]
        if Verdict.SAME in verdicts:
            groups[verdicts.index(Verdict.SAME)].append(citation)
        elif all(verdict is Verdict.DIFFERENT for verdict in verdicts):
            groups.append([citation])
    return groups


def _first_of_each_article(citations: Iterable[Citation]) -> list[Citation]:
    first: dict[str, Citation] = {}
    for citation in citations:
        first.setdefault(citation.article.id, citation)
    return list(first.values())


def _relation(question: str, sides: int) -> Relation:
    if sides < 2:  # noqa: PLR2004
        return Relation.SAME
    return Relation.LIST if _may_have_several(question) else Relation.DIFFER


def _may_have_several(question: str) -> bool:
    return wanted(question) is Wants.NAME and not _has_one_answer(question)


def _has_one_answer(question: str) -> bool:
    """Whether only one name can be right, as of "Who is the mayor?"."""
    tokens = [question[start:end].lower() for start, end in words(question)]
    return any(one in ("who", "what") and other in _ONE for one, other in pairwise(tokens))


def _side(citations: Sequence[Citation], *, asked: str | None = None) -> Side:
    """The side that the citations give; articles of one story are one source."""
    independent: list[Citation] = []
    for citation in citations:
        copies = {copy.id for copy in citation.also}
        if not any(other.article.id in copies for other in independent):
            independent.append(citation)
    return Side(tuple(citations), len(independent), asked)


def _newest_first(answer: Answer, told: Sequence[Evidence]) -> Answer:
    """The citations in the order of their articles' dates; those without a date keep their place behind them."""
    supported = {(c.article.id, c.start): c for c in (*answer.citations, *(item.citation for item in told))}
    dated = sorted(supported.values(), key=lambda citation: citation.article.published or "", reverse=True)
    return replace(answer, citations=tuple(dated), sides=(_side(dated[:1]),))


def _with_choice(answer: Answer, said: Sequence[Citation], options: tuple[str, str]) -> Answer:
    """What was said for each of the two that the question names; a side may have nothing.

    An answer that speaks for neither, or for both, stands by itself.
    """
    first, second = (keywords(option) for option in options)
    ours = [citation for citation in said if _speaks_for(citation, first, second)]
    theirs = [citation for citation in said if _speaks_for(citation, second, first)]
    if answer.citations[0] not in (*ours, *theirs):
        return _answer(answer, [_side(answer.citations[:1])], Relation.SAME)
    sides = [
        _side(_first_of_each_article(group), asked=option)
        for group, option in zip((ours, theirs), options, strict=True)
    ]
    return _answer(answer, sides, Relation.CHOICE)


def _speaks_for(citation: Citation, wanted_words: frozenset[str], other: frozenset[str]) -> bool:
    """Whether the answering words, or else the whole quotation, have the words of one option and not the other's."""
    own, rest = wanted_words - other, other - wanted_words
    for text in (citation.highlight.text, citation.text):
        found = keywords(text)
        if own <= found or rest <= found:
            return own <= found and not rest <= found
    return False


def _answer(answer: Answer, sides: Sequence[Side], relation: Relation) -> Answer:
    """The answer with its sides; where they are not the same, a citation of each is among the answer's own."""
    citations = answer.citations
    if relation is not Relation.SAME:
        of_sides = [side.citations[0] for side in sides if side.citations]
        known = {(c.article.id, c.start, c.end): c for c in (citations[0], *of_sides)}
        citations = tuple(known.values())
    return replace(answer, citations=citations, sides=tuple(sides), relation=relation)
