"""Articles in Markdown."""

import re
from dataclasses import replace

from qa_bot.corpus.encoding import decode
from qa_bot.corpus.front_matter import split_front_matter
from qa_bot.corpus.metadata import first_line, make_article
from qa_bot.types import Article

_HEADING = re.compile(r"^# +(\S)(.*)$", re.MULTILINE)


def parse_markdown(data: bytes, article_id: str, path: str) -> Article:
    """The article of a `.md` file: its text is the source after the front matter, with all its marks.

    So a quotation can be found in the file by any editor. The title is that of the front matter, else the first `# `
    heading, else the first line. Raises `Unreadable`.
    """
    metadata, text = split_front_matter(decode(data, path), path)
    return make_article(article_id, path, text, replace(metadata, title=metadata.title or _title(text)))


def _title(text: str) -> str:
    """The first `# ` heading, else the first line without the marks of a lesser heading."""
    heading = _HEADING.search(text)
    return first_line(heading.group(1) + heading.group(2).rstrip(" #")) if heading else first_line(text).lstrip("# ")
