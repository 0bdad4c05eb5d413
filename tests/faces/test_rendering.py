import io
from dataclasses import replace

import pytest
from doubles import BUILT, COAST, HARBOUR, MUSEUM, TRAP, WEIGHED, FakePipeline, citation, evidence
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from qa_bot.faces.explaining import print_explanation
from qa_bot.faces.rendering import (
    all_entries,
    also_in,
    answering_entries,
    print_entries,
    print_reply,
    print_sides,
    support_word,
)
from qa_bot.faces.terminal import block
from qa_bot.types import Answer, Citation, Copy, Evidence, Reading, Relation, Side, Turn


def piped() -> Console:
    """A console that writes to no terminal."""
    return Console(file=io.StringIO(), markup=False, emoji=False, highlight=False)


def terminal(width: int = 60, **options: bool) -> Console:
    """A console that writes to a colour terminal of that width."""
    return Console(
        file=io.StringIO(),
        force_terminal=True,
        width=width,
        color_system="standard",
        markup=False,
        emoji=False,
        highlight=False,
        **options,  # type: ignore[arg-type]
    )


def written(console: Console) -> str:
    """What the console wrote."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_answer_piped() -> None:
    """Piped, a reply is plain text: whole lines, the answering words named, then where it stands."""
    console = piped()

    shown = print_reply(console, FakePipeline().ask("built?"), limit=1)

    assert shown == 1
    assert written(console) == (
        "\n  The harbour was built in 1874 by Ana Kovač.\n\n"
        "  Answering words: 1874\n\n"
        "  [1] The harbour of Mirna — Coast Weekly — I. Reporter — 2022-11-17 — paragraph 3\n"
        "      corpus/harbour.txt, characters 48-91, support strong 0.94\n"
        "      https://coast.example/harbour\n"
    )


def test_answer_on_a_terminal() -> None:
    """On a terminal the answering words, and nothing else, are marked inside the quotation."""
    console = terminal()

    print_reply(console, FakePipeline().ask("built?"), limit=1)

    assert "  The harbour was built in \x1b[1;30;103m1874\x1b[0m by Ana Kovač.\n" in written(console)
    assert "Answering words" not in written(console)


def test_no_color() -> None:
    """Without colour the answering words are still bold."""
    console = terminal(no_color=True)

    print_reply(console, FakePipeline().ask("built?"), limit=1)

    assert "in \x1b[1m1874\x1b[0m by" in written(console)
    assert "\x1b[30" not in written(console)


def test_abstention() -> None:
    """Where the articles do not say, the closest passages are labelled as no answer, and nothing is marked in them."""
    console = piped()

    print_reply(console, FakePipeline().ask("who?"), limit=5)

    text = written(console)
    assert text.startswith(
        "The articles do not say.\n\nClosest passages (not an answer):\n\n  Today it is a museum.\n\n  [1] The harbour"
    )
    assert "Answering words" not in text
    assert "support weak 0.12" in text


def test_other_places_of_a_story() -> None:
    """Under a quotation it says in which other outlets its story appeared, each once, five of them by name."""
    copies = [
        Copy(f"{i}.txt", source, None) for i, source in enumerate(["Courier", None, "Courier", "A", "B", "C", "D"])
    ]
    console = piped()
    print_entries(console, [replace(BUILT, also=tuple(copies))], first=1, marked=True)
    assert "also in Courier, 1.txt, A, B, C and 1 more\n" in written(console)
    assert also_in(copies[:1]) == "Courier"


def test_nothing_found() -> None:
    """With nothing found there are no closest passages to announce."""
    console = piped()

    assert print_reply(console, FakePipeline().ask("moon"), limit=5) == 0
    assert written(console) == "The articles do not say: nothing in them resembles the question.\n"


def test_unknown_metadata_is_left_out() -> None:
    """What is not known of an article is not mentioned."""
    console = piped()

    print_entries(console, [TRAP], first=1, marked=True)

    assert "None" not in written(console)
    assert "— paragraph 1\n" in written(console)
    assert "      corpus/all.jsonl:7, article line-7, characters 0-" in written(console)


@pytest.mark.parametrize("console", [piped(), terminal(30), terminal(100)])
def test_article_text_is_never_obeyed(console: Console) -> None:
    """An article's escape sequences, markup and emoji codes are shown, not followed."""
    print_entries(console, [TRAP], first=1, marked=False)

    text = Text.from_ansi(written(console)).plain
    words = " ".join(text.split())
    assert "A ␛[31mred␛[0m \ufffdword \ufffdback and [red]tags[/red] :skull:." in words
    assert "[bold]Trap[/bold] ␛]0;owned␇:smile:" in words
    assert "\x1b]0" not in written(console)


