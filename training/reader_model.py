"""The reader as it is trained: the body of all-MiniLM-L6-v2 with two scores for every token."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.utils import parametrize
from transformers import BertModel
from transformers.utils.logging import set_verbosity_error

from qa_bot.models.bundled import DEFAULT_MODEL, find_model

# The spread of a new layer's weights, as BERT's own were initialised (Devlin et al. 2019).
_INITIAL_SPREAD = 0.02


class ReaderModel(nn.Module):
    """Scores of every token as start and as end of the answer; those of `[CLS]` say that there is none."""

    def __init__(self) -> None:
        super().__init__()
        set_verbosity_error()  # type: ignore[no-untyped-call]  # the pooler, which is left out, is reported as missing
        # "eager" attention: twice as fast on a CPU as "sdpa" to train, and it exports to plain matrix products.
        # Dropout takes half of the speed on a CPU, and one or two passes over the data do not overfit.
        self.body = BertModel.from_pretrained(
            find_model(DEFAULT_MODEL),
            add_pooling_layer=False,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.body.embeddings.word_embeddings.weight.requires_grad = False
        self.head = nn.Linear(self.body.config.hidden_size, 2)
        nn.init.normal_(self.head.weight, std=_INITIAL_SPREAD)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor | None) -> Tensor:
        """Start and end scores, shape `(rows, tokens, 2)`."""
        hidden = self.body(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
        scores: Tensor = self.head(hidden)
        return scores


class LowRank(nn.Module):
    """A weight plus a product of two thin matrices (Hu et al. 2021), the second of which begins at zero."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        rows, columns = weight.shape
        self.down = nn.Parameter(torch.randn(rank, columns) * _INITIAL_SPREAD)
        self.up = nn.Parameter(torch.zeros(rows, rank))

    def forward(self, weight: Tensor) -> Tensor:
        """The adapted weight."""
        return weight + self.up @ self.down


def adapt(model: ReaderModel, rank: int) -> None:
    """Only the head and low-rank changes of the body's matrices are trained."""
    model.body.requires_grad_(requires_grad=False)
    for module in list(model.body.encoder.modules()):
        if isinstance(module, nn.Linear):
            parametrize.register_parametrization(module, "weight", LowRank(module.weight, rank))


def load_tokenizer() -> Tokenizer:
    """The tokenizer of the body, without truncation and padding."""
    tokenizer = Tokenizer.from_file(str(Path(find_model(DEFAULT_MODEL)) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
