"""Every parser against broken files: valid files with bytes changed, cut and repeated, and bytes of chance."""

import gzip
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from document_files import W, chapter, docx, epub, mhtml, packed, paragraph, pdf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_bot.chunking import chunk
from qa_bot.corpus import jsonl
from qa_bot.corpus.feeds import Entry, entries, is_listing
from qa_bot.corpus.formats import DOCUMENTS, PLAIN, file_type
from qa_bot.corpus.isolation import Isolation
from qa_bot.corpus.jsonl import read_jsonl
from qa_bot.corpus.side_file import parse_corrections
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.errors import CorpusError
from qa_bot.text import sentences
from qa_bot.types import Article, Skipped

TEXT = "Порт Мирна 🙂 opened in 2031. It has “three” piers.\n\nNobody asked who would pay for it."
PAGE = (
    "<!doctype html><html lang='en'><head><title>Port</title><meta property='og:site_name' content='Coast'>"
    '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2031-05-04"}</script></head>'
    f"<body><article><h1>Port</h1><p>{TEXT}</p><table><tr><td>1</td></tr></table></article></body></html>"
)
FRONT = f"---\ntitle: Port\nauthor: [A, B]\npublished: 2031-05-04\n---\n{TEXT}"
VALID: dict[str, bytes] = {
    ".txt": FRONT.encode(),
    ".md": f"# Port\n\n{FRONT}".encode(),
    ".html": PAGE.encode(),
    ".mhtml": mhtml(PAGE),
    ".pdf": pdf(
        [
            [(72, 700, "The port was built in nine years and the inter-"), (72, 686, "national press came.")],
            [(72, 40, "2")],
        ],
        info="/Title (Port) /CreationDate (D:20310504)",
        lang="en",
    ),
    ".docx": docx(
        paragraph("Port", style="Title") + paragraph("It has three piers."), core="<dc:title>Port</dc:title>"
    ),
    ".epub": epub([chapter("<h1>Port</h1><p>It has three piers.</p>")], metadata="<dc:title>Port</dc:title>"),
}
# Few in the default run; `--hypothesis-profile` with more examples goes on for as long as one likes.
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
MOST_SECONDS = 10


@st.composite
def broken(draw: st.DrawFn, valid: bytes) -> bytes:
    """A valid file with a few bytes changed, cut out, repeated or put in."""
    data = bytearray(valid)
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(0, 40))
        piece = draw(
            st.binary(max_size=8) | st.sampled_from([b"\0", b"\xff\xff\xff\xff", b"<", b"[" * 2000, b"<p>" * 500])
        )
        how = draw(st.sampled_from(["change", "cut", "repeat", "end"]))
        if how == "change":
            data[start : start + len(piece)] = piece
        elif how == "cut":
            del data[start : start + length]
        elif how == "repeat":
            data[start:start] = data[start : start + length] * draw(st.integers(1, 50))
        else:
            del data[start:]
    return bytes(data)


def check(article: Article) -> None:
    """What every article promises: text, offsets inside it, pages in order."""
    assert article.text.strip()
    assert list(article.pages) == sorted(article.pages)
    assert all(0 <= page <= len(article.text) for page in article.pages)
    spans = sentences(article.text)
    assert all(0 <= start < end <= len(article.text) for start, end in spans)
    assert "".join(article.text[start:end] for start, end in spans).replace(" ", "")


@pytest.fixture(scope="module")
def isolation() -> Iterator[Isolation]:
    """The process in which documents are parsed."""
    with Isolation() as process:
        yield process


def with_member(archive: bytes, name: str, data: bytes) -> bytes:
    """The ZIP archive with other data in the member of that name."""
    with zipfile.ZipFile(io.BytesIO(archive)) as whole:
        return packed({member: data if member == name else whole.read(member) for member in whole.namelist()})


def refused(read: Callable[[], object]) -> str:
    """Why the call refuses what it reads, "" if it does not."""
    try:
        read()
    except (Unreadable, CorpusError) as refusal:
        return str(refusal)
    return ""


