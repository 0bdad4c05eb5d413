"""The index seen from a terminal: built with a progress bar, opened, and described."""

from datetime import datetime

from rich.text import Text

from qa_bot.faces.safe_text import counted, one_line
from qa_bot.faces.stage_bar import StageBar
from qa_bot.faces.terminal import make_console, write
from qa_bot.index.manifest import Manifest
from qa_bot.indexing import BuildReport, update_index
from qa_bot.settings import Settings


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
    for skipped in report.skipped:
        write(console, Text(f"skipped {one_line(skipped.path)}: {one_line(skipped.reason)}", "yellow"))
    for note in report.notes:
        write(console, Text(f"note: {one_line(note)}"))
    return report


def summary(report: BuildReport) -> str:
    """What a build did, in one line."""
    skipped = f", {len(report.skipped):,} skipped" if report.skipped else ""
    return (
        f"{counted(report.articles, 'article')} in {counted(report.passages, 'passage')}"
        f" ({report.added:,} added, {report.changed:,} changed, {report.removed:,} removed,"
        f" {report.unchanged:,} unchanged{skipped}), generation {report.generation}, {report.seconds:.1f} s"
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
