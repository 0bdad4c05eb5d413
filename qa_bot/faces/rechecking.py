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
from qa_bot.tracing import cited_from, new_place
from qa_bot.verification import Verdict, Verification, verify

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
    found = [entry for reply in replies for entry in _entries(reply)]
    for entry in found:
        whole = isinstance(entry, dict) and all(
            isinstance(entry.get(key), str) and entry[key].strip() for key in ("quote", "article")
        )
        if not whole or not all(isinstance(entry.get(key), int) for key in ("start", "end")):
            raise ValueError("a citation lacks its article, quote, start or end.")
    return found


def _entries(reply: dict[str, Any]) -> Iterator[Any]:
    """Everything that the reply cites; what its sides cite too is only there once."""
    own = [*(reply.get("citations") or []), *(reply.get("closest") or [])]
    yield from own
    for side in reply.get("sides") or []:
        for entry in side.get("citations") or [] if isinstance(side, dict) else [side]:
            if entry not in own:
                own.append(entry)
                yield entry


def _checked(index: Index, citation: dict[str, Any]) -> dict[str, Any]:
    """What became of a citation: its verdict, where its words stand now, and a note for people.

    `cited_from` is the earlier text that has the words at their place, where the article was corrected since.
    """
    quote, name, start, end = (citation[key] for key in ("quote", "article", "start", "end"))
    article = index.store.article(name)
    place: dict[str, Any] = {"article": name, "quote": quote, "start": start, "end": end, "cited_from": None}
    if article is None:
        return _elsewhere(index, place, f"{one_line(name)} is not in the archive")
    if article.text[start:end] == quote:
        return {"verdict": "exact", **place, "note": "at its place"}
    version = cited_from(index.store.earlier_texts(name), start, end, quote)
    if version:
        place["cited_from"] = {"until": version.until, "text_sha256": version.sha256}
    corrected = f"was corrected on {version.until[:10]}" if version else "has other words at that place"
    moved = new_place(article, quote, near=start)
    if moved:
        note = f"{one_line(name)} {corrected}; the words stand at {moved.start}-{moved.end} now"
        return {"verdict": "moved", **place, "start": moved.start, "end": moved.end, "note": note}
    found = _elsewhere(index, place, f"{one_line(name)} {corrected}, and they stand nowhere in it")
    return {**found, "verdict": "gone"} if version else found


def _elsewhere(index: Index, place: dict[str, Any], told: str) -> dict[str, Any]:
    """What the archive says of words that their article does not have."""
    try:
        result = verify(index, place["quote"])
    except InvalidQuestion as error:
        return {"verdict": Verdict.NOT_FOUND.value, **place, "note": str(error)}
    if result.verdict is Verdict.NOT_FOUND:
        return {"verdict": Verdict.NOT_FOUND.value, **place, "note": told}
    first = result.places[0]
    altered = result.verdict is Verdict.ALTERED or first.article.id == place["article"]
    return {
        "verdict": (Verdict.ALTERED if altered else Verdict.MISATTRIBUTED).value,
        **place,
        "found": {"article": first.article.id, "start": first.start, "end": first.end, "quote": first.text},
        "note": f"{told}; {_nearest(result)}",
    }


def _nearest(result: Verification) -> str:
    first = result.places[0]
    where = f"{one_line(first.article.id)} at {first.start}-{first.end}"
    if result.verdict is Verdict.EXACT:
        return f"they stand in {where}"
    return f"nearest in {where}: {plain_differences(result.edits)}"
