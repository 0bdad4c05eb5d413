import random
from itertools import groupby, pairwise, permutations
from typing import Any

import numpy as np
import pytest
from lines import write_lines
from reader_data import Asked, Crop, Data, Example, Ids, as_typed, batch, plan, read_data, whole
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


def many(seed: int, *, shortest: int, count: int = 500) -> list[Asked]:
    """Questions about passages of all lengths, two of three with an answer, and none to three negatives of each."""
    chance = random.Random(seed)  # noqa: S311
    drawn = []
    for number in range(count):
        passage = chance.randint(shortest, 500)
        question, title = chance.randint(3, 64), chance.randint(1, TITLE_TOKENS)
        first = chance.randrange(min(passage, 260))
        last = min(first + chance.randrange(30), passage - 1)
        own = example(
            passage=passage,
            answer=(first, last) if number % 3 else None,
            question=question,
            title=title,
            number=4 * number,
        )
        others = [
            example(passage=chance.randint(shortest, 500), question=question, title=title, number=4 * number + place)
            for place in range(1, 1 + number % 4)
        ]
        drawn.append((own, *others))
    return drawn


@pytest.fixture(scope="module")
def questions() -> list[Asked]:
    """Questions about passages of at least 40 tokens."""
    return many(1, shortest=40)


@pytest.fixture(scope="module")
def batches(questions: list[Asked]) -> list[list[Crop]]:
    """A plan of all of them, two negatives beside each."""
    return plan(questions, beside=2, size=SIZE, seed=7)


def answer_ids(one: Example) -> list[int]:
    """The answer's tokens."""
    assert one.answer
    return list(one.passage[one.answer[0] : one.answer[1] + 1])


def test_rows_fit_the_window(batches: list[list[Crop]]) -> None:
    """A crop is a part of its passage, its length is that of its row, and no row is longer than the window."""
    for crop in (crop for crops in batches for crop in crops):
        one = crop.example
        assert 0 <= crop.start < crop.end <= len(one.passage)
        row = assemble(one.question, one.title, one.passage[crop.start : crop.end])
        assert crop.length == len(row.ids) <= WINDOW


@pytest.mark.parametrize("shortest", [1, 40])
def test_targets_point_at_the_answer(shortest: int) -> None:
    """Wherever a passage is cropped the row holds the whole answer, and its targets are the answer's tokens."""
    for crops in plan(many(2, shortest=shortest), beside=2, size=SIZE, seed=3):
        rows = batch(crops)
        for row, crop in enumerate(crops):
            start, end = rows.starts[row], rows.ends[row]
            if crop.example.answer:
                assert rows.ids[row, start : end + 1].tolist() == answer_ids(crop.example)
                assert rows.allowed[row, start : end + 1].all()
            else:
                assert (start, end) == (0, 0)


def test_answers_stand_at_the_edges_too(batches: list[list[Crop]]) -> None:
    """Some crops begin with their answer and some end with it; most do neither."""
    answered = [(crop, crop.example.answer) for crops in batches for crop in crops]
    begin = sum(crop.start == answer[0] > 0 for crop, answer in answered if answer)
    end = sum(crop.end == answer[1] + 1 < len(crop.example.passage) for crop, answer in answered if answer)
    assert 0 < begin < len(answered) / 10
    assert 0 < end < len(answered) / 10


def test_passages_of_every_length_are_met() -> None:
    """Of passages that would fit, more than half are cropped, down to about forty tokens; the others stay whole."""
    questions = [(example(passage=200, question=12, title=5, number=number),) for number in range(400)]
    crops = [crop for crops in plan(questions, beside=0, size=SIZE, seed=5) for crop in crops]
    sizes = [crop.end - crop.start for crop in crops]
    longest = 200 - (12 + 5 + 4 + 200) % 8
    assert max(sizes) == longest
    assert 0.35 < sizes.count(longest) / len(sizes) < 0.5
    assert 33 <= min(sizes) < 50
    assert len(set(sizes)) == len(range(min(sizes), longest + 1, 8))


