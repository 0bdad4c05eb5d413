from dataclasses import replace

from records_double import record

from qa_bot.faces.telegram.messages import reply_blocks
from qa_bot.faces.telegram.records import Record


def _texts(reply: Record) -> list[str]:
    return ["".join(fragment.text for fragment in block.fragments) for block in reply_blocks(reply)]


def test_how_the_question_was_understood() -> None:
    """A reply begins with what was searched where it is not what was typed, and with what is not clear."""
    follow_up = replace(record(), question="Who cut it?", query="Who cut the ribbon?", notes=("A note.",))

    assert _texts(follow_up)[:2] == ["searched: Who cut the ribbon?", "A note."]
    assert _texts(record())[0].startswith("The bridge opened")


def test_notes_are_kept() -> None:
    """A record is written and read with its notes; one written before there were any has none."""
    noted = replace(record(), notes=("A note.",))

    assert Record.from_json(noted.to_json()) == noted
    assert Record.from_json(noted.to_json().replace(', "notes": ["A note."]', "")).notes == ()
