"""What sites allow programs to fetch (robots.txt, RFC 9309)."""

from collections.abc import Callable
from urllib.parse import urlsplit

from protego import Protego

from qa_bot.corpus.fetching import NotServed, Page
from qa_bot.corpus.unreadable import Unreadable

AGENT = "qa-bot"
# RFC 9309, 2.5: at least 500 KiB are read.
_MOST_BYTES = 500 * 1024
# What a site may ask to wait between two pages is kept up to here.
_LONGEST_WAIT = 10.0
_SERVER_ERRORS = 500
_NOTHING_ALLOWED = "User-agent: *\nDisallow: /"


class Robots:
    """The rules of sites, fetched once for each."""

    def __init__(self, fetch: Callable[[str], Page]) -> None:
        self._fetch = fetch
        self._rules: dict[str, Protego] = {}
        self._unread: dict[str, str] = {}

    def check(self, url: str) -> None:
        """Nothing, if the address may be fetched; raises Unreadable where its site does not allow it, or cannot say."""
        if not self._rules_of(url).can_fetch(url, AGENT):
            site = urlsplit(url).netloc
            if reason := self._unread.get(site):
                raise Unreadable(f"What {site} allows cannot be read (robots.txt), so nothing is fetched. {reason}")
            raise Unreadable(f"{site} does not allow programs to fetch it (robots.txt).")

    def wait(self, url: str) -> float:
        """The seconds that the site wants between two pages."""
        return min(float(self._rules_of(url).crawl_delay(AGENT) or 0.0), _LONGEST_WAIT)

    def _rules_of(self, url: str) -> Protego:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = Protego.parse(self._text(site))
        return self._rules[site]

    def _text(self, site: str) -> str:
        """The rules as the site has them: none where it has no file, and all is forbidden where it does not answer."""
        try:
            return self._fetch(f"{site}/robots.txt").content[:_MOST_BYTES].decode(errors="replace")
        except Unreadable as error:
            if isinstance(error, NotServed) and error.status < _SERVER_ERRORS:
                return ""
            self._unread[urlsplit(site).netloc] = str(error)
            return _NOTHING_ALLOWED