def test_lengths_are_multiples_of_eight(batches: list[list[Crop]]) -> None:
    """Where the passage is long enough to be shortened by a few tokens, the row's length is a multiple of 8."""
    cropped = [crop for crops in batches for crop in crops if crop.end - crop.start < len(crop.example.passage)]
    assert len(cropped) > 500
    assert {crop.length % 8 for crop in cropped} == {0}


def test_answers_go_before_lengths() -> None:
    """A passage that is no longer than its answer stays whole, whatever its row's length."""
    questions = [(example(passage=size, answer=(0, size - 1), number=size),) for size in range(1, 31)]
    crops = {crop.group: crop for crops in plan(questions, beside=0, size=4, seed=0) for crop in crops}
    assert [(crops[row].start, crops[row].end) for row in range(30)] == [(0, size) for size in range(1, 31)]


def test_a_plan_is_its_seeds(questions: list[Asked], batches: list[list[Crop]]) -> None:
    """The same seed makes the same plan, another one crops otherwise and draws other negatives."""
    assert plan(questions, beside=2, size=SIZE, seed=7) == batches
    other = plan(questions, beside=2, size=SIZE, seed=8)
    drawn = [{(crop.group, crop.example.passage) for crops in made for crop in crops} for made in (batches, other)]
    cropped = [{(crop.group, crop.start, crop.end) for crops in made for crop in crops} for made in (batches, other)]
    assert drawn[0] != drawn[1]
    assert cropped[0] != cropped[1]


@pytest.mark.parametrize("beside", [0, 2])
def test_a_question_and_its_negatives_are_together(questions: list[Asked], beside: int) -> None:
    """Every question comes once, its own passage first, then at most so many others of it, side by side."""
    seen: list[int] = []
    for crops in plan(questions, beside=beside, size=SIZE, seed=1):
        for number, group in groupby(crops, key=lambda crop: crop.group):
            seen.append(number)
            read = [crop.example for crop in group]
            own, *others = questions[number]
            assert read[0] is own
            assert len(read) == 1 + min(beside, len(others))
            assert len(set(read)) == len(read)
            assert set(read[1:]) <= set(others)
    assert sorted(seen) == list(range(len(questions)))


def test_negatives_are_as_long_as_their_question_s_passage(batches: list[list[Crop]]) -> None:
    """A negative is cropped to the row of the passage that answers, or is whole where it is shorter."""
    groups = [list(group) for crops in batches for _, group in groupby(crops, key=lambda crop: crop.group)]
    others = [(own, other) for own, *others in groups for other in others]
    assert len(others) > 400
    assert all(
        other.length == own.length or other.end - other.start == len(other.example.passage) for own, other in others
    )


def test_batches_have_one_length(batches: list[list[Crop]]) -> None:
    """Most batches have rows of one length, so that nothing is padded, and lengths come in no order."""
    one_length = [len({crop.length for crop in crops}) == 1 for crops in batches]
    assert sum(one_length) / len(batches) > 0.25
    lengths = [crops[0].length for crops in batches]
    rising = [one <= other for one, other in pairwise(lengths)]
    assert 0.4 < sum(rising) / len(rising) < 0.6


def test_batch_by_hand() -> None:
    """Of rows of two lengths the shorter one is padded, and its mask says where; null has the targets 0."""
    one = Example((11, 12), (21,), (31, 32, 33, 34), (2, 3))
    other = Example((11,), (22,), (41, 42), None)
    rows = batch([Crop(one, 7, 1, 4, 10), Crop(other, 7, 0, 2, 8), Crop(other, 3, 0, 2, 8)])
    assert rows.ids.tolist() == [
        [CLS, 11, 12, SEP, 21, SEP, 32, 33, 34, SEP],
        [CLS, 11, SEP, 22, SEP, 41, 42, SEP, 0, 0],
        [CLS, 11, SEP, 22, SEP, 41, 42, SEP, 0, 0],
    ]
    assert rows.types.tolist() == [[0, 0, 0, 0, 1, 1, 1, 1, 1, 1], *[[0, 0, 0, 1, 1, 1, 1, 1, 0, 0]] * 2]
    assert rows.mask is not None
    assert rows.mask.tolist() == [[1] * 10, *[[1] * 8 + [0] * 2] * 2]
    assert [np.flatnonzero(row).tolist() for row in rows.allowed] == [[6, 7, 8], [5, 6], [5, 6]]
    assert (rows.starts.tolist(), rows.ends.tolist()) == ([7, 0, 0], [8, 0, 0])
    assert rows.groups.tolist() == [0, 0, 1]


