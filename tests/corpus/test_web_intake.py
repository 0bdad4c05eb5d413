import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePath

import pytest
from document_files import pdf

from qa_bot.corpus import web_intake
from qa_bot.corpus.fetched import Visit, Visits
from qa_bot.corpus.intake import Intake, Taken
from qa_bot.corpus.isolation import Isolation
from qa_bot.corpus.reader import read_corpus
from qa_bot.corpus.removal import Doomed, Remover
from qa_bot.corpus.web_intake import WebIntake
from qa_bot.types import Article, Skipped


class Site(ThreadingHTTPServer):
    """A site on this machine: pages by path, each with type and content; it counts what it sends."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.sent: list[str] = []
        self.asked: list[str] = []
        self.busy: set[str] = set()
        self.busy_status = 429

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def page(self, path: str, text: str) -> None:
        """A page with that text."""
        page = f"<!doctype html><html><body><p>{text}</p></body></html>"
        self.pages[path] = ("text/html; charset=utf-8", page.encode())


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """The page, or that it did not change, or that there is none."""
        site = self.server
        assert isinstance(site, Site)
        site.asked.append(self.path)
        if self.path in site.busy:
            self.send_error(site.busy_status)
            return
        if self.path not in site.pages:
            self.send_error(404)
            return
        kind, content = site.pages[self.path]
        etag = f'"{hash(content)}"'
        changed = self.headers.get("If-None-Match") != etag
        self.send_response(200 if changed else 304)
        self.send_header("Content-Type", kind)
        self.send_header("ETag", etag)
        self.end_headers()
        if changed:
            site.sent.append(self.path)
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that stops by itself."""
    server = Site()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


Add = Callable[[str], list[tuple[str, bool]]]


@pytest.fixture
def add(tmp_path: Path, site: Site) -> Iterator[Add]:
    """What becomes of a path of the site that is taken into `corpus`, each time by a new intake."""

    def take(path: str) -> list[tuple[str, bool]]:
        web = WebIntake(Intake(tmp_path / "corpus", isolation), tmp_path / "corpus", private=True)
        outcomes = web.take(site.url + path)
        return [(o.article, o.new) if isinstance(o, Taken) else (o.reason, False) for o in outcomes]

    with Isolation() as isolation:
        yield take


def articles(tmp_path: Path) -> dict[str, Article]:
    """The articles of the corpus by id."""
    return {outcome.id: outcome for outcome in read_corpus(tmp_path / "corpus") if isinstance(outcome, Article)}


def test_a_page_keeps_its_address(add: Add, site: Site, tmp_path: Path) -> None:
    """The page is saved whole with its address; unchanged it is not sent again, changed it takes its own place."""
    site.page("/news/bridge.html", "Мост открыт 🙂.")
    assert add("/news/bridge.html") == [("127.0.0.1-bridge.html", True)]
    article = articles(tmp_path)["127.0.0.1-bridge.html"]
    assert (article.text, article.url, article.published) == ("Мост открыт 🙂.", f"{site.url}/news/bridge.html", None)

    assert add("/news/bridge.html") == [("127.0.0.1-bridge.html", False)]
    assert site.sent == ["/news/bridge.html"]
    site.page("/news/bridge.html", "The bridge is closed.")
    assert add("/news/bridge.html") == [("127.0.0.1-bridge.html", True)]
    assert articles(tmp_path)["127.0.0.1-bridge.html"].text == "The bridge is closed."


def test_text_and_documents_keep_their_address(add: Add, site: Site, tmp_path: Path) -> None:
    """Text gets front matter, a PDF an entry of the side file, below what stands there."""
    site.pages["/a.txt"] = ("text/plain; charset=windows-1251", "Порт".encode("cp1251"))
    site.pages["/b.pdf"] = ("application/pdf", pdf([[(72, 700, "Words.")]]))
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/metadata.yaml").write_text("# Mine\n127.0.0.1-a.txt: {title: Port}", encoding="utf-8")
    assert [*add("/a.txt"), *add("/b.pdf")] == [("127.0.0.1-a.txt", True), ("127.0.0.1-b.pdf", True)]
    found = articles(tmp_path)
    assert [(a.text, a.title, a.url) for a in found.values()] == [
        ("Порт", "Port", f"{site.url}/a.txt"),
        ("Words.", "Words.", f"{site.url}/b.pdf"),
    ]
    assert (tmp_path / "corpus/metadata.yaml").read_text(encoding="utf-8").startswith("# Mine\n127.0.0.1-a.txt: {tit")


RSS = "<?xml version='1.0'?><rss><channel><link>/</link>{}</channel></rss>"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>"


