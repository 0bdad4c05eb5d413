import random
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest
from lines import write_lines
from reader_data import Crop, Data, Example, Ids, as_typed, batch, plan, read_data, whole
from reader_double import reader_tokenizer

from qa_bot.models.reader_input import CLS, SEP, TITLE_TOKENS, WINDOW, assemble, room

SIZE = 8


def example(
    *, passage: int, answer: tuple[int, int] | None = None, question: int = 12, title: int = 4, number: int = 0
) -> Example:
    """An example of so many tokens; those of the passage tell their number and their place."""
    return Example(
        tuple(range(200, 200 + question)),
        tuple(range(300, 300 + title)),
        tuple(range(1000 * (number + 1), 1000 * (number + 1) + passage)),
        answer,
    )


def many(seed: int, *, shortest: int, count: int = 1200) -> list[Example]:
    """Examples of all lengths, two of three with an answer."""
    chance = random.Random(seed)  # noqa: S311
    drawn = []
    for number in range(count):
        passage = chance.randint(shortest, 500)
        question, title = chance.randint(3, 64), chance.randint(1, TITLE_TOKENS)
        first = chance.randrange(min(passage, 260))
        last = min(first + chance.randrange(30), passage - 1)
        answer = (first, last) if number % 3 else None
        drawn.append(example(passage=passage, answer=answer, question=question, title=title, number=number))
    return drawn


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    """Examples of passages of at least 40 tokens."""
    return many(1, shortest=40)


@pytest.fixture(scope="module")
def batches(examples: list[Example]) -> list[list[Crop]]:
    """A plan of 1,000 of them."""
    return plan(examples, rows=1000, size=SIZE, seed=7)


def answer_ids(one: Example) -> list[int]:
    """The answer's tokens."""
    assert one.answer
    return list(one.passage[one.answer[0] : one.answer[1] + 1])


def test_rows_fit_the_window(examples: list[Example], batches: list[list[Crop]]) -> None:
    """A crop is a part of its passage, its length is that of its row, and no row is longer than the window."""
    for crop in (crop for crops in batches for crop in crops):
        one = examples[crop.example]
        assert 0 <= crop.start < crop.end <= len(one.passage)
        row = assemble(one.question, one.title, one.passage[crop.start : crop.end])
        assert crop.length == len(row.ids) <= WINDOW


@pytest.mark.parametrize("shortest", [1, 40])
def test_targets_point_at_the_answer(shortest: int) -> None:
    """Wherever a passage is cropped the row holds the whole answer, and its targets are the answer's tokens."""
    examples = many(2, shortest=shortest)
    for crops in plan(examples, rows=600, size=SIZE, seed=3):
        rows = batch(examples, crops)
        for row, crop in enumerate(crops):
            start, end = rows.starts[row], rows.ends[row]
            if examples[crop.example].answer:
                assert rows.ids[row, start : end + 1].tolist() == answer_ids(examples[crop.example])
                assert rows.allowed[row, start : end + 1].all()
            else:
                assert (start, end) == (0, 0)


def test_answers_stand_at_the_edges_too(examples: list[Example], batches: list[list[Crop]]) -> None:
    """Some crops begin with their answer and some end with it; most do neither."""
    answered = [(crop, examples[crop.example].answer) for crops in batches for crop in crops]
    begin = sum(crop.start == answer[0] > 0 for crop, answer in answered if answer)
    end = sum(crop.end == answer[1] + 1 < len(examples[crop.example].passage) for crop, answer in answered if answer)
    assert 0 < begin < len(answered) / 10
    assert 0 < end < len(answered) / 10


def test_passages_of_every_length_are_met() -> None:
    """Of passages that would fit, more than half are cropped, down to about forty tokens; the others stay whole."""
    examples = [example(passage=200, question=12, title=5, number=number) for number in range(400)]
    sizes = [crop.end - crop.start for crops in plan(examples, rows=400, size=SIZE, seed=5) for crop in crops]
    longest = 200 - (12 + 5 + 4 + 200) % 8
    assert max(sizes) == longest
    assert 0.35 < sizes.count(longest) / len(sizes) < 0.5
    assert 33 <= min(sizes) < 50
    assert len(set(sizes)) == len(range(min(sizes), longest + 1, 8))


def test_lengths_are_multiples_of_eight(batches: list[list[Crop]]) -> None:
    """Where the passage is long enough to be shortened by a few tokens, the row's length is a multiple of 8."""
    assert {crop.length % 8 for crops in batches for crop in crops} == {0}


