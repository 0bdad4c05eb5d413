"""The same story told twice: syndicated and lightly edited copies, found by MinHash and confirmed on their words."""

import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from hashlib import shake_128

import numpy as np
from numpy.typing import NDArray

from qa_bot.text import words

# A number for each band of a text, in rows or one alone.
Signatures = NDArray[np.uint32]
BANDS = 50
Shingles = frozenset[str]

# Words in a row that are compared. A word that an editor changes takes three shingles with it, not more.
_SHINGLE = 3
# A shorter text is a copy only of the same words: in "Article 12 is about 144" one word is the news.
_SHORT = 25
# Of texts that share half of their shingles 96 % meet in one of 50 bands of 4 rows; of those that share a tenth, as all
# articles with one long footer do, 5 in 1,000. Three rows find 1 % more copies, and eight times as many footers.
_ROWS = 4
# Two texts tell one story where they share this much of all their shingles, or where the shorter has nearly all of its
# own in the longer and is no mere excerpt of it: see docs/benchmarks.md.
_JACCARD = 0.5
_CONTAINED, _LEAST_JACCARD = 0.75, 0.3
# Shingles hashed at a time: 100 KB of numbers, which stay in the processor's cache.
_HASHED = 64
# Shingles kept while candidates are confirmed: those of the articles of a few dozen stories.
_KEPT = 1024
# The rows of a band mixed into one number, by multipliers that are odd (Knuth, The Art of Computer Programming, 6.4).
_MIX = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F], dtype=np.uint64)


def signature(text: str) -> Signatures:
    """A number for each band, shape `(50,)`: copies of the text have some of them in common (Broder 1997)."""
    checks = [zlib.crc32(shingle.encode()) for shingle in shingles(text)]
    hashes = np.array(checks, dtype=np.uint64)[:, np.newaxis]
    factors, terms = _hash_functions()
    least = np.full(BANDS * _ROWS, 2**32 - 1, dtype=np.uint64)
    for start in range(0, len(hashes), _HASHED):
        hashed = (hashes[start : start + _HASHED] * factors + terms) >> np.uint64(32)
        least = np.minimum(least, hashed.min(axis=0))
    bands: Signatures = ((least.reshape(BANDS, _ROWS) * _MIX).sum(axis=1) >> np.uint64(17)).astype(np.uint32)
    return bands


@cache
def _hash_functions() -> NDArray[np.uint64]:
    """Factors and terms of the hash functions of MinHash, shape `(2, 200)`, the same for ever.

    The upper half of `factor * x + term` mod 2^64 is a universal hash of 32 bits (Dietzfelbinger 1996).
    """
    digits = shake_128(b"stories").digest(2 * BANDS * _ROWS * 8)
    return np.frombuffer(digits, dtype="<u8").reshape(2, -1)


def shingles(text: str) -> Shingles:
    """The runs of three words of the text, without case and punctuation; of a short text, all its words as one run."""
    plain = text.replace("’", "'").casefold()
    found = [plain[start:end] for start, end in words(plain)] or [plain.strip()]
    if len(found) < _SHORT:
        return frozenset([" ".join(found)])
    return frozenset(" ".join(found[i : i + _SHINGLE]) for i in range(len(found) - _SHINGLE + 1))


def is_copy(one: Shingles, other: Shingles) -> bool:
    """Whether two texts tell one story in mostly the same words."""
    shared = len(one & other)
    jaccard = shared / (len(one) + len(other) - shared)
    return jaccard >= _JACCARD or (jaccard >= _LEAST_JACCARD and shared >= _CONTAINED * min(len(one), len(other)))


def overlap(one: Shingles, other: Shingles) -> bool:
    """Whether half of what the shorter of two passages says is said by the other in the same words."""
    return 2 * len(one & other) >= min(len(one), len(other))


def group(signatures: Signatures, known: Sequence[int | None], text_of: Callable[[int], str]) -> list[int]:
    """The story of each text: the first row among those that are copies of each other, in one step or in several.

    `signatures` has a row for each text. Rows of equal numbers in `known` are taken to be one story; those that are
    `None` there are held against all others.
    """
    stories = _Stories(len(signatures))
    first: dict[int, int] = {}
    for row, label in enumerate(known):
        if label is not None:
            stories.join(first.setdefault(label, row), row)
    read = lru_cache(maxsize=_KEPT)(lambda row: shingles(text_of(row)))
    fresh = np.array([label is None for label in known], dtype=bool)
    for band, bucket in _buckets(signatures, fresh):
        # Of a thousand bulletins in the same words each is held against one, not against all.
        told = np.array([stories.of(row) for row in bucket.tolist()])
        for one in range(len(bucket) - 1):
            if (told[one:] == told[one]).all():
                break
            for other in _others(signatures, fresh, bucket, told, band=band, one=one):
                if told[one] != told[other] and is_copy(read(int(bucket[one])), read(int(bucket[other]))):
                    stories.join(int(bucket[one]), int(bucket[other]))
                    first, second = sorted((told[one], told[other]))
                    told[told == second] = first
    return [stories.of(row) for row in range(len(signatures))]


class _Stories:
    """Disjoint sets of rows, each called by its first row."""

    def __init__(self, rows: int) -> None:
        # Eight bytes each: Python's own numbers would take four times as much.
        self._parents = array("q", range(rows))

    def of(self, row: int) -> int:
        """The first row of the set that holds `row`."""
        while (parent := self._parents[row]) != row:
            self._parents[row] = row = self._parents[parent]
        return row

    def join(self, one: int, other: int) -> None:
        """The sets of both rows are one."""
        first, second = sorted((self.of(one), self.of(other)))
        self._parents[second] = first


def _buckets(signatures: Signatures, fresh: NDArray[np.bool_]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """The rows, ascending, that have a band in common, two or more of them, one of them fresh, and that band."""
    for band in range(signatures.shape[1] if fresh.any() else 0):
        numbers = signatures[:, band]
        rows = np.flatnonzero(np.isin(numbers, numbers[fresh]))
        rows = rows[np.argsort(numbers[rows], kind="stable")]
        same = np.diff(numbers[rows]) == 0
        rows = rows[np.append(same, False) | np.append(False, same)]
        for bucket in np.split(rows, np.flatnonzero(np.diff(numbers[rows])) + 1):
            yield band, bucket


def _others(
    signatures: Signatures,
    fresh: NDArray[np.bool_],
    bucket: NDArray[np.int64],
    told: NDArray[np.int64],
    *,
    band: int,
    one: int,
) -> list[int]:
    """Positions in the bucket, after `one`, of rows of other stories that it did not meet in an earlier band."""
    row = bucket[one]
    places = one + 1 + np.flatnonzero(told[one + 1 :] != told[one])
    places = places if fresh[row] else places[fresh[bucket[places]]]
    met = (signatures[bucket[places], :band] == signatures[row, :band]).any(axis=1)
    return [int(place) for place in places[~met]]
