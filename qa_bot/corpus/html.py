"""Articles in HTML."""

import re

from qa_bot.corpus.encoding import decode
from qa_bot.corpus.html_metadata import stated_author, stated_date
from qa_bot.corpus.metadata import Metadata, make_article, on_one_line
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article

# The HTML standard has the declaration within the first 1,024 bytes.
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARED_WITHIN = 1024


def parse_html(data: bytes, article_id: str, path: str) -> Article:
    """The article of an `.html` file: the page's main text, with a blank line between paragraphs, and what it states.

    The source is the name of the site. Raises `Unreadable`, also for a page without a main text.
    """
    import trafilatura  # noqa: PLC0415 - costs 300 ms, and a corpus may have no page
    from trafilatura.settings import Document  # noqa: PLC0415

    declared = _DECLARED.search(data[:_DECLARED_WITHIN])
    content = decode(data, path, declared=declared.group(1).decode() if declared else None)
    tree = trafilatura.load_html(content)
    if tree is None:
        raise Unreadable("The file is not an HTML page.")
    published, author = stated_date(tree), stated_author(tree)
    page = trafilatura.bare_extraction(tree, with_metadata=True, include_comments=False)
    if not isinstance(page, Document) or not page.text:
        raise Unreadable("The page has no main text.")
    metadata = Metadata(
        title=on_one_line(page.title or "") or None,
        source=page.sitename or None,
        author=author or (page.author or "").replace("; ", ", ") or None,
        url=page.url or None,
        published=published,
    )
    return make_article(article_id, path, page.text.strip().replace("\n", "\n\n"), metadata)
