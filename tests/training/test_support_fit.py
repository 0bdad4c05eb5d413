import random

import numpy as np
import pytest
from support import Asked, first_of_each, fit, joined, outside_small_archive, precise_threshold


def asked(*rows: tuple[int, float, bool, str], weight: float = 1.0) -> Asked:
    """Passages as `(question, feature, whether it is right, kind)`, each of the same weight."""
    question, feature, correct, kind = zip(*rows, strict=True)
    return Asked(
        np.array(feature, dtype=float)[:, None],
        np.array(correct),
        np.array(question),
        np.array(kind),
        np.full(len(rows), weight),
    )


def test_sets_have_their_weights() -> None:
    """The first of two sets weighs three times as much in all, weights are 1 on average, questions stay apart."""
    one = asked((0, 1.0, True, "there"), weight=1.0)
    other = asked(*[(number, 0.0, False, "there") for number in (0, 0, 1)], weight=1 / 3)
    both = joined([one, other])
    assert both.question.tolist() == [0, 1, 1, 2]
    assert both.weight.tolist() == pytest.approx([3.0, 1 / 3, 1 / 3, 1 / 3])
    assert both.features[:, 0].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert both.correct.tolist() == [True, False, False, False]


def test_first_of_each_question() -> None:
    """The row of greatest score of each question, the first of equals."""
    passages = asked(*[(number, 0.0, False, "there") for number in (0, 0, 1, 1)])
    assert first_of_each(passages, np.array([0.2, 0.9, 0.5, 0.5])).tolist() == [1, 2]


def test_threshold_by_hand() -> None:
    """From .6 on four of five replies are right; at .5 it is four of six. Adversarial questions are not counted."""
    right = [True, True, False, True, True, False, True]
    kinds = ["there", "gone", "there", "gone", "there", "gone", "adversarial"]
    passages = asked(*[(number, 0.0, right[number], kinds[number]) for number in range(7)])
    assert precise_threshold(passages, np.array([0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.95])) == 0.6


def test_no_threshold_is_an_error() -> None:
    """Where not even the best replies are right often enough, the fit ends with a sentence that says so."""
    passages = asked((0, 0.0, False, "there"), (1, 0.0, True, "there"))
    with pytest.raises(SystemExit, match=r"No support reaches a precision of 0.8: the best is 0.500"):
        precise_threshold(passages, np.array([0.9, 0.4]))


def test_fit_gives_probabilities() -> None:
    """Three of four replies with the feature are right and one of four without it: so says support."""
    rows = [(number, float(number % 2), (number // 2 % 4 < 3) is bool(number % 2), "there") for number in range(80)]
    coefficients, intercept = fit(asked(*rows))
    probability = 1 / (1 + np.exp(-(np.array([0.0, 1.0]) * coefficients[0] + intercept)))
    assert probability.tolist() == pytest.approx([0.25, 0.75], abs=0.01)


@pytest.mark.parametrize("seed", range(20))
def test_a_small_archive_holds_the_paragraph_and_its_neighbours(seed: int) -> None:
    """A few articles stay, the question's own among them; those of another title only where its own has no more."""
    titles = {f"{title}#{number}": title for title in ("mill", "bridge", "river") for number in range(20)}
    question = {"gold_ids": ["bridge#7"]}
    left_out = outside_small_archive(question, titles, random.Random(seed))  # noqa: S311
    kept = set(titles) - left_out
    assert "bridge#7" in kept
    assert 4 <= len(kept) <= 41
    of_title = {name for name in kept if titles[name] == "bridge"}
    assert len(of_title) == min(len(kept), 20)


def test_small_archives_are_of_all_sizes() -> None:
    """Half of them have at most eleven other articles: the geometric mean of the fewest and the most."""
    titles = {str(number): "" for number in range(100)}
    sizes = [
        99 - len(outside_small_archive({"gold_ids": ["5"]}, titles, random.Random(seed)))  # noqa: S311
        for seed in range(400)
    ]
    assert (min(sizes), max(sizes)) == (3, 40)
    assert 0.45 < sum(size <= 11 for size in sizes) / len(sizes) < 0.6
