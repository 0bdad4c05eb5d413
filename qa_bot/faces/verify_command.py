"""`qa-bot verify`."""

# A command imports what it needs when it runs.
# ruff: noqa: PLC0415

from pathlib import Path

import click

from qa_bot.faces.options import settings_of, with_folders

_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)


@click.command()
@click.argument("quotation", required=False)
@click.option(
    "--in", "claimed", metavar="ARTICLE|NAME", help="The article, outlet, author or speaker it is said to be of."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, one line for each quotation.")
@click.option("--file", "file", metavar="FILE", type=_FILE, help="Check every citation of replies that were exported.")
@with_folders
def verify(
    quotation: str | None,
    *,
    claimed: str | None,
    as_json: bool,
    file: str | None,
    corpus_dir: Path | None,
    index_dir: Path | None,
) -> int:
    """Say whether a QUOTATION is exact, altered, misattributed or not found.

    Case, punctuation, quotation marks and white space make no difference; "..." stands for words left out. With --file,
    every citation of the replies in FILE (- is standard input) is checked: those of `ask --json`, of `ask --batch` and
    of `telegram --export`; what was corrected since it was cited is told from what never stood there. Exit code: 0 all
    is exact, 1 something is not, 2 error.
    """
    if (quotation is None) == (file is None):
        raise click.UsageError("Give one quotation, or --file FILE.")
    if file is not None and claimed is not None:
        raise click.UsageError("--in belongs to one quotation: citations of a file name their articles.")
    from qa_bot.faces.opening import open_archive
    from qa_bot.faces.rechecking import recheck
    from qa_bot.faces.terminal import make_console
    from qa_bot.faces.verifying import print_verification, verification_code, verification_object
    from qa_bot.verification import verify as verified

    index = open_archive(settings_of(corpus_dir, index_dir))
    if file is not None:
        with click.open_file(file, "rb") as lines:
            return recheck(index, lines, name="standard input" if file == "-" else file, as_json=as_json)
    result = verified(index, quotation or "", claimed=claimed)
    if as_json:
        from qa_bot.faces.asking import print_json

        print_json(verification_object(result))
    else:
        print_verification(make_console(), result)
    return verification_code(result)
