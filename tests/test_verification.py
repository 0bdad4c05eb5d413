from collections.abc import Callable
from pathlib import Path

import pytest
from encoder_double import MODEL

from qa_bot import verification
from qa_bot.errors import InvalidQuestion
from qa_bot.index.generation import Index, open_index
from qa_bot.indexing import update_index
from qa_bot.verification import Edit, Verdict, Verification, find_in, split_claim, verify

ARTICLES = {
    "bridge.txt": (
        "---\nsource: The Lantern\nauthor: Ana Kovač\n---\nThe bridge\n\nThe bridge over the Sava was built in 1934."
        " “Two engineers drew it,” said Mara Novak. “I knew them both.”\n\nIvo Babić said the bridge would outlive him."
    ),
    "copy.txt": "The bridge again\n\nThe bridge over the Sava was built in 1934. It cost $3 million.",
    "mill.txt": "The mill\n\nThe mill burned down in 1902.\n\nNobody was hurt, the owner said. Nobody was even there.",
    "twice.txt": (
        "---\nauthor: A. Holm, B. Roe\n---\nTwice\n\nThe gate stood open, and so it was left by all of them that night"
        " in spring.\n\n“So it was in our days,” said Mara Novak."
    ),
    "long.txt": "Long\n\n"
    + " ".join(f"Sentence number {i} is about nothing in all." for i in range(120))
    + " The end.",
}


@pytest.fixture
def check(tmp_path: Path, small_model: None) -> Callable[..., Verification]:
    """Holds a quotation against four small articles."""
    del small_model
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in ARTICLES.items():
        (corpus / name).write_text(text, encoding="utf-8")
    update_index(corpus, tmp_path / "index", embedding_model=MODEL, precision="fp32", progress=lambda *_: None)
    index: Index = open_index(tmp_path / "index")
    return lambda quotation, claimed=None: verify(index, quotation, claimed=claimed)


def _places(result: Verification) -> set[tuple[str, str]]:
    return {(place.article.id, place.text) for place in result.places}


def test_exact(check: Callable[..., Verification]) -> None:
    """The same words are exact, whatever their marks and case, and every article that has them is told."""
    result = check("the bridge over the sava was built in 1934!")
    assert result.verdict is Verdict.EXACT
    words = "The bridge over the Sava was built in 1934"
    assert _places(result) == {("bridge.txt", words), ("copy.txt", words)}
    assert (result.similarity, result.edits) == (1.0, ())


def test_over_passages_and_with_an_ellipsis(check: Callable[..., Verification]) -> None:
    """Words that run over the bounds of passages and sentences are exact, and pieces of one article in their order."""
    around = "in all. Sentence number 57 is about nothing in all. Sentence number 58"
    assert _places(check(around)) == {("long.txt", around)}
    assert check("Sentence number 3 is ... the end").verdict is Verdict.EXACT
    assert check("The end ... Sentence number 3 is").verdict is not Verdict.EXACT
    assert check("The mill burned ... was built in 1934").verdict is not Verdict.EXACT