def test_a_feed(add: Add, site: Site, tmp_path: Path) -> None:
    """Every page of a feed is taken in once; an unchanged feed costs one request, a new entry two."""
    for name in "abc":
        site.page(f"/{name}", f"Words of {name}.")
    items = "<item><link>/a</link></item><item><guid>/b</guid></item><item><guid isPermaLink='false'>7</guid></item>"
    site.pages["/feed"] = ("application/rss+xml", RSS.format(items).encode())
    assert add("/feed") == [("127.0.0.1-a.html", True), ("127.0.0.1-b.html", True)]
    assert add("/feed") == [("nothing new in it", False)]
    assert site.sent == ["/feed", "/a", "/b"]

    (tmp_path / "corpus/127.0.0.1-a.html").unlink()
    site.pages["/feed"] = ("application/rss+xml", RSS.format(items + "<item><link>/c</link></item>").encode())
    assert add("/feed") == [("127.0.0.1-c.html", True)]
    assert site.sent[3:] == ["/feed", "/c"]
    assert sorted(articles(tmp_path)) == ["127.0.0.1-b.html", "127.0.0.1-c.html"]


def test_a_page_that_was_taken_out(add: Add, site: Site, tmp_path: Path) -> None:
    """Its feed does not bring it back, its own address does, and leaves alone what has its name now."""
    site.page("/a", "Words of a.")
    site.page("/sub/a", "Other words.")
    entry = "<entry><link href='/a'/><updated>{}</updated></entry>"
    site.pages["/feed"] = ("application/atom+xml", ATOM.format(entry.format(1)).encode())
    assert add("/feed") == [("127.0.0.1-a.html", True)]
    Remover(tmp_path / "corpus", tmp_path / "aside").remove(Doomed(PurePath("127.0.0.1-a.html"), None))
    assert add("/sub/a") == [("127.0.0.1-a.html", True)]

    site.pages["/feed"] = ("application/atom+xml", ATOM.format(entry.format(2)).encode())
    assert add("/feed") == []
    assert add("/a") == [("127.0.0.1-a-2.html", True)]
    assert articles(tmp_path)["127.0.0.1-a.html"].text == "Other words."
    assert add("/a") == [("127.0.0.1-a-2.html", False)]


def test_visits_of_two_processes(tmp_path: Path) -> None:
    """What two who fetch at once have visited is all kept."""
    first, second = Visits(tmp_path), Visits(tmp_path)
    with ThreadPoolExecutor(2) as threads:
        for number in range(20):
            threads.submit(first.put, f"a{number}", Visit(None))
            threads.submit(second.put, f"b{number}", Visit("x"))
    assert [Visits(tmp_path).get(f"{name}{number}") for name in "ab" for number in range(20)] == [
        *[Visit(None)] * 20,
        *[Visit("x")] * 20,
    ]


def test_what_an_entry_says_of_its_change(add: Add, site: Site) -> None:
    """An entry with a new date of change is fetched again."""
    site.page("/a", "Old words.")
    entry = "<entry><link rel='self' href='/x'/><link href='/a'/><updated>{}</updated></entry>"
    site.pages["/feed"] = ("application/atom+xml", ATOM.format(entry.format(1)).encode())
    assert add("/feed") == [("127.0.0.1-a.html", True)]
    site.page("/a", "New words.")
    site.pages["/feed"] = ("application/atom+xml", ATOM.format(entry.format(2)).encode())
    assert add("/feed") == [("127.0.0.1-a.html", True)]


