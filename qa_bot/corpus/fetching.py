"""A page fetched from the web, within limits, and from public addresses only."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from qa_bot.corpus.deadline import Deadline
from qa_bot.corpus.unreadable import Unreadable

MOST_BYTES = 10 * 1024 * 1024
_MOST_REDIRECTS = 5
_MOST_SECONDS = 20.0
# What an article, a feed or a sitemap comes as, and what servers say of files that they do not know.
_TYPES = (
    *("text/html", "application/xhtml+xml", "text/plain", "text/markdown", "text/xml", "application/xml"),
    *("application/pdf", "application/epub+zip", "multipart/related", "message/rfc822", "application/octet-stream"),
    *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/gzip", "application/x-gzip"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
# Unicast addresses of version 6 (RFC 4291), and those that lead to one of version 4: through translators (RFC 6052) and
# through tunnels that nobody runs any more (RFC 7526).
_UNICAST, _TRANSLATED, _TUNNELLED = map(ipaddress.IPv6Network, ("2000::/3", "64:ff9b::/96", "2002::/16"))
_AGENT = "qa-bot (an archive of articles; fetched at the wish of a person)"


@dataclass(frozen=True, slots=True)
class Marks:
    """What a server says of the state of a page, to be asked with the next time (RFC 9110, 8.8)."""

    etag: str | None = None
    modified: str | None = None


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched, the address that it was found at in the end, and what the server says of it."""

    url: str
    content: bytes
    kind: str = "text/html"
    charset: str | None = None
    marks: Marks = NO_MARKS


class NotServed(Unreadable):
    """The server answers with another status than success; 304 is that nothing changed."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


def anywhere(_url: str) -> None:
    """Every address may be fetched."""


def fetch(
    url: str, *, private: bool = False, marks: Marks = NO_MARKS, allowed: Callable[[str], None] = anywhere
) -> Page:
    """The page at that address; raises Unreadable with the reason where there is none that can be an article.

    Addresses of this machine and of private networks are refused, also where a name or a redirect leads to one, unless
    `private`. `allowed` raises Unreadable for addresses that may not be fetched. Of a page that is as it was when it
    had these `marks`, the server says that it did not change: NotServed, 304.
    """
    # Both looked at before its time begins: a slow robots.txt takes none of the page's.
    _address(_parsed(url).host, private=private)
    allowed(url)
    conditions = {"If-None-Match": marks.etag, "If-Modified-Since": marks.modified}
    headers = {"User-Agent": _AGENT, "Accept-Encoding": "gzip"} | {
        name: value for name, value in conditions.items() if value
    }
    with (
        httpx.Client(timeout=_MOST_SECONDS / 2, headers=headers, trust_env=False) as client,
        Deadline(_MOST_SECONDS) as deadline,
    ):
        for _ in range(_MOST_REDIRECTS + 1):
            target = _parsed(url)
            address = _address(target.host, private=private)
            allowed(url)
            try:
                with _answer(client, target, address, deadline) as response:
                    if not response.has_redirect_location:
                        return _page(url, response, deadline)
                    url = str(target.join(response.headers["Location"]))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if deadline.over:
                    raise Unreadable(f"The page takes longer than {_MOST_SECONDS:.0f} s.") from error
                raise Unreadable(f"{target.host} does not answer as a web server should.") from error
    raise Unreadable(f"The address leads on more than {_MOST_REDIRECTS} times.")


def _parsed(url: str) -> httpx.URL:
    try:
        target = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise Unreadable("It is no address.") from error
    if target.scheme not in ("http", "https") or not target.host:
        raise Unreadable("Only addresses that begin with http:// or https:// are fetched.")
    if target.userinfo:
        raise Unreadable("The address has a name or a password in it: it would be kept with the article.")
    return target


@contextmanager
def _answer(client: httpx.Client, target: httpx.URL, address: str, deadline: Deadline) -> Iterator[httpx.Response]:
    """The answer of the very machine whose address was looked at: a name may mean another one a moment later."""
    request = client.build_request(
        "GET",
        target.copy_with(host=address),
        headers={"Host": target.netloc.decode("ascii")},
        extensions={"sni_hostname": target.host, "trace": deadline.trace},
    )
    response = client.send(request, stream=True)
    try:
        yield response
    finally:
        response.close()


def _address(host: str, *, private: bool) -> str:
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Unreadable(f"There is no machine called {host}.") from error
    if not private and not all(map(_is_public, found)):
        raise Unreadable(f"{host} is on this machine or in a private network.")
    # Addresses of version 4 have no colon, and more machines can reach them.
    return min(found, key=lambda address: (":" in address, address))


def _is_public(text: str) -> bool:
    """Whether the address is one that anybody may have, also where it stands for another one."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            return _is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        if address not in _UNICAST or address in _TUNNELLED:
            return False
    return address.is_global and not address.is_multicast


def _page(url: str, response: httpx.Response, deadline: Deadline) -> Page:
    status = response.status_code
    if status != httpx.codes.OK:
        raise NotServed(f"The server says {status} {response.reason_phrase}.", status=status)
    kind = response.headers.get("Content-Type", "text/html").partition(";")[0].strip().lower()
    if kind not in _TYPES:
        raise Unreadable(f"It is {kind}: pages, text and documents are read.")
    # Packed twice, a few kilobytes are as many gigabytes.
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", "gzip", "x-gzip", ""):
        raise Unreadable("The page is packed in a way that is not read.")
    marks = Marks(response.headers.get("ETag"), response.headers.get("Last-Modified"))
    return Page(url, _content(response, deadline), kind, response.charset_encoding, marks)


def _content(response: httpx.Response, deadline: Deadline) -> bytes:
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise Unreadable(f"The page is bigger than {MOST_BYTES // 1024 // 1024} MB.")
    if deadline.over:  # what was cut may look like an end
        raise Unreadable(f"The page takes longer than {_MOST_SECONDS:.0f} s.")
    return bytes(content)
