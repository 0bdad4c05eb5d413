"""Citations of exported replies held against the archive as it is now."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from rich.text import Text

from qa_bot.errors import InvalidQuestion, QABotError
from qa_bot.faces.asking import print_json
from qa_bot.faces.safe_text import counted, one_line
from qa_bot.faces.terminal import make_console, write
from qa_bot.faces.verifying import plain_differences
from qa_bot.index.generation import Index
from qa_bot.verification import Verdict, Verification, find_in, verify

_ALL_EXACT, _SOME_NOT, _BAD_LINE = 0, 1, 2


class NoReplies(QABotError):
    """The file holds no reply of `ask --json`, or something else."""


def recheck(index: Index, lines: Iterable[bytes], *, name: str, as_json: bool) -> int:
    """0 where every citation is exact at its place, 1 where one is not, 2 where a line is no reply.

    Raises NoReplies where there is nothing to check.
    """
    counts, code, console = Counter[str](), _ALL_EXACT, make_console()
    for number, line in enumerate(_lines(lines), start=1):
        try:
            citations = _citations(line)
        except ValueError as error:
            sys.stderr.write(f"qa-bot: {one_line(name)}, line {number}: {error}\n")
            code = _BAD_LINE
            continue
        for citation in citations:
            found = _checked(index, citation)
            counts[found["verdict"]] += 1
            code = code or (_ALL_EXACT if found["verdict"] == "exact" else _SOME_NOT)
            if as_json:
                print_json({"line": number, "n": citation.get("n"), **found})
            elif found["verdict"] != "exact":
                write(console, Text(f"line {number}, [{citation.get('n', '?')}] {found['verdict']}: {found['note']}"))
    if not counts and code != _BAD_LINE:
        raise NoReplies(f"There is no citation in {name}: give replies as `qa-bot ask --json` prints them.")
    if not as_json:
        told = ", ".join(f"{count:,} {verdict.replace('_', ' ')}" for verdict, count in sorted(counts.items()))
        write(console, Text(f"{counted(sum(counts.values()), 'citation')} checked: {told or 'none'}."))
    return code


def _lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines that are not blank; a file that is one JSON value over several lines is one."""
    content = [line for line in lines if line.strip()]
    try:
        json.loads(content[0] if content else b"0")
    except ValueError:
        whole = b"".join(content)
        try:
            json.loads(whole)
        except ValueError:
            pass
        else:
            content = [whole]
    return iter(content)


def _citations(line: bytes) -> list[dict[str, Any]]:
    """The citations, or the closest passages, of the replies in a line; raises ValueError where it is none."""
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError("it is not JSON.") from error
    replies = value if isinstance(value, list) else [value]
    if not all(isinstance(reply, dict) for reply in replies):
        raise ValueError("it is not a reply.")
    found = [entry for reply in replies for key in ("citations", "closest") for entry in reply.get(key) or []]
    for entry in found:
        whole = (
            isinstance(entry, dict) and isinstance(entry.get("quote"), str) and isinstance(entry.get("article"), str)
        )
        if not whole or not all(isinstance(entry.get(key), int) for key in ("start", "end")):
            raise ValueError("a citation lacks its article, quote, start or end.")
    return found


def _checked(index: Index, citation: dict[str, Any]) -> dict[str, Any]:
    """What became of a citation: its verdict, where its words stand now, and a note for people."""
    quote, article_id = citation["quote"], citation["article"]
    article = index.store.article(article_id)
    place: dict[str, Any] = {"article": article_id, "quote": quote, "start": citation["start"], "end": citation["end"]}
    if article is not None and article.text[citation["start"] : citation["end"]] == quote:
        return {"verdict": "exact", **place, "note": "at its place"}
    try:
        moved = find_in(article, quote) if article else None
        result = None if moved else verify(index, quote)
    except InvalidQuestion as error:
        return {"verdict": Verdict.NOT_FOUND.value, **place, "note": str(error)}
    if moved:
        note = f"{one_line(article_id)} changed since; the words stand at {moved.start}-{moved.end} now"
        return {"verdict": "moved", **place, "start": moved.start, "end": moved.end, "note": note}
    gone = "is not in the archive" if article is None else "changed since, and does not have the words any more"
    return {**_elsewhere(result, place), "note": f"{one_line(article_id)} {gone}{_note(result)}"}


def _elsewhere(result: Verification | None, place: dict[str, Any]) -> dict[str, Any]:
    if result is None or result.verdict is Verdict.NOT_FOUND:
        return {"verdict": Verdict.NOT_FOUND.value, **place}
    verdict = Verdict.MISATTRIBUTED if result.verdict is Verdict.EXACT else result.verdict
    first = result.places[0]
    if first.article.id == place["article"]:
        verdict = Verdict.ALTERED
    return {
        "verdict": verdict.value,
        **place,
        "found": {"article": first.article.id, "start": first.start, "end": first.end, "quote": first.text},
    }


def _note(result: Verification | None) -> str:
    if result is None or result.verdict is Verdict.NOT_FOUND:
        return ""
    first = result.places[0]
    where = f"{one_line(first.article.id)} at {first.start}-{first.end}"
    if result.verdict is Verdict.EXACT:
        return f"; they stand in {where}"
    return f"; nearest in {where}: {plain_differences(result.edits)}"
