import gzip
import json
from pathlib import Path

import pytest

from qa_bot.corpus.jsonl import read_jsonl
from qa_bot.types import Article, Skipped


def lines_of(file: Path) -> list[tuple[int, Article | Skipped]]:
    """The outcomes of a file, read under its name alone."""
    return list(read_jsonl(file, file.name))


def test_each_line_is_an_article(tmp_path: Path) -> None:
    """All fields are read, the text stays exactly the JSON string, and a missing title is the text's first line."""
    known = {"title": "T", "source": "S", "author": "A", "url": "u", "published": "2022-11-17", "other": [1]}
    file = tmp_path / "a.jsonl"
    line = json.dumps({"id": "x", "text": "One\r\n Two ", **known})
    file.write_text(f"\ufeff{line}\n\n" + '{"id": 7, "text": "\\nOne"}', encoding="utf-8")
    (first, one), (second, two) = lines_of(file)
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert (first, one.id, one.path, one.text) == (1, "x", "a.jsonl", "One\r\n Two ")
    assert (one.title, one.source, one.author, one.url, one.published) == ("T", "S", "A", "u", "2022-11-17")
    assert (second, two.id, two.title, two.text, two.published) == (3, "7", "One", "\nOne", None)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "x", "text": "a"', "The line is not JSON (Expecting ',' delimiter, column 24)."),
        (b"words", "The line is not JSON (Expecting value, column 1)."),
        (b"[1]", "The line is not a JSON object with the fields of an article."),
        (b'{"text": "a"}', 'The field "id" is missing, or neither a text nor a whole number.'),
        (b'{"id": " ", "text": "a"}', 'The field "id" is missing, or neither a text nor a whole number.'),
        (b'{"id": true, "text": "a"}', 'The field "id" is missing, or neither a text nor a whole number.'),
        (b'{"id": "x"}', 'The field "text" is missing or not text.'),
        (b'{"id": "x", "text": null}', 'The field "text" is missing or not text.'),
        (b'{"id": "x", "text": " \\n"}', "There is no text."),
        (b'{"id": "x", "text": "a", "title": 5}', 'The field "title" is not text.'),
        (b'{"id": "x", "text": "\xff"}', "The line is not valid UTF-8 (byte 21 of the line)."),
        (
            b'{"id": "x", "text": "\\ud83d"}',
            "There is half a character (a lone surrogate) in the name, the text or a field.",
        ),
    ],
)
def test_a_bad_line_is_skipped_and_the_rest_read(line: bytes, reason: str, tmp_path: Path) -> None:
    """A line that is no article is named with its number; the lines around it are articles."""
    good = b'{"id": "%d", "text": "a"}\n'
    (tmp_path / "a.jsonl").write_bytes(good % 1 + line + b"\n" + good % 3)
    before, skipped, after = lines_of(tmp_path / "a.jsonl")
    assert skipped == (2, Skipped("a.jsonl, line 2", reason))
    assert [outcome.id for _, outcome in (before, after) if isinstance(outcome, Article)] == ["1", "3"]


@pytest.mark.parametrize("line", ["[" * 100_000, '{"id": ' + "9" * 5000 + ', "text": "a"}'])
def test_hostile_json_is_skipped(line: str, tmp_path: Path) -> None:
    """Bottomless nesting and endless numbers are a skipped line, not a crash."""
    (tmp_path / "a.jsonl").write_text(line)
    ((number, outcome),) = lines_of(tmp_path / "a.jsonl")
    assert number == 1
    assert isinstance(outcome, Skipped)
    assert outcome.reason.startswith("The line cannot be read as JSON: ")


def test_compressed_lines_are_read_up_to_the_damage(tmp_path: Path) -> None:
    """A whole `.jsonl.gz` is read like any other; of a cut one the good lines, then the reason with its line."""
    content = b"".join(
        b'{"id": %d, "text": "%s"}\n' % (number, bytes([65 + number % 26]) * 40) for number in range(9999)
    )
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(gzip.compress(content))
    assert [outcome.id for _, outcome in lines_of(file) if isinstance(outcome, Article)] == [*map(str, range(9999))]
    file.write_bytes(gzip.compress(content)[:-5000])
    *articles, (number, last) = lines_of(file)
    assert len(articles) == number - 1 > 0
    assert last == Skipped(
        f"a.jsonl.gz, line {number}",
        "The compressed file is damaged: Compressed file ended before the end-of-stream marker was reached.",
    )


def test_what_is_not_compressed_is_skipped(tmp_path: Path) -> None:
    """A `.gz` that is none gives its reason."""
    (tmp_path / "a.jsonl.gz").write_bytes(b"plain")
    ((_, outcome),) = lines_of(tmp_path / "a.jsonl.gz")
    assert isinstance(outcome, Skipped)
    assert outcome.reason.startswith("The compressed file is damaged: ")
