import pytest

from qa_bot.corpus.html import parse_html
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article

PARAGRAPHS = [
    f"Paragraph {number} tells the rather long story of the town council and of its many decisions, in enough words."
    for number in range(5)
]


def page(head: str = "", body: str = "", footer: str = "") -> Article:
    """The article of a page with a menu, a headline, some paragraphs and a footer."""
    content = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return parse_html(
        f"<!doctype html><html><head><title>The council decides | Daily News</title>{head}</head><body>"
        f"<nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav>"
        f"<article><h1>The council decides</h1>{body}{content}</article>"
        f"<footer>{footer}</footer></body></html>".encode(),
        "a.html",
        "corpus/a.html",
    )


def linked(fields: str) -> str:
    """JSON-LD of a news article."""
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {fields}}}</script>'


def test_the_main_text_is_kept_in_paragraphs() -> None:
    """Menu and footer are left out, and a blank line stands between paragraphs."""
    article = page(footer="All rights reserved")
    assert article.text == "\n\n".join(["The council decides", *PARAGRAPHS])
    assert (article.id, article.path, article.title) == ("a.html", "corpus/a.html", "The council decides")


def test_stated_metadata_is_read() -> None:
    """Site, author, address and date are those of the page's head."""
    article = page(
        '<meta property="og:site_name" content="Daily News"><meta name="author" content="Reuters">'
        '<meta property="article:published_time" content="2022-11-17T10:00:00Z">'
        '<link rel="canonical" href="https://news.example/2021/05/06/council.html">'
    )
    assert (article.source, article.author, article.url, article.published) == (
        *("Daily News", "Reuters", "https://news.example/2021/05/06/council.html", "2022-11-17T10:00:00+00:00"),
    )


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta name="date" content="1987-05-01">', ""),
        ('<meta itemprop="datePublished" content="1987-05-01">', ""),
        (linked('"datePublished": "1987-05-01"'), ""),
        ('<script type="application/ld+json">{"@graph": [{"@type": "Person"}, {"@type": ["Report"], '
         '"datePublished": "1987-05-01"}]}</script>', ""),
        ("", '<time class="entry-date published" datetime="1987-05-01">May Day</time>'),
        ('<meta name="citation_publication_date" content="1987/05/01">', ""),
        ('<meta name="article:published_time" content="soon"><meta name="pubdate" content="1987-05-01">', ""),
        ('<meta name="pubdate" content="May Day">', '<time pubdate datetime="1987-05-01">May Day</time>'),
    ],
)  # fmt: skip
def test_a_date_is_read_where_markup_states_it(head: str, body: str) -> None:
    """Metadata, JSON-LD and a time marked as that of publication give the date."""
    assert page(head, body).published == "1987-05-01"


OTHER = (
    '{"@type": "NewsArticle", "headline": "Ferry sinks", "url": "https://n.example/f", "datePublished": "1999-01-01"}'
)


@pytest.mark.parametrize(
    "blocks",
    [
        [OTHER, '{"@type": "NewsArticle", "headline": "The council decides", "datePublished": "1987-05-01"}'],
        [OTHER, '{"@type": "Article", "url": "https://n.example/c", "datePublished": "1987-05-01"}'],
        ['{"@type": "WebPage", "datePublished": "2001-01-01"}', '{"@type": "Person", "name": "A. Holm"}',
         '{"@type": "NewsArticle", "datePublished": "1987-05-01"}'],
        ['{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle", "datePublished": "1987-05-01"}}'],
        ['{"@type": "NewsArticle", "datePublished": "1970-01-01T00:00:00Z"}',
         '{"@type": "WebPage", "datePublished": "1987/5/1"}'],
    ],
)  # fmt: skip
def test_the_article_among_others(blocks: list[str]) -> None:
    """Of several descriptions that of the page's own article counts, then that of the page; no date is no date."""
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    article = page(f'<link rel="canonical" href="https://n.example/c"><meta name="date" content="2020-02-02">{scripts}')
    assert article.published == "1987-05-01"


def test_descriptions_that_refer_to_each_other() -> None:
    """Publisher and author of another description of the page are found by their address."""
    graph = (
        '{"@graph": [{"@type": "Article", "author": {"@id": "#a"}, "publisher": {"@id": "https://n.example/#o"}},'
        '{"@type": "Person", "@id": "#a", "name": "A. Holm"},'
        '{"@type": "Organization", "@id": "https://n.example/#o", "name": "Daily News"}]}'
    )
    article = page(f'<script type="application/ld+json">{graph}</script>')
    assert (article.source, article.author) == ("Daily News", "A. Holm")


