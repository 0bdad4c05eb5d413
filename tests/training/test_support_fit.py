import random

import numpy as np
import pytest
from support import outside_small_archive
from support_fit import Asked, first_of_each, fit, fit_order, precise_threshold, threshold


def asked(*rows: tuple[int, float, bool, str], judged: bool = True) -> Asked:
    """Passages as `(reply, feature, whether it is right, kind)`."""
    reply, feature, correct, kind = zip(*rows, strict=True)
    return Asked(
        np.array(feature, dtype=float)[:, None],
        np.array(correct),
        np.array(reply),
        np.array(kind),
        np.full(len(rows), judged),
        np.ones(len(rows)),
    )


def test_weights_by_kind() -> None:
    """Each passage weighs what its kind does."""
    passages = asked((0, 0.0, True, "there"), (1, 0.0, False, "gone"), (2, 0.0, False, "adversarial"))
    assert passages.weight({"there": 1.0, "gone": 0.25, "adversarial": 0.5}).tolist() == [1.0, 0.25, 0.5]


def test_first_of_each_reply() -> None:
    """The row of greatest score of each reply, the first of equals."""
    passages = asked(*[(number, 0.0, False, "there") for number in (0, 0, 1, 1)])
    assert first_of_each(passages, np.array([0.2, 0.9, 0.5, 0.5])).tolist() == [1, 2]


def test_threshold_by_hand() -> None:
    """From .6 on four of five replies are right; at .5 it is four of six."""
    right = np.array([True, False, True, True, True, False])
    assert precise_threshold(np.array([0.9, 0.8, 0.85, 0.7, 0.6, 0.5]), right) == 0.6


def test_only_what_is_judged_sets_the_threshold() -> None:
    """Adversarial questions and replies that are not judged do not count, nor passages that are not first."""
    there = asked((0, 0.0, True, "there"), (0, 0.0, False, "there"), (1, 0.0, True, "gone"))
    other = asked((0, 0.0, False, "there"), judged=False)
    adversarial = asked((0, 0.0, False, "adversarial"))
    passages = Asked.joined([there, other, adversarial])
    assert passages.reply.tolist() == [0, 0, 1, 2, 3]
    assert threshold(passages, np.array([0.7, 0.6, 0.5, 0.9, 0.9])) == 0.5


def test_no_threshold_is_an_error() -> None:
    """Where not even the best replies are right often enough, the fit ends with a sentence that says so."""
    with pytest.raises(SystemExit, match=r"No support reaches a precision of 0.8: the best is 0.500"):
        precise_threshold(np.array([0.9, 0.4]), np.array([False, True]))


def test_order_is_that_within_a_reply() -> None:
    """What sets the right passage apart from its neighbours counts, what all passages of a reply share does not."""
    rows = []
    for number in range(200):
        easy = float(number % 2)  # shared by both passages of a reply
        rows += [((easy, 1.0), number % 4 != 0, number), ((easy, 0.0), number % 4 == 0, number)]
    features, correct, reply = zip(*rows, strict=True)
    passages = Asked(
        np.array(features),
        np.array(correct),
        np.array(reply),
        np.array(["there"] * len(rows)),
        np.full(len(rows), fill_value=True),
        np.ones(len(rows)),
    )
    shared, own = fit_order(passages)
    # Three of four are right with the feature: the odds of one passage against the other are 3.
    assert own == pytest.approx(np.log(3), abs=0.05)
    assert abs(shared) < own / 2


def test_evidence_that_is_never_held_against_a_passage() -> None:
    """A feature that only wrong passages have counts against them, unless that is ruled out."""
    rows = [(number, float(wrong), not wrong, "there") for number in range(50) for wrong in (False, True)]
    assert fit_order(asked(*rows))[0] < -1
    assert fit_order(asked(*rows), never_against=[0])[0] == 0


def test_fit_gives_probabilities() -> None:
    """Three of four replies with the feature are right and one of four without it: so says support."""
    rows = [(number, float(number % 2), (number // 2 % 4 < 3) is bool(number % 2), "there") for number in range(400)]
    coefficients, intercept = fit(asked(*rows))
    probability = 1 / (1 + np.exp(-(np.array([0.0, 1.0]) * coefficients[0] + intercept)))
    assert probability.tolist() == pytest.approx([0.25, 0.75], abs=0.01)


def test_a_small_archive() -> None:
    """It has the question's own paragraph and 3 to 40 others, those of its article first, drawn by chance."""
    titles = {f"{title}#{number}": title for title in ("Harbour", "Mill") for number in range(30)}
    question = {"gold_ids": ["Harbour#7"]}
    sizes = set()
    for seed in range(50):
        kept = titles.keys() - outside_small_archive(question, titles, random.Random(seed))  # noqa: S311
        assert "Harbour#7" in kept
        assert len({name for name in kept if titles[name] == "Harbour"}) == min(len(kept), 30)
        sizes.add(len(kept) - 1)
    assert 3 <= min(sizes) < 6
    assert 25 < max(sizes) <= 40
