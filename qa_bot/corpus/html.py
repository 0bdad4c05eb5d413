"""Articles in HTML."""

import re

from qa_bot.corpus.encoding import declared_encoding, decode
from qa_bot.corpus.html_metadata import stated_author, stated_date, stated_language, stated_source, stated_url
from qa_bot.corpus.metadata import Metadata, make_article, on_one_line
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article

# Programs that save pages note the address in a comment near the top ("mark of the Web").
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d{4}\)(https?://[^\s<>]{1,2000})\s*-->", re.IGNORECASE)
_SAVED_WITHIN = 4096


def parse_html(data: bytes, article_id: str, path: str) -> Article:
    """The article of an `.html` file: the page's main text, with a blank line between paragraphs, and what it states.

    The source is the name of the site. Raises `Unreadable`, also for a page without a main text.
    """
    saved = _SAVED_FROM.search(data[:_SAVED_WITHIN])
    return parse_page(
        data,
        article_id,
        path,
        saved_from=saved.group(1).decode(errors="replace") if saved else None,
    )


def parse_page(
    data: bytes, article_id: str, path: str, *, declared: str | None = None, saved_from: str | None = None
) -> Article:
    """The article of a page whose encoding is `declared`, or else as it says, and which was `saved_from` there."""
    import trafilatura  # noqa: PLC0415 - costs 300 ms, and a corpus may have no page
    from trafilatura.settings import Document  # noqa: PLC0415

    content = decode(data, path, declared=declared or declared_encoding(data))
    tree = trafilatura.load_html(content)
    if tree is None:
        raise Unreadable("The file is not an HTML page.")
    stated = Metadata(
        source=stated_source(tree),
        author=stated_author(tree),
        url=stated_url(tree) or saved_from,
        published=stated_date(tree),
        language=stated_language(tree),
    )
    page = trafilatura.bare_extraction(tree, with_metadata=True, include_comments=False)
    if not isinstance(page, Document) or not page.text:
        raise Unreadable("The page has no main text.")
    found = Metadata(
        title=on_one_line(page.title or "") or None, author=(page.author or "").replace("; ", ", ") or None
    )
    return make_article(article_id, path, page.text.strip().replace("\n", "\n\n"), stated.over(found))
