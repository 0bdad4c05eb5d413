import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from doubles import BUILT, COAST, NEW, FakePipeline
from rich.console import Console

from qa_bot.dialogue import Conversation
from qa_bot.errors import IndexUnavailable
from qa_bot.faces.repl import COMMANDS, FILTERS, Repl
from qa_bot.types import Answer, Side, Turn


def talk(*lines: str | type[BaseException], pipeline: FakePipeline | None = None, interactive: bool = False) -> str:
    """What a conversation of these lines writes; an exception among them is raised instead of a line."""
    console = Console(file=io.StringIO(), markup=False, emoji=False, highlight=False)
    asked = pipeline or FakePipeline()
    script: Iterator[str | type[BaseException]] = iter(lines)

    def read_line() -> str:
        line = next(script, EOFError)
        if isinstance(line, str):
            return line + "\n"
        raise line

    Repl(
        ask=asked.ask,
        articles=asked.articles,
        verify=asked.verify,
        read_line=read_line,
        console=console,
        passages=2,
        interactive=interactive,
    ).run()
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_question_is_answered_with_the_first_quotation() -> None:
    """A question is answered with its first quotation; blank lines are passed over; no prompt noise."""
    text = talk("", "when was it built?", "   ")

    assert text.startswith("\n  The harbour was built in 1874 by Ana Kovač.\n")
    assert "[1] The harbour" in text
    assert "[2]" not in text
    assert "/more" not in text


def test_interactive_reply_tells_of_more() -> None:
    """In a terminal a reply says that there is more to see."""
    assert "/more shows 2 more, /context 1 the surroundings" in talk("built?", interactive=True)


def test_each_turn_joins_the_conversation() -> None:
    """Every question is asked with the turns before it; what failed is none."""
    pipeline = FakePipeline()

    talk("built?", "\x1f", "who?", "/more", "moon", pipeline=pipeline)

    assert pipeline.lengths == [0, 1, 2]


def test_more_goes_on_where_the_reply_ended() -> None:
    """`/more` shows the other quotations of the answer, then what was weighed, numbered on, until nothing is left."""
    text = talk("built?", "/more", "/more")

    shown = text[text.index("https://coast") :]
    places = [shown.index(words) for words in ("lies on the coast", "[2]", "not an answer", "it is a museum", "[3]")]
    assert places == sorted(places)
    assert text.endswith("There is no more: that was everything that was weighed.\n")


def test_more_after_an_abstention_answers_nothing() -> None:
    """After an abstention all that `/more` shows is labelled as no answer."""
    text = talk("who?", "/more")

    assert text.count("(not an answer)") == 2
    assert "Answering words" not in text


def test_commands_before_a_question() -> None:
    """`/more` and `/context` need a question first, and say so."""
    assert talk("/more", "/context 1") == "Ask a question first.\n" * 2


def test_context_shows_the_paragraphs_around() -> None:
    """`/context 1` shows the paragraphs before and after the quotation, and where the quotation is."""
    text = talk("built?", "/context 1").split("https://coast.example/harbour\n")[1]

    assert text.lstrip("\n").startswith(
        "  ... Mirna lies on the coast.\n\n"
        "  >>The harbour was built in 1874 by Ana Kovač.<< It is deep.\n\n"
        "  Ships came from the north. ...\n\n  [1] The harbour of Mirna"
    )


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "²", "1.5", "9" * 5000])
def test_context_of_what_is_not_there(number: str) -> None:
    """`/context` of a number that was not shown says how many were."""
    assert talk("built?", f"/context {number}").endswith(
        f"There is no quotation [{number}]: [1] to [1] are shown so far.\n"
    )


@pytest.mark.parametrize("argument", ["", "[1]", " 1 "])
def test_context_takes_the_number_as_it_is_written(argument: str) -> None:
    """`/context`, `/context 1` and `/context [1]` are the same."""
    assert "  >>The harbour was built" in talk("built?", f"/context {argument}")


def test_context_after_nothing_was_found() -> None:
    """Where nothing was found there is no quotation to look at."""
    assert talk("moon", "/context").endswith("There is no quotation [1]: the last question found nothing.\n")


def test_verify() -> None:
    """`/verify` holds a quotation against the articles; what is behind --in is where it is said to be from."""
    exact = talk("/verify “the harbour was built ... by Ana Kovač”")
    assert exact.startswith("Exact: these words stand in 1 article.\n\n  The harbour was built in 1874 by Ana Kovač\n")
    assert talk("/verify it is deep --in Another Weekly").startswith(
        "Misattributed: these words are in the archive, but"
    )
    assert talk("/verify") == "There is no word in the quotation: type the words to look for.\n"


