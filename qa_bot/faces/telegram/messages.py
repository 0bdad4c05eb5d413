"""What the bot says, as blocks: answers, passages, surroundings, and where each quotation stands."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa_bot.faces.rendering import NOT_AN_ANSWER, support_word, understanding
from qa_bot.faces.safe_text import one_line
from qa_bot.faces.sides import NOTHING_FOR_IT, backed, heading, side_heading
from qa_bot.faces.telegram.markup import Block, Fragment, fits, line
from qa_bot.faces.telegram.records import KeptSide, Quotation, Record
from qa_bot.faces.verifying import headline, known_of, plain_differences
from qa_bot.types import Article, Relation
from qa_bot.verification import Verification

PER_PAGE = 3
SILENT = "The articles do not say."
NOTHING_RESEMBLES = "The articles do not say: nothing in them resembles the question."
# On either side of a quotation, and how far a step earlier or later goes.
_AROUND = 1200
_STEP = 2400
_MOST_AROUND = 3500


def reply_blocks(record: Record) -> list[Block]:
    """The reply: the quotation with its answering words in bold and where it stands, further evidence folded.

    Of the evidence that comes after the first quotation as much is there as one message holds; the rest is behind a
    button.
    """
    understood = [
        Block((Fragment(words, italic=True),)) for words in understanding(record.query, record.question, record.notes)
    ]
    if not record.entries:
        return [*understood, line(SILENT if record.notes else NOTHING_RESEMBLES)]
    if record.answered and record.relation != Relation.SAME:
        return [*understood, *_several_blocks(record)]
    if record.answered:
        blocks = [*understood, *entry_blocks(record.entries[0], 1, marked=True)]
        rest = [folded(entry, number, marked=True) for number, entry in _numbered(record.entries[: record.own])[1:]]
    else:
        blocks = [*understood, Block((Fragment(SILENT, bold=True),)), line(NOT_AN_ANSWER)]
        rest = [folded(entry, number, marked=False) for number, entry in _numbered(record.entries[: record.own])]
    said_by = [words for side in record.sides if (words := backed(len(side.entries), side.independent))]
    blocks.extend(line(words) for words in said_by)
    for block in rest:
        if fits([*blocks, block]):
            blocks.append(block)
    return blocks


def _several_blocks(record: Record) -> Iterator[Block]:
    """The sides one under the other, a quotation of each."""
    yield Block((Fragment(heading(Relation(record.relation)) or "", bold=True),))
    for side in record.sides:
        yield from _side_blocks(record, side, side.entries[:1])


def sides_blocks(record: Record) -> list[Block]:
    """Who says so: a quotation of each article that answers, those that say the same together.

    What one message does not hold is left out; further passages have it.
    """
    blocks: list[Block] = []
    for block in (block for side in record.sides for block in _side_blocks(record, side, side.entries)):
        if fits([*blocks, block]):
            blocks.append(block)
    return blocks


def _side_blocks(record: Record, side: KeptSide, numbers: Sequence[int]) -> Iterator[Block]:
    words = side_heading(side.asked, len(side.entries), side.independent)
    if words:
        yield Block((Fragment(words, bold=True),))
    if not numbers:
        yield line(NOTHING_FOR_IT)
    for number in numbers:
        yield from entry_blocks(record.entries[number - 1], number, marked=True)


def page_count(record: Record) -> int:
    """How many pages of further passages there are."""
    return -(-max(len(record.entries) - 1, 0) // PER_PAGE)


def page_blocks(record: Record, page: int) -> list[Block]:
    """Page `page` (from 1) of what stands behind the reply's first quotation, in the order of its numbers."""
    start = 1 + (page - 1) * PER_PAGE
    chosen = _numbered(record.entries)[start : start + PER_PAGE]
    blocks: list[Block] = []
    for number, entry in chosen:
        if number == max(record.answering, 1) + 1 or (number > record.answering and not blocks):
            blocks.append(line("Further passages (not an answer):"))
        blocks.extend(entry_blocks(entry, number, marked=number <= record.answering))
    return blocks


def entry_blocks(entry: Quotation, number: int, *, marked: bool) -> Iterator[Block]:
    """The quotation, and under it where it stands."""
    yield Block(tuple(quoted(entry, marked=marked)))
    yield Block(tuple(place(entry, number)))


