"""Writes qa_bot/data/background.json: in how many paragraphs of ordinary prose each word occurs.

python training/background.py PASSAGES.jsonl.gz
"""

import gzip
import json
import sys
from collections import Counter
from pathlib import Path

from qa_bot.index.coverage import words_of

# A rarer word weighs nearly the same as one that never occurs, and there are ten times as many of them.
_LEAST = 8
_TARGET = Path(__file__).parents[1] / "qa_bot" / "data" / "background.json"


def main(passages: Path) -> None:
    """The file is written."""
    counts: Counter[str] = Counter()
    with gzip.open(passages, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    for text in texts:
        counts.update(words_of(text))
    frequencies = {word: count for word, count in sorted(counts.items()) if count >= _LEAST}
    data = {"passages": len(texts), "document_frequency": frequencies}
    _TARGET.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