def test_over_the_end_of_passages_of_common_words(
    check: Callable[..., Verification], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words that no passage has all of are found by half of them, also where every article has them."""
    monkeypatch.setattr(verification, "_CLOSEST", 1)
    assert _places(check("in all. The end")) == {("long.txt", "in all. The end")}
    assert _places(check("by all of them that night in spring. So it was in our")) == {
        ("twice.txt", "by all of them that night in spring.\n\n“So it was in our")
    }


def test_a_speaker_further_on(check: Callable[..., Verification]) -> None:
    """Words that stand twice in an article are those of the speaker if he or she says them at either place."""
    result = check("so it was", "Mara Novak")
    assert [place.text for place in result.places] == ["So it was"]
    assert result.verdict is Verdict.EXACT
    assert check("so it was", "Ivo Babić").verdict is Verdict.MISATTRIBUTED


def test_one_author_of_several(check: Callable[..., Verification]) -> None:
    """An author is meant by name alone, where others wrote the article as well."""
    assert check("the gate stood open", "B. Roe").verdict is Verdict.EXACT
    assert check("the gate stood open", "A. Holm, B. Roe").verdict is Verdict.EXACT
    assert check("the gate stood open", "Roe Holm").verdict is Verdict.MISATTRIBUTED


def test_altered(check: Callable[..., Verification]) -> None:
    """The nearest wording is told with what was replaced, put in and left out, each word as it is written."""
    result = check("The Mill burned right down in 1903")
    assert result.verdict is Verdict.ALTERED
    assert _places(result) == {("mill.txt", "The mill burned down in 1902")}
    assert result.edits == (
        Edit("The Mill burned", "The mill burned", same=True),
        Edit("right", "", same=False),
        Edit("down in", "down in", same=True),
        Edit("1903", "1902", same=False),
    )
    assert result.similarity == pytest.approx(5 / 7)
    assert check("It cost €3 million").edits[1] == Edit("€", "$", same=False)


def test_not_found(check: Callable[..., Verification]) -> None:
    """Words like none of the articles' are not found."""
    result = check("Penguins of the southern ocean can dive for twenty minutes")
    assert (result.verdict, result.places, result.similarity) == (Verdict.NOT_FOUND, (), 0.0)


@pytest.mark.parametrize(
    ("quotation", "claimed", "verdict"),
    [
        ("was built in 1934", "bridge.txt", Verdict.EXACT),
        ("was built in 1934", "The  Bridge again", Verdict.EXACT),
        ("was built in 1934", "the lantern", Verdict.EXACT),
        ("was built in 1934", "Ana Kovač", Verdict.EXACT),
        ("was built in 1934", "mill.txt", Verdict.MISATTRIBUTED),
        ("It cost $3 million", "The Lantern", Verdict.MISATTRIBUTED),
        ("Two engineers drew it", "Mara Novak", Verdict.EXACT),
        ("Two engineers drew it", "Ivo Babić", Verdict.MISATTRIBUTED),
        ("I knew them both", "Novak", Verdict.EXACT),
        ("the bridge would outlive him", "Babić", Verdict.EXACT),
        ("the bridge would outlive him", "Mara Novak", Verdict.MISATTRIBUTED),
        ("was built in 1935", "The Lantern", Verdict.ALTERED),
    ],
)
def test_where_it_is_said_to_be_from(
    check: Callable[..., Verification], quotation: str, claimed: str, verdict: Verdict
) -> None:
    """True words of another article, outlet, author or speaker than claimed are misattributed."""
    assert check(quotation, claimed).verdict is verdict


def test_claimed_place_comes_first(check: Callable[..., Verification]) -> None:
    """Where the claim is right only its places are told; where it is wrong, those that have the words."""
    assert {article for article, _ in _places(check("was built in 1934", "copy.txt"))} == {"copy.txt"}
    assert {article for article, _ in _places(check("was built in 1934", "mill.txt"))} == {"bridge.txt", "copy.txt"}
    near = check("The bridge over the Sava was built in 1935", "copy.txt")
    assert {article for article, _ in _places(near)} == {"copy.txt"}


def test_nothing_to_verify(check: Callable[..., Verification]) -> None:
    """A quotation without a word is refused."""
    with pytest.raises(InvalidQuestion):
        check("…")


def test_find_in(check: Callable[..., Verification]) -> None:
    """The place of the words in one article; none where it does not have them."""
    article = check("Nobody was hurt").places[0].article
    found = find_in(article, "nobody was EVEN there")
    assert found is not None
    assert found.text == "Nobody was even there"
    assert find_in(article, "somebody was there") is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a b", ("a b", None)),
        ("a b --in The Lantern", ("a b", "The Lantern")),
        ("a --in b --in c", ("a --in b", "c")),
        ("a --in ", ("a", None)),
    ],
)
def test_split_claim(text: str, parts: tuple[str, str | None]) -> None:
    """What is typed behind the last --in is the claim."""
    assert split_claim(text) == parts