def parse(kind: str, data: bytes, isolation: Isolation) -> None:
    """The file is an article, or is refused with a sentence, in time."""
    started = time.monotonic()
    reason = refused(
        lambda: check(PLAIN[kind](data, "a", "a") if kind in PLAIN else isolation.parse(kind, data, "a", "a"))
    )
    assert reason.endswith((".", ")")) or not reason
    assert "\n" not in reason
    assert "reader gave up" not in reason
    assert time.monotonic() - started < MOST_SECONDS


@pytest.mark.parametrize("kind", sorted(VALID))
def test_broken_files(kind: str, isolation: Isolation) -> None:
    """A broken file is read or refused, and never brings its parser down."""

    @FEW
    @given(broken(VALID[kind]))
    def run(data: bytes) -> None:
        parse(kind, data, isolation)

    run()


@pytest.mark.parametrize(
    ("kind", "inside", "name"),
    [
        (
            ".docx",
            f"<w:document {W}><w:body>{paragraph('It has three piers.')}</w:body></w:document>",
            "word/document.xml",
        ),
        (".epub", chapter("<h1>Port</h1><p>It has <b>three</b> piers.</p>"), "OEBPS/c 0.xhtml"),
    ],
)
def test_broken_files_inside_whole_archives(kind: str, inside: str, name: str, isolation: Isolation) -> None:
    """What is broken inside an archive that is whole is read or refused like any broken file."""

    @FEW
    @given(broken(inside.encode()))
    def run(data: bytes) -> None:
        content = docx("") if kind == ".docx" else epub([b""])
        parse(kind, with_member(content, name, data), isolation)

    run()


@pytest.mark.parametrize("kind", sorted(VALID))
def test_bytes_of_chance(kind: str, isolation: Isolation) -> None:
    """Bytes of chance are read or refused."""

    @FEW
    @given(st.binary(max_size=300))
    def run(data: bytes) -> None:
        parse(kind, data, isolation)
        file_type(data, f"a{kind}")

    run()


