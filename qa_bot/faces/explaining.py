"""How a reply was found: what was searched, what was weighed, and how long each step took."""

from rich.console import Console
from rich.text import Text

from qa_bot.faces.safe_text import one_line
from qa_bot.faces.terminal import write
from qa_bot.types import Evidence, Turn

_COLUMNS = f"{'support':>7} {'margin':>7} {'score':>7} {'dense':>7} {'words':>7} {'cosine':>7} {'bm25':>7}   passage"


def print_explanation(console: Console, turn: Turn, *, passages: int, min_support: float) -> None:
    """The search behind the reply, with at most `passages` of the passages that were weighed."""
    timing = turn.timing
    write(console, Text("\nHow this was found", "bold"))
    write(console, Text(f"  searched   {one_line(turn.query.text)}"))
    for note in turn.reading.notes:
        write(console, Text(f"  note       {note}"))
    write(console, Text(f"  threshold  support {min_support:.2f}; this reply has {turn.reply.support:.2f}"))
    write(
        console,
        Text(
            f"  time       {timing.total:.1f} ms: encode {timing.encode:.1f}, search {timing.search:.1f}"
            f" (dense {timing.dense:.1f}, words {timing.lexical:.1f}, sentences {timing.sentences:.1f}),"
            f" read {timing.read:.1f}, evidence {timing.evidence:.1f}"
        ),
    )
    shown = turn.evidence[:passages]
    write(console, Text(f"  passages   {len(shown)} of the {len(turn.evidence)} that were weighed, best first"))
    if shown:
        write(console, Text(f"  {_COLUMNS}", "dim"))
    for evidence in shown:
        write(console, Text(f"  {_row(evidence)}"))


def _row(evidence: Evidence) -> str:
    hit, passage = evidence.hit, evidence.hit.passage
    margin = f"{'-':>7}" if evidence.margin is None else f"{evidence.margin:7.2f}"
    return (
        f"{evidence.citation.support:7.2f} {margin} {hit.score:7.3f} {_rank(hit.dense_rank)} {_rank(hit.lexical_rank)}"
        f" {hit.similarity:7.3f} {hit.bm25:7.2f}   {one_line(passage.article.id)}:{passage.start}-{passage.end}"
    )


def _rank(rank: int | None) -> str:
    """The rank on one side of the search, a dash where that side did not find the passage."""
    return f"{'-' if rank is None else rank:>7}"