def test_no_padding_no_mask(batches: list[list[Crop]]) -> None:
    """There is a mask if and only if a row is padded, and it is 1 at the row's own tokens."""
    padded = 0
    for crops in batches:
        rows, lengths = batch(crops), [crop.length for crop in crops]
        assert (rows.mask is None) == (len(set(lengths)) == 1)
        if rows.mask is not None:
            padded += 1
            assert rows.mask.tolist() == [[1] * length + [0] * (max(lengths) - length) for length in lengths]
            assert not rows.ids[rows.mask == 0].any()
    assert 0 < padded < len(batches)


def test_an_answer_that_is_cut_is_null() -> None:
    """A crop that holds only a part of the answer, or nothing of it, has the targets 0."""
    one = example(passage=20, answer=(5, 8))
    for start, end in [(0, 8), (6, 20), (0, 5), (9, 20)]:
        rows = batch([Crop(one, 0, start, end, 12 + 4 + 4 + end - start)])
        assert (rows.starts[0], rows.ends[0]) == (0, 0)


def test_whole_reads_from_the_start() -> None:
    """Every question comes once, in order, with as much of its passage as fits; an answer behind that is null."""
    first, second, third = (
        example(passage=500, answer=(400, 402), number=0),
        example(passage=10, answer=(1, 9), number=1),
        example(passage=500, answer=(100, 102), question=64, title=48, number=2),
    )
    crops = whole([(first,), (second, first), (third,)], size=2)
    assert crops == [
        [Crop(first, 0, 0, room(first.question, first.title), WINDOW), Crop(second, 1, 0, 10, 12 + 4 + 4 + 10)],
        [Crop(third, 2, 0, WINDOW - 64 - 48 - 4, WINDOW)],
    ]
    upper, lower = batch(crops[0]), batch(crops[1])
    assert (upper.starts.tolist(), upper.ends.tolist()) == ([0, 12 + 4 + 3 + 1], [0, 12 + 4 + 3 + 9])
    assert lower.ids[0, lower.starts[0] : lower.ends[0] + 1].tolist() == answer_ids(third)


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


def _own(questions: list[Asked]) -> set[Ids]:
    return {own.passage for own, *_ in questions}


def test_answers_are_read_as_tokens(data: Data) -> None:
    """An answer's first and last token are those of its characters, and a long question's two ends are kept."""
    tokenizer = reader_tokenizer()
    answered = [own for own, *_ in [*data.answerable, *data.held_out] if own.answer]
    assert len(answered) == ARTICLES
    decades = {tuple(tokenizer.encode(f"{1900 + number}s").ids) for number in range(ARTICLES)}
    assert {tuple(answer_ids(one)) for one in answered} == decades
    built = tokenizer.encode("when built").ids
    assert all(len(one.question) == 64 and list(one.question[-len(built) :]) == built for one in answered)


def test_articles_are_held_out_whole(data: Data) -> None:
    """Passages of twelve articles are in no other part, and of the others all are trained on."""
    assert (len(data.held_out), len(_own(data.held_out))) == (24, 12)
    assert len(data.answerable) == len(data.silver) == ARTICLES - 12
    assert _own(data.answerable) == _own(data.silver)
    trained = {one.passage for asked in [*data.answerable, *data.silver] for one in asked}
    assert trained == _own(data.answerable)


def test_negatives_stand_beside_their_question(data: Data) -> None:
    """The passages that were mined for a question come after its own, which has its answer or, where silver, none."""
    for own, *others in data.answerable:
        assert own.answer
        assert {one.passage for one in others} == _own(data.answerable) - {own.passage}
        assert {(one.question, one.answer) for one in others} == {(own.question, None)}
    assert all((len(asked), asked[0].answer) == (1, None) for asked in data.silver)


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