def test_highlight_holds_behind_control_characters() -> None:
    """Signs in place of control characters do not move the mark."""
    console = terminal()

    print_entries(console, [TRAP], first=1, marked=True)

    assert "A ␛[31m\x1b[1;30;103mred\x1b[0m␛[0m" in written(console)


@pytest.mark.parametrize("width", [1, 5, 12, 33, 80, 300])
def test_lines_fit(width: int) -> None:
    """Lines fit a terminal of any width, wide characters and emoji counted as two, and no word is lost."""
    prose = "日本語の港は千八百七十四年に建てられた 👩‍🚀 and a-very-long-unbreakable-word, then more.\nSecond line."

    laid = block(terminal(width), Text(prose), indent=2)

    lines = laid.plain.split("\n")
    assert all(cell_len(line) <= max(width, 4) for line in lines)
    assert "".join(laid.plain.split()) == "".join(prose.split())


@pytest.mark.parametrize("width", [8, 20, 40])
def test_citations_fit_narrow_terminals(width: int) -> None:
    """A whole reply fits a narrow terminal."""
    console = terminal(width)

    print_reply(console, FakePipeline().ask("built?"), limit=2)

    assert max(cell_len(line) for line in Text.from_ansi(written(console)).plain.split("\n")) <= width


def test_ascii_only() -> None:
    """Where the encoding has no dash a hyphen divides the parts of a citation."""
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")

    print_entries(Console(file=file, markup=False), [BUILT], first=1, marked=False)
    file.flush()

    raw = file.buffer
    assert isinstance(raw, io.BytesIO)
    assert b"[1] The harbour of Mirna - Coast Weekly - I. Reporter - 2022-11-17 - paragraph 3" in raw.getvalue()
    assert b"by Ana Kova\\u010d." in raw.getvalue()


def test_entries_are_numbered_once() -> None:
    """The reply's citations come first, then what else was weighed, each once."""
    answered, abstained = FakePipeline().ask("built?"), FakePipeline().ask("who?")

    assert all_entries(answered) == (BUILT, COAST, MUSEUM)
    assert all_entries(abstained) == (MUSEUM, COAST, BUILT)
    assert (answering_entries(answered), answering_entries(abstained)) == (2, 0)


def test_support_words() -> None:
    """Strong from 0.6, good from 0.45, weak below."""
    assert [support_word(support) for support in (1.0, 0.6, 0.59, 0.45, 0.44, 0.0)] == [
        "strong",
        "strong",
        "good",
        "good",
        "weak",
        "weak",
    ]


def test_whole_quotation_highlighted() -> None:
    """Where every word answers, the answering words are not said twice."""
    console = piped()
    whole = citation(HARBOUR, "It is deep.", "It is deep.", paragraph=3, support=0.5)

    print_entries(console, [whole], first=1, marked=True)

    assert "Answering words" not in written(console)


def test_explanation() -> None:
    """The explanation has what was searched, what the reader says, the threshold, the times, and a row a passage."""
    console = piped()
    turn = FakePipeline().ask("who?")
    noted = replace(turn, reading=Reading(turn.evidence[::-1], ("the question has 90 tokens",)))

    print_explanation(console, noted, passages=2, min_support=0.4)

    lines = written(console).split("\n")
    assert lines[2:7] == [
        "  searched   who?",
        "  note       the question has 90 tokens",
        "  threshold  support 0.40; this reply has 0.12",
        "  time       43.0 ms: encode 0.8, search 0.5 (dense 0.1, words 0.2, sentences 0.2), read 41.0, evidence 0.7",
        "  passages   2 of the 3 that were weighed, best first",
    ]
    assert [line.split() for line in lines[7:10]] == [
        ["support", "margin", "score", "dense", "words", "cosine", "bm25", "passage"],
        ["0.94", "4.50", "1.000", "1", "2", "0.500", "2.00", f"harbour.txt:0-{len(HARBOUR.text)}"],
        ["0.55", "-", "0.500", "2", "-", "0.500", "2.00", f"harbour.txt:0-{len(HARBOUR.text)}"],
    ]
    assert len({line.rindex("passage" if "passage" in line else "harbour.txt") for line in lines[7:10]}) == 1


