import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from qa_bot.corpus import fetching
from qa_bot.corpus.fetching import fetch
from qa_bot.corpus.unreadable import Unreadable

PAGE = b"<!doctype html><title>Bridge</title><p>The bridge opened on 3 May 2031.</p>"


class _Site(BaseHTTPRequestHandler):
    """A page, and everything that is none."""

    def do_GET(self) -> None:
        """The answer to a request."""
        kinds = {"/page": "text/html; charset=utf-8", "/image": "image/png", "/big": "text/plain"}
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/page")
            self.end_headers()
        elif self.path == "/inside":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data")
            self.end_headers()
        elif self.path == "/packed":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Encoding", "gzip, gzip")
            self.end_headers()
            self.wfile.write(gzip.compress(gzip.compress(PAGE)))
        elif self.path == "/around":
            self.send_response(301)
            self.send_header("Location", "/around")
            self.end_headers()
        elif self.path.startswith("/slow"):
            self.connection.sendall(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if self.path == "/slow-words" else b"X-Slow: "))
            with suppress(OSError):
                for _ in range(200):
                    self.connection.sendall(b"x")
                    time.sleep(0.02)
        elif self.path in kinds:
            self.send_response(200)
            self.send_header("Content-Type", kinds[self.path])
            self.end_headers()
            self.wfile.write(b"x" * 5000 if self.path == "/big" else PAGE)
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a small site on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page(site: str) -> None:
    """The bytes of the page, and where it was found after a redirect."""
    assert fetch(f"{site}/moved", private=True) == fetching.Page(f"{site}/page", PAGE, charset="utf-8")


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/image", "It is image/png"), ("/none", "The server says 404"), ("/around", "leads on more than 5 times")],
)
def test_what_is_no_page(site: str, path: str, reason: str) -> None:
    """The reason is named."""
    with pytest.raises(Unreadable, match=reason):
        fetch(site + path, private=True)


def test_a_page_that_is_too_big(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than the limit is read."""
    monkeypatch.setattr(fetching, "MOST_BYTES", 1000)
    with pytest.raises(Unreadable, match="bigger than"):
        fetch(f"{site}/big", private=True)


@pytest.mark.parametrize("path", ["/slow", "/slow-words"])
def test_a_server_that_never_comes_to_an_end(site: str, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """A server that sends its header or page letter by letter is left when the time is over, and nothing is kept."""
    monkeypatch.setattr(fetching, "_MOST_SECONDS", 0.4)
    started = time.monotonic()
    with pytest.raises(Unreadable, match="The page takes longer than 0 s"):
        fetch(site + path, private=True)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://0.0.0.0/",
        "http://0x7f.1/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:0:7f00:1]/",
        "http://[fec0::1]/",
        "http://224.0.0.1/",
        "http://[ff02::1]/",
        "http://100.64.0.1/",
    ],
)
def test_private_addresses_are_refused(url: str) -> None:
    """Loopback, private networks and the metadata of clouds are out of reach, however they are written."""
    with pytest.raises(Unreadable, match="private network"):
        fetch(url)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["64:ff9b::a00:1", "93.184.216.34"]]
)
def test_names_of_private_addresses_are_refused(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    """A name is refused where any of its addresses is private, before anything is asked of the machine."""
    found = [(0, 0, 0, "", (address, 0)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Unreadable, match=r"^rebinding\.example is on this machine or in a private network\.$"):
        fetch("http://rebinding.example/", allowed=lambda _: pytest.fail("asked for robots.txt"))


def test_a_redirect_to_a_private_address_is_refused(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that a redirect leads to is looked at like the first one."""
    monkeypatch.setattr(fetching, "_is_public", lambda address: address == "127.0.0.1")
    with pytest.raises(Unreadable, match=r"169\.254\.169\.254 is on this machine or in a private network"):
        fetch(f"{site}/inside")


def test_addresses_of_translators_are_those_that_they_stand_for() -> None:
    """Where a network translates, a public address of version 4 is one still; its own ranges are looked at alone."""
    public = ["64:ff9b::808:808", "2606:4700::1111", "8.8.8.8"]
    assert [address for address in [*public, "64:ff9b::a00:1", "::1"] if fetching._is_public(address)] == public


def test_a_page_that_is_packed_twice_is_refused(site: str) -> None:
    """A few kilobytes that would unpack to gigabytes are not unpacked."""
    with pytest.raises(Unreadable, match="packed in a way that is not read"):
        fetch(f"{site}/packed", private=True)


def test_a_name_and_password_are_refused() -> None:
    """What is secret does not get into an article."""
    with pytest.raises(Unreadable, match="a name or a password"):
        fetch("http://anna:secret@news.example/")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/x", "http://", "bridge", "http://[/"])
def test_other_addresses_are_refused(url: str) -> None:
    """Only the web is fetched."""
    with pytest.raises(Unreadable, match=r"Only addresses|no address|no machine"):
        fetch(url)
