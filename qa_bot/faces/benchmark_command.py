"""`qa-bot benchmark`."""

# As in the command line: what is needed is imported when the command runs.
# ruff: noqa: PLC0415

from pathlib import Path

import click

from qa_bot.faces.options import PATH, settings_of, with_folders


@click.command()
@click.argument("questions", metavar="[QUESTIONS.jsonl]", type=PATH, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one line of JSON.")
@with_folders
def benchmark(*, questions: Path | None, as_json: bool, corpus_dir: Path | None, index_dir: Path | None) -> int:
    """Measure times, sizes and memory on this machine, in about a minute.

    Of your index: a cold start of `qa-bot ask`, warm questions with and without the reader, and how fast a sample of
    its passages is indexed anew. With QUESTIONS.jsonl, as `qa-bot evaluate` takes it, those are asked (200 at most),
    and the quality of the replies is measured as well.
    """
    from qa_bot.faces.asking import print_json
    from qa_bot.faces.benchmarking import print_benchmark, run_benchmark
    from qa_bot.faces.terminal import make_console

    found = run_benchmark(settings_of(corpus_dir, index_dir), questions)
    if as_json:
        print_json(found.as_json())
    else:
        print_benchmark(make_console(), found)
    return 0
