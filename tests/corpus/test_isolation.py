import logging
from pathlib import Path

import pytest
from document_files import chapter, epub, pdf

from qa_bot.corpus.formats import DOCUMENTS
from qa_bot.corpus.isolation import Isolation
from qa_bot.corpus.reader import parse_content, read_corpus
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article, Skipped

WORDS = pdf([[(72, 700, "The bridge opened in 2031.")]])


def drawing_bomb() -> bytes:
    """A PDF whose page draws ten times what draws ten times what ..., twelve times over."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
        "<< /Length 5 >>\nstream\n/X Do\nendstream",
    ]
    objects.extend(
        f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {number + 1} 0 R >> >>"
        f" /Length 60 >>\nstream\n{'/X Do ' * 10}\nendstream"
        for number in range(5, 17)
    )
    objects.append("<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 7 >>\nstream\n0 0 m f\nendstream")
    body = "".join(f"{number} 0 obj\n{content}\nendobj\n" for number, content in enumerate(objects, start=1))
    return f"%PDF-1.4\n{body}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n%%EOF".encode()


def test_the_article_is_the_same() -> None:
    """A document parsed in the process is the article that its parser makes, with the id and path given."""
    name = "a \udcff.pdf".encode(errors="replace").decode()
    with Isolation() as isolation:
        assert isolation.parse(".pdf", WORDS, name, f"corpus/{name}") == DOCUMENTS[".pdf"](
            WORDS, name, f"corpus/{name}"
        )
        with pytest.raises(Unreadable, match="it cannot be opened"):
            isolation.parse(".pdf", b"%PDF-", "b.pdf", "b.pdf")


def test_a_document_that_never_ends_is_given_up() -> None:
    """After its seconds the process is ended, and the next document has a new one."""
    with Isolation(most_seconds=0.5) as isolation:
        with pytest.raises(Unreadable, match="Reading it takes longer than"):
            isolation.parse(".pdf", drawing_bomb(), "a.pdf", "a.pdf")
        assert isolation.parse(".pdf", WORDS, "b.pdf", "b.pdf").text == "The bridge opened in 2031."


def test_a_document_that_needs_too_much_memory_is_given_up() -> None:
    """Beyond its memory the document is refused, and the next one read."""
    big = epub([chapter("".join(f"<p>{number}</p>" for number in range(600_000)))])
    with Isolation(most_memory=200 * 1024**2) as isolation:
        with pytest.raises(Unreadable, match=r"memory|broke down|cannot be read"):
            isolation.parse(".epub", big, "a.epub", "a.epub")
        assert isolation.parse(".pdf", WORDS, "b.pdf", "b.pdf").text == "The bridge opened in 2031."


def test_warnings_come_through(caplog: pytest.LogCaptureFixture) -> None:
    """What the parser has to tell of a file is told by the process that asked."""
    with Isolation() as isolation, caplog.at_level(logging.WARNING):
        isolation.parse(".pdf", pdf([[(72, 700, "Words.")], []]), "a.pdf", "corpus/a.pdf")
    assert caplog.messages == ["corpus/a.pdf: no text on page 2 (scanned, or empty)"]


def test_every_kind_of_file_is_read_from_a_folder(tmp_path: Path) -> None:
    """Names with line ends and emoji are names like others, and a bad file is named among the good ones."""
    (tmp_path / "a\n🙂.pdf").write_bytes(WORDS)
    (tmp_path / "b.EPUB").write_bytes(epub([chapter("<p>Words of a book.</p>")]))
    (tmp_path / "c.pdf").write_bytes(drawing_bomb()[:200])
    outcomes = list(read_corpus(tmp_path))
    assert [(outcome.id, outcome.pages) for outcome in outcomes if isinstance(outcome, Article)] == [
        ("a\n🙂.pdf", (0,)),
        ("b.EPUB", ()),
    ]
    assert [outcome for outcome in outcomes if isinstance(outcome, Skipped)] == [
        Skipped(f"{tmp_path}/c.pdf", "The PDF is damaged: it cannot be opened.")
    ]


@pytest.mark.parametrize(("content", "name"), [(b"PK\x03\x04", "a.docx"), (b"\x1f\x8b", "a.txt")])
def test_packed_files_of_no_kind_are_refused(content: bytes, name: str) -> None:
    """What a document holds decides how it is read, not its name."""
    with pytest.raises(Unreadable, match="a compressed file of a kind that is not read"):
        parse_content(content, name)
    assert parse_content(WORDS, "a.txt").text == "The bridge opened in 2031."