def test_the_page_is_named() -> None:
    """Where an article has pages, the page comes before the paragraph."""
    console = piped()
    paged = replace(HARBOUR, pages=(0, 20, 60))

    print_entries(console, [citation(paged, BUILT.text, "1874", paragraph=3, support=0.94)], first=1, marked=True)

    assert "2022-11-17 — page 2 — paragraph 3\n" in written(console)


def test_speaker_is_named() -> None:
    """A citation of reported words names the speaker, and the sentence that has the name where it is not quoted."""
    text = "Ana Kovač, an engineer, said that the pier is old. “It will fall,” she said."
    article = replace(HARBOUR, text=text)
    said = citation(article, "Ana Kovač, an engineer, said that the pier is old.", "old", paragraph=1, support=0.8)
    direct = citation(article, "“It will fall,” she said.", "fall", paragraph=1, support=0.8)
    console = piped()

    print_entries(console, [said, direct], first=1, marked=True)

    first, second = written(console).split("[2]")
    assert "paragraph 1 — attributed to Ana Kovač\n" in first
    assert "named in" not in first
    assert "paragraph 1 — attributed to Ana Kovač\n" in second
    assert second.endswith(f"      named in: {said.text}\n")


def test_how_the_question_was_understood() -> None:
    """What was searched is shown first where it is not what was typed, and so is what is not clear."""
    turn = FakePipeline().ask("built?")
    asked = replace(turn.query, text="When was the harbour built?", asked="When was it  built?", notes=("A note.",))
    console = piped()

    print_reply(console, replace(turn, query=asked), limit=1)

    assert written(console).startswith("  searched: When was the harbour built?\n  A note.\n\n  The harbour was built")


def evidence_of(cited: Citation) -> Evidence:
    """The citation as it was weighed."""
    return evidence(cited, dense_rank=3, lexical_rank=3, score=0.2)


def differing() -> Turn:
    """A reply in which two articles agree and one differs."""
    other = replace(HARBOUR, id="other", source="Sea News", published="2023-01-01")
    third = replace(HARBOUR, id="third", source="The Bay", published=None)
    newer = citation(other, BUILT.text, "1874", paragraph=3, support=0.9)
    same = citation(third, BUILT.text, "1874", paragraph=3, support=0.8)
    turn = FakePipeline().ask("built?")
    sides = (Side((newer,), 1), Side((BUILT, same), 1))
    return replace(turn, reply=Answer(turn.query, (BUILT, newer), sides, Relation.DIFFER))


def test_sides_stand_one_under_the_other() -> None:
    """Articles that differ are shown side by side in the order of their sides, and how many agree."""
    console = piped()

    count = print_reply(console, differing(), limit=1)

    text = written(console)
    assert count == 2
    places = [text.index(words) for words in ("The articles differ", "[2]", "Sea News", "2 articles say so", "[1]")]
    assert places == sorted(places)
    assert "The Bay" not in text


def test_everyone_who_says_so_is_quoted() -> None:
    """On request each article of each side is quoted."""
    console = piped()
    turn = differing()
    assert isinstance(turn.reply, Answer)
    known = replace(turn, reading=Reading((*WEIGHED, evidence_of(turn.reply.sides[1].citations[1])), ()))

    assert print_sides(console, known) == 3
    assert all(words in written(console) for words in ("Sea News", "Coast Weekly", "The Bay"))


def test_a_side_may_have_nothing() -> None:
    """Of two that the question names, the one that no article speaks for says so."""
    console = piped()
    turn = FakePipeline().ask("built?")
    sides = (Side((BUILT,), 1, "in 1874"), Side((), 0, "in 1900"))

    print_reply(console, replace(turn, reply=Answer(turn.query, (BUILT,), sides, Relation.CHOICE)), limit=5)

    assert "  in 1874:\n" in written(console)
    assert "  in 1900:\n  The articles have nothing for this.\n" in written(console)
