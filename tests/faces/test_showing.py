import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len
from rich.console import Console

from qa_bot.faces.cli import main
from qa_bot.faces.showing import Shown, print_article
from qa_bot.index.versions import text_sha256
from qa_bot.types import Article, Copy, Span

MILL = "The mill\n\nThe mill burned down in 1902. Nobody was hurt."
LATER = MILL.replace("\n\n", "\n\nCorrection: the year.\n\n", 1)
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, small_model: None) -> Run:
    """Runs `qa-bot` over three articles, of which the mill's was corrected."""
    del small_model
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "mill.txt").write_text(MILL, encoding="utf-8")
    (corpus / "паром 😀.txt").write_text("Паром\n\nПаром загорелся.", encoding="utf-8")
    line = {"id": "wire:10-20", "title": "Wire", "text": "Ships came.", "source": "CNN", "url": "https://e.org/1"}
    (corpus / "wire.jsonl").write_text(json.dumps(line), encoding="utf-8")

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    call("index")
    (corpus / "mill.txt").write_text(LATER.replace("Nobody", "No one"), encoding="utf-8")
    call("index")
    return call


def test_an_article_in_a_pipe(run: Run) -> None:
    """What is known of the article, a line, and its text; an id with a colon and digits is no span."""
    result = run("show", "wire:10-20")
    rule = "─" * 40
    head = f"Wire\nCNN\ncorpus/wire.jsonl, article wire:10-20\nhttps://e.org/1\n{rule}\n"
    assert (result.exit_code, result.stdout) == (0, head + "Ships came.\n")
    assert run("show", "wire:10-20:0-5").stdout.endswith("\n>>Ships<< came.\n")


def test_a_span(run: Run) -> None:
    """The characters that a citation names are marked, whatever they are."""
    result = run("show", "паром 😀.txt:7-12")
    assert result.stdout.endswith(f"characters 7-12, paragraph 2\n{'─' * 40}\nПаром\n\n>>Паром<< загорелся.\n")
    assert run("show", "паром:7-12").stdout == result.stdout


def test_a_span_of_a_corrected_text(run: Run) -> None:
    """What stood there before is told with where it stands now, or that it is gone; exit code 1."""
    moved = run("show", f"mill.txt:{MILL.index('The mill b')}-{MILL.index(' Nobody')}")
    assert moved.exit_code == 1
    now = LATER.index("The mill b")
    told = f"UTC there stood “The mill burned down in 1902.”; these words stand at {now}-{now + 29} now.\n"
    assert told in moved.stdout
    gone = run("show", f"mill.txt:{MILL.index('Nobody')}-{len(MILL)}")
    assert "there stood “Nobody was hurt.”; these words are gone.\n" in gone.stdout
    same = run("show", "mill.txt:0-8")
    assert (same.exit_code, "changed" in same.stdout) == (0, False)


def test_json(run: Run) -> None:
    """The article, the span and what stood there before are one line of JSON."""
    start = MILL.index("The mill b")
    value = json.loads(run("show", f"mill.txt:{start}-{start + 29}", "--json").stdout)
    text = LATER.replace("Nobody", "No one")
    now = text.index("The mill b")
    assert value["text"] == text
    assert value["text_sha256"] == text_sha256(text)
    assert value["span"]["quote"] == text[start : start + 29]
    (earlier,) = value["earlier"]
    assert (earlier["quote"], earlier["text_sha256"]) == ("The mill burned down in 1902.", text_sha256(MILL))
    assert (earlier["now"]["start"], earlier["now"]["end"]) == (now, now + 29)
    assert json.loads(run("show", "mill.txt", "--json").stdout)["span"] is None


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("mil.txt", "There is no article called 'mil.txt': did you mean mill.txt?"),
        ("mil.txt:1-2", "There is no article called 'mil.txt': did you mean mill.txt?"),
        ("zzz", "There is no article called 'zzz': `qa-bot articles` lists them."),
        ("i", "2 articles are called 'i': mill.txt, wire:10-20; name one by its id."),
        ("mill.txt:5-5", "The span 5-5 is empty: END must be greater than START."),
        ("mill.txt:9-3", "The span 9-3 is empty: END must be greater than START."),
        ("mill.txt:one-two", "“one-two” is no span of mill.txt: write START-END in characters, as in :512-640."),
        ("mill.txt:-1-3", "“-1-3” is no span of mill.txt: write START-END in characters, as in :512-640."),
        ("mill.txt:٣-٤", "“٣-٤” is no span of mill.txt: write START-END in characters, as in :512-640."),
        ("mill.txt:5", "“5” is no span of mill.txt: write START-END in characters, as in :512-640."),
        ("wire:10-20:3-12", "wire:10-20 has 11 characters: the span ends beyond them."),
        (f"wire:10-20:3-{'9' * 5000}", "wire:10-20 has 11 characters: the span ends beyond them."),
    ],
)
def test_what_cannot_be_shown(run: Run, wanted: str, said: str) -> None:
    """One sentence, exit code 2."""
    result = run("show", wanted)
    assert (result.exit_code, result.stderr) == (2, f"qa-bot: {said}\n")


PAGES = "First page.\nSecond \x1b[31mpage 火事, with a sentence that is longer than the terminal is wide."
REPORT = Article("r.pdf", "c/r.pdf", "Report", PAGES, None, None, None, None, "", None, (0, 12))


def _on_terminal(shown: Shown, monkeypatch: pytest.MonkeyPatch, *, width: int, **options: str | None) -> str:
    monkeypatch.setenv("PAGER", "")
    screen = io.StringIO()
    print_article(Console(file=screen, force_terminal=True, width=width, height=9, **options), shown)  # type: ignore[arg-type]
    return screen.getvalue()


def test_pages_and_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a terminal pages are told, the span is marked across lines, and no sign of the text steers the terminal."""
    shown = Shown(REPORT, (Copy("x", "CNN", None),), Span(REPORT, 24, len(PAGES)), ())
    screen = _on_terminal(shown, monkeypatch, width=30, color_system="standard")
    assert "characters 24-90, page 2," in screen
    assert screen.count("── page 1 ──") == screen.count("── page 2 ──") == 1
    assert screen.index("page 1 ──") < screen.index("First page.") < screen.index("page 2 ──")
    assert "\x1b[1;30;103m" in screen
    assert "\x1b[31m" not in screen
    plain = _on_terminal(shown, monkeypatch, width=30, color_system=None)
    assert max(map(cell_len, plain.splitlines())) <= 32, "two signs may stand behind a line"
    assert plain.count(">>") == plain.count("<<") == 1


def test_the_pager_begins_at_the_span(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pager is told the line of the span's first word."""
    text = "\n".join(f"line {number}" for number in range(100))
    article = Article("a", "c/a", "Lines", text, None, None, None, None, "")
    lines: list[tuple[str, int]] = []

    def paged(_console: Console, rendered: str, *, line: int) -> None:
        lines.append((rendered, line))

    monkeypatch.setattr("qa_bot.faces.showing.page", paged)
    start = text.index("line 57")
    for span in (Span(article, start, start + 4), None):
        print_article(Console(file=io.StringIO(), force_terminal=True, width=30), Shown(article, (), span, ()))
    assert lines[0][0].splitlines()[lines[0][1] - 1].endswith("57")
    assert lines[1][1] == 0
