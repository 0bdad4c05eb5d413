"""What is kept of the pages that were fetched, so that the next time little has to be fetched again."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from qa_bot.corpus.fetching import NO_MARKS, Marks
from qa_bot.errors import CorpusError

FETCHED_FILE = ".fetched.json"


@dataclass(frozen=True, slots=True)
class Visit:
    """The last visit of an address: the article that was made of it (none of a feed), and how its state is told."""

    article: str | None
    marks: Marks = NO_MARKS
    updated: str | None = None


class Visits:
    """The visits by address, in a hidden file of the corpus."""

    def __init__(self, corpus: Path) -> None:
        self._path = corpus / FETCHED_FILE
        self._visits: dict[str, Visit] = {}
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            self._visits = {url: Visit(**{**visit, "marks": Marks(**visit["marks"])}) for url, visit in stored.items()}
        except FileNotFoundError:
            pass
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise CorpusError(
                f"{self._path} is damaged: remove it, and pages are fetched anew.", path=self._path
            ) from error

    def get(self, url: str) -> Visit | None:
        """The last visit of the address, if there was one."""
        return self._visits.get(url)

    def put(self, url: str, visit: Visit) -> None:
        """The visit kept, on the disk as well."""
        self._visits[url] = visit
        draft = self._path.with_name(f"{FETCHED_FILE}.{os.getpid()}.new")
        draft.write_text(json.dumps({key: asdict(value) for key, value in self._visits.items()}), encoding="utf-8")
        draft.replace(self._path)
