import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "qa_bot").rglob("*.py"))

# A module may import from lower floors, and from its own floor only inside its own folder or as listed below.
FLOORS = {
    "types": 1,
    "errors": 1,
    "text": 1,
    "settings": 1,
    "stopwatch": 1,
    "dialogue": 2,
    "filters": 2,
    "corpus": 2,
    "attribution": 2,
    "choices": 2,
    "several": 2,
    "chunking": 2,
    "comparing": 2,
    "protocols": 2,
    "models": 2,
    "fusion": 2,
    "duplicates": 2,
    "alignment": 2,
    "wording": 2,
    "support": 2,
    "index": 3,
    "followups": 3,
    "embedding": 4,
    "grouping": 4,
    "indexing": 4,
    "checking": 4,
    "scanning": 4,
    "resuming": 4,
    "searches": 4,
    "recalling": 4,
    "retrieval": 4,
    "spelling": 4,
    "narrowing": 4,
    "answering": 4,
    "weighing": 4,
    "conversation": 4,
    "verification": 4,
    "tracing": 4,
    "following": 5,
    "pipeline": 5,
    "evaluation": 6,
    "faces": 7,
    "__main__": 8,
}
SAME_FLOOR = {
    ("stopwatch", "types"),  # it gives a Timing
    ("settings", "errors"),  # a setting that cannot be is an error with a sentence
    ("models", "chunking"),  # a citation names its paragraph
    ("models", "support"),  # a reader's support is calibrated
    ("models", "several"),  # where several answers are asked for, one does not speak against another
    ("models", "duplicates"),  # copies of a text are one voice
    ("indexing", "embedding"),  # embedding is a step of the write path
    ("indexing", "scanning"),  # so is reading what was written
    ("indexing", "resuming"),  # and going on with what was cut off
    ("resuming", "embedding"),
    ("tracing", "verification"),  # where words stand now is looked for as a quotation is
    ("indexing", "searches"),  # and writing both sides of the search
    ("searches", "embedding"),
    ("checking", "embedding"),  # a sample is embedded again
    ("checking", "indexing"),  # what is broken is built anew
    ("checking", "resuming"),  # from what is of use in it
    ("indexing", "grouping"),  # so is grouping
}
# Only these may import the package.
DOORS = {
    "torch": {"models/export.py"},
    "sentence_transformers": {"models/export.py"},
    "transformers": {"models/export.py"},
    "huggingface_hub": {"models/export.py"},
    "onnx": {"models/export.py"},
    "onnxruntime": {
        "models/export.py",
        "models/onnx_tools.py",
        "models/session.py",
        "models/encoder.py",
        "models/span_model.py",
    },
    "tokenizers": {"models/encoder.py", "models/span_model.py"},
    "faiss": {"index/dense.py", "index/dense_writer.py"},
    "tantivy": {"index/lexical.py"},
    "sqlite3": {
        "index/store.py",
        "index/store_writer.py",
        "index/stories.py",
        "index/versions.py",
        "index/vocabulary.py",
        "index/selecting.py",
        "index/names.py",
        "index/generation.py",
        "index/sqlite_file.py",
        "index/checking.py",
        "faces/telegram/database.py",
        "faces/telegram/updates.py",  # a full disk does not silence the bot
    },
    "watchfiles": {"corpus/watching.py"},
    "filelock": {"index/build_lock.py", "corpus/lock.py", "faces/telegram/running.py"},
    "aiohttp": {"faces/telegram/web.py"},
    "prometheus_client": {"faces/telegram/metrics.py"},
    "httpx": {"corpus/fetching.py", "faces/telegram/delivery.py"},
    "sentencex": {"text.py"},
    "trafilatura": {"corpus/html.py"},
    "pypdfium2": {"corpus/pdf.py"},
    "protego": {"corpus/robots.py"},
    "zipfile": {"corpus/package.py", "corpus/formats.py"},
    "charset_normalizer": {"corpus/encoding.py"},
    "yaml": {"corpus/front_matter.py", "corpus/side_file.py"},
    "pydantic": {"settings.py"},
    "pydantic_settings": {"settings.py"},
    "sklearn": {"evaluation/measures.py"},
    "ir_measures": {"evaluation/ranking.py"},
    "matplotlib": {"evaluation/plots.py"},
    "re": {
        "text.py",
        "filters.py",  # what a filter looks like in a question
        "choices.py",  # questions that name their answers
        "comparing/amounts.py",  # numbers and units as prose writes them
        "comparing/dates.py",  # dates as prose writes them
        "comparing/names.py",  # what joins two names
        "comparing/polarity.py",  # words that deny
        "attribution.py",  # verbs of speech and who stands before and after them
        "corpus/encoding.py",  # the encoding that a page declares
        "corpus/front_matter.py",  # the marks around front matter
        "corpus/html.py",  # what tells a page from a fragment
        "corpus/pdf.py",  # dates and titles of PDF
        "corpus/pdf_layout.py",  # numbers of pages, words that were parted
        "corpus/web_intake.py",  # where a page begins
        "corpus/markdown.py",  # headings and marks of Markdown
        "corpus/metadata.py",  # dates as they are written in metadata
        "evaluation/gold.py",  # numbers of lines and fields
        "evaluation/kinds.py",  # kinds of questions, to count by
        "evaluation/squad.py",  # the normalisation that SQuAD defines
    },
}
ONLY_FACES = {"click", "rich", "prompt_toolkit", "telegram", "dotenv"}
# The environment is read by settings; the doctor looks for misspelt settings in it, and $PAGER belongs to the terminal.
READS_ENVIRONMENT = {"settings.py", "faces/doctor.py", "faces/paging.py"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT / "qa_bot").as_posix()


