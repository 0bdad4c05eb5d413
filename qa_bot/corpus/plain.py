"""Articles in plain text."""

from qa_bot.corpus.encoding import decode
from qa_bot.corpus.front_matter import split_front_matter
from qa_bot.corpus.metadata import make_article
from qa_bot.types import Article


def parse_plain(data: bytes, article_id: str, path: str) -> Article:
    """The article of a `.txt` file: its text is the whole file, decoded, or all that follows its front matter.

    The title is that of the front matter, else the first line. Raises `Unreadable`.
    """
    metadata, text = split_front_matter(decode(data, path), path)
    return make_article(article_id, path, text, metadata)