def test_answers_go_before_lengths() -> None:
    """A passage that is no longer than its answer stays whole, whatever its row's length."""
    examples = [example(passage=size, answer=(0, size - 1), number=size) for size in range(1, 31)]
    crops = {crop.example: crop for crops in plan(examples, rows=30, size=4, seed=0) for crop in crops}
    assert [(crops[row].start, crops[row].end) for row in range(30)] == [(0, size) for size in range(1, 31)]


def test_a_plan_is_its_seeds(examples: list[Example], batches: list[list[Crop]]) -> None:
    """The same seed makes the same plan, another one draws and crops others."""
    assert plan(examples, rows=1000, size=SIZE, seed=7) == batches
    other = plan(examples, rows=1000, size=SIZE, seed=8)
    assert {crop.example for crops in other for crop in crops} != {crop.example for crops in batches for crop in crops}
    everything = [
        sorted(
            (crop.example, crop.start)
            for crops in plan(examples, rows=len(examples), size=SIZE, seed=s)
            for crop in crops
        )
        for s in (7, 8)
    ]
    assert everything[0] != everything[1]


def test_examples_are_drawn_once(batches: list[list[Crop]]) -> None:
    """As many rows as were asked for, each of another example, all batches but one full."""
    drawn = [crop.example for crops in batches for crop in crops]
    assert len(drawn) == len(set(drawn)) == 1000
    assert [len(crops) for crops in batches] == [SIZE] * 125
    sizes = [len(crops) for crops in plan(many(3, shortest=1, count=53), rows=53, size=SIZE, seed=1)]
    assert sorted(sizes) == [5, *[SIZE] * 6]


def test_batches_have_one_length(batches: list[list[Crop]]) -> None:
    """Most batches have rows of one length, so that nothing is padded, and lengths come in no order."""
    one_length = [len({crop.length for crop in crops}) == 1 for crops in batches]
    assert sum(one_length) / len(batches) > 0.75
    lengths = [crops[0].length for crops in batches]
    rising = [one <= other for one, other in pairwise(lengths)]
    assert 0.4 < sum(rising) / len(rising) < 0.6


def test_batch_by_hand() -> None:
    """Of rows of two lengths the shorter one is padded, and its mask says where; null has the targets 0."""
    examples = [Example((11, 12), (21,), (31, 32, 33, 34), (2, 3)), Example((11,), (22,), (41, 42), None)]
    rows = batch(examples, [Crop(0, 1, 4, 10), Crop(1, 0, 2, 8)])
    assert rows.ids.tolist() == [
        [CLS, 11, 12, SEP, 21, SEP, 32, 33, 34, SEP],
        [CLS, 11, SEP, 22, SEP, 41, 42, SEP, 0, 0],
    ]
    assert rows.types.tolist() == [[0, 0, 0, 0, 1, 1, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1, 1, 1, 0, 0]]
    assert rows.mask is not None
    assert rows.mask.tolist() == [[1] * 10, [1] * 8 + [0] * 2]
    assert [np.flatnonzero(row).tolist() for row in rows.allowed] == [[6, 7, 8], [5, 6]]
    assert (rows.starts.tolist(), rows.ends.tolist()) == ([7, 0], [8, 0])


def test_no_padding_no_mask(examples: list[Example], batches: list[list[Crop]]) -> None:
    """There is a mask if and only if a row is padded, and it is 1 at the row's own tokens."""
    padded = 0
    for crops in batches:
        rows, lengths = batch(examples, crops), [crop.length for crop in crops]
        assert (rows.mask is None) == (len(set(lengths)) == 1)
        if rows.mask is not None:
            padded += 1
            assert rows.mask.tolist() == [[1] * length + [0] * (max(lengths) - length) for length in lengths]
            assert not rows.ids[rows.mask == 0].any()
    assert 0 < padded < len(batches)


def test_an_answer_that_is_cut_is_null() -> None:
    """A crop that holds only a part of the answer, or nothing of it, has the targets 0."""
    examples = [example(passage=20, answer=(5, 8))]
    for start, end in [(0, 8), (6, 20), (0, 5), (9, 20)]:
        rows = batch(examples, [Crop(0, start, end, 12 + 4 + 4 + end - start)])
        assert (rows.starts[0], rows.ends[0]) == (0, 0)


