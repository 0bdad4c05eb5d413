"""Mines hard negatives for the reader: passages that retrieval ranks high for a question they do not answer.

    python training/mine.py TRAIN WORK

TRAIN holds `passages.jsonl.gz` and `questions.jsonl.gz` of SQuAD's training set. An index of whole articles of it is
built in WORK by the project's own write path, each of their answerable questions is asked of the project's own
retrieval, and WORK/negatives.jsonl.gz has the passages that it brought and that hold no answer, one pair of question
and passage a line.
"""

import argparse
import random
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from lines import read_lines, write_lines

from qa_bot.conversation import standalone
from qa_bot.dialogue import Conversation
from qa_bot.evaluation.squad import holds
from qa_bot.index.generation import ENCODER_FOLDER, open_index
from qa_bot.indexing import update_index
from qa_bot.models.bundled import DEFAULT_MODEL
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.retrieval import retrieve

# Negatives are drawn from the best of those that hold no answer: the very first alone are too alike.
_BEST = 5
_PROCESSES = 2


def whole_articles(passages: list[dict[str, Any]], *, at_least: int, seed: int) -> list[dict[str, Any]]:
    """All passages of as many randomly drawn articles as have `at_least` passages together."""
    by_article: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for passage in passages:
        by_article[passage["article"]].append(passage)
    names = sorted(by_article)
    random.Random(seed).shuffle(names)
    drawn: list[dict[str, Any]] = []
    for name in names:
        if len(drawn) >= at_least:
            break
        drawn += by_article[name]
    return drawn


def mine(
    index_dir: Path, texts: dict[str, str], questions: list[dict[str, Any]], each: int, seed: int
) -> list[dict[str, Any]]:
    """For each question the ids of at most `each` high-ranked passages that hold no answer."""
    index = open_index(index_dir)
    encoder = OnnxEncoder.load(index.folder / ENCODER_FOLDER)
    negatives = []
    for question in questions:
        query = standalone(" ".join(question["question"].split()), Conversation())  # one is padded with 25,000 spaces
        hits = retrieve(query, encoder.encode_question(query.text), index)
        ranked = dict.fromkeys(hit.passage.article.id for hit in hits)
        ranked.pop(question["passage"], None)
        answers = [answer["text"] for answer in question["answers"]]
        silent = [name for name in ranked if not any(holds(texts[name], answer) for answer in answers)]
        best = silent[:_BEST]
        drawn = random.Random(f"{seed} {question['id']}").sample(best, min(each, len(best)))
        negatives += [{"question": question["id"], "passage": name} for name in drawn]
    return negatives


def main() -> None:
    """The negatives are mined and written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--passages", type=int, default=7000, help="how many passages to search at least")
    parser.add_argument("--each", type=int, default=3, help="how many negatives of a question at most")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()

    corpus, index_dir = given.work / "corpus", given.work / "index"
    corpus.mkdir(parents=True, exist_ok=True)
    everything = read_lines(given.train / "passages.jsonl.gz")
    drawn = whole_articles(everything, at_least=given.passages, seed=given.seed)
    write_lines(corpus / "passages.jsonl.gz", drawn)
    update_index(corpus, index_dir, embedding_model=DEFAULT_MODEL, precision="int8", progress=lambda *_: None)
    texts = {passage["id"]: passage["text"] for passage in drawn}
    questions = [q for q in read_lines(given.train / "questions.jsonl.gz") if q["answerable"] and q["passage"] in texts]
    parts = [questions[start::_PROCESSES] for start in range(_PROCESSES)]
    with ProcessPoolExecutor(_PROCESSES) as pool:
        found = pool.map(mine, *zip(*[(index_dir, texts, part, given.each, given.seed) for part in parts], strict=True))
        negatives = [row for rows in found for row in rows]
    write_lines(given.work / "negatives.jsonl.gz", sorted(negatives, key=lambda row: (row["question"], row["passage"])))
    print(f"{len(questions):,} questions, {len(negatives):,} negatives, {len(drawn):,} passages")  # noqa: T201


if __name__ == "__main__":
    main()
