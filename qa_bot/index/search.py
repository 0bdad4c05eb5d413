"""What both sides of the search are asked, and what they give."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from qa_bot.types import Rows

Q_contra = TypeVar("Q_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows of passages and their scores, best first; ties by row."""

    rows: Rows
    scores: NDArray[np.float32]


class PassageSearch(Protocol[Q_contra]):
    """One side of the search (dense or lexical), asked with its own form of the question."""

    def search(self, question: Q_contra, limit: int, *, exclude: Rows, only: Rows | None = None) -> Ranking:
        """At most `limit` rows, none of them in `exclude`, and all in `only` if that is given."""
        ...

    def scores(self, question: Q_contra, rows: Rows) -> NDArray[np.float32]:
        """The score of each of `rows`, in their order."""
        ...
