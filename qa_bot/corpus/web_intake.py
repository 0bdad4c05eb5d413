"""Pages, feeds and sitemaps taken into the corpus, within limits and with the leave of their sites."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from qa_bot.corpus.feeds import Entry, entries, is_listing
from qa_bot.corpus.fetched import Visit, Visits
from qa_bot.corpus.fetching import NO_MARKS, NotServed, Page, fetch
from qa_bot.corpus.formats import file_type
from qa_bot.corpus.intake import Intake, Taken
from qa_bot.corpus.lock import corpus_lock
from qa_bot.corpus.robots import Robots
from qa_bot.corpus.side_file import SIDE_FILE, parse_corrections
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.errors import CorpusError
from qa_bot.types import Skipped

# Pages of one feed or sitemap that are fetched at a time: at one a second, a quarter of an hour.
MOST_PAGES = 1000
_UNCHANGED = 304
# What a site says that wants to be left alone for a while.
_TOO_MUCH = (429, 503)
# A sitemap of sitemaps is all that there may be (sitemaps.org).
_DEEPEST = 2
_NAME_CHARACTERS = 80
_DOCTYPE = re.compile(rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?<!doctype[^>]{0,300}>", re.IGNORECASE)
_BOM = b"\xef\xbb\xbf"


class WebIntake:
    """Takes what is at an address into the corpus."""

    def __init__(self, intake: Intake, corpus: Path, *, private: bool) -> None:
        self._intake = intake
        self._corpus = corpus
        self._visits = Visits(corpus)
        self._fetch = partial(fetch, private=private)
        self._robots = Robots(self._fetch)
        self._left = MOST_PAGES

    def take(self, url: str) -> Iterator[Taken | Skipped]:
        """What became of the page at that address, or of each page of the feed or sitemap there."""
        visit = self._visits.get(url)
        self._left = MOST_PAGES
        try:
            page = self._page(url, visit)
            if page is None:
                yield Taken(url, (visit and visit.article) or "nothing new in it", new=False)
            elif is_listing(page.content):
                yield from self._pages(page, url, inside=())
            else:
                yield self._keep(page, url, updated=None)
        except Unreadable as error:
            yield Skipped(url, str(error))

    def _page(self, url: str, visit: Visit | None) -> Page | None:
        """The page, `None` if it is as it was on the last visit and what was made of it is still there."""
        there = visit is not None and (visit.article is None or (self._corpus / visit.article).is_file())
        try:
            return self._fetch(url, marks=visit.marks if visit and there else NO_MARKS, allowed=self._robots.check)
        except NotServed as error:
            if error.status == _UNCHANGED:
                return None
            raise

    def _pages(self, listing: Page, url: str, *, inside: tuple[str, ...]) -> Iterator[Taken | Skipped]:
        """What became of the pages that a feed or sitemap lists, but for those that are known and did not change.

        `inside` are the addresses of the sitemaps that led to it.
        """
        listed = entries(listing.content, listing.url)
        fresh = [entry for entry in listed if self._is_fresh(entry) and entry.url not in (url, *inside)]
        # One of sitemaps says nothing of what they list: it is read anew each time.
        whole = not any(entry.listing for entry in listed)
        for number, entry in enumerate(fresh):
            if not self._left:
                left = f"{len(fresh) - number:,} of its pages are left: add it again for the next ones."
                yield Skipped(url, left)
                return
            try:
                for outcome in self._entry(entry, inside=(*inside, url)):
                    whole = whole and isinstance(outcome, Taken)
                    yield outcome
            except Unreadable as error:
                yield Skipped(entry.url, str(error))
                whole = whole and isinstance(error, NotServed)
                if isinstance(error, NotServed) and error.status in _TOO_MUCH:
                    yield Skipped(url, f"{len(fresh) - number:,} of its pages are left: add it again later.")
                    return
        if whole:
            self._visits.put(url, Visit(None, listing.marks))

    def _entry(self, entry: Entry, *, inside: tuple[str, ...]) -> Iterator[Taken | Skipped]:
        """What became of a page or sitemap that is listed; raises `Unreadable`."""
        time.sleep(self._robots.wait(entry.url))
        visit = self._visits.get(entry.url)
        page = self._page(entry.url, visit)
        if page is None:
            if visit and not entry.listing:
                self._visits.put(entry.url, replace(visit, updated=entry.updated))
        elif not is_listing(page.content):
            self._left -= 1
            yield self._keep(page, entry.url, updated=entry.updated)
        elif entry.listing and len(inside) < _DEEPEST:
            yield from self._pages(page, entry.url, inside=inside)
        else:
            raise Unreadable("It is a feed or sitemap where a page should be: add it by its own address.")

    def _is_fresh(self, entry: Entry) -> bool:
        visit = self._visits.get(entry.url)
        if visit is None or entry.listing:
            return True
        taken_out = visit.article is None
        return not taken_out and entry.updated is not None and entry.updated != visit.updated

    def _keep(self, page: Page, url: str, *, updated: str | None) -> Taken | Skipped:
        """The page as a file of the corpus, which says where it comes from; raises `Unreadable`."""
        kind = file_type(page.content, urlsplit(page.url).path)
        if kind is None:
            raise Unreadable("It is a packed file of a kind that is not read.")
        visit = self._visits.get(url)
        there = visit is not None and visit.article is not None and (self._corpus / visit.article).is_file()
        known = visit.article if visit and visit.article and there and visit.article.endswith(kind) else None
        content, inside = with_address(page, kind)
        try:
            taken = self._intake.take_content(content, _name(page.url) + kind, url, over=known)
            if taken.new and not inside and known is None:
                with corpus_lock(self._corpus):
                    self._note_address(taken.article, page.url)
        except OSError as error:
            return Skipped(url, f"It cannot be written: {error.strerror}.")
        self._visits.put(url, Visit(taken.article, page.marks, updated))
        return taken

    def _note_address(self, article: str, url: str) -> None:
        """The address of a document that has no place for it, in the side file; what is there stays as it is."""
        path = self._corpus / SIDE_FILE
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if article in parse_corrections(text, path):
            return
        line_end = "\n" if text and not text.endswith("\n") else ""
        text += f"{line_end}{json.dumps(article)}:\n  url: {json.dumps(url)}\n"
        try:
            parse_corrections(text, path)
        except CorpusError as error:
            raise Unreadable(f"It is taken in, but its address cannot be noted: {error}") from error
        draft = path.with_name(f".{SIDE_FILE}.new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)


def with_address(page: Page, kind: str) -> tuple[bytes, bool]:
    """The content with the page's address in it, and whether it has a place for one.

    A page gets the comment that browsers write ("saved from url"), text gets front matter. A page in another encoding
    than UTF-8, which only the server names, becomes UTF-8.
    """
    if kind == ".html":
        content = _in_utf8(page)
        mark = content[: len(_BOM)] if content.startswith(_BOM) else b""
        doctype = _DOCTYPE.match(content, len(mark))
        at = doctype.end() if doctype else len(mark)
        address = page.url.replace(">", "%3E").replace("<", "%3C")
        comment = f"\n<!-- saved from url=({len(address):04d}){address} -->\n".encode()
        return content[:at] + comment + content[at:], True
    if kind in (".txt", ".md"):
        content = _in_utf8(page).removeprefix(_BOM)
        if content.startswith(b"---"):
            return content, False
        return f"---\nurl: {json.dumps(page.url)}\n---\n".encode() + content, True
    return page.content, False


def _in_utf8(page: Page) -> bytes:
    if page.charset is None:
        return page.content
    try:
        page.content.decode()
    except UnicodeDecodeError:
        try:
            return _BOM + page.content.decode(page.charset).encode()
        except (UnicodeError, LookupError):
            pass
    return page.content


def _name(url: str) -> str:
    """A name for the page's file: its host and the last part of its path, of plain letters."""
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    stem = last.rpartition(".")[0] or last
    query = f"-{parts.query}" if parts.query else ""
    name = f"{parts.hostname}-{stem}{query}"
    plain = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
    return plain.strip("-.")[:_NAME_CHARACTERS] or "page"
