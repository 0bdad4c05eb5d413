"""Quotations altered by a recipe, and such that no article has, held against an index: what each of them is taken for.

    python benchmarks/quotations.py INDEX ABSENT.jsonl.gz [--each 160] [--seed 0]

Quotations of 6, 12 and 25 words in a row are drawn from the articles of INDEX; of the altered ones that share of the
words, one at least, is replaced by words drawn from ABSENT, whose own quotations no article of the index has.
"""

import argparse
import gzip
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from qa_bot.index.generation import open_index
from qa_bot.verification import verify
from qa_bot.wording import words_of

_LENGTHS = (6, 12, 25)
_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4)
# Texts whose words stand in the place of others.
_VOCABULARY_TEXTS = 200


def main() -> None:
    """Prints a line for each length and kind of quotation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("absent", type=Path)
    parser.add_argument("--each", type=int, default=160)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draw, index = random.Random(options.seed), open_index(options.index)
    own = [(info.id, index.store.article(info.id)) for info in index.store.articles()]
    texts = [(article_id, article.text) for article_id, article in own if article]
    with gzip.open(options.absent, "rt", encoding="utf-8") as lines:
        absent = [("", json.loads(line)["text"]) for line in lines]
    vocabulary = [word for _, text in absent[:_VOCABULARY_TEXTS] for word in text.split()]
    for length in _LENGTHS:
        for share in (*_SHARES, None):
            counts, right, times = Counter[str](), 0, []
            for article_id, words in _quotations(texts if share is not None else absent, length, options.each, draw):
                quotation = " ".join(_altered(words, share or 0.0, vocabulary, draw))
                started = time.perf_counter()
                result = verify(index, quotation)
                times.append(1000 * (time.perf_counter() - started))
                counts[result.verdict.value] += 1
                right += any(place.article.id == article_id for place in result.places)
            kind = "of no article" if share is None else f"{share:.0%} replaced"
            times.sort()
            spread = f"p50 {times[len(times) // 2]:.0f} ms, p95 {times[int(0.95 * len(times))]:.0f} ms"
            print(f"{length} words, {kind}: {dict(counts)}, in the right article {right}, {spread}")


def _quotations(
    texts: Sequence[tuple[str, str]], length: int, count: int, draw: random.Random
) -> list[tuple[str, list[str]]]:
    """So many quotations of that length, each with its article's id."""
    long_enough = [(article_id, words) for article_id, text in texts if len(words := text.split()) > length]
    drawn = []
    for article_id, words in draw.sample(long_enough, min(count, len(long_enough))):
        start = draw.randrange(len(words) - length)
        drawn.append((article_id, words[start : start + length]))
    return drawn


def _altered(words: list[str], share: float, vocabulary: Sequence[str], draw: random.Random) -> list[str]:
    """The words with that share of them replaced, one at least where any are."""
    changed = list(words)
    for place in draw.sample(range(len(words)), max(1, round(share * len(words))) if share else 0):
        while words_of(changed[place]).plain == words_of(words[place]).plain:
            changed[place] = draw.choice(vocabulary)
    return changed


if __name__ == "__main__":
    main()
