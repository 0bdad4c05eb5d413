from dataclasses import replace
from hashlib import sha256

from doubles import BUILT, HARBOUR, MUSEUM, FakePipeline, citation

from qa_bot.faces.reply_json import error_object, reply_object
from qa_bot.types import Answer


def test_answered_reply_is_the_contract() -> None:
    """An answered reply has every key of the contract, in order, with the exact words and offsets."""
    reply = reply_object(FakePipeline().ask("when  built?"), question_id="q1", passages=2)

    first = {
        "n": 1,
        "article": "harbour.txt",
        "title": "The harbour of Mirna",
        "source": "Coast Weekly",
        "author": "I. Reporter",
        "url": "https://coast.example/harbour",
        "published": "2022-11-17",
        "language": None,
        "path": "corpus/harbour.txt",
        "page": None,
        "paragraph": 3,
        "start": 48,
        "end": 91,
        "quote": "The harbour was built in 1874 by Ana Kovač.",
        "highlight": [73, 77],
        "support": 0.94,
        "also": [],
        "attributed_to": None,
        "text_sha256": sha256(HARBOUR.text.encode()).hexdigest(),
    }
    assert list(reply.items())[:6] == [
        ("id", "q1"),
        ("question", "when  built?"),
        ("query", "when built?"),
        ("status", "answered"),
        ("answer", "The harbour was built in 1874 by Ana Kovač."),
        ("support", 0.94),
    ]
    assert list(reply)[6:] == ["citations", "closest", "relation", "sides", "passages", "notes", "timing_ms"]
    assert list(reply["citations"][0].items()) == list(first.items())
    assert [entry["n"] for entry in reply["citations"]] == [1, 2]
    assert reply["closest"] == []
    passage = {"article": "harbour.txt", "start": 0, "end": len(HARBOUR.text)}
    assert reply["passages"] == [
        {**passage, "score": 1.0, "dense_rank": 1, "lexical_rank": 2, "support": 0.94},
        {**passage, "score": 0.5, "dense_rank": 2, "lexical_rank": None, "support": 0.55},
    ]
    assert list(reply["passages"][0]) == [*passage, "score", "dense_rank", "lexical_rank", "support"]
    assert list(reply["timing_ms"].items()) == [
        ("encode", 0.8),
        ("search", 0.54),
        ("dense", 0.1),
        ("lexical", 0.2),
        ("sentences", 0.24),
        ("read", 41.0),
        ("evidence", 0.66),
        ("total", 43.0),
    ]


def test_offsets_lead_to_the_words() -> None:
    """Offsets count characters of the article's text, the highlight's as well."""
    entry = reply_object(FakePipeline().ask("when built?"), question_id=None, passages=1)["citations"][0]

    assert HARBOUR.text[entry["start"] : entry["end"]] == entry["quote"] == BUILT.text
    assert HARBOUR.text[slice(*entry["highlight"])] == "1874"


def test_not_supported_reply_is_the_contract() -> None:
    """Where the articles do not say there is no answer, the closest take the shape of citations, support stays."""
    reply = reply_object(FakePipeline().ask("who sleeps?"), question_id=None, passages=1)

    assert {key: reply[key] for key in ("id", "status", "answer", "support", "citations")} == {
        "id": None,
        "status": "not_supported",
        "answer": None,
        "support": 0.12,
        "citations": [],
    }
    assert [(entry["n"], entry["quote"], entry["support"]) for entry in reply["closest"]] == [(1, MUSEUM.text, 0.12)]
    assert [entry["support"] for entry in reply["passages"]] == [0.12]


def test_speaker_is_named() -> None:
    """Reported words come with the speaker's name and the sentence that has it, at their places in the article."""
    text = "The pier\n\n“The pier is old,” said Ana Kovač."
    article = replace(HARBOUR, text=text)
    old = citation(article, "“The pier is old,” said Ana Kovač.", "old", paragraph=2, support=0.8)
    turn = FakePipeline().ask("built?")
    reply = reply_object(replace(turn, reply=Answer(turn.query, (old,))), question_id=None, passages=0)

    assert reply["citations"][0]["attributed_to"] == {
        "name": "Ana Kovač",
        "start": 34,
        "end": 43,
        "sentence": {"start": 10, "end": 44, "quote": old.text},
    }


def test_nothing_found() -> None:
    """With nothing found the lists are empty and support is 0."""
    reply = reply_object(FakePipeline().ask("the moon?"), question_id=None, passages=9)

    assert (reply["closest"], reply["passages"], reply["support"]) == ([], [], 0.0)


def test_error_object() -> None:
    """What stands for a bad line has its id, the status and the sentence."""
    assert error_object("why", question_id=3) == {"id": 3, "status": "error", "error": "why"}
