import pytest
from document_files import PrintedLine, pdf

from qa_bot.corpus.pdf import parse_pdf
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article


def read(pages: list[list[PrintedLine]], *, info: str = "", lang: str = "") -> Article:
    """The article of a PDF with those pages."""
    return parse_pdf(pdf(pages, info=info, lang=lang), "a.pdf", "corpus/a.pdf")


def column(*lines: str, top: float = 700) -> list[PrintedLine]:
    """Lines of one paragraph, 14 points apart."""
    return [(72, top - 14 * number, line) for number, line in enumerate(lines)]


REPORT = [
    [
        (72, 750, "Harbour Report 2031"),
        *column(
            "The harbour of Mirna was built over nine years, and the well-known architect Ana Holm",
            "drew its plans. The inter-",
            "national press came to the opening, and so did the ministers of three countries and a",
            "choir. Nobody had asked who would pay.",
        ),
        (72, 620, "Then the money ran out, and the works at the pier were stopped for more than a"),
        (300, 40, "Page 1 of 3"),
    ],
    [
        (72, 750, "Harbour Report 2031"),
        *column(
            "year. A well-", "known bank went under with it, as the ministry said in its own report of that", "co-"
        ),
        (300, 40, "Page 2 of 3"),
    ],
    [(72, 750, "Harbour Report 2031"), *column("operative."), (300, 40, "Page 3 of 3")],
]


def test_running_text() -> None:
    """Heads, feet and page numbers are left out, parted words are whole, and paragraphs go on over pages."""
    article = read(REPORT)
    assert article.text == (
        "The harbour of Mirna was built over nine years, and the well-known architect Ana Holm drew its plans."
        " The international press came to the opening, and so did the ministers of three countries and a choir."
        " Nobody had asked who would pay.\n\n"
        "Then the money ran out, and the works at the pier were stopped for more than a year. A well-known bank went"
        " under with it, as the ministry said in its own report of that cooperative."
    )
    assert article.pages == (0, article.text.index("year."), article.text.index("operative"))


def test_heads_that_change_with_the_chapter() -> None:
    """A head that has the page's number is one, even where no two are alike; other numbers in that row are text."""
    texts = ["Stones came first.", "Then came wood.", "Nobody paid.", "All was well."]
    heads = ["12 Building the pier", "Building the pier 13", "Paying for it 14", "1984 was a good year"]
    article = read([[(72, 750, head), *column(words)] for head, words in zip(heads, texts, strict=True)])
    assert article.text == (
        "Stones came first.\n\nThen came wood.\n\nNobody paid.\n\n1984 was a good year\n\nAll was well."
    )


def test_an_empty_page_counts() -> None:
    """A page without text is a page all the same, so that the numbers are those of the document."""
    article = read([column("First page."), [], column("Third page.")])
    assert (article.text, article.pages) == ("First page.\n\nThird page.", (0, 11, 13))


def test_a_hyphen_before_a_capital_or_number_stays() -> None:
    """Only what a hyphen can have parted is put together without it."""
    article = read(
        [column("They flew from Paris with the Franco-", "German group in a new A-", "380 and so on. Dash -", "end -")]
    )
    assert article.text == "They flew from Paris with the Franco-German group in a new A-380 and so on. Dash - end -"


def test_the_number_of_a_single_page() -> None:
    """Even on a document's only page its number is no text; other numbers in a margin are."""
    assert read([[*column("Words."), (300, 40, "1")]]).text == "Words."
    assert read([[*column("Words."), (300, 40, "1984")]]).text == "Words.\n\n1984"


def test_headings_and_indents_begin_paragraphs() -> None:
    """After a full stop, an indented line begins a paragraph without a gap."""
    lines = column("A first line that is as long as any other line of the whole column, so it ends at last.", "  ")
    article = read([[*lines, (90, 686, "An indented line that begins a new paragraph here, and it is long as well"),
                     (72, 672, "and goes on.")]])  # fmt: skip
    assert article.text.count("\n\n") == 1


def test_stated_metadata() -> None:
    """Title, author, date and language come from the document, and never from a program's habit."""
    info = "/Title (The harbour) /Author (A. Holm; B. Roe) /CreationDate (D:20310504103000+02'00') /Creator (Word)"
    article = read([column("Words.")], info=info, lang="en-GB")
    assert (article.title, article.author, article.published, article.language) == (
        *("The harbour", "A. Holm, B. Roe", "2031-05-04T10:30:00+02:00", "en-GB"),
    )


@pytest.mark.parametrize(
    ("info", "published"),
    [
        ("", None),
        ("/CreationDate (D:20310504)", "2031-05-04"),
        ("/CreationDate (D:20310504103000Z)", "2031-05-04T10:30:00+00:00"),
        ("/CreationDate (D:2031)", None),
        ("/CreationDate (D:20311304)", None),
        ("/CreationDate (yesterday)", None),
        ("/CreationDate (D:20310504) /Producer (Skia/PDF m118)", None),
        ("/CreationDate (D:20310504) /Producer (macOS Version 13.4 Quartz PDFContext)", None),
        ("/CreationDate (D:20310504) /Creator (ocrmypdf 15.4 / Tesseract OCR-PDF)", None),
        ("/CreationDate (D:16010101000000Z)", None),
        ("/ModDate (D:20310504)", None),
    ],
)
def test_dates(info: str, published: str | None) -> None:
    """A whole date of creation counts; the day on which something was printed or scanned does not."""
    assert read([column("Words.")], info=info).published == published


@pytest.mark.parametrize(
    "xmp",
    [
        b"<prism:publicationDate>2030-11-02</prism:publicationDate>",
        b'<rdf:Description prism:coverDate="2030-11-02" prism:issn="1"/>',
        b"<prism:coverDate rdf:datatype='d'>November</prism:coverDate><prism:publicationDate>2030/11/2<",
    ],
)
def test_the_date_of_publication_goes_before_that_of_making(xmp: bytes) -> None:
    """Where a publisher states in the document's XMP when it came out, that is its date."""
    data = pdf([column("Words.")], info="/CreationDate (D:20310504)") + xmp
    assert parse_pdf(data, "a.pdf", "a.pdf").published == "2030-11-02"


@pytest.mark.parametrize("title", ["Microsoft Word - draft7.doc", "Untitled-1", "report_final.indd"])
def test_titles_that_programs_make(title: str) -> None:
    """The name of a file is no title."""
    assert read([column("Words of the page.")], info=f"/Title ({title})").title == "Words of the page."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf([[], []]), "The PDF has no text, so it was probably scanned: run OCR on it, with ocrmypdf for example."),
        (b"%PDF-1.4 nothing", "The PDF is damaged: it cannot be opened."),
        (b"", "The PDF is damaged: it cannot be opened."),
    ],
)
def test_what_has_no_text_is_refused(data: bytes, reason: str) -> None:
    """A scan and a damaged file say so."""
    with pytest.raises(Unreadable) as refusal:
        parse_pdf(data, "a.pdf", "a.pdf")
    assert str(refusal.value) == reason
