import numpy as np

from qa_bot.fusion import fuse, z_scores


def test_z_scores_by_hand() -> None:
    """Of 1, 2, 3, 6 the mean is 3 and the standard deviation the root of 3.5."""
    scores = np.array([1, 2, 3, 6], dtype=np.float32)
    np.testing.assert_allclose(z_scores(scores), np.array([-2, -1, 0, 3]) / 3.5**0.5, rtol=1e-6)


def test_equal_scores_say_nothing() -> None:
    """Scores that are all equal, or only one, or none, add nothing."""
    assert z_scores(np.full(3, 0.7, dtype=np.float32)).tolist() == [0.0, 0.0, 0.0]
    assert z_scores(np.array([5.0], dtype=np.float32)).tolist() == [0.0]


def test_fuse_by_hand() -> None:
    """The weighted sum of z-scores: with a weight of 2 the second list decides."""
    first = np.array([0, 2], dtype=np.float32)
    second = np.array([30, 10], dtype=np.float32)
    np.testing.assert_allclose(fuse((1.0, first), (2.0, second)), [-1 + 2, 1 - 2], rtol=1e-6)


def test_scale_does_not_matter() -> None:
    """A list counts the same whatever its unit and its zero."""
    first = np.array([0.1, 0.5, 0.3], dtype=np.float32)
    second = np.array([7, 1, 2], dtype=np.float32)
    np.testing.assert_allclose(
        fuse((0.3, first), (0.7, second)), fuse((0.3, first * 100 + 9), (0.7, second)), atol=1e-5
    )
