"""Two wordings side by side: which words are the same, replaced, put in or left out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# No quotation has so many words that as many equal ones weigh as much as one change.
_CHANGE, _SAME = 1_000_000, -1


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row of one wording, `quoted`, and what stands in their place in the other, `actual`, as places.

    Either may be empty; all of them are the `same`, or none is.
    """

    quoted: tuple[int, int]
    actual: tuple[int, int]
    same: bool


def align(quoted: Sequence[str], text: Sequence[str]) -> list[Run]:
    """The runs that lead from the quoted words to those of the text that differ least from them (Sellers 1980).

    The fewest words are replaced, put in or left out; of several such parts of the text the first is taken.
    """
    costs = _costs(quoted, text)
    row, column = len(quoted), int(np.argmin(costs[-1]))
    if column < len(text) and costs[-1][column] == costs[-1][column + 1]:
        column += 1  # a last word that was replaced rather than put in
    runs = [Run((row, row), (column, column), same=True)]
    while row:
        end, here = (row, column), costs[row, column]
        same = bool(column) and quoted[row - 1] == text[column - 1]
        if column and here == costs[row - 1, column - 1] + (_SAME if same else _CHANGE):
            row, column = row - 1, column - 1
        elif here == costs[row - 1, column] + _CHANGE:
            row, same = row - 1, False
        else:
            column, same = column - 1, False
        first = runs[-1]
        if first.same == same or end == (len(quoted), first.actual[1]):
            runs.pop()
            end = first.quoted[1], first.actual[1]
        runs.append(Run((row, end[0]), (column, end[1]), same))
    return runs[::-1]


def _costs(quoted: Sequence[str], text: Sequence[str]) -> NDArray[np.int64]:
    """For the first words of the quotation, down, the cost of ending at each place of the text, across.

    Of ways that cost the same the one with more equal words is the cheaper by a little. A row is made at once: what
    putting words in costs is the least of all places before, each with its distance.
    """
    numbers = {word: number for number, word in enumerate(dict.fromkeys([*text, *quoted]))}
    words = np.array([numbers[word] for word in text], dtype=np.int64)
    distance = np.arange(len(text) + 1, dtype=np.int64) * _CHANGE
    costs = np.zeros((len(quoted) + 1, len(text) + 1), dtype=np.int64)
    for row, word in enumerate(quoted, start=1):
        above = costs[row - 1]
        least = above + _CHANGE
        kept = above[:-1] + np.where(words == numbers[word], _SAME, _CHANGE)
        least[1:] = np.minimum(least[1:], kept)
        costs[row] = np.minimum.accumulate(least - distance) + distance
    return costs
