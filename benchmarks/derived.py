"""Vectors of made passages, derived from those of the real sentences that they are made of.

A passage's vector is the mean of its tokens' vectors. Those of a sentence are read once, in its real paragraph; for a
made passage they are put together again, each sentence with the weight of its tokens, title and special tokens as
they are in the sentences' own paragraphs. What is missing is what neighbours do to each other's tokens, so that made
passages with a sentence in common would be too near to each other. For that stands what was missing from one of a few
thousand made passages that were encoded as well, `STRAY` times: the passage's own text says which one. A passage with a
part that is neither a sentence of a real paragraph nor two of them is encoded as usual.

    python benchmarks/derived.py FOLDER ENCODER TEXTS.jsonl.gz...

reads the texts into FOLDER with the encoder of an index (INDEX/generations/N/encoder), and shows on other made passages
how derived vectors differ from real ones.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import faiss
import numpy as np
from corpora import corpus
from results import markdown
from sentence_table import SentenceTable, TokenReader, mark, parted, read_sentences
from texts import Paragraph, by_title, read_paragraphs

from qa_bot.models.encoder import _SHARED, OnnxEncoder, Parted, _unit
from qa_bot.types import Vectors

# From .7 to 1.3, what comes nearest to real vectors: see docs/benchmarks.md.
STRAY = 0.9
_SEED = 0
# Made passages of few titles, as close to each other as among a million.
_TITLES, _STRAYS, _REPORTED = 8, 2000, 2000


class DerivedEncoder(OnnxEncoder):
    """An encoder that derives the vectors of passages whose sentences it knows, and encodes all else as usual.

    `table` is set before it is loaded; `derived` and `encoded` count passages.
    """

    table: ClassVar[SentenceTable]
    derived: ClassVar[int] = 0
    encoded: ClassVar[int] = 0

    def encode_parted(self, texts: Sequence[Parted]) -> Iterator[tuple[Vectors, Vectors]]:
        """For each text its unit vector and those of its parts."""
        found = [self.derive(text) for text in texts]
        missing = super().encode_parted([text for text, known in zip(texts, found, strict=True) if known is None])
        DerivedEncoder.encoded += found.count(None)
        DerivedEncoder.derived += len(texts) - found.count(None)
        return iter([known or next(missing) for known in found])

    def derive(self, text: Parted) -> tuple[Vectors, Vectors] | None:
        """The vectors of a text and its parts; None where one of these is in no real paragraph."""
        table = self.table
        found = [places for start, end in text.parts if (places := table.find(text.text[start:end])) is not None]
        if len(found) < len(text.parts):
            return None
        places = np.concatenate(found)
        weights, owners = table.weights[places], table.owners[places]
        sums = weights[:, np.newaxis] * table.sentences[places].astype(np.float32)
        shares, total = weights / weights.sum(), weights.sum()
        framed = float(shares @ table.frame_weights[owners])
        frame = shares @ table.frames[owners].astype(np.float32)
        mean = (sums.sum(axis=0) + framed * frame) / (total + framed)
        firsts = np.cumsum([0, *map(len, found[:-1])])
        means = np.add.reduceat(sums, firsts) / np.add.reduceat(weights, firsts)[:, np.newaxis]
        stray = table.strays[mark(text.text) % len(table.strays)].astype(np.float32)
        whole = _unit(mean[np.newaxis]) + STRAY * stray
        return _unit(whole), _unit(means - _SHARED * mean)


def with_strays(table: SentenceTable, made: Sequence[Parted], encoder: OnnxEncoder) -> SentenceTable:
    """The table with what derived vectors of the made passages miss."""
    DerivedEncoder.table = table
    pairs = _both(made, encoder)
    return replace(table, strays=np.array([real - derived for real, derived in pairs], np.float16))


def compare(table: SentenceTable, made: Sequence[Parted], encoder: OnnxEncoder) -> str:
    """How derived vectors of the made passages differ from real ones, as a table."""
    DerivedEncoder.table = table
    pairs = _both(made, encoder)
    rows = [["", "nearest, 10 / 50 / 90 %", "tenth nearest", "recall@10 at 4 / 8 / 16 of 253 clusters"]]
    for name, vectors in (("real", [real for real, _ in pairs]), ("derived", [derived for _, derived in pairs])):
        rows.append([name, *_statistics(np.array(vectors, np.float32))])
    cosines = [float(real @ derived) for real, derived in pairs]
    return f"{markdown(rows)}\n{len(pairs):,} passages; cosine of real and derived {np.median(cosines):.3f} (median)"


def _both(made: Sequence[Parted], encoder: OnnxEncoder) -> list[tuple[Vectors, Vectors]]:
    """Real and derived vectors of the texts that can be derived."""
    deriving = DerivedEncoder(encoder.card, encoder._tokenizer, encoder._session)
    known = [(text, derived[0][0]) for text in made if (derived := deriving.derive(text))]
    real = encoder.encode_parted([text for text, _ in known])
    return [(whole[0], derived) for (whole, _), (_, derived) in zip(real, known, strict=True)]


def _statistics(vectors: Vectors) -> list[str]:
    """Cosines of nearest neighbours, and how many of these an inverted file as the product's finds."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    nearest = np.argsort(-cosines, axis=1)[:, :10]
    best = np.take_along_axis(cosines, nearest, axis=1)
    dimension = vectors.shape[1]
    index: Any = faiss.index_factory(dimension, f"IVF253,PQ{dimension // 4}x4fs", faiss.METRIC_INNER_PRODUCT)
    index.cp.min_points_per_centroid = 1
    index.train(vectors)
    index.add(vectors)
    recalls = []
    for index.nprobe in (4, 8, 16):
        _, found = index.search(vectors[:500], 500)
        shares = [
            len(set(got.tolist()) & set(true.tolist())) / 10 for got, true in zip(found, nearest[:500], strict=True)
        ]
        recalls.append(float(np.mean(shares)))
    spread = [
        " / ".join(f"{value:.3f}" for value in np.percentile(column, [10, 50, 90]))
        for column in (best[:, 0], best[:, 9])
    ]
    return [*spread, " / ".join(f"{recall:.3f}" for recall in recalls)]


def _dense_sample(paragraphs: Sequence[Paragraph], encoder: OnnxEncoder) -> list[Parted]:
    """Passages made of paragraphs of the titles that have most."""
    groups = sorted(by_title(paragraphs).values(), key=len, reverse=True)[:_TITLES]
    real = [paragraph for group in groups for paragraph in group]
    made = islice(corpus(real, len(real) + _STRAYS + _REPORTED, seed=_SEED), len(real), None)
    return [text for paragraph in made for text in parted(paragraph, encoder)]


def main() -> None:
    """The texts are read, and the table is written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    given = parser.parse_args()
    paragraphs = read_paragraphs(given.texts)
    encoder = OnnxEncoder.load(given.encoder)
    table = read_sentences(paragraphs, encoder, TokenReader.over(given.encoder))
    made = _dense_sample(paragraphs, encoder)
    table = with_strays(table, made[:_STRAYS], encoder)
    table.write(given.folder)
    print(f"{given.folder}: {len(table.keys):,} sentences of {len(paragraphs):,} paragraphs")
    print(compare(table, made[_STRAYS:], encoder))


if __name__ == "__main__":
    main()
