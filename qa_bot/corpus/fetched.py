"""What is kept of the pages that were fetched, so that the next time little has to be fetched again."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from qa_bot.corpus.fetching import NO_MARKS, Marks
from qa_bot.corpus.lock import corpus_lock
from qa_bot.errors import CorpusError

FETCHED_FILE = ".fetched.json"


@dataclass(frozen=True, slots=True)
class Visit:
    """The last visit of an address: the article that was made of it, and how its state is told.

    There is none of a feed, and none where it was taken out.
    """

    article: str | None
    marks: Marks = NO_MARKS
    updated: str | None = None


class Visits:
    """The visits by address, in a hidden file of the corpus."""

    def __init__(self, corpus: Path) -> None:
        self._corpus = corpus
        self._path = corpus / FETCHED_FILE
        self._visits = self._read()

    def get(self, url: str) -> Visit | None:
        """The last visit of the address, if there was one."""
        return self._visits.get(url)

    def put(self, url: str, visit: Visit) -> None:
        """The visit kept, on the disk as well, beside those that another process has put there meanwhile."""
        with corpus_lock(self._corpus):
            self._visits = self._read()
            self._visits[url] = visit
            self._write()

    def forget(self, article: str) -> None:
        """Nothing is known any more of what the article was made of, but that it was fetched once.

        Its feed does not bring it back; its own address is fetched anew. Call it under `corpus_lock`.
        """
        found = [url for url, visit in self._visits.items() if visit.article == article]
        if found:
            self._visits |= dict.fromkeys(found, Visit(None))
            self._write()

    def _read(self) -> dict[str, Visit]:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            return {url: Visit(**{**visit, "marks": Marks(**visit["marks"])}) for url, visit in stored.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise CorpusError(
                f"{self._path} is damaged: remove it, and pages are fetched anew.", path=self._path
            ) from error

    def _write(self) -> None:
        draft = self._path.with_name(f"{FETCHED_FILE}.{os.getpid()}.new")
        draft.write_text(json.dumps({key: asdict(value) for key, value in self._visits.items()}), encoding="utf-8")
        draft.replace(self._path)
