import io
from dataclasses import replace

import pytest
from doubles import BUILT, HARBOUR, TRAP, citation
from rich.console import Console

from qa_bot.faces.surroundings import print_surroundings
from qa_bot.types import Citation


def shown(cited: Citation, *, styled: bool = False, marked: bool = True) -> str:
    """What is printed."""
    console = Console(
        file=io.StringIO(), force_terminal=styled, color_system="standard" if styled else None, width=200, markup=False
    )
    print_surroundings(console, 1, cited, marked=marked)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("The harbour of Mirna", "\n  >>The harbour of Mirna<<\n\n  Mirna lies on the coast. ...\n\n  [1]"),
        ("Today it is a museum.", "\n  ... Ships came from the north.\n\n  >>Today it is a museum.<<\n\n  [1]"),
    ],
)
def test_ends_of_the_article(quote: str, expected: str) -> None:
    """At the beginning and at the end of an article there is no paragraph before or after."""
    assert shown(citation(HARBOUR, quote, quote, paragraph=1, support=0.5)).startswith(expected)


def test_whole_article() -> None:
    """An article that is all quotation is shown as it is, made safe."""
    assert shown(TRAP).startswith("\n  >>A ␛[31mred␛[0m \ufffdword \ufffdback and [red]tags[/red] :skull:.<<\n\n  [1]")


def test_styles() -> None:
    """On a terminal the quotation is bold and the answering words are marked, if they answer."""
    answering, closest = shown(BUILT, styled=True), shown(BUILT, styled=True, marked=False)

    assert "\x1b[1mThe harbour was built in \x1b[0m\x1b[1;30;103m1874\x1b[0m\x1b[1m by Ana" in answering
    assert "\x1b[1mThe harbour was built in 1874 by Ana Kovač.\x1b[0m It" in closest


def test_article_without_paragraphs() -> None:
    """Of an article that is one endless paragraph a screen on either side is shown."""
    endless = replace(HARBOUR, text="word " * 5000 + "the answer " + "word " * 5000)

    text = shown(citation(endless, "the answer", "answer", paragraph=1, support=0.5)).split("[1]")[0]

    assert 2900 < len(text) < 3100
    assert text.startswith("\n  ... ")
    assert text.endswith(" ...\n\n  ")
