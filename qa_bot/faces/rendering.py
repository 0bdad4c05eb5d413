"""Replies for people: the quotation with the answering words marked, and where it stands in which article."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from qa_bot.attribution import attribution
from qa_bot.faces.safe_text import one_line, visible
from qa_bot.faces.sides import NOTHING_FOR_IT, backed, heading, number_of, shown_sides, side_heading
from qa_bot.faces.terminal import block, joined, shows_style, write
from qa_bot.types import Abstention, Answer, Article, Citation, Copy, Reason, Side, Turn

_INDENT = 2
# A line or two; the machine-readable reply has all.
_COPIES_NAMED = 5

MARKED = "bold black on bright_yellow"
# From which support on.
_SUPPORT_WORDS = {"strong": 0.6, "good": 0.45, "weak": 0.0}
_SUPPORT_STYLES = {"strong": "green", "good": "yellow", "weak": "red"}
_REASONS = {
    Reason.WEAK_SUPPORT: "The articles do not say.",
    Reason.NOTHING_FOUND: "The articles do not say: nothing in them resembles the question.",
    Reason.NOTHING_SELECTED: "The filters leave no article to search.",
}
NOT_AN_ANSWER = "Closest passages (not an answer):"


def support_word(support: float) -> str:
    """The support in one word; docs/benchmarks.md has how often each of them is right."""
    return next(word for word, least in _SUPPORT_WORDS.items() if support >= least)


def reply_entries(turn: Turn) -> tuple[Citation, ...]:
    """The citations that the reply itself rests on: those of the answer, or the closest passages."""
    match turn.reply:
        case Answer(citations=citations):
            return citations
        case Abstention(closest=closest):
            return closest


def answering_entries(turn: Turn) -> int:
    """How many of the entries answer the question: none where the articles do not say."""
    return len(turn.reply.citations) if isinstance(turn.reply, Answer) else 0


def all_entries(turn: Turn) -> tuple[Citation, ...]:
    """Everything that can be shown of a turn, in the order of its numbers `[1]`, `[2]`: the reply's, then the rest."""
    entries = (*reply_entries(turn), *(evidence.citation for evidence in turn.evidence))
    return tuple({(entry.article.id, entry.start, entry.end): entry for entry in entries}.values())


def understanding(query: str, asked: str, notes: Sequence[str]) -> list[str]:
    """How the question was understood, a line each: what was searched where that is not what was typed, and notes."""
    searched = [] if query == one_line(" ".join(asked.split())) else [f"searched: {one_line(query)}"]
    return [*searched, *notes]


def print_reply(console: Console, turn: Turn, *, limit: int) -> int:
    """The reply with at most `limit` of its citations written out, but of several sides each; returns how many were."""
    entries = reply_entries(turn)[:limit]
    for words in understanding(turn.query.text, turn.query.asked, turn.query.notes):
        write(console, block(console, Text(words, "dim"), indent=_INDENT))
    match turn.reply:
        case Abstention(reason=reason):
            write(console, Text(_REASONS[reason], "bold"))
            if entries:
                write(console, Text(f"\n{NOT_AN_ANSWER}", "dim"))
            print_entries(console, entries, first=1, marked=False)
        case Answer() as answer if several := shown_sides(answer):
            write(console, Text(heading(answer.relation) or "", "bold"))
            for side in several:
                _print_side(console, turn, side, side.citations[:1])
            return len(answer.citations)
        case Answer() as answer:
            print_entries(console, entries, first=1, marked=True)
            for words in _backing(answer):
                write(console, Text(f"\n  {words}", "dim"))
    return len(entries)


def print_sides(console: Console, turn: Turn) -> int:
    """One quotation of each article that answers, those that say the same together; returns how many there are."""
    sides = turn.reply.sides if isinstance(turn.reply, Answer) else ()
    for side in sides:
        _print_side(console, turn, side, side.citations)
    return sum(len(side.citations) for side in sides)


def _print_side(console: Console, turn: Turn, side: Side, citations: Sequence[Citation]) -> None:
    words = side_heading(side.asked, len(side.citations), side.independent)
    if words:
        write(console, block(console, Text(f"\n{words}", "bold"), indent=_INDENT))
    if not citations:
        write(console, block(console, Text(NOTHING_FOR_IT), indent=_INDENT))
    entries = all_entries(turn)
    for citation in citations:
        print_entries(console, [citation], first=number_of(citation, entries), marked=True)


def _backing(answer: Answer) -> Iterator[str]:
    """How many articles say so, where they are several."""
    for side in answer.sides:
        if words := backed(len(side.citations), side.independent):
            yield words


def print_entries(console: Console, entries: Sequence[Citation], *, first: int, marked: bool) -> None:
    """Each quotation in full with where it stands, numbered from `first`; the answering words `marked` if wanted."""
    for number, citation in enumerate(entries, start=first):
        quotation = Text(visible(citation.text))
        if marked:
            mark_words(quotation, citation, origin=citation.start)
        write(console, Text("\n").join([Text(), block(console, quotation, indent=_INDENT), Text()]))
        if marked and not shows_style(console) and citation.highlight.text != citation.text:
            write(console, Text(f"  Answering words: {one_line(citation.highlight.text)}\n"))
        print_place(console, number, citation)
        speaker = attribution(citation)
        if speaker and not speaker.is_in(citation):
            words = Text(f"named in: {one_line(speaker.sentence.text)}", "dim")
            write(console, block(console, words, indent=len(f"  [{number}] ")))


def print_place(console: Console, number: int, citation: Citation) -> None:
    """Where the quotation stands: `[1] title — source — date — paragraph 3`, its offsets, and its support."""
    label = f"  [{number}] "
    title = Text(joined(console, _known(citation)))
    title.stylize("bold", 0, len(one_line(citation.article.title)))
    word = support_word(citation.support)
    check = Text.assemble(
        (f"{location(citation.article)}, characters {citation.start}-{citation.end}", "dim"),
        (", support ", "dim"),
        (f"{word} {citation.support:.2f}", _SUPPORT_STYLES[word]),
    )
    place = block(console, title, indent=len(label))
    write(console, Text.assemble((label, "bold cyan"), place[len(label) :]))
    write(console, block(console, check, indent=len(label)))
    if citation.also:
        write(console, block(console, Text(f"also in {also_in(citation.also)}", "dim"), indent=len(label)))
    if citation.article.url:
        write(console, block(console, Text(one_line(citation.article.url), "dim underline"), indent=len(label)))


def also_in(copies: Sequence[Copy]) -> str:
    """Where else a story appeared: outlets, or ids where they are not known, five of them and how many more."""
    names = dict.fromkeys(one_line(copy.source or copy.id) for copy in copies)
    named = list(names)[:_COPIES_NAMED]
    more = len(names) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def mark_words(text: Text, citation: Citation, *, origin: int) -> None:
    """The answering words marked in `text`, which begins at `origin` in the article."""
    text.stylize(MARKED, citation.highlight.start - origin, citation.highlight.end - origin)


def _known(citation: Citation) -> Iterator[str]:
    article = citation.article
    for value in (article.title, article.source, article.author, article.published):
        if value:
            yield one_line(value)
    if citation.page:
        yield f"page {citation.page}"
    yield f"paragraph {citation.paragraph}"
    if speaker := attribution(citation):
        yield f"attributed to {one_line(speaker.name.text)}"


def location(article: Article) -> str:
    """The article's file, and its id where the file's name does not say it."""
    path = one_line(article.path)
    return path if article.path.endswith(article.id) else f"{path}, article {one_line(article.id)}"
