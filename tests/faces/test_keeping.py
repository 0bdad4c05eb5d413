import json
from typing import Any

import pytest
from doubles import FakePipeline

from qa_bot.faces.keeping import NAMES, Format, format_of, key_of, written
from qa_bot.faces.reply_json import reply_object


def reply(question: str) -> dict[str, Any]:
    """The machine-readable reply."""
    return reply_object(FakePipeline().ask(question), question_id=None, passages=5)


def odd() -> dict[str, Any]:
    """A reply whose article is full of characters that mean something elsewhere."""
    kept = reply("built?")
    first = kept["citations"][0]
    first |= {
        "title": "50% of {A_B} & #1: \\cost~$5^2",
        "source": "Ünion & Sons",
        "author": None,
        "url": "https://x.example/a_b?c=50%25&d={e}#f",
        "published": None,
        "quote": "# 1. *A* <b>line</b>\n1. two\n- three",
    }
    return kept | {"citations": [first], "sides": []}


def parsed(bibtex: str) -> dict[str, dict[str, str]]:
    """The entries of a BibTeX file, with their fields as they are between the outer braces."""
    entries: dict[str, dict[str, str]] = {}
    for entry in bibtex.split("@article{")[1:]:
        key, _, rest = entry.partition(",")
        fields: dict[str, str] = {}
        while " = {" in rest:
            name, _, rest = rest.partition(" = {")
            depth, end = 1, 0
            while depth:
                if rest[end] == "\\":
                    end += 1
                else:
                    depth += {"{": 1, "}": -1}.get(rest[end], 0)
                end += 1
            fields[name.strip(", \n")] = rest[: end - 1]
            rest = rest[end:]
        assert rest.strip() == "}"
        entries[key] = fields
    return entries


def plain(tex: str) -> str:
    """What a field says once TeX has read it."""
    text = tex.strip("{}") if tex.startswith("{") else tex
    for command, letter in (("textbackslash", "\\"), ("textasciitilde", "~"), ("textasciicircum", "^")):
        text = text.replace(f"\\{command}{{}}", f"\0{ord(letter)}\0")
    for mark in "&%$#_{}":
        text = text.replace(f"\\{mark}", mark)
    for letter in "\\~^":
        text = text.replace(f"\0{ord(letter)}\0", letter)
    return text


def test_bibtex_is_read_back() -> None:
    """A cited article is one entry with its own fields, whatever characters they have; unknown fields are left out."""
    entries = parsed(written([reply("built?"), reply("built?")], Format.BIBTEX))
    odds = parsed(written([odd()], Format.BIBTEX))

    assert list(entries) == [key_of(reply("built?")["citations"][0])]
    [harbour] = entries.values()
    assert harbour == {
        "title": "{The harbour of Mirna}",
        "author": "{I. Reporter}",
        "journal": "Coast Weekly",
        "year": "2022",
        "date": "2022-11-17",
        "url": "https://coast.example/harbour",
    }
    [fields] = odds.values()
    assert plain(fields["title"]) == "50% of {A_B} & #1: \\cost~$5^2"
    assert plain(fields["journal"]) == "Ünion & Sons"
    assert fields["url"] == "https://x.example/a_b?c=50%25&d=%7Be%7D#f"
    assert set(fields) == {"title", "journal", "url"}


def test_keys_are_stable() -> None:
    """A key is made of what is known of the article alone."""
    assert key_of(reply("built?")["citations"][0]) == "coast-weekly-2022-6664b4"
    assert key_of(odd()["citations"][0]) == "nion-sons-undated-6664b4"


def test_csl_is_read_back() -> None:
    """Each cited article is one item of CSL-JSON."""
    [item] = json.loads(written([reply("built?"), reply("who?")], Format.CSL))

    assert item == {
        "id": "coast-weekly-2022-6664b4",
        "type": "article-newspaper",
        "title": "The harbour of Mirna",
        "author": [{"literal": "I. Reporter"}],
        "container-title": "Coast Weekly",
        "issued": {"date-parts": [[2022, 11, 17]]},
        "URL": "https://coast.example/harbour",
    }


def test_json_is_the_replies() -> None:
    """JSON holds the replies as they are, in order."""
    replies = [reply("built?"), reply("who?")]

    assert json.loads(written(replies, Format.JSON)) == replies


def test_markdown_reads_like_the_conversation() -> None:
    """Markdown has each question with its quotations and where they stand, or that the articles do not say."""
    text = written([reply("when  built?"), reply("who?")], Format.MARKDOWN)

    assert text.startswith(
        "## when built?\n\n> The harbour was built in 1874 by Ana Kovač.\n\n— [The harbour of Mirna](<"
    )
    assert "Coast Weekly, I. Reporter, 2022-11-17, paragraph 3, characters 48-91 of harbour.txt\n" in text
    assert text.endswith("## who?\n\nThe articles do not say.\n")


def test_markdown_marks_are_words() -> None:
    """Nothing in an article is taken for Markdown."""
    text = written([odd()], Format.MARKDOWN)

    assert "> \\# 1. \\*A\\* \\<b\\>line\\</b\\>\n> 1\\. two\n> \\- three\n" in text


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.md", Format.MARKDOWN), ("A.JSON", Format.JSON), ("a.csl.json", Format.CSL), ("a.bib", Format.BIBTEX)],
)
def test_formats_are_known_by_the_ends_of_names(name: str, kind: Format) -> None:
    """The end of a file's name says what is written into it."""
    assert format_of(name) is kind
    assert format_of("a.docx") is None
    assert set(NAMES.values()) == set(Format)


def test_nothing_to_cite() -> None:
    """Where no article answers there is nothing to cite, and that is valid in either format."""
    assert written([reply("who?")], Format.BIBTEX) == "% No article answers.\n"
    assert json.loads(written([reply("who?")], Format.CSL)) == []