@pytest.mark.parametrize(
    ("head", "body", "footer"),
    [
        ("", "", ""),
        ("", "", "Copyright 2019"),
        ("", "", "© 2019 Daily News. Last updated 12 May 2018"),
        ('<link rel="canonical" href="https://news.example/2021/05/06/council.html">', "", ""),
        ("", "<p>The war began on 12 May 2018, and ended on 2019-03-04.</p>", ""),
        ("", '<p>It began in <time datetime="2018-05-12">May</time>.</p>', ""),
        ('<script>var now = "2015-04-03T10:00:00";</script>', "", ""),
        ("", '<img src="/uploads/2016/05/06/picture.jpg">', ""),
        ('<meta name="date" content="last May">', "", ""),
        ('<meta name="pubdate" content="0001-01-01T00:00:00">', "", ""),
        ('<script type="application/ld+json">{"datePublished": </script>', "", ""),
        ('<script type="application/ld+json">{"@type": "Event", "datePublished": "2015-04-03"}</script>', "", ""),
    ],
)
def test_a_date_is_never_invented(head: str, body: str, footer: str) -> None:
    """Copyright lines, addresses, scripts and dates in the story are not the date of publication."""
    article = page(head, body, footer)
    assert (article.published, article.author) == (None, None)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (linked('"author": [{"name": "A. B. Cee"}, {"name": "D. Eff"}]'), "A. B. Cee, D. Eff"),
        (linked('"author": "Jane  Roe"') + '<meta name="author" content="Webmaster">', "Jane Roe"),
        (linked('"author": [{"url": "x"}, 5, null]') + '<meta name="author" content="Jane Roe">', "Jane Roe"),
        ('<meta name="author" content="https://social.example/janeroe">', None),
    ],
)
def test_authors_are_those_that_markup_names(head: str, expected: str | None) -> None:
    """Names come as they are written; an address is no name."""
    assert page(head).author == expected


def test_the_declared_encoding_is_used() -> None:
    """A page in Windows-1251 that says so is read as such, however short."""
    content = '<html><head><meta charset="windows-1251"></head><body><p>Привет, мир</p></body></html>'
    assert parse_html(content.encode("cp1251"), "a.html", "a.html").text == "Привет, мир"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is not an HTML page."),
        (b"<html><head><title>A</title></head><body></body></html>", "The page has no main text."),
        (b"<html>\0</html>", "The file is binary, not text (byte 6 is zero)."),
    ],
)
def test_a_page_without_text_is_refused(content: bytes, reason: str) -> None:
    """An empty page, one without a story, and binary data give their reason."""
    with pytest.raises(Unreadable) as refusal:
        parse_html(content, "a.html", "a.html")
    assert str(refusal.value) == reason


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (linked('"publisher": {"@type": "Organization", "name": "Daily News"}'), "Daily News"),
        ('<meta property="og:site_name" content="Daily News">' + linked('"publisher": "Other"'), "Daily News"),
        ('<meta property="article:publisher" content="https://social.example/dailynews">', None),
        ('<link rel="canonical" href="https://dailynews.example/a">', None),
    ],
)
def test_the_outlet_is_what_markup_names(head: str, expected: str | None) -> None:
    """An address is no name, and no name is made of one."""
    assert page(head).source == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta property="og:url" content="https://news.example/a">', "https://news.example/a"),
        (linked('"mainEntityOfPage": {"@id": "https://news.example/b"}'), "https://news.example/b"),
        ('<link rel="shortlink canonical" href="https://news.example/c"><meta property="og:url" content="https://x.example">',
         "https://news.example/c"),
        ("<!-- saved from url=(0022)https://news.example/d -->", "https://news.example/d"),
        ('<link rel="canonical" href="/relative">', None),
    ],
)  # fmt: skip
def test_the_address_is_stated(head: str, expected: str | None) -> None:
    """The canonical address is the page's; where none is stated, that under which a program saved it."""
    assert page(head).url == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta property="og:locale" content="pt_BR">', "pt-BR"),
        (linked('"inLanguage": "be"') + '<meta http-equiv="content-language" content="ru">', "be"),
        ('<meta http-equiv="content-language" content="English">', None),
    ],
)
def test_the_language_is_stated(head: str, expected: str | None) -> None:
    """JSON-LD goes before `<meta>`; a language's name is no tag."""
    assert page(head).language == expected


def test_the_language_of_the_root() -> None:
    """The root's `lang` states the language."""
    assert parse_html(b"<html lang='uk'><body><p>Words of the page</p></body></html>", "a.html", "a").language == "uk"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<header><time datetime="1987-05-01">May Day</time></header>', "1987-05-01"),
        ('<p class="byline">By A. B., <time datetime="1987-05-01T10:00">May Day</time></p>', "1987-05-01T10:00:00"),
        ('<header><time datetime="1987-05-01">1</time> <time class="updated" datetime="1988-01-01">2</time></header>',
         "1987-05-01"),
        ('<header><time datetime="1987-05-01">1</time> <time datetime="1988-01-01">2</time></header>', None),
    ],
)  # fmt: skip
def test_a_time_in_the_head_of_an_article(body: str, expected: str | None) -> None:
    """A time beside headline or author is the date, unless there are several days."""
    assert page(body=body).published == expected
