import json

import pytest

from qa_bot.faces.safe_text import counted, json_line, one_line, visible

STEERING = "\x00\x07\x08\x1b\r\x7f\x80\x9b\x9f\u202a\u202e\u2066\u2069\ud800\udfff"


def test_steering_characters_become_signs() -> None:
    """Control characters, bidi overrides and half characters each become one visible sign in their place."""
    assert visible(STEERING) == "␀␇␈␛␍␡" + "\ufffd" * 9


def test_prose_is_left_alone() -> None:
    """Letters, marks, emoji and line ends of any script stay as they are."""
    prose = "“Né” – Лукашенко 日本語 שלום\u200f 👩\u200d🚀\ne\u0301"

    assert visible(prose) == prose


def test_every_character_keeps_its_place() -> None:
    """Offsets into the text hold for what is shown: one character for one."""
    everything = "".join(chr(code) for code in range(0x3000)) + STEERING

    assert len(visible(everything)) == len(everything)


def test_one_line() -> None:
    """Line ends and runs of white space become one space."""
    assert one_line(" a\n\tb\u2028c\x1b ") == "a b c␛"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "cp1251"])
def test_json_is_exact_and_one_line(encoding: str) -> None:
    """Whatever the encoding, JSON comes back exactly, on one line, with nothing in it that steers a terminal."""
    value = {"text": STEERING[:-2] + "\ud83d “é” 日本 😀 \u2028\u2029\x85 end"}

    line = json_line(value, encoding)

    assert json.loads(line.encode(encoding)) == value
    assert line.splitlines() == [line]
    assert visible(line) == line


def test_json_stays_readable() -> None:
    """What the encoding has is not escaped."""
    assert json_line({"a": "Kovač 😀"}, "utf-8") == '{"a": "Kovač 😀"}'


def test_counted() -> None:
    """A number agrees with its noun."""
    assert [counted(n, "article") for n in (0, 1, 1200)] == ["0 articles", "1 article", "1,200 articles"]
