"""The one way in which a file, or a line of one, fails to become an article."""

from qa_bot.errors import QABotError


class Unreadable(QABotError):
    """A file or a line of one cannot be an article; the message is the reason of its `Skipped`."""
