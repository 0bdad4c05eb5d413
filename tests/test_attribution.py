import pytest

from qa_bot.attribution import attribution
from qa_bot.types import Article, Citation, Span

BREAKWATER = """The breakwater

The breakwater will cost 74 million crowns, the harbour office said last week. It is to be finished in 2028.

“The sea took two piers in my life,” said Marta Ilvesen, chief of the firemen. She added that the pumps did not work.

Pavel Droz, who leads the seamen's union, said that the crane fell at noon. “A cable was worn,” he said.

According to the biologist Saskia Holm, about 120 seals live at Gull Point.

“I slept for an hour,” Falk told reporters. “Then the bell rang.”

Premier Viktor Aalund visited Mirow on Monday. “Nobody will be left alone,” he said.

The council was told to wait. It will say more in May.

“They were brave,” the captain said on Friday, “and cold.”

Nils Aberg, a teacher, denied that the bell rang.

“We are proud,” he added.

“We are tired,” she added.
"""
ARTICLE = Article("b.txt", "b.txt", "The breakwater", BREAKWATER, None, None, None, None, "")


def cited(words: str) -> Citation:
    """A citation of those words alone."""
    start = BREAKWATER.index(words)
    end = start + len(words)
    return Citation(ARTICLE, start, end, Span(ARTICLE, start, end), paragraph=1, support=0.9)


@pytest.mark.parametrize(
    ("words", "name", "sentence"),
    [
        ("74 million", "the harbour office", "The breakwater will cost"),
        ("two piers", "Marta Ilvesen", "“The sea took"),
        ("pumps did not work", "Marta Ilvesen", "“The sea took"),
        ("at noon", "Pavel Droz", "Pavel Droz, who leads"),
        ("A cable was worn", "Pavel Droz", "Pavel Droz, who leads"),
        ("about 120", "the biologist Saskia Holm", "According to the biologist"),
        ("for an hour", "Falk", "“I slept"),
        ("the bell rang.”", "Falk", "“I slept"),
        ("Nobody will be left alone", "Premier Viktor Aalund", "Premier Viktor Aalund visited Mirow on Monday."),
        ("They were brave", "the captain", "“They were brave,”"),
        ("and cold", "the captain", "“They were brave,”"),
        ("that the bell rang.", "Nils Aberg", "Nils Aberg, a teacher, denied"),
        ("We are proud", "Nils Aberg", "Nils Aberg, a teacher, denied"),
    ],
)
def test_speech_has_its_speaker(words: str, name: str, sentence: str) -> None:
    """Direct and reported speech is attributed to the name that the article gives, behind "he" and "she" as well."""
    found = attribution(cited(words))

    assert found is not None
    assert found.name.text == name
    assert found.sentence.text.startswith(sentence)
    assert found.name.text in found.sentence.text


@pytest.mark.parametrize("words", ["2028", "Marta Ilvesen", "Pavel Droz", "visited Mirow", "more in May", "was told"])
def test_the_articles_own_words_have_no_speaker(words: str) -> None:
    """What the article itself says, a speaker's own name, and "was told" are attributed to nobody."""
    assert attribution(cited(words)) is None


def test_nobody_is_guessed() -> None:
    """Behind "she", a speaker called "he" just before is not looked past for someone further away."""
    found = attribution(cited("We are tired"))

    assert found is None


def test_where_the_name_stands() -> None:
    """Whether a quotation has the sentence that names its speaker itself."""
    words = cited("A cable was worn")
    found = attribution(words)

    assert found is not None
    assert not found.is_in(words)
    both = Citation(ARTICLE, found.sentence.start, words.end, words.highlight, paragraph=4, support=0.9)
    assert found.is_in(both)
