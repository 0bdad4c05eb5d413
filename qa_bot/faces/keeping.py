"""Replies to keep and to pass on: Markdown, JSON, BibTeX and CSL-JSON, from replies in the shape of `ask --json`."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any

from qa_bot.faces.safe_text import one_line, visible

Reply = dict[str, Any]

_KEY_DIGITS = 6
# What Markdown would take for a mark, and BibTeX for a command.
_MARKS = {ord(mark): f"\\{mark}" for mark in "\\`*_[]<>#|~"}
_TEX = {ord(mark): f"\\{mark}" for mark in "&%$#_{}"} | {
    ord("\\"): r"\textbackslash{}",
    ord("~"): r"\textasciitilde{}",
    ord("^"): r"\textasciicircum{}",
}
# An address stands as it is, but for what would end the field or the line.
_IN_ADDRESS = {ord("{"): "%7B", ord("}"): "%7D", ord("\\"): "%5C", ord(" "): "%20", ord("\n"): "%0A"}


class Format(StrEnum):
    """What replies can be kept as: a closed set; the values are the ends of files' names."""

    MARKDOWN = "md"
    JSON = "json"
    BIBTEX = "bib"
    CSL = "csl.json"


NAMES = {"md": Format.MARKDOWN, "json": Format.JSON, "bibtex": Format.BIBTEX, "csl": Format.CSL}


def format_of(file_name: str) -> Format | None:
    """The format that the end of a file's name stands for."""
    name = file_name.lower()
    ends = sorted(Format, key=len, reverse=True)  # .csl.json is no .json
    return next((kind for kind in ends if name.endswith(f".{kind}")), None)


def written(replies: Sequence[Reply], kind: Format) -> str:
    """The replies in that format, oldest first, with a line end at the end."""
    return _WRITERS[kind](replies)


def key_of(citation: Reply) -> str:
    """The key of the cited article: source or author, year and six digits of its id's hash; always the same one."""
    named = citation["source"] or citation["author"] or "article"
    letters = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in named.lower())
    slug = "-".join(part for part in letters.split("-") if part) or "article"
    year = (citation["published"] or "undated")[:4] if citation["published"] else "undated"
    return f"{slug}-{year}-{sha256(citation['article'].encode('utf-8', 'replace')).hexdigest()[:_KEY_DIGITS]}"


def _cited(replies: Iterable[Reply]) -> dict[str, Reply]:
    """One citation of each article that answers, by its key, in the order in which they were first cited."""
    found: dict[str, Reply] = {}
    for reply in replies:
        for citation in _citations(reply):
            found.setdefault(key_of(citation), citation)
    return found


def _citations(reply: Reply) -> list[Reply]:
    """The reply's citations and those of its sides, each once."""
    every = [*reply["citations"], *(one for side in reply.get("sides", ()) for one in side["citations"])]
    return list({(one["article"], one["start"], one["end"]): one for one in every}.values())


def _json(replies: Sequence[Reply]) -> str:
    return json.dumps(list(replies), ensure_ascii=False, indent=2).encode("utf-8", "replace").decode() + "\n"


def _markdown(replies: Sequence[Reply]) -> str:
    return "\n\n".join("\n\n".join(_markdown_parts(reply)) for reply in replies) + "\n"


def _markdown_parts(reply: Reply) -> Iterator[str]:
    yield f"## {_plain(one_line(reply['question']))}"
    if one_line(reply["query"]) != one_line(reply["question"]):
        yield f"searched: {_plain(one_line(reply['query']))}"
    if reply["status"] != "answered":
        yield "The articles do not say."
    if reply.get("relation") == "differ":
        yield "The articles differ."
    for citation in _citations(reply):
        yield "\n".join(f"> {_quoted(line)}".rstrip() for line in visible(citation["quote"]).split("\n"))
        yield f"— {', '.join(_facts(citation))}"


def _facts(citation: Reply) -> Iterator[str]:
    title = _plain(one_line(citation["title"]))
    url = citation["url"]
    yield f"[{title}](<{_address(url).replace('>', '%3E').replace('<', '%3C')}>)" if url else f"*{title}*"
    yield from (_plain(one_line(citation[name])) for name in ("source", "author", "published") if citation[name])
    yield f"paragraph {citation['paragraph']}"
    yield f"characters {citation['start']}-{citation['end']} of {_plain(one_line(citation['article']))}"
    if speaker := citation.get("attributed_to"):
        yield f"attributed to {_plain(one_line(speaker['name']))}"


def _plain(text: str) -> str:
    return text.translate(_MARKS)


def _quoted(line: str) -> str:
    """A line of a quotation with its marks made plain, also those that only count at the head of a line."""
    plain = _plain(line)
    head = plain.lstrip()
    if head[:1] in ("-", "+", "="):
        return f"\\{head}"
    number = head.split(" ", 1)[0]
    if number[-1:] in (".", ")") and number[:-1].isdecimal():
        return f"{number[:-1]}\\{number[-1]}{head[len(number) :]}"
    return plain


def _bibtex(replies: Sequence[Reply]) -> str:
    entries = [_entry(key, citation) for key, citation in _cited(replies).items()]
    return "\n\n".join(entries) + "\n" if entries else "% No article answers.\n"


def _entry(key: str, citation: Reply) -> str:
    published = citation["published"]
    fields = {
        "title": f"{{{_tex(citation['title'])}}}",
        # Braces keep a name whole: nothing is known of which part of it is the family name.
        "author": f"{{{_tex(citation['author'])}}}" if citation["author"] else None,
        "journal": _tex(citation["source"]) if citation["source"] else None,
        "year": published[:4] if published else None,
        "date": published[:10] if published else None,
        "url": _address(citation["url"]) if citation["url"] else None,
        "langid": citation.get("language"),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@article{{{key},\n" + ",\n".join(lines) + "\n}"


def _tex(text: str) -> str:
    return one_line(text).translate(_TEX)


def _address(url: str) -> str:
    return visible(url).strip().translate(_IN_ADDRESS)


def _csl(replies: Sequence[Reply]) -> str:
    items = [_item(key, citation) for key, citation in _cited(replies).items()]
    return json.dumps(items, ensure_ascii=False, indent=2).encode("utf-8", "replace").decode() + "\n"


def _item(key: str, citation: Reply) -> dict[str, Any]:
    published = citation["published"]
    fields = {
        "id": key,
        "type": "article-newspaper",
        "title": one_line(citation["title"]),
        "author": [{"literal": one_line(citation["author"])}] if citation["author"] else None,
        "container-title": one_line(citation["source"]) if citation["source"] else None,
        "issued": {"date-parts": [[int(part) for part in published[:10].split("-")]]} if published else None,
        "URL": _address(citation["url"]) if citation["url"] else None,
        "language": citation.get("language"),
    }
    return {name: value for name, value in fields.items() if value}


_WRITERS: dict[Format, Callable[[Sequence[Reply]], str]] = {
    Format.MARKDOWN: _markdown,
    Format.JSON: _json,
    Format.BIBTEX: _bibtex,
    Format.CSL: _csl,
}
