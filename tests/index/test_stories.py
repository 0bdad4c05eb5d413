from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qa_bot.index.store import Store
from qa_bot.index.store_writer import StoreWriter
from qa_bot.index.stories import StoredStory
from qa_bot.types import Article, Copy

ARTICLES = [
    Article(name, name, "T", "Text.", source, None, None, published, f"hash of {name}")
    for name, source, published in [("a", "S", "2024-05-01"), ("b ' ž", None, None), ("c", "U", None), ("d", "V", None)]
]
STORIES = [0, 1, 0, 0]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Four articles, three of them one story."""
    with StoreWriter.create(tmp_path) as writer:
        for article in ARTICLES:
            writer.add_article(article, 0)
        assert (writer.new_numbers, writer.told) == (range(4), 0)
        assert writer.text_of(1) == "Text."
        for number, story in enumerate(STORIES):
            writer.set_story(number, StoredStory(9, b""))
            writer.set_story(number, StoredStory(story, bytes([number])))
        writer.commit()
    with closing(Store.open(tmp_path)) as opened:
        yield opened


def test_stories(store: Store) -> None:
    """Copies have one number; unknown ids have none."""
    assert store.stories(["c", "a", "b ' ž", "nobody"]) == {"a": 0, "b ' ž": 1, "c": 0}
    assert store.stories([]) == {}


def test_copies(store: Store) -> None:
    """The other articles of a story, in the order of the corpus; an article that stands alone has none."""
    a, c, d = Copy("a", "S", "2024-05-01"), Copy("c", "U", None), Copy("d", "V", None)
    assert store.copies(["d", "b ' ž", "a", "nobody"]) == {"a": (c, d), "d": (a, c)}


def test_stories_in_order(tmp_path: Path) -> None:
    """What was written last is read in the order of numbers; the story of an article that goes is torn."""
    with StoreWriter.create(tmp_path) as writer:
        for article in ARTICLES:
            writer.add_article(article, 0)
        for number, story in reversed(list(enumerate(STORIES))):
            writer.set_story(number, StoredStory(9, b""))
            writer.set_story(number, StoredStory(story, bytes([number])))
        writer.remove_article(1)
        assert list(writer.stories()) == [(number, StoredStory(0, bytes([number]))) for number in (0, 2, 3)]
        assert (writer.torn_stories, writer.told) == ({1}, 3)
