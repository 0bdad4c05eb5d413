"""Errors whose message is one sentence for the user: what is wrong, where, what to do.

QABotError
├── CorpusError          the folder of articles cannot be used
├── IndexUnavailable     there is no index, or it is broken or of another version
│   └── IndexMissing     there is none yet
├── ModelUnavailable     an embedding model or the reader cannot be found, read or exported
└── InvalidQuestion      the question is empty or too long

"Not supported by the articles" is not an error: it is an `Abstention`.
"""

from pathlib import Path


class QABotError(Exception):
    """Base of all errors whose message is shown to the user as it is."""


class CorpusError(QABotError):
    """The corpus as a whole cannot be used; `path` is the folder or file that is at fault."""

    def __init__(self, message: str, *, path: Path) -> None:
        super().__init__(message)
        self.path = path


class IndexUnavailable(QABotError):
    """The index cannot be opened; `path` is the folder or file that is at fault."""

    def __init__(self, message: str, *, path: Path) -> None:
        super().__init__(message)
        self.path = path


class IndexMissing(IndexUnavailable):
    """There is no index yet: building one mends it."""


class ModelUnavailable(QABotError):
    """The model called `model` cannot be found, read or exported."""

    def __init__(self, message: str, *, model: str) -> None:
        super().__init__(message)
        self.model = model


class InvalidQuestion(QABotError):
    """The question cannot be asked: it is empty or too long."""
