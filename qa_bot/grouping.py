"""Articles grouped into stories, those of unchanged articles taken over from the index before."""

from collections.abc import Callable

import numpy as np

from qa_bot.duplicates import group, signature
from qa_bot.index.store import Store
from qa_bot.index.store_writer import StoreWriter
from qa_bot.index.stories import StoredStory


def group_stories(
    writer: StoreWriter, previous: Store | None, progress: Callable[[str, int, int | None], None]
) -> None:
    """The story of every article is in the store: the number of the first of its copies."""
    before = previous.stories_by_content() if previous else {}
    contents = writer.contents()
    signatures: list[bytes] = []
    for number, sha256 in contents:
        known = before.get(sha256)
        signatures.append(known.signature if known else signature(writer.text_of(number)).tobytes())
        progress("finding copies", len(signatures), len(contents))
    stories = group(
        np.frombuffer(b"".join(signatures), dtype=np.uint32).reshape(len(contents), -1),
        _kept(before, [sha256 for _, sha256 in contents]),
        lambda row: writer.text_of(contents[row][0]),
    )
    for (number, sha256), first, signed in zip(contents, stories, signatures, strict=True):
        stored = StoredStory(contents[first][0], signed)
        # An article that was there before has its story already; in a large archive nearly all do.
        if number >= writer.first_new or before.get(sha256) != stored:
            writer.set_story(number, stored)
    writer.commit()


def _kept(before: dict[str, StoredStory], contents: list[str]) -> list[int | None]:
    """The story of each content as it was before, `None` where it has to be looked for.

    Where a story has lost one of its articles, those that are left may be copies of that one alone.
    """
    lost = {before[sha256].story for sha256 in before.keys() - set(contents)}
    stories = (before[sha256].story if sha256 in before else None for sha256 in contents)
    return [None if story in lost else story for story in stories]
