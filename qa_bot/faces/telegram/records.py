"""What the journal keeps of a reply, so that buttons, conversations and exports outlive the process."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from qa_bot.attribution import attribution
from qa_bot.faces.rendering import all_entries, also_in, answering_entries, reply_entries
from qa_bot.faces.reply_json import attribution_object
from qa_bot.faces.sides import number_of
from qa_bot.index.versions import text_sha256
from qa_bot.types import Answer, Citation, Relation, Turn

# Quotations kept of one reply: what the buttons lead through.
_MOST_ENTRIES = 12


@dataclass(frozen=True, slots=True)
class Quotation:
    """A citation by value; offsets are those of the article as it was when the question was answered.

    `also` are the ids of the other articles of its story, `also_in` says where they appeared. `attributed_to` is the
    speaker in the shape of `qa-bot ask --json`, `text_sha256` the hash of the article's text.
    """

    article: str
    title: str
    source: str | None
    author: str | None
    url: str | None
    published: str | None
    language: str | None
    path: str
    page: int | None
    paragraph: int
    start: int
    end: int
    quote: str
    highlight: tuple[int, int]
    support: float
    also: tuple[str, ...] = ()
    also_in: str = ""
    attributed_to: dict[str, Any] | None = None
    text_sha256: str | None = None

    @classmethod
    def of(cls, citation: Citation) -> "Quotation":
        """What is kept of a citation."""
        article = citation.article
        return cls(
            article=article.id,
            title=article.title,
            source=article.source,
            author=article.author,
            url=article.url,
            published=article.published,
            language=article.language,
            path=article.path,
            page=citation.page,
            paragraph=citation.paragraph,
            start=citation.start,
            end=citation.end,
            quote=citation.text,
            highlight=(citation.highlight.start, citation.highlight.end),
            support=round(citation.support, 6),
            also=tuple(copy.id for copy in citation.also),
            also_in=also_in(citation.also),
            attributed_to=attribution_object(attribution(citation)),
            text_sha256=text_sha256(article.text),
        )


@dataclass(frozen=True, slots=True)
class KeptSide:
    """A side of an answer: the question's words for it, how many sources are independent, its entries' numbers."""

    asked: str | None
    independent: int
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A reply by value: the first `answering` of the entries answer, the first `own` are the reply's own.

    `sides` are the answers that the articles give, `relation` says how they stand to each other.
    """

    question: str
    query: str
    support: float
    answering: int
    own: int
    entries: tuple[Quotation, ...]
    notes: tuple[str, ...] = ()
    relation: str = Relation.SAME
    sides: tuple[KeptSide, ...] = ()

    @classmethod
    def of(cls, turn: Turn) -> "Record":
        """What is kept of a turn."""
        return cls(
            question=turn.query.asked,
            query=turn.query.text,
            support=round(turn.reply.support, 6),
            answering=answering_entries(turn),
            own=len(reply_entries(turn)),
            entries=tuple(Quotation.of(entry) for entry in all_entries(turn)[:_MOST_ENTRIES]),
            notes=turn.query.notes,
            relation=turn.reply.relation if isinstance(turn.reply, Answer) else Relation.SAME,
            sides=tuple(_kept_sides(turn)),
        )

    @property
    def answered(self) -> bool:
        """Whether the articles answer the question."""
        return self.answering > 0

    def to_json(self) -> str:
        """The record as JSON, in ASCII, so that halves of characters survive."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """The record that `to_json` wrote."""
        values = json.loads(text)
        values["entries"] = tuple(_quotation(entry) for entry in values["entries"])
        values["notes"] = tuple(values.get("notes", ()))
        values["sides"] = tuple(
            KeptSide(side["asked"], side["independent"], tuple(side["entries"])) for side in values.get("sides", ())
        )
        return cls(**values)

    def reply_object(self) -> dict[str, Any]:
        """The reply in the shape of `qa-bot ask --json`."""
        own = [{"n": number, **_object(entry)} for number, entry in enumerate(self.entries[: self.own], start=1)]
        return {
            "question": self.question,
            "query": self.query,
            "status": "answered" if self.answered else "not_supported",
            "answer": self.entries[0].quote if self.answered else None,
            "support": self.support,
            "citations": own if self.answered else [],
            "closest": [] if self.answered else own,
            "relation": self.relation if self.answered else None,
            "sides": [self._side_object(side) for side in self.sides],
            "notes": list(self.notes),
        }

    def _side_object(self, side: KeptSide) -> dict[str, Any]:
        return {
            "asked": side.asked,
            "articles": len(side.entries),
            "independent": side.independent,
            "citations": [{"n": number, **_object(self.entries[number - 1])} for number in side.entries],
        }


def _kept_sides(turn: Turn) -> Iterator[KeptSide]:
    if isinstance(turn.reply, Answer):
        entries = all_entries(turn)
        for side in turn.reply.sides:
            numbers = [number_of(citation, entries) for citation in side.citations]
            yield KeptSide(side.asked, side.independent, tuple(n for n in numbers if n <= _MOST_ENTRIES))


def _object(entry: Quotation) -> dict[str, Any]:
    """The quotation in the shape of a citation of `qa-bot ask --json`."""
    values = asdict(entry)
    del values["also_in"]
    return values


def _quotation(values: dict[str, Any]) -> Quotation:
    # Replies that were kept before articles had a language and pages.
    values = {"language": None, "page": None, **values}
    known = {field.name: values[field.name] for field in fields(Quotation) if field.name in values}
    return Quotation(**{**known, "highlight": tuple(known["highlight"]), "also": tuple(known.get("also", ()))})
