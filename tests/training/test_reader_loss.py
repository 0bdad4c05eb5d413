import numpy as np
import pytest
import torch
from reader_data import Batch
from reader_train import loss_of
from torch.nn import functional

TOKENS, PASSAGE = 9, slice(4, 8)


def rows(starts: list[int], ends: list[int], groups: list[int]) -> Batch:
    """Rows of nine tokens of which four are of the passage."""
    allowed = np.zeros((len(starts), TOKENS), dtype=bool)
    allowed[:, PASSAGE] = True
    ids = np.zeros(allowed.shape, dtype=np.int64)
    return Batch(ids, ids, None, allowed, np.array(starts), np.array(ends), np.array(groups))


def likelihood(choices: list[torch.Tensor], right: int) -> torch.Tensor:
    """Cross entropy of one choice among several scores."""
    return functional.cross_entropy(torch.stack(choices)[None], torch.tensor([right]))


def test_each_row_alone_and_all_rows_of_a_question() -> None:
    """Half of the loss chooses within each row, half among the rows of a question, above the null of each."""
    scores = torch.randn(4, TOKENS, 2, generator=torch.Generator().manual_seed(3))
    given = rows([5, 0, 0, 0], [6, 0, 0, 0], [0, 0, 1, 2])
    alone, together = [], []
    for side, right in ((0, 5), (1, 6)):
        nulls, inside = scores[:, 0, side], scores[:, PASSAGE, side]
        alone += [
            likelihood([null, *tokens], 1 + right - PASSAGE.start if row == 0 else 0)
            for row, (null, tokens) in enumerate(zip(nulls, inside, strict=True))
        ]
        none, above = torch.zeros(()), inside - nulls[:, None]
        together += [
            likelihood([none, *above[0], *above[1]], 1 + right - PASSAGE.start),
            likelihood([none, *above[2]], 0),
            likelihood([none, *above[3]], 0),
        ]
    expected = (torch.stack(alone).mean() + torch.stack(together).mean()) / 2
    assert loss_of(scores, given, torch.device("cpu")).item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_negative_that_looks_better_costs() -> None:
    """The higher the score of a passage that does not answer, the greater the loss; its null takes that back."""
    device = torch.device("cpu")
    given = rows([5, 0], [6, 0], [0, 0])
    scores = torch.zeros(2, TOKENS, 2)
    loud, known = scores.clone(), scores.clone()
    loud[1, PASSAGE], known[1, 0] = 4.0, 4.0
    losses = [loss_of(one, given, device).item() for one in (known, scores, loud)]
    assert losses == sorted(losses)
    assert losses[2] > losses[0] + 2
