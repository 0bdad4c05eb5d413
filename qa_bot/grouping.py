"""Articles grouped into stories, those of articles that were there before taken over."""

from array import array
from collections.abc import Callable

import numpy as np

from qa_bot.duplicates import BANDS, group, signature
from qa_bot.index.store_writer import StoreWriter
from qa_bot.index.stories import StoredStory


def group_stories(writer: StoreWriter, progress: Callable[[str, int, int | None], None]) -> None:
    """The story of every article is in the store: the number of the first of its copies.

    Where a story has lost one of its articles, those that are left may be copies of that one alone: they are grouped
    anew.
    """
    new = writer.new_numbers
    told = writer.told
    signatures = np.empty((told + len(new), BANDS), dtype=np.uint32)
    # Eight bytes each: Python's own numbers would take four times as much.
    numbers = array("q")
    stories: list[int | None] = []
    for row, (number, stored) in enumerate(writer.stories()):
        signatures[row] = np.frombuffer(stored.signature, dtype=np.uint32)
        numbers.append(number)
        stories.append(None if stored.story in writer.torn_stories else stored.story)
    for done, number in enumerate(new, start=1):
        signatures[told + done - 1] = signature(writer.text_of(number))
        progress("finding copies", done, len(new))
    numbers.extend(new)
    stories += [None] * len(new)
    firsts = group(signatures, stories, lambda row: writer.text_of(numbers[row]))
    for row, (story, first) in enumerate(zip(stories, firsts, strict=True)):
        # An article that was there before has its story already; in a large archive nearly all do.
        if story != numbers[first]:
            writer.set_story(numbers[row], StoredStory(numbers[first], signatures[row].tobytes()))
    writer.commit()
