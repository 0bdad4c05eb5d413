"""Real paragraphs with their sentences, read from the files of a data set."""

import gzip
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_bot.text import sentences


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A real paragraph: its id, the title of the article that it is from, its text and that text's sentences."""

    id: str
    title: str
    text: str
    sentences: tuple[str, ...]


def read_paragraphs(files: Sequence[Path]) -> list[Paragraph]:
    """The paragraphs of `.jsonl.gz` files (`id, title, text` a line) in their order, ids that were there left out."""
    found: dict[str, Paragraph] = {}
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                text = row["text"].strip()
                parts = tuple(text[start:end] for start, end in sentences(text))
                found.setdefault(row["id"], Paragraph(row["id"], row["title"], text, parts))
    return list(found.values())


def by_title(paragraphs: Sequence[Paragraph]) -> dict[str, list[Paragraph]]:
    """The paragraphs of each title, in their order."""
    groups: dict[str, list[Paragraph]] = defaultdict(list)
    for paragraph in paragraphs:
        groups[paragraph.title].append(paragraph)
    return dict(groups)
