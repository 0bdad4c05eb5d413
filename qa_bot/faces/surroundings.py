"""A quotation in its surroundings: the paragraphs before and after it."""

from rich.console import Console
from rich.text import Text

from qa_bot.faces.rendering import mark_words, print_place
from qa_bot.faces.safe_text import visible
from qa_bot.faces.terminal import block, shows_style, write
from qa_bot.text import paragraphs
from qa_bot.types import Citation

# A screen on either side: articles with no paragraphs at all would otherwise be printed whole.
_MOST_CHARACTERS = 1500


def print_surroundings(console: Console, number: int, citation: Citation, *, marked: bool) -> None:
    """The quotation `[number]` between the paragraphs before and after it, the answering words `marked` if wanted.

    Where no style can be shown, `>>` and `<<` stand around the quotation.
    """
    start, end = _bounds(citation)
    text = Text(visible(citation.article.text[start:end]))
    text.stylize("bold", citation.start - start, citation.end - start)
    if marked:
        mark_words(text, citation, origin=start)
    if not shows_style(console):
        before, quotation, after = text.divide([citation.start - start, citation.end - start])
        text = Text.assemble(before, ">>", quotation, "<<", after)
    if start > 0:
        text = Text("... ") + text
    if end < len(citation.article.text.rstrip()):
        text += Text(" ...")
    write(console, Text("\n").join([Text(), block(console, text, indent=2), Text()]))
    print_place(console, number, citation)


def _bounds(citation: Citation) -> tuple[int, int]:
    """Where the surroundings begin and end in the article."""
    spans = paragraphs(citation.article.text)
    starts = [start for start, _ in spans if start <= citation.start][-2:]
    ends = [end for _, end in spans if end >= citation.end][:2]
    start = max([*starts[:1], citation.start - _MOST_CHARACTERS, 0])
    end = min([*ends[-1:], citation.end + _MOST_CHARACTERS, len(citation.article.text)])
    return start, end
