"""What is known of an article, in machine-readable form: the words of a citation of `ask --json`."""

from qa_bot.index.store import ArticleInfo
from qa_bot.types import Article


def known_object(article: Article | ArticleInfo) -> dict[str, str | None]:
    """Its id and title, and what else it says of itself but for its language and place."""
    return {
        "article": article.id,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "url": article.url,
        "published": article.published,
    }
