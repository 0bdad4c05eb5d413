"""Corrections of metadata in a file beside the articles, which no import overwrites.

`metadata.yaml` in the folder of the articles has, for the id of an article, the fields that are to be other than what
was read: `title, source, author, url, published, language`. An empty one (or `null`) makes a field unknown.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from qa_bot.corpus.encoding import decode
from qa_bot.corpus.formats import LINES
from qa_bot.corpus.metadata import Metadata, iso_date, language_tag, make_article, on_one_line
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.errors import CorpusError
from qa_bot.types import Article, Skipped

logger = logging.getLogger(__name__)

SIDE_FILE = "metadata.yaml"
_NULL = ("", "~", "null", "Null", "NULL")
_FORMS: Mapping[str, tuple[Callable[[str], str | None], str]] = {
    "published": (iso_date, "a date of the form 2022-11-17"),
    "language": (language_tag, "a language of the form en or pt-BR"),
}
_FIELDS = ("title", "source", "author", "url", "published", "language")


@dataclass(frozen=True, slots=True)
class Correction:
    """The fields of one article that are to be other than what was read, and the line that says so."""

    line: int
    fields: Mapping[str, str | None]


def read_corrections(folder: Path) -> dict[str, Correction]:
    """The corrections by the id of the article; none where there is no side file.

    Raises `CorpusError` with file and line for one that cannot be followed.
    """
    path = folder / SIDE_FILE
    try:
        text = decode(path.read_bytes(), str(path))
    except FileNotFoundError:
        return {}
    except Unreadable as error:
        raise CorpusError(f"{path} cannot be read. {error}", path=path) from error
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}.", path=path) from error
    return parse_corrections(text, path)


def parse_corrections(text: str, path: Path) -> dict[str, Correction]:
    """The corrections that `text` holds; raises `CorpusError`, which names `path` and the line."""
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _fault(path, line, f"it is not YAML ({error.problem or 'unknown'})") from error
    except yaml.YAMLError as error:
        raise _fault(path, text.count("\n", 0, getattr(error, "position", 0)) + 1, "it is not YAML") from error
    except RecursionError as error:
        raise _fault(path, 1, "it is too deeply nested") from error
    corrections: dict[str, Correction] = {}
    for key, value in _pairs(root, path, "ids of articles with their fields"):
        if key.value in corrections:
            raise _fault(path, _line(key), f"{key.value!r} is there twice")
        fields = {_field(name, path): _value(name.value, item, path) for name, item in _pairs(value, path, "fields")}
        corrections[key.value] = Correction(_line(key), fields)
    return corrections


def corrections_by_file(
    corrections: Mapping[str, Correction], files: Iterable[Path], folder: Path
) -> dict[Path, dict[str, Correction]]:
    """For each file the corrections that may concern it: that of its own id, and for a file of lines those of no file.

    The log names those that concern none.
    """
    own = {path: path.relative_to(folder).as_posix() for path in files if not path.name.lower().endswith(LINES)}
    ids = set(own.values())
    others = {key: correction for key, correction in corrections.items() if key not in ids}
    found = {path: ({own[path]: corrections[own[path]]} if own[path] in corrections else {}) for path in own}
    found |= {path: others for path in files if path not in own}
    if len(found) == len(own):
        for key, correction in others.items():
            logger.warning("%s, line %d: there is no article %r", folder / SIDE_FILE, correction.line, key)
    return found


def signature(corrections: Mapping[str, Correction]) -> str:
    """What differs between different corrections; "" for none."""
    if not corrections:
        return ""
    fields = json.dumps([(key, sorted(correction.fields.items())) for key, correction in sorted(corrections.items())])
    return " " + hashlib.sha256(fields.encode()).hexdigest()[:16]


def corrected(outcome: Article | Skipped, corrections: Mapping[str, Correction]) -> Article | Skipped:
    """The outcome, an article with its correction."""
    if isinstance(outcome, Skipped) or outcome.id not in corrections:
        return outcome
    return _corrected(outcome, corrections[outcome.id].fields)


def _corrected(article: Article, fields: Mapping[str, str | None]) -> Article:
    known = Metadata(article.title, article.source, article.author, article.url, article.published, article.language)
    return make_article(article.id, article.path, article.text, replace(known, **fields), article.pages)


def _pairs(node: yaml.Node | None, path: Path, expected: str) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """The keys and values of a mapping; none where there is nothing."""
    if node is None or (isinstance(node, yaml.ScalarNode) and node.value in _NULL):
        return
    if not isinstance(node, yaml.MappingNode):
        raise _fault(path, _line(node), f"there must be {expected}")
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _fault(path, _line(key), f"there must be {expected}")
        yield key, value


def _field(name: yaml.ScalarNode, path: Path) -> str:
    if name.value not in _FIELDS:
        raise _fault(path, _line(name), f"{name.value!r} is none of {', '.join(_FIELDS)}")
    return str(name.value)


def _value(name: str, node: yaml.Node, path: Path) -> str | None:
    """The value of a field on one line, several authors joined with ", "; `None` makes it unknown."""
    items = node.value if isinstance(node, yaml.SequenceNode) and name == "author" else [node]
    if not all(isinstance(item, yaml.ScalarNode) for item in items):
        raise _fault(path, _line(node), f"{name} is not text")
    text = ", ".join(on_one_line(item.value) for item in items)
    if text in _NULL:
        return None
    read, form = _FORMS.get(name, (on_one_line, "text"))
    value = read(text)
    if value is None:
        raise _fault(path, _line(node), f"{name} must be {form}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _fault(path, _line(node), f"there is half a character in {name}") from error
    return value


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _fault(path: Path, line: int, reason: str) -> CorpusError:
    return CorpusError(f"{path}, line {line}: {reason}; mend it, or remove the file.", path=path)