def _imports(path: Path) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def _modules(path: Path) -> Iterator[str]:
    for node in _imports(path):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        else:
            yield from (alias.name for alias in node.names)


def _room(module: str) -> str:
    """The part of the house that a dotted name or a path belongs to."""
    return module.removeprefix("qa_bot.").partition(".")[0]


def _own_room(path: Path) -> str:
    return path.relative_to(ROOT / "qa_bot").parts[0].removesuffix(".py")


def _rooms_used(path: Path) -> set[str]:
    return {_room(module) for module in _modules(path) if module.startswith("qa_bot.")} - {_own_room(path)}


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path.parent.name != "qa_bot" or path.stem != "__init__"], ids=_name
)
def test_imports_go_down(path: Path) -> None:
    """A module imports from lower floors, and from its own floor only what is listed."""
    own = _own_room(path)
    for used in sorted(_rooms_used(path)):
        assert FLOORS[used] < FLOORS[own] or (own, used) in SAME_FLOOR, f"{_name(path)} imports qa_bot.{used}"


def test_the_table_is_the_house() -> None:
    """Every module and folder has its floor, and every exception of the table is used."""
    rooms = {_own_room(path) for path in SOURCES} - {"__init__"}
    assert rooms == set(FLOORS)
    used = {(_own_room(path), room) for path in SOURCES if _own_room(path) != "__init__" for room in _rooms_used(path)}
    assert used >= SAME_FLOOR


@pytest.mark.parametrize("package", sorted(DOORS))
def test_one_door(package: str) -> None:
    """Each heavy library stands behind its doors, and behind no others."""
    doors = {_name(path) for path in SOURCES if package in {module.partition(".")[0] for module in _modules(path)}}
    assert doors <= DOORS[package]


def test_only_faces_know_terminals() -> None:
    """What draws on a terminal or reads a command line is imported by faces alone."""
    for path in SOURCES:
        if _own_room(path) not in {"faces", "__main__"}:
            assert not ONLY_FACES & {module.partition(".")[0] for module in _modules(path)}, _name(path)


def test_one_reader_of_the_environment() -> None:
    """No other module looks at environment variables."""
    readers = {
        _name(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"})
        or (isinstance(node, ast.ImportFrom) and node.module == "os")
    }
    assert readers <= READS_ENVIRONMENT


def test_imports_are_absolute_and_from_the_defining_module() -> None:
    """Nothing is imported relatively, with a star, from `qa_bot` itself (but its version) or from a folder."""
    for path in SOURCES:
        for node in _imports(path):
            if isinstance(node, ast.ImportFrom):
                names = [alias.name for alias in node.names]
                assert node.level == 0, _name(path)
                assert "*" not in names, _name(path)
                assert node.module != "qa_bot" or names == ["__version__"], _name(path)
                assert not (node.module or "").startswith("qa_bot.") or _is_module(node.module or ""), _name(path)


def _is_module(name: str) -> bool:
    return (ROOT / (name.replace(".", "/") + ".py")).is_file()


def test_nothing_is_printed_below_the_faces() -> None:
    """Library modules do not print, and do not configure logging."""
    for path in SOURCES:
        if _own_room(path) in {"faces", "__main__"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"print", "logging.basicConfig"}, f"{_name(path)}: {called}"


def test_files_and_functions_are_small() -> None:
    """No file has more than 260 lines (the nouns, which are one file, 320), no function more than 60."""
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        assert source.count("\n") <= (320 if path.name == "types.py" else 260), _name(path)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                assert lines <= 60, f"{_name(path)}: {node.name} has {lines} lines"
