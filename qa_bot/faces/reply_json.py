"""The machine-readable reply: a contract that other programs rely on, key by key and in this order."""

from collections.abc import Sequence
from typing import Any

from qa_bot.attribution import Attribution, attribution
from qa_bot.faces.article_json import known_object
from qa_bot.faces.rendering import all_entries
from qa_bot.faces.sides import number_of
from qa_bot.index.versions import text_sha256
from qa_bot.types import Abstention, Answer, Citation, Evidence, Reply, Timing, Turn

# Far finer than any difference that matters, and short to read.
_DECIMALS = 6
_TIMING_DECIMALS = 2


def reply_object(turn: Turn, *, question_id: str | int | None, passages: int) -> dict[str, Any]:
    """The reply of one turn, with at most `passages` of the passages that were weighed; times in milliseconds."""
    return {
        "id": question_id,
        "question": turn.query.asked,
        "query": turn.query.text,
        **_verdict(turn.reply),
        **_weighed(turn),
        "passages": [_passage(evidence) for evidence in turn.evidence[:passages]],
        "notes": [*turn.query.notes, *turn.reading.notes],
        "timing_ms": _timing(turn.timing),
    }


def error_object(message: str, *, question_id: str | int | None) -> dict[str, Any]:
    """What stands in the place of a reply where a line of a batch cannot be asked."""
    return {"id": question_id, "status": "error", "error": message}


def _verdict(reply: Reply) -> dict[str, Any]:
    match reply:
        case Answer(citations=citations):
            return {
                "status": "answered",
                "answer": citations[0].text,
                "support": _rounded(reply.support),
                "citations": _numbered(citations),
                "closest": [],
            }
        case Abstention(closest=closest):
            return {
                "status": "not_supported",
                "answer": None,
                "support": _rounded(reply.support),
                "citations": [],
                "closest": _numbered(closest),
            }


def _weighed(turn: Turn) -> dict[str, Any]:
    """How the articles' answers stand to each other, and who gives which; `n` counts on behind the citations."""
    if not isinstance(turn.reply, Answer):
        return {"relation": None, "sides": []}
    entries = all_entries(turn)
    sides = [
        {
            "asked": side.asked,
            "articles": len(side.citations),
            "independent": side.independent,
            "citations": [_citation(number_of(citation, entries), citation) for citation in side.citations],
        }
        for side in turn.reply.sides
    ]
    return {"relation": str(turn.reply.relation), "sides": sides}


def _numbered(citations: Sequence[Citation]) -> list[dict[str, Any]]:
    return [_citation(number, citation) for number, citation in enumerate(citations, start=1)]


def _citation(number: int, citation: Citation) -> dict[str, Any]:
    article = citation.article
    return {
        "n": number,
        **known_object(article),
        "language": article.language,
        "path": article.path,
        "page": citation.page,
        "paragraph": citation.paragraph,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.text,
        "highlight": [citation.highlight.start, citation.highlight.end],
        "support": _rounded(citation.support),
        "also": [copy.id for copy in citation.also],
        "attributed_to": attribution_object(attribution(citation)),
        "text_sha256": text_sha256(article.text),
    }


def attribution_object(speaker: Attribution | None) -> dict[str, Any] | None:
    """The speaker's name with its place in the article, and the sentence that has it."""
    if speaker is None:
        return None
    name, sentence = speaker.name, speaker.sentence
    return {
        "name": name.text,
        "start": name.start,
        "end": name.end,
        "sentence": {"start": sentence.start, "end": sentence.end, "quote": sentence.text},
    }


def _passage(evidence: Evidence) -> dict[str, Any]:
    hit = evidence.hit
    return {
        "article": hit.passage.article.id,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "score": _rounded(hit.score),
        "dense_rank": hit.dense_rank,
        "lexical_rank": hit.lexical_rank,
        "support": _rounded(evidence.citation.support),
    }


def _timing(timing: Timing) -> dict[str, float]:
    return {
        "encode": round(timing.encode, _TIMING_DECIMALS),
        "search": round(timing.search, _TIMING_DECIMALS),
        "dense": round(timing.dense, _TIMING_DECIMALS),
        "lexical": round(timing.lexical, _TIMING_DECIMALS),
        "sentences": round(timing.sentences, _TIMING_DECIMALS),
        "read": round(timing.read, _TIMING_DECIMALS),
        "evidence": round(timing.evidence, _TIMING_DECIMALS),
        "total": round(timing.total, _TIMING_DECIMALS),
    }


def _rounded(number: float) -> float:
    return round(float(number), _DECIMALS)