def test_sitemaps(add: Add, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sitemap of sitemaps is followed; what is beyond the limit comes with the next time."""
    monkeypatch.setattr(web_intake, "MOST_PAGES", 2)
    for name in "abc":
        site.page(f"/{name}", f"Words of {name}.")
    urls = "".join(f"<url><loc>{site.url}/{name}</loc></url>" for name in "abc")
    site.pages["/map.xml"] = (
        "text/xml",
        f"<sitemapindex><sitemap><loc>{site.url}/1</loc></sitemap></sitemapindex>".encode(),
    )
    site.pages["/1"] = ("text/xml", f"<urlset>{urls}</urlset>".encode())
    assert add("/map.xml") == [
        ("127.0.0.1-a.html", True),
        ("127.0.0.1-b.html", True),
        ("1 of its pages are left: add it again for the next ones.", False),
    ]
    assert add("/map.xml") == [("127.0.0.1-c.html", True)]


def test_sitemaps_that_lead_to_themselves(add: Add, site: Site) -> None:
    """A sitemap is read once however it refers to itself; what is nested too deeply is named."""
    site.page("/a", "Words of a.")
    listing = "<sitemapindex>{}</sitemapindex>"
    to = [f"<sitemap><loc>{site.url}/{name}</loc></sitemap>" for name in ("1", "2", "3")]
    site.pages["/1"] = ("text/xml", listing.format(to[0] + to[1]).encode())
    site.pages["/2"] = ("text/xml", listing.format(to[0] + to[2] + f"<url><loc>{site.url}/a</loc></url>").encode())
    site.pages["/3"] = ("text/xml", listing.format(to[1]).encode())
    refusal = "It is a feed or sitemap where a page should be: add it by its own address."
    assert add("/1") == [(refusal, False), ("127.0.0.1-a.html", True)]
    assert [path for path in site.sent if path != "/robots.txt"] == ["/1", "/2", "/3", "/a"]


def test_a_sitemap_of_sitemaps_is_looked_through_each_time(add: Add, site: Site) -> None:
    """It may be as it was while what it lists has new pages."""
    for name in "ab":
        site.page(f"/{name}", f"Words of {name}.")
    site.pages["/map"] = (
        "text/xml",
        f"<sitemapindex><sitemap><loc>{site.url}/1</loc></sitemap></sitemapindex>".encode(),
    )
    url = f"<url><loc>{site.url}/{{}}</loc></url>"
    site.pages["/1"] = ("text/xml", f"<urlset>{url.format('a')}</urlset>".encode())
    assert add("/map") == [("127.0.0.1-a.html", True)]
    assert add("/map") == []
    site.pages["/1"] = ("text/xml", f"<urlset>{url.format('a')}{url.format('b')}</urlset>".encode())
    assert add("/map") == [("127.0.0.1-b.html", True)]


def test_a_site_that_has_enough_is_left_alone(add: Add, site: Site) -> None:
    """After the first page that it refuses as one too many no other is asked for."""
    site.page("/a", "Words of a.")
    items = "".join(f"<item><link>/{name}</link></item>" for name in "abc")
    site.pages["/feed"] = ("text/xml", RSS.format(items).encode())
    site.busy = {"/b"}
    assert add("/feed") == [
        ("127.0.0.1-a.html", True),
        ("The server says 429 Too Many Requests.", False),
        ("2 of its pages are left: add it again later.", False),
    ]
    assert "/c" not in site.asked


@pytest.mark.parametrize(("kind", "status"), [("text/plain", 503), ("image/png", 200)])
def test_robots_that_cannot_be_read(add: Add, site: Site, kind: str, status: int) -> None:
    """Where a site cannot say what it allows nothing is fetched, and it is asked once."""
    site.page("/a", "Words.")
    site.pages["/feed"] = ("text/xml", RSS.format("<item><link>/a</link></item>").encode())
    site.pages["/robots.txt"] = (kind, b"x")
    site.busy = {"/robots.txt"} if status == HTTPStatus.SERVICE_UNAVAILABLE else set()
    site.busy_status = status
    ((said, _),) = add("/feed")
    place = site.url.removeprefix("http://")
    assert said.startswith(f"What {place} allows cannot be read (robots.txt), so nothing is fetched. ")
    assert site.asked == ["/robots.txt"]


def test_robots_that_are_a_page(add: Add, site: Site) -> None:
    """A page in place of robots.txt, as sites of one page send for every address, forbids nothing."""
    site.page("/a", "Words.")
    site.page("/robots.txt", "User-agents and others: Disallow: / is not what is meant.")
    assert add("/a") == [("127.0.0.1-a.html", True)]


def test_robots(add: Add, site: Site) -> None:
    """What a site forbids is not fetched, not even once, and the rest is."""
    site.page("/private/a", "Secret.")
    site.page("/b", "Words.")
    site.pages["/feed"] = (
        "text/xml",
        RSS.format("<item><link>/private/a</link></item><item><link>/b</link></item>").encode(),
    )
    site.pages["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /priv*/\n")
    refusal = f"{site.url.removeprefix('http://')} does not allow programs to fetch it (robots.txt)."
    assert add("/private/a") == [(refusal, False)]
    assert add("/feed") == [(refusal, False), ("127.0.0.1-b.html", True)]
    assert "/private/a" not in site.sent


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (("text/xml", b"<rss><channel>"), "The feed is not XML (Premature end of data"),
        (("text/xml", b"<!DOCTYPE r [<!ENTITY a 'b'>]><rss>&a;</rss>"), "The feed declares XML entities, which are "),
        (("application/gzip", b"\x1f\x8b\x08broken"), "It is a packed file of a kind that is not read."),
        (("image/png", b"x"), "It is image/png: pages, text and documents are read."),
        (("text/html", b"<html></html>"), "The file is not an HTML page."),
    ],
)
def test_what_is_no_page(add: Add, site: Site, tmp_path: Path, page: tuple[str, bytes], reason: str) -> None:
    """The reason is named, and nothing is written."""
    site.pages["/a"] = page
    ((said, _),) = add("/a")
    assert said.startswith(reason)
    assert list((tmp_path / "corpus").iterdir()) == []


def test_private_addresses_need_leave(site: Site, tmp_path: Path) -> None:
    """Without leave nothing is fetched from this machine."""
    with Isolation() as isolation:
        web = WebIntake(Intake(tmp_path / "corpus", isolation), tmp_path / "corpus", private=False)
        assert list(web.take(site.url)) == [Skipped(site.url, "127.0.0.1 is on this machine or in a private network.")]
    assert site.sent == []
