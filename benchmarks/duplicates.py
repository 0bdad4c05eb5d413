"""Makes edited copies of articles by a recipe, lets the project group them, and counts what it finds.

    python benchmarks/duplicates.py PASSAGES.jsonl.gz [--half choose|report] [--articles 600] [--seed 0]

A line of PASSAGES is a paragraph: `{"id", "article", "text"}`; paragraphs in a row of one article make an original.
Each original gets copies edited in one of the ways of `EDITS`, as agencies' customers do, and beside the copies stand
two kinds of articles that are none: those on the same subject, and follow-ups, which repeat one paragraph of an
original as background. All of an outlet's articles end in the same words about it. Articles are halved by their names:
one half to choose thresholds on, the other to report.
"""

import argparse
import gzip
import json
import random
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from qa_bot.duplicates import group, shingles, signature
from qa_bot.text import sentences, words

_FOOTERS = (
    "The Evening Courier is published daily. Subscribe to our newsletter for the latest from our reporters, and write"
    " to the editors if you have found a mistake in this article. All rights reserved.",
    "Follow us for more. This story was first published by our partners and appears here with permission.",
    "Reporting by our correspondents; editing by the night desk. Our standards are explained on our pages, where you"
    " can also find out how to send us documents in confidence and how to support independent reporting.",
    "",
)
_SPELLINGS = {
    "color": "colour",
    "center": "centre",
    "organized": "organised",
    "defense": "defence",
    "toward": "towards",
}
_TYPE = str.maketrans({'"': "\u201d", "'": "\u2019", "-": "\u2010", "\u2013": "-", "\u2014": "-", " ": " "})


@dataclass(frozen=True, slots=True)
class Made:
    """An article of the set: which original it is a copy of (its own number where it is none), and how it was made."""

    story: int
    kind: str
    text: str


class Recipe:
    """Edits of texts; everything random is drawn from one seed."""

    def __init__(self, seed: int, vocabulary: Sequence[str]) -> None:
        self.random = random.Random(seed)
        self._vocabulary = vocabulary
        self.edits: dict[str, Callable[[list[str]], list[str]]] = {
            "another headline and footer": lambda text: text,
            "typography and spelling": self.typography,
            "3 % of words": lambda text: self.reworded(text, 0.03),
            "8 % of words": lambda text: self.reworded(text, 0.08),
            "a fifth of sentences cut": lambda text: self.cut(text, 0.2),
            "first 50 to 80 %": self.trimmed,
            "paragraphs in another order": self.reordered,
            "15 to 35 % longer": self.longer,
            "cut, reworded and shortened": lambda text: self.reworded(self.cut(self.trimmed(text), 0.1), 0.03),
        }

    def typography(self, text: list[str]) -> list[str]:
        """Other quotation marks and dashes, British spelling, lines broken by hand."""
        changed = [paragraph.translate(_TYPE) for paragraph in text]
        for american, british in _SPELLINGS.items():
            changed = [paragraph.replace(american, british) for paragraph in changed]
        return [paragraph.replace(". ", ".\n") for paragraph in changed]

    def reworded(self, text: list[str], share: float) -> list[str]:
        """That share of the words replaced by others, left out, or doubled by one put in."""
        return [self._reworded(paragraph, share) for paragraph in text]

    def cut(self, text: list[str], share: float) -> list[str]:
        """About that share of the sentences left out."""
        kept = [" ".join(p[start:end] for start, end in sentences(p) if self.random.random() >= share) for p in text]
        return [paragraph for paragraph in kept if paragraph] or text[:1]

    def trimmed(self, text: list[str]) -> list[str]:
        """The beginning, 50 to 80 % of the characters, to the end of a sentence."""
        left = int(sum(map(len, text)) * self.random.uniform(0.5, 0.8))
        kept: list[str] = []
        for paragraph in text:
            if left <= 0:
                break
            ends = [end for _, end in sentences(paragraph)]
            end = next((end for end in ends if end >= left), len(paragraph))
            kept.append(paragraph[:end])
            left -= len(paragraph)
        return kept

    def reordered(self, text: list[str]) -> list[str]:
        """The first paragraph, and the others in another order."""
        rest = text[1:]
        self.random.shuffle(rest)
        return [text[0], *rest]

    def longer(self, text: list[str]) -> list[str]:
        """The text and 15 to 35 % more words, drawn one by one."""
        count = int(len(" ".join(text).split()) * self.random.uniform(0.15, 0.35))
        return [*text, " ".join(self.random.choices(self._vocabulary, k=count)) + "."]

    def published(self, text: list[str]) -> str:
        """The text as an outlet prints it: under a headline of its own, with its footer."""
        headline = " ".join(self.random.sample(self._vocabulary, 7)).capitalize()
        return "\n\n".join(filter(None, [headline, *text, self.random.choice(_FOOTERS)]))

    def _reworded(self, paragraph: str, share: float) -> str:
        pieces, last = [], 0
        for start, end in words(paragraph):
            pieces.append(paragraph[last:start])
            word = paragraph[start:end]
            if self.random.random() < share:
                other = self.random.choice(self._vocabulary)
                word = self.random.choice([other, "", f"{word} {other}"])
            pieces.append(word)
            last = end
        return "".join([*pieces, paragraph[last:]])


