"""The golden set: questions, what their replies must be, and what is wrong with one that is not.

`questions.jsonl` has one question a line:

- `id`, `item` (what of the bot it is about), `question`, and `before`: questions that are asked first, oldest first;
- `status`: `answered` or `not_supported`;
- `article`, `quote`, `highlight`: the article of the first quotation, words that it holds, words that are marked in it;
- `shows`, `hides`: words that the reply has in a terminal, and words that it has not (white space counts as one space);
- `reply`: fields of the machine-readable reply, compared as they are; of a list or an object only what is given.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from qa_bot.dialogue import Conversation
from qa_bot.faces.rendering import print_reply
from qa_bot.faces.reply_json import reply_object
from qa_bot.pipeline import Pipeline
from qa_bot.types import Turn

QUESTIONS = Path(__file__).parent / "questions.jsonl"
# As many as are shown unless a setting says otherwise.
_PASSAGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """One question of the golden set, by its fields."""

    id: str
    item: str
    question: str
    status: str
    before: tuple[str, ...] = ()
    article: str | None = None
    quote: tuple[str, ...] = ()
    highlight: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    reply: Mapping[str, Any] | None = None


def read_golden() -> list[Golden]:
    """The golden set in its order; a field that is not known is an error."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return [Golden(**{name: _frozen(value) for name, value in json.loads(line).items()}) for line in lines]


def faults(golden: Golden, pipeline: Pipeline) -> list[str]:
    """What is wrong with the reply to the question; nothing where it is as it must be."""
    conversation = Conversation()
    for question in golden.before:
        conversation = conversation.then(pipeline.ask(question, conversation))
    turn = pipeline.ask(golden.question, conversation)
    reply = reply_object(turn, question_id=golden.id, passages=_PASSAGES)
    return [*_reply_faults(golden, reply), *_shown_faults(golden, shown(turn))]


def shown(turn: Turn) -> str:
    """The reply as a pipe gets it, on one line."""
    console = Console(file=io.StringIO(), width=80, markup=False, emoji=False, highlight=False)
    print_reply(console, turn, limit=_PASSAGES)
    assert isinstance(console.file, io.StringIO)
    return " ".join(console.file.getvalue().split())


def _reply_faults(golden: Golden, reply: dict[str, Any]) -> Iterator[str]:
    if reply["status"] != golden.status:
        yield f"it is {reply['status']} with support {reply['support']:.2f}, not {golden.status}"
    first = next(iter(reply["citations"] or reply["closest"]), None)
    if first and golden.article not in (None, first["article"]):
        yield f"it quotes {first['article']}, not {golden.article}"
    quote = first["quote"] if first else ""
    yield from (f"{words!r} is not quoted: {quote!r}" for words in golden.quote if words not in quote)
    begin, end = (offset - first["start"] for offset in first["highlight"]) if first else (0, 0)
    marked = quote[begin:end]
    yield from (f"{words!r} is not marked: {marked!r}" for words in golden.highlight if words not in marked)
    yield from _differences(golden.reply or {}, reply, "reply")


def _shown_faults(golden: Golden, text: str) -> Iterator[str]:
    yield from (f"{words!r} is not shown: {text!r}" for words in golden.shows if words not in text)
    yield from (f"{words!r} is shown: {text!r}" for words in golden.hides if words in text)


def _differences(expected: object, found: object, name: str) -> Iterator[str]:
    """Where the value found is not as expected: of an object the fields that are given, of a list every place."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key, value in expected.items():
            yield from _differences(value, found.get(key), f"{name}.{key}")
    elif isinstance(expected, Sequence) and not isinstance(expected, str) and isinstance(found, Sequence):
        if len(expected) != len(found):
            yield f"{name} has {len(found)} places, not {len(expected)}"
        for number, (one, other) in enumerate(zip(expected, found, strict=False)):
            yield from _differences(one, other, f"{name}[{number}]")
    elif expected != found:
        yield f"{name} is {found!r}, not {expected!r}"


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
