import pytest
from document_files import CONTAINER, chapter, epub, packed

from qa_bot.corpus.epub import parse_epub
from qa_bot.corpus.unreadable import Unreadable


def test_chapters_in_reading_order() -> None:
    """The spine orders the chapters; contents, scripts and what is not linear are left out."""
    data = epub(
        [
            chapter("<h1>One</h1><p>First <b>bold</b>\n words.<br/>Next line.</p><script>x()</script>tail"),
            chapter("<p>Left out.</p>"),
            chapter("<table><tr><td>Ships</td><td>12</td></tr></table><ul><li>a<p>b</p></li></ul>"),
        ],
        spine='<itemref idref="c2"/><itemref idref="c1" linear="no"/><itemref idref="c0"/><itemref idref="none"/>',
    )
    article = parse_epub(data, "a.epub", "corpus/a.epub")
    assert article.text == "Ships\t12\n\na\n\nb\n\nOne\n\nFirst bold words.\nNext line.\n\ntail"
    assert (article.title, article.published) == ("Ships 12", None)


def test_chapters_that_are_no_xml() -> None:
    """Names of HTML's characters, open elements and old encodings are read as browsers read them."""
    data = epub(['<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "x"><html><body><p>a&nbsp;b &mdash; c<p>d', b""])
    assert parse_epub(data, "a.epub", "a.epub").text == "a b — c\n\nd"


@pytest.mark.parametrize(
    ("head", "encoding"), [("", "utf-8"), ('<?xml version="1.0" encoding="windows-1251"?>', "windows-1251")]
)
def test_chapters_that_are_no_xml_in_other_letters(head: str, encoding: str) -> None:
    """What an XML parser refuses is read in the encoding that XML gives it, not in that of old browsers."""
    data = epub([(head + "<html><body><p>Порт&nbsp;Мирна</p><p>открыт").encode(encoding)])
    assert parse_epub(data, "a.epub", "a.epub").text == "Порт Мирна\n\nоткрыт"


def test_the_date_that_a_program_writes_for_none() -> None:
    """The first day of a program's calendar is no date."""
    for date in ("0101-01-01T00:00:00+00:00", "2031"):
        data = epub([chapter("<p>Words.</p>")], metadata=f"<dc:date>{date}</dc:date>")
        assert parse_epub(data, "a.epub", "a.epub").published is None


def test_stated_metadata() -> None:
    """Dublin Core states title, authors, publisher, date, language and address; a date of change is none."""
    metadata = (
        "<dc:title>A harbour</dc:title><dc:creator>A. Holm</dc:creator><dc:creator>B. Roe</dc:creator>"
        "<dc:publisher>Coast Press</dc:publisher><dc:language>en</dc:language>"
        '<dc:date opf:event="modification">2033-01-01</dc:date><dc:date>2031-05-04</dc:date>'
        "<dc:identifier>urn:isbn:1</dc:identifier><dc:source>https://coast.example/a</dc:source>"
    )
    article = parse_epub(epub([chapter("<p>Words.</p>")], metadata=metadata), "a.epub", "a.epub")
    assert (article.title, article.author, article.source) == ("A harbour", "A. Holm, B. Roe", "Coast Press")
    assert (article.published, article.language, article.url) == ("2031-05-04", "en", "https://coast.example/a")


ENTITIES = '<!DOCTYPE x [<!ENTITY a "lol">]>'
ENCRYPTED = '<encryption xmlns:e="e"><e:CipherReference URI="OEBPS/c%200.xhtml"/></encryption>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packed({"a": "b"}), "The EPUB is damaged: META-INF/container.xml is missing in it."),
        (packed({"META-INF/container.xml": "<a/>"}), "The EPUB is damaged: it does not say where its contents are."),
        (
            packed({"META-INF/container.xml": CONTAINER.replace("OEBPS/book.opf", "../../etc/passwd")}),
            "It refers to a path that leads out of it ('../../etc/passwd').",
        ),
        (packed({"META-INF/container.xml": CONTAINER}), "The EPUB is damaged: OEBPS/book.opf is missing in it."),
        (epub([chapter(" ")]), "There is no text."),
        (epub([ENTITIES + chapter("<p>&a;</p>")]), "A chapter of the EPUB declares XML entities, which are refused."),
        (epub([chapter("<p>x</p>")], **{"META-INF__encryption.xml": ENCRYPTED}), "The EPUB is encrypted (DRM)."),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    """Damaged and encrypted books, entities and paths that lead out are named."""
    with pytest.raises(Unreadable) as refusal:
        parse_epub(data, "a.epub", "a.epub")
    assert str(refusal.value) == reason
