"""An article for reading, with a span of it marked and scrolled to, and what earlier texts had at its place."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from qa_bot.chunking import paragraph_number
from qa_bot.faces.article_json import known_object
from qa_bot.faces.paging import page
from qa_bot.faces.rendering import MARKED, also_in, location
from qa_bot.faces.safe_text import one_line, visible
from qa_bot.faces.terminal import block, joined, shows_style, write
from qa_bot.index.versions import text_sha256
from qa_bot.tracing import Earlier
from qa_bot.types import Article, Citation, Copy, Span

_MOVED = "bold black on bright_cyan"
# A line or two of what an earlier text had: the machine-readable form has all.
_MOST_QUOTED = 160
_WIDTH_OF_RULE = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """An article with the copies of its story, a span of it that is looked for, and what stood there before."""

    article: Article
    copies: tuple[Copy, ...]
    span: Span | None
    earlier: tuple[Earlier, ...]


def print_article(console: Console, shown: Shown) -> None:
    """The article with what is known of it; in a terminal by the pager, from the span on."""
    with console.capture() as head:
        write(console, _head(console, shown))
    text, first = _body(console, shown)
    with console.capture() as body:
        write(console, text)
    page(console, head.get() + body.get(), line=head.get().count("\n") + first + 1 if first is not None else 0)


def article_object(shown: Shown) -> dict[str, Any]:
    """The article, the span and the words that stood there before; `pages` are the offsets at which they begin."""
    article, span = shown.article, shown.span
    return {
        **known_object(article),
        "language": article.language,
        "path": article.path,
        "also": [copy.id for copy in shown.copies],
        "text_sha256": text_sha256(article.text),
        "pages": list(article.pages),
        "span": _span_object(span) if span else None,
        "earlier": [_earlier_object(earlier) for earlier in shown.earlier],
        "text": article.text,
    }


def _span_object(span: Span) -> dict[str, Any]:
    return {
        "start": span.start,
        "end": span.end,
        "page": _page(span),
        "paragraph": paragraph_number(span.article, span.start),
        "quote": span.text,
    }


def _earlier_object(earlier: Earlier) -> dict[str, Any]:
    return {
        "until": earlier.version.until,
        "text_sha256": earlier.version.sha256,
        "quote": earlier.quote,
        "now": _span_object(earlier.now) if earlier.now else None,
    }


def _page(span: Span) -> int | None:
    return Citation(span.article, span.start, span.end, span, 1, 0.0).page


def _head(console: Console, shown: Shown) -> Text:
    article = shown.article
    facts = [one_line(fact) for fact in (article.source, article.author, article.published, article.language) if fact]
    lines = [Text(one_line(article.title), "bold")]
    lines += [Text(joined(console, facts))] if facts else []
    lines += [Text(location(article), "dim")]
    lines += [Text(one_line(article.url), "dim underline")] if article.url else []
    lines += [Text(f"also in {also_in(shown.copies)}", "dim")] if shown.copies else []
    lines += [Text(_place(shown.span), "dim")] if shown.span else []
    lines += [Text(_change(earlier, shown.article), "yellow") for earlier in shown.earlier]
    rule = ("-" if console.options.ascii_only else "─") * min(console.width, _WIDTH_OF_RULE)
    return Text("\n").join([*(block(console, line, indent=0) for line in lines), Text(rule, "dim")])


def _place(span: Span) -> str:
    number = _page(span)
    on_page = f"page {number}, " if number else ""
    return f"characters {span.start}-{span.end}, {on_page}paragraph {paragraph_number(span.article, span.start)}"


def _change(earlier: Earlier, article: Article) -> str:
    """What stood at the place before the article was corrected, and what became of it."""
    quote = one_line(earlier.quote)
    if len(quote) > _MOST_QUOTED:
        quote = quote[:_MOST_QUOTED].rsplit(" ", 1)[0] + " ..."
    until = earlier.version.until[:16].replace("T", " ")
    now = earlier.now
    if now is None:
        became = "these words are gone"
    else:
        became = f"these words stand at {now.start}-{now.end} now"
        became += "" if article.text[now.start : now.end] == earlier.quote else ", with other signs or spaces"
    return f"The text changed since: until {until} UTC there stood “{quote}”; {became}."


def _body(console: Console, shown: Shown) -> tuple[Text, int | None]:
    """The text in lines that fit, and which of them (from 0) has the first word that is looked for."""
    article = shown.article
    text = Text(visible(article.text))
    marked = [(shown.span, MARKED)] if shown.span else []
    marked += [(earlier.now, _MOVED) for earlier in shown.earlier if earlier.now]
    for span, style in marked:
        text.stylize(style, span.start, span.end)
    pages = _with_pages(console, text, article) if console.is_terminal else text
    lines = block(console, pages, indent=0)
    wanted = MARKED if shown.span else _MOVED
    places = [(place.start, place.end) for place in lines.spans if place.style == wanted]
    first = lines.plain.count("\n", 0, places[0][0]) if places else None
    if places and not shows_style(console):
        begin, end = places[0][0], places[-1][1]
        before, quotation, after = lines.divide([begin, end])
        lines = Text.assemble(before, ">>", quotation, "<<", after)
    return lines, first


def _with_pages(console: Console, text: Text, article: Article) -> Text:
    """The text with a line before each page that says which it is."""
    if not article.pages:
        return text
    dash = "--" if console.options.ascii_only else "──"
    before, *parts = text.divide(article.pages)
    for number, part in enumerate(parts, start=1):
        before.append(f"{chr(10) if before else ''}{dash} page {number} {dash}\n", "dim").append_text(part)
    return before
