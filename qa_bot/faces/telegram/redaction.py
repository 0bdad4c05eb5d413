"""Log lines without the bot's token, which Telegram's addresses and some errors contain."""

import logging

_INSTEAD = "<token>"


class RedactingFormatter(logging.Formatter):
    """Formats as usual, tracebacks included, and puts `<token>` where the token would stand."""

    def __init__(self, layout: str, *, secret: str) -> None:
        super().__init__(layout)
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        """The line of the record."""
        return super().format(record).replace(self._secret, _INSTEAD)
