import zipfile

import pytest
from document_files import W, docx, packed, paragraph

from qa_bot.corpus import package
from qa_bot.corpus.docx import parse_docx
from qa_bot.corpus.formats import file_type
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article


def read(body: str, *, core: str = "", **others: str) -> Article:
    """The article of a Word document."""
    return parse_docx(docx(body, core=core, **others), "a.docx", "corpus/a.docx")


def test_paragraphs_tables_and_notes() -> None:
    """Paragraphs come in order, small rows as lines with tabs, big ones as paragraphs, notes at the end."""
    row = "<w:tr>{}</w:tr>"
    cell = "<w:tc>{}</w:tc>"
    table = row.format(cell.format(paragraph("Ships")) + cell.format(paragraph("12"))) + row.format(
        cell.format(paragraph("Left.") + paragraph("Below.")) + cell.format(paragraph("Right."))
    )
    notes = (
        f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0">{paragraph("-")}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph("Source: the ministry.")}</w:footnote></w:footnotes>'
    )
    article = read(
        paragraph("Порт Мирна 🙂", style="Title") + paragraph(" ") + f"<w:tbl>{table}</w:tbl>", footnotes=notes
    )
    assert article.text == "Порт Мирна 🙂\n\nShips\t12\n\nLeft.\n\nBelow.\n\nRight.\n\nSource: the ministry."
    assert (article.title, article.pages) == ("Порт Мирна 🙂", ())


def test_what_is_written_is_read() -> None:
    """Tracked changes count as accepted; fields, deleted words and doubles for old programs are left out."""
    inside = (
        "<w:r><w:t>One</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t></w:r>"
        "<w:del><w:r><w:t>gone</w:t></w:r></w:del><w:ins><w:r><w:t xml:space='preserve'> new</w:t></w:r></w:ins>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:hyperlink><w:r><w:t xml:space='preserve'> link co</w:t><w:noBreakHyphen/><w:t>op</w:t></w:r></w:hyperlink>"
        '<mc:AlternateContent xmlns:mc="m"><mc:Choice><w:txbxContent>' + paragraph("In a box.") + "</w:txbxContent>"
        "</mc:Choice><mc:Fallback><w:txbxContent>" + paragraph("In a box.") + "</w:txbxContent></mc:Fallback>"
        "</mc:AlternateContent>"
    )
    assert read(f"<w:p>{inside}</w:p>").text == "One two\nthree new link co-op\n\nIn a box."


def test_core_properties() -> None:
    """Title, authors and language are those that the document states; the day it was begun is no publication."""
    core = (
        "<dc:title>A harbour</dc:title><dc:creator>A. Holm; B. Roe</dc:creator><dc:language>en_gb</dc:language>"
        "<dcterms:created>2031-05-04T10:00:00Z</dcterms:created><dcterms:modified>2033-01-01</dcterms:modified>"
    )
    article = read(paragraph("Words."), core=core)
    assert (article.title, article.author, article.published, article.language) == (
        *("A harbour", "A. Holm, B. Roe", None, "en-GB"),
    )


def test_what_a_template_states_is_not_believed() -> None:
    """The author of the library's own template is nobody."""
    assert read(paragraph("Words."), core="<dc:creator>python-docx</dc:creator>").author is None


def test_hidden_words_are_left_out() -> None:
    """What Word does not show is no text; what is marked as not hidden is."""
    runs = "<w:r><w:t xml:space='preserve'>Seen </w:t></w:r>" + "".join(
        f"<w:r><w:rPr><w:vanish {value}/></w:rPr><w:t>{word}</w:t></w:r>"
        for value, word in (("", "hidden"), ('w:val="false"', "words"))
    )
    assert read(f"<w:p>{runs}</w:p>").text == "Seen words"


def test_the_document_that_the_package_names() -> None:
    """Office puts the text into other files as well, and names them."""
    named = (
        '<Relationships xmlns="r"><Relationship Type="http://x/officeDocument" Target="/word/document2.xml"/>'
        "</Relationships>"
    )
    inside = f"<w:document {W}><w:body>{paragraph('Words.')}</w:body></w:document>"
    data = packed({"_rels/.rels": named, "word/document2.xml": inside})
    assert parse_docx(data, "a.docx", "a.docx").text == "Words."
    assert file_type(data, "a") == ".docx"


BOMB = '<!DOCTYPE d [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The Word document is damaged: it is not a whole ZIP archive."),
        (docx("")[:-30], "The Word document is damaged: it is not a whole ZIP archive."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "It is locked with a password, or of Word before 2007: save",
        ),
        (packed({"a": "b"}), "The Word document is damaged: word/document.xml is missing in it."),
        (docx(paragraph(" ")), "There is no text."),
        (packed({"word/document.xml": "<a>"}), "word/document.xml in the Word document is not XML (Premature end"),
        (packed({"word/document.xml": f"<w:document {W}/>"}), "The Word document has no body."),
        (
            packed({"word/document.xml": f"{BOMB}<w:document {W}><w:body>{paragraph('&b;')}</w:body></w:document>"}),
            "word/document.xml in the Word document declares XML entities, which are refused.",
        ),
        (
            packed({"word/document.xml": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'}),
            "word/document.xml in the Word document declares XML entities, which are refused.",
        ),
        (packed({"../evil": "x"}), "The Word document holds a path that leads out of it ('../evil')."),
        (packed({"/evil": "x"}), "The Word document holds a path that leads out of it ('/evil')."),
        (packed({"a\\..\\b": "x"}), "The Word document holds a path that leads out of it"),
        (packed({"word/document.xml": b"0" * 30_000_000}), "The Word document would unpack to 30,000,000 bytes from"),
        (packed({"a": "x"}, method=zipfile.ZIP_LZMA), "The Word document is packed in a way that is not read."),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    """Damaged files, bombs and paths that lead out of the archive are named, each in a sentence."""
    with pytest.raises(Unreadable) as refusal:
        parse_docx(data, "a.docx", "a.docx")
    assert str(refusal.value).startswith(reason)


def test_no_more_is_unpacked_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many files that are each within bounds are not read on when their sum is too big."""
    monkeypatch.setattr(package, "_MOST_UNPACKED", 500)
    with pytest.raises(Unreadable, match="unpacks to more than"):
        read(paragraph("x" * 400), core="<dc:title>A harbour</dc:title>")


def test_a_big_document() -> None:
    """An article of 2 MB is read whole."""
    text = "Слово " * 100
    assert read(paragraph(text.strip()) * 3500).text == "\n\n".join([text.strip()] * 3500)
