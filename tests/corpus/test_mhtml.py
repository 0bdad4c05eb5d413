import pytest
from document_files import mhtml

from qa_bot.corpus.mhtml import parse_mhtml
from qa_bot.corpus.unreadable import Unreadable

PAGE = "<!doctype html><html><head><title>Порт</title></head><body><p>Порт построили за девять лет.</p></body></html>"


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251"])
def test_the_page_is_read(charset: str) -> None:
    """The page is read in the encoding that its part states; its address is known, the date of saving is no date."""
    article = parse_mhtml(mhtml(PAGE, charset=charset), "a.mhtml", "corpus/a.mhtml")
    assert (article.text, article.title) == ("Порт построили за девять лет.", "Порт")
    assert (article.url, article.published) == ("https://news.example/a", None)


def test_the_encoding_that_the_page_states() -> None:
    """Where the part has no encoding, that of the page counts."""
    page = PAGE.replace("<head>", '<head><meta charset="koi8-r">')
    data = mhtml(page, charset="koi8-r").replace(b"; charset=koi8-r", b"")
    assert parse_mhtml(data, "a.mht", "a.mht").text == "Порт построили за девять лет."


def test_the_root_that_the_file_names() -> None:
    """The page is the part that the file starts with, not the first one."""
    head = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"; start="<page@x>"\r\n\r\n'
        "--b\r\nContent-Type: text/html\r\nContent-ID: <frame@x>\r\n\r\n<p>Buy now and pay later.</p>\r\n"
        "--b\r\nContent-Type: text/html\r\nContent-ID: <page@x>\r\n\r\n"
    )
    data = head.encode() + PAGE.encode() + b"\r\n--b--\r\n"
    assert parse_mhtml(data, "a.mht", "a.mht").text == "Порт построили за девять лет."


def test_the_canonical_address_goes_first() -> None:
    """What the page states of itself is better than where it was saved from."""
    page = PAGE.replace("</head>", '<link rel="canonical" href="https://news.example/port"></head>')
    assert parse_mhtml(mhtml(page), "a.mht", "a.mht").url == "https://news.example/port"


def test_a_local_address_is_none() -> None:
    """A page that was saved from a file has no address."""
    assert parse_mhtml(mhtml(PAGE, location="file:///home/a.html"), "a.mht", "a.mht").url is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file holds no page."),
        (b"MIME-Version: 1.0\nContent-Type: text/plain\n\nWords.", "The file holds no page."),
        (b"MIME-Version: 1.0\nContent-Type: text/html\n\n", "The file is not an HTML page."),
    ],
)
def test_what_is_no_page(data: bytes, reason: str) -> None:
    """A message without a page says so."""
    with pytest.raises(Unreadable) as refusal:
        parse_mhtml(data, "a.mht", "a.mht")
    assert str(refusal.value) == reason
