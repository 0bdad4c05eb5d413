"""What the archive says of a quotation, for people and for programs."""

from typing import Any

from rich.console import Console
from rich.text import Text

from qa_bot.chunking import paragraph_number
from qa_bot.faces.article_json import known_object
from qa_bot.faces.safe_text import counted, one_line, visible
from qa_bot.faces.terminal import block, joined, shows_style, write
from qa_bot.types import Span
from qa_bot.verification import MOST_PLACES, Edit, Verdict, Verification

_EXACT, _NOT_EXACT = 0, 1
_STYLES = {
    Verdict.EXACT: "bold green",
    Verdict.ALTERED: "bold yellow",
    Verdict.MISATTRIBUTED: "bold yellow",
    Verdict.NOT_FOUND: "bold red",
}
_QUOTED, _ACTUAL = "red strike", "green underline"
_PLACES_SHOWN = 5


def verification_code(result: Verification) -> int:
    """0 for an exact quotation, 1 for any other."""
    return _EXACT if result.verdict is Verdict.EXACT else _NOT_EXACT


def headline(result: Verification) -> str:
    """The verdict in a sentence."""
    match result.verdict:
        case Verdict.EXACT:
            least = "at least " if len(result.places) == MOST_PLACES else ""
            return f"Exact: these words stand in {least}{counted(len(result.places), 'article')}."
        case Verdict.ALTERED:
            return f"Altered: {result.similarity:.0%} of the words are those of the article."
        case Verdict.MISATTRIBUTED:
            return f"Misattributed: these words are in the archive, but not of {one_line(result.claimed or '')}."
        case Verdict.NOT_FOUND:
            return "Not found: no article has these words, or words much like them."


def print_verification(console: Console, result: Verification) -> None:
    """The verdict, the words as they stand with what differs marked, and where they stand."""
    write(console, Text(headline(result), _STYLES[result.verdict]))
    if result.edits:
        marked = Text(" ").join(_marked(edit, styled=shows_style(console)) for edit in result.edits)
        write(console, Text("\n").join([Text(), block(console, marked, indent=2), Text()]))
        legend = Text.assemble(
            "  ", _word("-", "of the quotation", console), ", ", _word("+", "of the article", console)
        )
        write(console, legend)
    for number, place in enumerate(result.places[:_PLACES_SHOWN], start=1):
        _print_place(console, number, place)
    if len(result.places) > _PLACES_SHOWN:
        write(console, Text(f"\n  and in {len(result.places) - _PLACES_SHOWN} more", "dim"))


def verification_object(result: Verification) -> dict[str, Any]:
    """The machine-readable result; offsets count characters of the article's text."""
    return {
        "quotation": result.quotation,
        "in": result.claimed,
        "verdict": result.verdict.value,
        "similarity": round(result.similarity, 4),
        "places": [place_object(place) for place in result.places],
        "differences": [{"quoted": edit.quoted, "article": edit.actual} for edit in result.edits if not edit.same],
    }


def place_object(place: Span) -> dict[str, Any]:
    """Where words stand, in the shape of a citation."""
    article = place.article
    return {
        **known_object(article),
        "path": article.path,
        "paragraph": paragraph_number(article, place.start),
        "start": place.start,
        "end": place.end,
        "quote": place.text,
    }


def plain_differences(edits: tuple[Edit, ...]) -> str:
    """The wording with its differences in `[-words of the quotation-]` and `{+words of the article+}`."""
    return " ".join(_marked(edit, styled=False).plain for edit in edits)


def known_of(place: Span) -> list[str]:
    """What is known of the place: title, source, author, date, paragraph."""
    article = place.article
    facts = [article.title, article.source, article.author, article.published]
    return [*(one_line(fact) for fact in facts if fact), f"paragraph {paragraph_number(article, place.start)}"]


def _marked(edit: Edit, *, styled: bool) -> Text:
    quoted, actual = one_line(visible(edit.quoted)), one_line(visible(edit.actual))
    if edit.same:
        return Text(actual)
    if styled:
        parts = [Text(quoted, _QUOTED), Text(actual, _ACTUAL)]
    else:
        parts = [Text(f"[-{quoted}-]" if quoted else ""), Text(f"{{+{actual}+}}" if actual else "")]
    return Text(" ").join(part for part in parts if part)


def _word(sign: str, meaning: str, console: Console) -> Text:
    if shows_style(console):
        return Text(meaning, _QUOTED if sign == "-" else _ACTUAL)
    return Text(f"[-{meaning}-]" if sign == "-" else f"{{+{meaning}+}}")


def _print_place(console: Console, number: int, place: Span) -> None:
    label = f"  [{number}] "
    write(console, Text("\n").join([Text(), block(console, Text(visible(place.text)), indent=2), Text()]))
    title = block(console, Text(joined(console, known_of(place))), indent=len(label))
    write(console, Text.assemble((label, "bold cyan"), title[len(label) :]))
    path = f"{one_line(place.article.path)}, characters {place.start}-{place.end}"
    write(console, block(console, Text(path, "dim"), indent=len(label)))
