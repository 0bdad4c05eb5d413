"""The `qa-bot` command: reads arguments and settings, wires the parts together, and chooses the exit code."""

# A command imports what it needs when it runs: `--help` is instant, and a question loads nothing that builds.
# ruff: noqa: PLC0415

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from qa_bot import __version__
from qa_bot.faces.adding import add
from qa_bot.faces.articles_command import articles
from qa_bot.faces.benchmark_command import benchmark
from qa_bot.faces.guard import GuardedGroup
from qa_bot.faces.index_command import index
from qa_bot.faces.options import PATH, settings_of, with_folders
from qa_bot.faces.removing import remove
from qa_bot.faces.show_command import show
from qa_bot.faces.verify_command import verify

if TYPE_CHECKING:
    import logging


@click.group(cls=GuardedGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Ask an archive of articles, and get the articles' own words with citations, or "the articles do not say".

    Settings are read from QA_BOT_... in the environment and from the file .env; see .env.example.
    """


@main.command()
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the reply as one line of JSON.")
@click.option(
    "--format",
    "kept_as",
    type=click.Choice(["md", "json", "bibtex", "csl"]),
    help="Print the reply as Markdown, JSON, or its articles as BibTeX or CSL-JSON.",
)
@click.option("--explain", is_flag=True, help="Show what was searched and weighed, and the time it took.")
@click.option("--passages", metavar="N", type=click.IntRange(1, 50), help="Show at most N passages.")
@click.option(
    "--batch",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help='Ask every line of FILE (- is standard input): {"id": ..., "question": "..."} in, one JSON reply a line out.'
    ' With "history": ["question", "answer", ...], oldest first, it is a follow-up.',
)
@with_folders
def ask(
    question: str | None,
    *,
    as_json: bool,
    kept_as: str | None,
    explain: bool,
    passages: int | None,
    batch: str | None,
    corpus_dir: Path | None,
    index_dir: Path | None,
) -> int:
    """Ask one QUESTION, or those of a batch.

    source:cnn, author:, title:, after:2022-11-01, before:, on:2022-11, "exact phrase" and -without in a question narrow
    the articles that are searched.

    Exit code: 0 answered, 1 the articles do not say, 2 error. Of a batch: 0 every line got a reply, 2 some line could
    not be asked; in its place stands {"id": ..., "status": "error", "error": "..."}.
    """
    if (question is None) == (batch is None):
        raise click.UsageError("Give one question, or --batch FILE.")
    if kept_as and (as_json or batch is not None):
        raise click.UsageError("--format is for one question, and instead of --json: leave out the other.")
    from qa_bot.faces.asking import ask_batch, exit_code, print_json
    from qa_bot.faces.opening import open_pipeline
    from qa_bot.faces.reply_json import reply_object

    settings = settings_of(corpus_dir, index_dir)
    limit = passages or settings.passages
    pipeline = open_pipeline(settings)
    if batch is not None:
        with click.open_file(batch, "rb") as lines:
            return ask_batch(pipeline.ask, lines, name="standard input" if batch == "-" else batch, passages=limit)
    turn = pipeline.ask(question or "")
    if as_json or kept_as == "json":
        print_json(reply_object(turn, question_id=None, passages=limit))
        return exit_code(turn)
    if kept_as:
        from qa_bot.faces.keeping import NAMES, written

        click.echo(written([reply_object(turn, question_id=None, passages=limit)], NAMES[kept_as]), nl=False)
        return exit_code(turn)
    from qa_bot.faces.explaining import print_explanation
    from qa_bot.faces.rendering import print_reply
    from qa_bot.faces.terminal import make_console

    console = make_console()
    print_reply(console, turn, limit=limit)
    if explain:
        print_explanation(console, turn, passages=limit, min_support=pipeline.min_support)
    return exit_code(turn)


@main.command()
@with_folders
def chat(*, corpus_dir: Path | None, index_dir: Path | None) -> int:
    """Ask question after question.

    /help shows the commands, Ctrl-D leaves. Where input or output is no terminal, each line read is a question, and the
    replies are printed without prompts.
    """
    from qa_bot.faces.chatting import converse
    from qa_bot.faces.opening import open_live

    settings = settings_of(corpus_dir, index_dir)
    converse(open_live(settings).pipeline, state_dir=settings.state_dir, passages=settings.passages)
    return 0


@main.command()
@click.option(
    "--export",
    "export_file",
    metavar="FILE",
    type=click.File("w", "utf-8", lazy=False),
    help="Write questions, answers, citations and votes as lines of JSON, and answer nothing.",
)
@with_folders
def telegram(*, export_file: TextIO | None, corpus_dir: Path | None, index_dir: Path | None) -> int:
    """Answer in Telegram until Ctrl-C or SIGTERM.

    The token is read from QA_BOT_TELEGRAM_TOKEN, or from the file that QA_BOT_TELEGRAM_TOKEN_FILE names.
    """
    from qa_bot.faces.telegram.starting import export_journal, start

    settings = settings_of(corpus_dir, index_dir)
    if export_file is not None:
        click.echo(export_journal(settings, export_file), err=True)
    else:
        start(settings, log=_log_to_standard_error)
    return 0


@main.command("evaluate")
@click.argument("questions", metavar="QUESTIONS.jsonl", type=PATH)
@click.option("--json", "as_json", is_flag=True, help="Print measures, curves and records as one line of JSON.")
@click.option("--gone", is_flag=True, help="Ask each question also with its gold articles taken out.")
@click.option(
    "--gone-titles", is_flag=True, help="The same, with all that share a title with a gold article taken out as well."
)
@click.option(
    "--records", metavar="FILE", type=click.File("w", "utf-8", lazy=False), help="Write a line of JSON per question."
)
@click.option("--plot", metavar="FILE", type=PATH, help="Draw risk against coverage, and reliability (.png, .svg).")
@with_folders
def evaluate_command(
    questions: Path,
    *,
    as_json: bool,
    gone: bool,
    gone_titles: bool,
    records: TextIO | None,
    plot: Path | None,
    corpus_dir: Path | None,
    index_dir: Path | None,
) -> int:
    """Measure the replies to questions whose answers are known.

    A line of the file: {"id": ..., "question": ..., "answers": [...], "gold_ids": [...], "answerable": true}.
    """
    from qa_bot.faces.asking import print_json
    from qa_bot.faces.evaluating import print_measures, run_evaluation, write_records
    from qa_bot.faces.opening import open_pipeline
    from qa_bot.faces.terminal import make_console

    pipeline = open_pipeline(settings_of(corpus_dir, index_dir))
    evaluation = run_evaluation(pipeline, questions, gone=gone, gone_titles=gone_titles)
    if records is not None:
        write_records(evaluation, records)
    if as_json:
        print_json(evaluation.as_json())
    else:
        print_measures(make_console(), evaluation)
    if plot is not None:
        from qa_bot.evaluation.plots import save_plot

        save_plot(evaluation, plot)
    return 0


@main.command()
@with_folders
def doctor(*, corpus_dir: Path | None, index_dir: Path | None) -> int:
    """Say what is installed, found and broken.

    What is broken is named with what mends it. Exit code: 0 nothing is broken, 1 something is.
    """
    from qa_bot.faces.doctor import examine, print_checks
    from qa_bot.faces.terminal import make_console

    return print_checks(make_console(), examine(partial(settings_of, corpus_dir, index_dir)))


def _log_to_standard_error(formatter: "logging.Formatter") -> None:
    """What the program notes of its work goes to standard error, of other libraries only what is wrong."""
    import logging

    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("qa_bot").setLevel(logging.INFO)


main.add_command(add)
main.add_command(articles)
main.add_command(benchmark)
main.add_command(index)
main.add_command(remove)
main.add_command(show)
main.add_command(verify)