def test_sources() -> None:
    """`/sources` lists the articles with what is known of them, made safe."""
    assert talk("/sources") == (
        "  The harbour of Mirna — Coast Weekly — 2022-11-17\n    harbour.txt, 154 characters\n"
        "  [bold]Trap[/bold] ␛]0;owned␇:smile:\n    line-7, 55 characters\n"
    )


def test_help_names_every_command() -> None:
    """`/help` has a line for each command, and tells the filters."""
    lines = talk("/HELP").split("\n")
    assert [line.split()[0] for line in lines[1:-2]] == list(COMMANDS)
    assert FILTERS in lines[-2]


def test_quit_ends() -> None:
    """`/quit` ends the conversation; what comes after is not asked."""
    pipeline = FakePipeline()

    assert talk("/quit", "built?", pipeline=pipeline) == ""
    assert pipeline.lengths == []


@pytest.mark.parametrize(
    ("typed", "reply"),
    [
        ("/mroe", "There is no command /mroe: did you mean /more? /help lists them.\n"),
        ("/sorces x", "There is no command /sorces: did you mean /sources? /help lists them.\n"),
        ("/\x1b[2J", "There is no command /␛[2J: /help lists them.\n"),
        ("/", "There is no command /: /help lists them.\n"),
    ],
)
def test_unknown_command(typed: str, reply: str) -> None:
    """An unknown command is one line that names the nearest one, if any is near."""
    assert talk(typed) == reply


def test_errors_are_one_line_and_the_conversation_goes_on() -> None:
    """A question that cannot be asked is one line, and the next is answered."""

    class Broken(FakePipeline):
        def ask(self, question: str, conversation: Conversation = NEW) -> Turn:
            if "index" in question:
                raise IndexUnavailable("The index\nis damaged.", path=Path("index"))
            return super().ask(question, conversation)

    assert talk("index?", "moon", pipeline=Broken()).startswith("The index is damaged.\nThe articles do not say")


def test_ctrl_c_cancels_what_is_going_on() -> None:
    """In a terminal Ctrl-C cancels a line or a question, leaves no turn behind, and the conversation goes on."""

    class Slow(FakePipeline):
        def ask(self, question: str, conversation: Conversation = NEW) -> Turn:
            if "slow" in question:
                raise KeyboardInterrupt
            return super().ask(question, conversation)

    pipeline = Slow()
    text = talk(KeyboardInterrupt, "slow?", "moon", pipeline=pipeline, interactive=True)

    assert text.startswith("cancelled\ncancelled\nThe articles do not say")
    assert pipeline.lengths == [0]


def test_ctrl_c_ends_a_piped_conversation() -> None:
    """Where nobody types, Ctrl-C ends the conversation."""
    with pytest.raises(KeyboardInterrupt):
        talk("moon", KeyboardInterrupt)


def test_who_says_so() -> None:
    """`/who` quotes each article that answers; after an abstention there is nobody, before a question it says so."""
    pipeline = FakePipeline()
    plain = pipeline.ask

    def ask(question: str, conversation: Conversation = NEW) -> Turn:
        turn = plain(question, conversation)
        if isinstance(turn.reply, Answer):
            turn = replace(turn, reply=replace(turn.reply, sides=(Side((BUILT, COAST), 1),)))
        return turn

    pipeline.ask = ask  # type: ignore[method-assign]

    assert talk("/who") == "Ask a question first.\n"
    assert "there is nobody to name" in talk("who?", "/who", pipeline=pipeline)
    text = talk("built?", "/who", "/context 2", pipeline=pipeline)
    assert text.count("2 articles say so, 1 independent") == 2
    assert "lies on the coast" in text
    assert ">>Mirna lies on the coast.<<" in text


def test_export_saves_the_conversation(tmp_path: Path) -> None:
    """`/export` writes all questions into a new file, and never over one that is there."""
    path = tmp_path / "talk.md"

    text = talk("/export", "built?", "who?", f"/export {path}", f"/export {path}", f"/export {path}.docx")

    assert text.startswith("Ask a question first.\n")
    assert f"2 questions in {path}.\n" in text
    assert f"{path} exists already: give another name.\n" in text
    assert "has no end that is known: .md, .json, .bib or .csl.json.\n" in text
    assert path.read_text(encoding="utf-8").startswith("## built?\n\n> The harbour")
    assert list(tmp_path.iterdir()) == [path]


def test_export_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A folder that is not there is said in one sentence."""
    assert "cannot be written (No such file or directory)" in talk("built?", f"/export {tmp_path}/no/talk.bib")
