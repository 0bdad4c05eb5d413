"""What the read path asks of its models: one method each."""

from collections.abc import Sequence
from typing import Protocol

from qa_bot.types import Hit, Query, Reading, Vectors


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    def encode_question(self, question: str) -> Vectors:
        """The question's unit vector, shape `(dimension,)`."""
        ...


class Reader(Protocol):
    """Finds in each hit the sentences that answer, the exact words, and how likely it is that they do."""

    def read(self, query: Query, hits: Sequence[Hit]) -> Reading:
        """Evidence from the hits, best first; ties in the order of the hits."""
        ...
