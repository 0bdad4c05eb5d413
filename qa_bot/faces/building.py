"""The index seen from a terminal: built with a progress bar, opened, and described."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from qa_bot.corpus.reader import corpus_files
from qa_bot.faces.safe_text import counted, one_line
from qa_bot.faces.stage_bar import StageBar
from qa_bot.faces.terminal import make_console, write
from qa_bot.index.generation import retire
from qa_bot.index.manifest import Manifest
from qa_bot.indexing import BuildReport, update_index
from qa_bot.settings import Settings
from qa_bot.types import Skipped

NOTHING_LEFT = "No article is left: the index answers nothing until there is one."


def build(settings: Settings, *, rebuild: bool) -> BuildReport:
    """The report of bringing the index up to date; the bar and what was skipped go to standard error."""
    console = make_console(stderr=True)
    with StageBar(console) as bar:
        report = update_index(
            settings.corpus_dir,
            settings.index_dir,
            embedding_model=settings.embedding_model,
            precision=settings.embedding_precision,
            rebuild=rebuild,
            progress=bar.show,
        )
    tell_faults(console, report.skipped, report.notes)
    return report


def retired_if_empty(corpus_dir: Path, index_dir: Path) -> bool:
    """Whether the last article was taken out, and the index put out of use with it, for it would still quote."""
    if corpus_files(corpus_dir):
        return False
    retire(index_dir)
    return True


def tell_faults(console: Console, skipped: Iterable[Skipped], notes: Iterable[str]) -> None:
    """What could not be read, and what the user should know of a build, one a line."""
    for one in skipped:
        write(console, Text(f"skipped {one_line(one.path)}: {one_line(one.reason)}", "yellow"))
    for note in notes:
        write(console, Text(f"note: {one_line(note)}"))


def summary(report: BuildReport) -> str:
    """What a build did, in one line."""
    renamed = f" {report.renamed:,} renamed," if report.renamed else ""
    skipped = f", {len(report.skipped):,} skipped" if report.skipped else ""
    return (
        f"{counted(report.articles, 'article')} in {counted(report.passages, 'passage')}"
        f" ({report.added:,} added, {report.changed:,} changed,{renamed} {report.removed:,} removed,"
        f" {report.unchanged:,} unchanged{skipped}), generation {report.generation}, {report.seconds:.1f} s"
    )


def changes(report: BuildReport) -> str:
    """What an update changed, in one line: `1 added (mill.txt): 3 articles, generation 7, 0.4 s`; empty if nothing."""
    counts = {
        "added": report.added,
        "changed": report.changed,
        "renamed": report.renamed,
        "removed": report.removed,
    }
    told = [f"{count:,} {what}" for what, count in counts.items() if count]
    if not told:
        return ""
    names = ", ".join(one_line(name) for name in report.named)
    more = ", ..." if sum(counts.values()) > len(report.named) else ""
    return (
        f"{', '.join(told)} ({names}{more}): {counted(report.articles, 'article')}, generation {report.generation},"
        f" {report.seconds:.1f} s"
    )


def description(manifest: Manifest) -> str:
    """The facts of an index, one a line."""
    created = datetime.fromisoformat(manifest.created).astimezone()
    facts = {
        "generation": f"{manifest.generation}, built {created:%Y-%m-%d %H:%M}",
        "corpus": manifest.corpus,
        "articles": f"{manifest.articles:,}",
        "passages": f"{manifest.passages:,}, of {counted(manifest.sentences, 'sentence')}",
        "model": f"{manifest.model}, {manifest.precision}, {manifest.dimension} dimensions, {manifest.window} tokens",
        "dense search": f"{manifest.dense}, recall at ten {manifest.recall:.3f}",
        "fidelity": f"cosine {manifest.fidelity:.4f} with the original model",
        "size": f"{sum(manifest.files.values()) / 1e6:,.1f} MB",
        "format": f"{manifest.format}",
    }
    facts |= {f"support {name}": f"{value}" for name, value in manifest.support.items()}
    return "\n".join(f"{name:<20} {one_line(value)}" for name, value in facts.items())
