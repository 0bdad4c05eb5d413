"""The journal's questions, answers and votes for review, a line of JSON each."""

import json
from datetime import UTC, datetime
from typing import TextIO

from qa_bot.faces.telegram.journal import Journal
from qa_bot.faces.telegram.people import People


def export(journal: Journal, people: People, lines: TextIO) -> int:
    """Writes every answer in the shape of `qa-bot ask --json`, with when, where and by whom; returns how many."""
    count = 0
    for stored in journal.answers():
        row = {
            "id": stored.id,
            "at": datetime.fromtimestamp(stored.at, UTC).isoformat(timespec="seconds"),
            "chat": stored.chat,
            "user": stored.user,
            "follows": stored.parent,
            "generation": stored.generation,
            "delivered": stored.state == "sent",
            **stored.record.reply_object(),
            "votes": people.votes(stored.id),
        }
        # A lone half of a character is possible in a question, and no encoding has it.
        lines.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
        count += 1
    return count
