"""Writes a corpus of any size that keeps the words of real texts.

    python benchmarks/corpora.py FOLDER TEXTS.jsonl.gz... --passages N [--seed S] [--kind jsonl|txt]

Every article is one passage of about 150 tokens. The first ones are the real paragraphs of the files, in their order;
where there are not enough, the others are made of them:

1. A title is drawn, as often as it has real paragraphs; titles of fewer than 10 are passed over, since of so few
   paragraphs few others can be made.
2. A length in words is drawn from the real paragraphs.
3. Sentences are drawn from paragraphs of that title until the length is reached. No sentence comes twice, and no
   paragraph is made that has more than three fifths of its words, or of the other's, in common with another one that
   was made: those would be copies of each other (`qa_bot/duplicates.py`), and an archive is not made of copies.

So words, their frequencies, the lengths of sentences and paragraphs and what stands with what are real. What does not
grow as it would in an archive of that size is the vocabulary (Heaps' law), and each real sentence is in many passages:
at a million, a question has some fifty passages that hold its answer.

The same seed gives the same corpus, and the first N articles of a larger one are those of a smaller. Files of 500
articles (`part-00000.jsonl`, ...) or, with `--kind txt`, a file for each are written one after the other.
"""

import argparse
import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from texts import Paragraph, by_title, read_paragraphs

ARTICLES_A_FILE = 500
_FEWEST_PARAGRAPHS = 10
# The longest real paragraph has 29 sentences.
_MOST_SENTENCES = 29
# In words: of two paragraphs of equal length with so much in common, .43 of all shingles are in both.
_MOST_IN_COMMON = 0.6
# Draws in a row of which each is a copy: of a million articles made of the real texts, half of all draws were.
_MOST_REFUSED = 10_000


def corpus(paragraphs: Sequence[Paragraph], passages: int, *, seed: int) -> Iterator[Paragraph]:
    """The first `passages` articles: the real ones, then as many others as are wanted, made of their sentences."""
    yield from paragraphs[:passages]
    yield from islice(_made(paragraphs, random.Random(seed)), max(0, passages - len(paragraphs)))


def _made(paragraphs: Sequence[Paragraph], rng: random.Random) -> Iterator[Paragraph]:
    """Paragraphs made of real sentences, as many as are taken; ends with a sentence where no more can be made."""
    topics = {title: group for title, group in by_title(paragraphs).items() if len(group) >= _FEWEST_PARAGRAPHS}
    if not topics:
        raise SystemExit(f"No title has {_FEWEST_PARAGRAPHS} paragraphs: more cannot be made of these texts.")
    real = [paragraph for group in topics.values() for paragraph in group]
    lengths = [_words(paragraph.sentences) for paragraph in real]
    drawn = _Drawn(real)
    made = refused = 0
    while refused < _MOST_REFUSED:
        title = rng.choice(real).title
        sentences = _drawn_sentences(topics[title], rng.choice(lengths), rng)
        refused += 1
        if drawn.is_new(sentences):
            drawn.add(sentences)
            made += 1
            refused = 0
            yield Paragraph(f"made-{made:07}", title, " ".join(sentences), sentences)
    raise SystemExit(f"More than {len(paragraphs) + made:,} passages cannot be made of these texts: give more texts.")


class _Drawn:
    """The paragraphs that there are, by their sentences."""

    def __init__(self, real: Iterable[Paragraph]) -> None:
        self._lengths: dict[str, int] = {}
        self._words: list[int] = []
        self._with: dict[str, list[int]] = defaultdict(list)
        self._real = {_mark(paragraph.sentences) for paragraph in real}

    def is_new(self, sentences: Sequence[str]) -> bool:
        """Whether the sentences are no real paragraph, and have few words in common with any that was made."""
        total = sum(self._length(sentence) for sentence in sentences)
        common: dict[int, int] = defaultdict(int)
        for sentence in sentences:
            length = self._length(sentence)
            for paragraph in self._with[sentence]:
                common[paragraph] += length
                if common[paragraph] > _MOST_IN_COMMON * min(total, self._words[paragraph]):
                    return False
        return _mark(sentences) not in self._real

    def add(self, sentences: Sequence[str]) -> None:
        """They are a paragraph."""
        for sentence in sentences:
            self._with[sentence].append(len(self._words))
        self._words.append(sum(self._length(sentence) for sentence in sentences))

    def _length(self, sentence: str) -> int:
        if sentence not in self._lengths:
            self._lengths[sentence] = len(sentence.split())
        return self._lengths[sentence]


def _mark(sentences: Sequence[str]) -> bytes:
    """What sentences have in common with the same in another order, and with no others."""
    return hashlib.blake2b("\n".join(sorted(sentences)).encode(), digest_size=8).digest()


def _drawn_sentences(topic: Sequence[Paragraph], words: int, rng: random.Random) -> tuple[str, ...]:
    """Sentences of about so many words: one more would be farther from it."""
    kept: dict[str, int] = {}
    for _ in range(_MOST_SENTENCES):
        sentence = rng.choice(rng.choice(topic).sentences)
        length = len(sentence.split())
        missing = words - sum(kept.values())
        if kept and length > 2 * missing:
            break
        kept[sentence] = length
    return tuple(kept)


def _words(sentences: Iterable[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)


def write_jsonl(folder: Path, articles: Iterable[Paragraph]) -> int:
    """How many articles were written, 500 in a file."""
    written, rest = 0, iter(articles)
    while some := list(islice(rest, ARTICLES_A_FILE)):
        path = folder / f"part-{written // ARTICLES_A_FILE:05}.jsonl"
        path.write_text("".join(json_line(article) + "\n" for article in some), encoding="utf-8")
        written += len(some)
    return written


def write_txt(folder: Path, articles: Iterable[Paragraph]) -> int:
    """How many articles were written, each a file whose first line is its title."""
    written = 0
    for written, article in enumerate(articles, start=1):
        text = f"{article.title}\n\n{article.text}\n"
        (folder / f"{written:07}.txt").write_text(text, encoding="utf-8")
    return written


def json_line(article: Paragraph) -> str:
    """The article as a line of a `.jsonl` corpus."""
    return json.dumps({"id": article.id, "title": article.title, "text": article.text}, ensure_ascii=False)


def main() -> None:
    """The corpus is written into a folder that was not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--passages", type=int, required=True, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--kind", choices=("jsonl", "txt"), default="jsonl")
    given = parser.parse_args()
    if given.folder.exists():
        raise SystemExit(f"{given.folder} is there already: name a new folder.")
    articles = corpus(read_paragraphs(given.texts), given.passages, seed=given.seed)
    given.folder.mkdir(parents=True)
    write = write_jsonl if given.kind == "jsonl" else write_txt
    print(f"{given.folder}: {write(given.folder, articles):,} articles")


if __name__ == "__main__":
    main()