@FEW
@given(broken(b'{"id": "1", "title": "Port", "text": "Words.", "author": ["A"], "published": "2031-05-04"}\n' * 2))
def test_broken_lines(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Every line of a broken file of lines is an article or is skipped with its number, packed or not."""
    folder = tmp_path_factory.mktemp("lines", numbered=True)
    for name, content in (
        ("a.jsonl", data),
        ("b.jsonl.gz", gzip.compress(data)),
        ("c.jsonl.gz", gzip.compress(data)[:-9]),
    ):
        (folder / name).write_bytes(content)
        for _, outcome in read_jsonl(folder / name, name):
            if isinstance(outcome, Article):
                check(outcome)
            else:
                assert outcome.path.startswith(f"{name}, line ")


@FEW
@given(broken(b"<rss><channel><item><link>/a</link></item><item><guid>b</guid></item></channel></rss>") | st.binary())
def test_broken_feeds(data: bytes) -> None:
    """A broken feed lists addresses or is refused."""
    is_listing(data)
    found: list[Entry] = []
    reason = refused(lambda: found.extend(entries(data, "https://news.example/feed")))
    assert reason == "" or reason.endswith((".", ")"))
    assert all(entry.url.startswith("http") for entry in found)


@FEW
@given(broken(b"a.txt:\n  title: Port\n  author: [A, B]\n  published: 2031-05-04\nb: {url: 'https://a.b'}\n"))
def test_broken_side_files(data: bytes) -> None:
    """A broken side file is followed, or refused with its line."""
    reason = refused(lambda: parse_corrections(data.decode(errors="replace"), Path("metadata.yaml")))
    assert reason == "" or reason.startswith("metadata.yaml, line ")


@FEW
@given(st.text(min_size=1, max_size=400))
def test_plain_formats_keep_their_text(text: str) -> None:
    """The stored text of plain formats is the file's, line ends read as line feeds, and passages are slices of it."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    for kind, parser in PLAIN.items():
        try:
            article = parser(data, "a", "a")
        except Unreadable:
            assert not text.strip() or "\0" in text or text.startswith(("---", "\ufeff"))
            continue
        if not expected.startswith(("---", "\ufeff")):
            assert article.text == expected, kind
        check(article)


@pytest.mark.parametrize("kind", sorted(VALID))
def test_passages_are_slices(kind: str) -> None:
    """In every format passages and their sentences point into the stored text, and hold all its words."""
    parser = (PLAIN | DOCUMENTS)[kind]
    article = parser(VALID[kind], "a", "a")
    passages = chunk(article, count_tokens=lambda texts: [len(text.split()) for text in texts], window=8)
    kept = "".join("".join(article.text[start:end] for start, end in passage.sentences) for passage in passages)
    assert "".join(kept.split()) == "".join(article.text.split())
    assert all(passage.text == article.text[passage.start : passage.end] for passage in passages)


@pytest.mark.parametrize(
    "text",
    [
        "# a" + " " * 300_000 + "b",
        "---\n" + "a: b\n" * 100_000,
        "---\n" + "- " * 20_000 + "\n---\nText",
        "---\n" + "a: b\n" * 12_000 + "---\nText",
        "---\n" + "a: b\n" * 200_000 + "---\nText",
        "#" * 300_000,
        "\n" * 300_000 + "a",
        "word " * 400_000,
        "Ш" * 1_000_000,
    ],
    ids=[
        "spaces",
        "open front matter",
        "nested front matter",
        "long front matter",
        "longer",
        "marks",
        "line ends",
        "2 MB",
        "one word of 2 MB",
    ],
)
@pytest.mark.parametrize("kind", sorted(PLAIN))
def test_nothing_takes_long(kind: str, text: str) -> None:
    """Texts that are made to make a parser slow are read or refused in time."""
    started = time.monotonic()
    assert "\n" not in refused(lambda: PLAIN[kind](text.encode(), "a", "a"))
    assert time.monotonic() - started < MOST_SECONDS / 2


def test_a_line_that_fills_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line without an end is not read to its end, packed or not."""
    monkeypatch.setattr(jsonl, "LONGEST", 1024 * 1024)
    with gzip.open(tmp_path / "a.jsonl.gz", "wb") as file:
        file.write(b'{"id": "1", "text": "Words."}\n')
        file.write(b" " * 3_000_000)
    outcomes = list(read_jsonl(tmp_path / "a.jsonl.gz", "a.jsonl.gz"))
    assert [number for number, _ in outcomes] == [1, 2]
    reason = "The line is longer than 1 MB; the rest of the file is left out."
    assert outcomes[1][1] == Skipped("a.jsonl.gz, line 2", reason)


def test_a_feed_that_fills_the_memory() -> None:
    """A feed lists no more than there may be, however small it is packed, and is refused at once."""
    started = time.monotonic()
    many = b"<urlset>" + b"<url/>" * 1_500_000 + b"</urlset>"
    assert refused(lambda: entries(many, "https://a.example/")).startswith("It lists more than 50,000 pages")
    packed_feed = gzip.compress(many + b" " * 5_000_000)
    assert refused(lambda: entries(packed_feed, "https://a.example/")) == "The sitemap unpacks to more than 10 MB."
    assert time.monotonic() - started < MOST_SECONDS


def test_a_line_of_json_that_is_deeply_nested(tmp_path: Path) -> None:
    """A line that is made to break the reader of JSON is skipped, and the next one read."""
    (tmp_path / "a.jsonl").write_text(
        "[" * 200_000 + "\n" + json.dumps({"id": "1", "text": "Words."}), encoding="utf-8"
    )
    outcomes = [outcome for _, outcome in read_jsonl(tmp_path / "a.jsonl", "a.jsonl")]
    assert [isinstance(outcome, Article) for outcome in outcomes] == [False, True]