def test_whole_reads_from_the_start() -> None:
    """Every example comes once, in order, with as much of its passage as fits; an answer behind that is null."""
    examples = [
        example(passage=500, answer=(400, 402), number=0),
        example(passage=10, answer=(1, 9), number=1),
        example(passage=500, answer=(100, 102), question=64, title=48, number=2),
    ]
    crops = whole(examples, size=2)
    assert crops == [
        [Crop(0, 0, room(examples[0].question, examples[0].title), WINDOW), Crop(1, 0, 10, 12 + 4 + 4 + 10)],
        [Crop(2, 0, WINDOW - 64 - 48 - 4, WINDOW)],
    ]
    first, second = batch(examples, crops[0]), batch(examples, crops[1])
    assert (first.starts.tolist(), first.ends.tolist()) == ([0, 12 + 4 + 3 + 1], [0, 12 + 4 + 3 + 9])
    assert second.ids[0, second.starts[0] : second.ends[0] + 1].tolist() == answer_ids(examples[2])


ARTICLES = 15


def _passage(number: int) -> dict[str, Any]:
    return {
        "id": f"p{number}",
        "article": f"a{number}",
        "title": f"bridge {number}",
        "text": f"Café «Bridge» was built in {1900 + number}s, they say.",
    }


def _question(number: int, *, answerable: bool) -> dict[str, Any]:
    answer = {"start": _passage(number)["text"].index("19"), "text": f"{1900 + number}s"}
    return {
        "id": f"q{number}{answerable}",
        "passage": f"p{number}",
        "question": f"{number} {'ab ' * 80}when built",
        "answerable": answerable,
        "answers": [answer] if answerable else [],
    }


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """What is read of a few articles, each with a question of either kind and a negative from every other article."""
    folder = tmp_path_factory.mktemp("squad")
    asked = [_question(number, answerable=answerable) for number in range(ARTICLES) for answerable in (True, False)]
    negatives = [{"question": f"q{one}True", "passage": f"p{other}"} for one, other in permutations(range(ARTICLES), 2)]
    write_lines(folder / "passages.jsonl.gz", map(_passage, range(ARTICLES)))
    write_lines(folder / "questions.jsonl.gz", asked)
    write_lines(folder / "negatives.jsonl.gz", negatives)
    return read_data(folder, folder / "negatives.jsonl.gz", reader_tokenizer(), seed=4)


def _of(examples: list[Example]) -> set[Ids]:
    return {one.passage for one in examples}


def test_answers_are_read_as_tokens(data: Data) -> None:
    """An answer's first and last token are those of its characters, and a long question's two ends are kept."""
    tokenizer = reader_tokenizer()
    answered = [one for one in [*data.answerable, *data.held_out] if one.answer]
    assert len(answered) == ARTICLES
    decades = {tuple(tokenizer.encode(f"{1900 + number}s").ids) for number in range(ARTICLES)}
    assert {tuple(answer_ids(one)) for one in answered} == decades
    built = tokenizer.encode("when built").ids
    assert all(len(one.question) == 64 and list(one.question[-len(built) :]) == built for one in answered)


def test_articles_are_held_out_whole(data: Data) -> None:
    """Passages of twelve articles are in no other part, and of the others all are trained on."""
    assert (len(data.held_out), len(_of(data.held_out))) == (24, 12)
    assert len(data.answerable) == len(data.silver) == ARTICLES - 12
    assert _of(data.answerable) == _of(data.silver) == _of(data.mined)
    assert not _of(data.held_out) & _of(data.answerable)
    assert all(one.answer is None for one in [*data.silver, *data.mined])


def test_held_out_questions_are_not_trained_on(data: Data) -> None:
    """No question that is held out is asked of a passage of another article in training."""
    assert not {one.question for one in data.mined} & {one.question for one in data.held_out}


def test_questions_are_typed_as_people_type() -> None:
    """One in four loses its mark, one in ten gets one letter wrong in one long word; nothing else changes."""
    question = "Who led the second expedition to Ny in 1911?"
    typed = [as_typed(question, random.Random(number)) for number in range(2000)]  # noqa: S311
    marked = [one for one in typed if one.endswith("?")]
    assert 0.22 < 1 - len(marked) / len(typed) < 0.28
    wrong = [one for one in typed if one.rstrip("?") != question.rstrip("?")]
    assert 0.08 < len(wrong) / len(typed) < 0.12
    for one in wrong:
        words = list(zip(one.rstrip("?").split(), question.rstrip("?").split(), strict=True))
        changed = [(ours, theirs) for ours, theirs in words if ours != theirs]
        assert len(changed) == 1
        assert changed[0][1] in {"second", "expedition"}
        assert abs(len(changed[0][0]) - len(changed[0][1])) <= 1
    assert as_typed("Is it?", random.Random(1)).rstrip("?") == "Is it"  # noqa: S311
