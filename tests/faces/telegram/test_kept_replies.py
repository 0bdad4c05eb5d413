import json
from dataclasses import replace

from records_double import quotation, record

from qa_bot.faces.telegram.markup import html_of
from qa_bot.faces.telegram.messages import place, reply_blocks, sides_blocks
from qa_bot.faces.telegram.records import Record
from qa_bot.pipeline import Pipeline
from qa_bot.types import Answer, Relation, Side


def test_a_record_survives_json() -> None:
    """What is written is read back alike."""
    kept = record(entries=3, own=2)
    told = replace(kept, entries=(replace(kept.entries[0], also=("b", "c"), also_in="The Courier"),))

    assert Record.from_json(kept.to_json()) == kept
    assert Record.from_json(told.to_json()) == told


def test_a_record_of_before(shipped: Pipeline) -> None:
    """A record that was written before stories were known is read; the export has ids alone."""
    kept = Record.of(shipped.ask("When did Tsikhanouskaya meet members of the US State Department?"))
    older = json.loads(kept.to_json())
    for entry in older["entries"]:
        del entry["also"], entry["also_in"]

    assert Record.from_json(json.dumps(older)) == kept
    assert list(kept.reply_object()["citations"][0])[-4:] == ["support", "also", "attributed_to", "text_sha256"]
    for entry in older["entries"]:
        del entry["text_sha256"]
    assert Record.from_json(json.dumps(older)).entries[0].text_sha256 is None


def test_the_page_is_named() -> None:
    """Where the article has pages, the page stands before the paragraph."""
    paged = "".join(fragment.text for fragment in place(replace(quotation(), page=12), 1))
    assert " \N{EN DASH} page 12 \N{EN DASH} paragraph 2" in paged
    assert "page" not in "".join(fragment.text for fragment in place(quotation(), 1))


def test_a_record_of_a_turn(shipped: Pipeline) -> None:
    """Quotations are exact slices, the reply's own first, and the answering words lie inside."""
    kept = Record.of(shipped.ask("When did Tsikhanouskaya meet members of the US State Department?"))

    assert kept.answered
    first = kept.entries[0]
    article = shipped.article(first.article)
    assert article is not None
    assert article.text[first.start : first.end] == first.quote
    assert article.text[slice(*first.highlight)] == "April"


def test_the_contract_of_an_answer() -> None:
    """An answer has citations, numbered, and nothing under `closest`; the rest is not part of it."""
    reply = record(answering=1, own=1, entries=3).reply_object()

    assert reply["status"] == "answered"
    assert reply["answer"] == quotation().quote
    assert [citation["n"] for citation in reply["citations"]] == [1]
    assert reply["closest"] == []


def test_the_contract_of_an_abstention() -> None:
    """An abstention has no answer, and its closest passages under `closest` alone."""
    reply = record(answering=0, own=2, entries=3).reply_object()

    assert (reply["status"], reply["answer"], reply["citations"]) == ("not_supported", None, [])
    assert [citation["n"] for citation in reply["closest"]] == [1, 2]


def test_sides_are_kept(shipped: Pipeline) -> None:
    """A record keeps who says what; the reply shows each side and who says so quotes every article of it."""
    turn = shipped.ask("When did Tsikhanouskaya meet members of the US State Department?")
    assert isinstance(turn.reply, Answer)
    first, second = (item.citation for item in turn.evidence[:2])
    sides = (Side((second,), 1), Side((first,), 1), Side((), 0, "in May"))
    reply = Answer(turn.query, (first, second), sides, Relation.CHOICE)

    kept = Record.of(replace(turn, reply=reply))

    assert Record.from_json(kept.to_json()) == kept
    assert [(side.asked, side.entries) for side in kept.sides] == [(None, (2,)), (None, (1,)), ("in May", ())]
    exported = kept.reply_object()
    assert exported["relation"] == "choice"
    assert [side["articles"] for side in exported["sides"]] == [1, 1, 0]
    shown = html_of(reply_blocks(kept))
    assert (
        shown.index("[2]") < shown.index("[1]") < shown.index("<b>in May:</b>\n\nThe articles have nothing for this.")
    )
    assert html_of(sides_blocks(kept)) == shown.removeprefix("<b>For each of the two:</b>\n\n")
