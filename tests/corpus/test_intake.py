from collections.abc import Iterator
from pathlib import Path

import pytest
from document_files import chapter, epub, pdf

from qa_bot.corpus.intake import Intake, Taken
from qa_bot.corpus.isolation import Isolation
from qa_bot.types import Skipped


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    """An intake into the folder `corpus`, which is not there yet; files to take in are in `from`."""
    (tmp_path / "from" / "sub").mkdir(parents=True)
    with Isolation() as isolation:
        yield Intake(tmp_path / "corpus", isolation)


def taken(outcomes: Iterator[Taken | Skipped]) -> list[tuple[str, bool]]:
    """Articles and whether they are new; of what was skipped the name and the reason's first words."""
    return [
        (outcome.article, outcome.new) if isinstance(outcome, Taken) else (outcome.reason, False)
        for outcome in outcomes
    ]


def test_files_of_every_kind(intake: Intake, tmp_path: Path) -> None:
    """A file is copied byte by byte under its own name, also one with line ends and emoji in it."""
    files = {
        "a\n🙂.txt": "Слово 🙂".encode(),
        "b.pdf": pdf([[(72, 700, "Words.")]]),
        "c.epub": epub([chapter("<p>Words.</p>")]),
        "d.jsonl": b'{"id": "1", "text": "Words."}\n{',
    }
    for name, content in files.items():
        (tmp_path / "from" / name).write_bytes(content)
        assert taken(intake.take(tmp_path / "from" / name)) == [(name, True)]
        assert (tmp_path / "corpus" / name).read_bytes() == content
    assert not [path for path in (tmp_path / "corpus").iterdir() if path.name.startswith(".")]


def test_nothing_is_written_over(intake: Intake, tmp_path: Path) -> None:
    """Another article of the same name gets a number, the same content is said to be there, under whatever name."""
    first, second, third = tmp_path / "from/a.txt", tmp_path / "from/sub/a.txt", tmp_path / "from/b.txt"
    for path, text in ((first, "One."), (second, "Two."), (third, "One.")):
        path.write_text(text, encoding="utf-8")
    outcomes = [taken(intake.take(path))[0] for path in (first, second, third, second)]
    assert outcomes == [("a.txt", True), ("a-2.txt", True), ("a.txt", False), ("a-2.txt", False)]
    assert (tmp_path / "corpus/a.txt").read_text(encoding="utf-8") == "One."
    assert taken(intake.take(tmp_path / "corpus/a.txt")) == [("a.txt", False)]


def test_a_folder_keeps_its_shape(intake: Intake, tmp_path: Path) -> None:
    """A folder comes with its name and its folders; hidden files and other kinds stay behind."""
    for name in ("z.md", "sub/a.txt", ".hidden.txt", "picture.png"):
        (tmp_path / "from" / name).write_text(f"Words of {name}.", encoding="utf-8")
    (tmp_path / "from/bad.pdf").write_bytes(b"%PDF-")
    assert taken(intake.take(tmp_path / "from")) == [
        ("The PDF is damaged: it cannot be opened.", False),
        ("from/sub/a.txt", True),
        ("from/z.md", True),
    ]
    assert sorted(path.name for path in (tmp_path / "corpus").rglob("*") if path.is_file()) == ["a.txt", "z.md"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("none.txt", None, "There is no such file or folder."),
        ("a.png", b"x", "Files of this kind are not read: .txt, .md, "),
        ("a.txt", b" ", "There is no text."),
        ("a.jsonl", b"{", "It holds no article. The line is not JSON"),
        ("a.jsonl", b"", "It holds no article. It is empty."),
    ],
)
def test_what_is_no_article_stays_behind(
    intake: Intake, tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    """A file that could not be read anyway is not copied, and its reason is named."""
    if content is not None:
        (tmp_path / "from" / name).write_bytes(content)
    (outcome,) = intake.take(tmp_path / "from" / name)
    assert isinstance(outcome, Skipped)
    assert outcome.reason.startswith(reason)
    assert list((tmp_path / "corpus").iterdir()) == []


def test_a_file_that_came_a_moment_ago(intake: Intake, tmp_path: Path) -> None:
    """A file that another process put there meanwhile is not written over."""
    (tmp_path / "from/a.txt").write_text("Mine.", encoding="utf-8")
    (tmp_path / "corpus/a.txt").write_text("Theirs.", encoding="utf-8")
    assert taken(intake.take(tmp_path / "from/a.txt")) == [("a-2.txt", True)]
    assert (tmp_path / "corpus/a.txt").read_text(encoding="utf-8") == "Theirs."


def test_the_same_file_that_came_a_moment_ago(intake: Intake, tmp_path: Path) -> None:
    """What another process took over meanwhile, under the same name, is not taken over twice."""
    (tmp_path / "from/a.txt").write_text("Words.", encoding="utf-8")
    (tmp_path / "corpus/a.txt").write_text("Words.", encoding="utf-8")
    assert taken(intake.take(tmp_path / "from/a.txt")) == [("a.txt", False)]
    assert [path.name for path in (tmp_path / "corpus").iterdir()] == ["a.txt"]