def make_articles(passages: Path, *, half: str, count: int, seed: int) -> list[Made]:
    """The set: originals, copies, articles on the same subjects, and follow-ups."""
    by_name = _read(passages, half)
    draw = random.Random(seed)
    vocabulary = sorted({w for name in sorted(by_name)[:30] for p in by_name[name] for w in p.split() if w.isalpha()})
    recipe = Recipe(seed, vocabulary)
    runs = [run for name in sorted(by_name) for run in _runs(by_name[name], draw)]
    draw.shuffle(runs)
    made: list[Made] = []
    for story, run in enumerate(runs[:count]):
        made.append(Made(story, "original", recipe.published(run)))
        kinds = draw.sample(sorted(recipe.edits), draw.randint(0, 3))
        made += [Made(story, kind, recipe.published(recipe.edits[kind](run))) for kind in kinds]
    return made + list(_follow_ups(runs[:count], runs[count : count + count // 2], recipe, first=count))


def _follow_ups(originals: list[list[str]], others: list[list[str]], recipe: Recipe, *, first: int) -> Iterator[Made]:
    """Articles with a paragraph of an original in them that is at most a quarter of their words."""
    for story, (original, other) in enumerate(zip(originals, others, strict=False), start=first):
        background = [p for p in original if len(p) <= sum(map(len, other)) / 3]
        text = [*other[:1], *background[:1], *other[1:]]
        yield Made(story, "follow-up", recipe.published(text))


def _read(passages: Path, half: str) -> dict[str, list[str]]:
    """The paragraphs of each article of that half."""
    by_name: dict[str, list[str]] = defaultdict(list)
    with gzip.open(passages, "rt", encoding="utf-8") as lines:
        for line in lines:
            passage = json.loads(line)
            if zlib.crc32(passage["article"].encode()) % 2 == (half == "report"):
                by_name[passage["article"]].append(passage["text"])
    return by_name


def _runs(paragraphs: list[str], draw: random.Random) -> Iterator[list[str]]:
    """Three to eight paragraphs in a row, each paragraph in one run at most."""
    start = 0
    while start + 8 <= len(paragraphs):
        length = draw.randint(3, 8)
        yield paragraphs[start : start + length]
        start += length


def main() -> None:
    """Measures one half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--half", choices=["choose", "report"], default="report")
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    made = make_articles(options.passages, half=options.half, count=options.articles, seed=options.seed)
    started = time.perf_counter()
    signatures = np.stack([signature(article.text) for article in made])
    signed = time.perf_counter()
    found = group(signatures, [None] * len(made), lambda row: made[row].text)
    ended = time.perf_counter()
    print(f"{len(made)} articles, {signed - started:.1f} s to sign, {ended - signed:.1f} s to group")
    _print_measures(made, found)


def _print_measures(made: list[Made], found: Sequence[int]) -> None:
    """Precision and recall over pairs of articles, and the recall of each kind of edit against its original."""
    true = _pairs([article.story for article in made])
    together = _pairs(found)
    right = len(true & together)
    print(f"pairs: {len(true)} true, {len(together)} found, {right} of them right")
    print(f"precision {right / max(len(together), 1):.4f}, recall {right / max(len(true), 1):.4f}")
    originals = {article.story: row for row, article in enumerate(made) if article.kind == "original"}
    counts, hits = Counter[str](), Counter[str]()
    for row, article in enumerate(made):
        if article.kind not in ("original", "follow-up"):
            counts[article.kind] += 1
            hits[article.kind] += found[row] == found[originals[article.story]]
    for kind, count in sorted(counts.items()):
        print(f"  {kind:<32} {hits[kind]:>4} of {count:>4} with their original  {hits[kind] / count:.3f}")
    wrong = Counter("/".join(sorted((made[a].kind, made[b].kind))) for a, b in together - true)
    for kinds, count in wrong.most_common():
        print(f"  wrongly together: {count} {kinds}")
    sizes = [len(shingles(article.text)) for article in made]
    print(f"shingles per article: median {int(np.median(sizes))}, {min(sizes)} to {max(sizes)}")


def _pairs(labels: Sequence[int]) -> set[tuple[int, int]]:
    members: dict[int, list[int]] = defaultdict(list)
    for row, label in enumerate(labels):
        members[label].append(row)
    return {pair for rows in members.values() for pair in combinations(rows, 2)}


if __name__ == "__main__":
    main()
