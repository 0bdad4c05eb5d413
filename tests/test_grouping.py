from collections.abc import Callable
from pathlib import Path

import pytest
from encoder_double import MODEL

from qa_bot.duplicates import Signatures, signature
from qa_bot.index.generation import open_index
from qa_bot.indexing import update_index

pytestmark = pytest.mark.usefixtures("small_model")

NEWS = (
    "The council of Kotor voted on Monday evening to close the old harbour road for two years, so that the sea wall"
    " behind the market can be rebuilt before the storms of the winter after next arrive."
)
BEGINNING = NEWS[: NEWS.index(", so that")]
SPORT = (
    "Nobody had expected the visitors to win by so much, least of all their trainer, who had left the stadium at half"
    " time to catch a train and heard of the last three goals from a stranger in the dining car."
)
ARTICLES = {
    "agency.txt": f"Road closed\n\n{NEWS}",
    "courier.txt": f"Harbour road to close\n\n{NEWS.replace('Monday evening', 'Monday')}\n\nThe Courier",
    "match.txt": f"Visitors win\n\n{SPORT}",
}


@pytest.fixture
def update(tmp_path: Path) -> Callable[..., dict[str, int]]:
    """Brings an index up to date with the articles, and gives their stories."""

    def run(articles: dict[str, str], index: str = "index") -> dict[str, int]:
        corpus = tmp_path / "corpus"
        corpus.mkdir(exist_ok=True)
        for path in corpus.iterdir():
            path.unlink()
        for name, text in articles.items():
            (corpus / name).write_text(text, encoding="utf-8")
        update_index(corpus, tmp_path / index, embedding_model=MODEL, precision="fp32", progress=lambda *_: None)
        return open_index(tmp_path / index).store.stories(articles)

    return run


def _together(stories: dict[str, int]) -> set[frozenset[str]]:
    return {frozenset(name for name in stories if stories[name] == story) for story in stories.values()}


def test_stories_of_an_index(update: Callable[..., dict[str, int]]) -> None:
    """Edited copies have one story, other articles their own."""
    assert _together(update(ARTICLES)) == {frozenset({"agency.txt", "courier.txt"}), frozenset({"match.txt"})}


def test_updates_give_what_a_rebuild_gives(update: Callable[..., dict[str, int]]) -> None:
    """After additions, corrections, new names and removals the stories are those of a first build."""
    between = f"Road\n\n{NEWS}\n\n{SPORT}"
    steps: list[dict[str, str]] = [
        ARTICLES,
        ARTICLES | {"a-first.txt": ARTICLES["match.txt"]},
        ARTICLES | {"between.txt": between},
        ARTICLES,
        {**ARTICLES, "courier.txt": f"Nothing\n\n{SPORT} The Courier"},
        {"renamed.txt": ARTICLES["agency.txt"], "courier.txt": ARTICLES["courier.txt"]},
    ]
    for number, articles in enumerate(steps):
        assert _together(update(articles)) == _together(update(articles, f"fresh{number}"))


def test_only_new_articles_are_signed(update: Callable[..., dict[str, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures are kept in the index: an update makes only those of articles that are new in their place."""
    update(ARTICLES)
    signed: list[str] = []

    def signing(text: str) -> Signatures:
        signed.append(text)
        return signature(text)

    monkeypatch.setattr("qa_bot.grouping.signature", signing)
    update({**ARTICLES, "new.txt": "New\n\nThis is new."})
    assert signed == ["New\n\nThis is new."]
