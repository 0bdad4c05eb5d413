"""How an article stands in a row of the store."""

from typing import Any

import numpy as np

from qa_bot.corpus.metadata import content_hash
from qa_bot.types import Article

ARTICLE_COLUMNS = "id, path, title, text, source, author, url, published, sha256, language, pages"


def stored_article(*values: Any) -> Article:
    """The article in a row of `ARTICLE_COLUMNS`."""
    columns = list(values)
    columns[-1] = tuple(np.frombuffer(columns[-1], dtype="<i4").tolist())
    return Article(*columns)


def sound_article(*values: Any) -> Article | None:
    """The article in a row of `ARTICLE_COLUMNS`; None where the row is not as it was written."""
    try:
        article = stored_article(*values)
        return article if is_as_read(article) else None
    except (ValueError, TypeError):
        return None


def is_as_read(article: Article) -> bool:
    """Whether text and facts of a stored article are those that were read."""
    return content_hash(article) == article.sha256