def folded(entry: Quotation, number: int, *, marked: bool) -> Block:
    """The quotation and where it stands, folded."""
    return Block((*quoted(entry, marked=marked), Fragment("\n"), *place(entry, number)), folded=True)


def quoted(entry: Quotation, *, marked: bool) -> Iterator[Fragment]:
    """The exact words of the quotation, those that answer in bold if they are `marked`."""
    first, last = (offset - entry.start for offset in entry.highlight)
    if not marked:
        first = last = len(entry.quote)
    for text, bold in ((entry.quote[:first], False), (entry.quote[first:last], True), (entry.quote[last:], False)):
        if text:
            yield Fragment(text, bold=bold)


def place(entry: Quotation, number: int) -> Iterator[Fragment]:
    """`[1] title - source - date - paragraph 3 - support strong`."""
    yield Fragment(f"[{number}] ")
    yield Fragment(shortened(entry.title), italic=True, link=entry.url)
    known = [one_line(value) for value in (entry.source, entry.author, entry.published) if value]
    page = [f"page {entry.page}"] if entry.page else []
    facts = [*known, *page, f"paragraph {entry.paragraph}", f"support {support_word(entry.support)}"]
    facts += [f"also in {entry.also_in}"] if entry.also_in else []
    speaker = entry.attributed_to
    facts += [f"attributed to {one_line(speaker['name'])}"] if speaker else []
    yield Fragment("".join(f" \N{EN DASH} {fact}" for fact in facts))
    if speaker and not (entry.start <= speaker["sentence"]["start"] < entry.end):
        yield Fragment(f"\nnamed in: {one_line(speaker['sentence']['quote'])}", italic=True)


def context_blocks(article: Article, entry: Quotation, number: int, *, shift: int) -> list[Block]:
    """The quotation in its article, in bold; `shift` steps later, or earlier where it is negative."""
    start, end = context_bounds(article, entry, shift=shift)
    inside = sorted({start, end, min(max(entry.start, start), end), min(max(entry.end, start), end)})
    fragments = [
        Fragment(article.text[left:right], bold=entry.start <= left and right <= entry.end)
        for left, right in pairwise(inside)
    ]
    before, after = ("... " if start else ""), (" ..." if end < len(article.text) else "")
    return [Block((Fragment(before), *fragments, Fragment(after))), Block(tuple(place(entry, number)))]


def context_bounds(article: Article, entry: Quotation, *, shift: int) -> tuple[int, int]:
    """Where the surroundings begin and end in the article, at bounds of words."""
    length = len(article.text)
    start = min(max(entry.start - _AROUND + shift * _STEP, 0), max(length - _AROUND, 0))
    end = min(max(entry.end + _AROUND + shift * _STEP, start + _AROUND), start + _MOST_AROUND, length)
    if start and (space := article.text.find(" ", start, end)) >= 0:
        start = space + 1
    if end < length and (space := article.text.rfind(" ", start, end)) > start:
        end = space
    return start, end


def verification_blocks(result: Verification) -> list[Block]:
    """The verdict on a quotation, the nearest wording with what differs marked, and where the words stand."""
    blocks = [Block((Fragment(headline(result), bold=True),))]
    if result.edits:
        blocks.append(line(f"{plain_differences(result.edits)}\n\n[-of the quotation-], {{+of the article+}}"))
    for number, found in enumerate(result.places[:PER_PAGE], start=1):
        title, *facts = known_of(found)
        about = [Fragment(f"[{number}] "), Fragment(shortened(title), italic=True, link=found.article.url)]
        known = "".join(f" \N{EN DASH} {fact}" for fact in facts)
        blocks.append(Block((Fragment(found.text + "\n"), *about, Fragment(known)), folded=True))
    if len(result.places) > PER_PAGE:
        blocks.append(line(f"and in {len(result.places) - PER_PAGE} more"))
    return blocks


def shortened(text: str, *, most: int = 200) -> str:
    """A title on one line, cut at a word where it is very long."""
    text = one_line(text)
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " ..."


def _numbered(entries: Sequence[Quotation]) -> list[tuple[int, Quotation]]:
    return list(enumerate(entries, start=1))
