from qa_bot.index.versions import Version
from qa_bot.tracing import Earlier, cited_from, earlier_words, new_place
from qa_bot.types import Article, Span

NOW = "Correction.\n\nThe mill burned down in 1903. Nobody was hurt. Nobody was hurt."
FIRST = Version("2026-01-01T00:00:00+00:00", "1", "The mill burned down in 1902. Nobody was hurt.")
SECOND = Version("2026-01-02T00:00:00+00:00", "2", "The mill burned down in 1903. Nobody was hurt.")
ARTICLE = Article("mill", "mill", "The mill", NOW, None, None, None, None, "3")


def test_words_at_a_place() -> None:
    """Each wording that stood there is told once, the latest first, with where it stands now, or that it is gone."""
    found = earlier_words(ARTICLE, [SECOND, FIRST], 0, 29)
    assert [earlier.quote for earlier in found] == ["The mill burned down in 1903.", "The mill burned down in 1902."]
    assert found[0] == Earlier(SECOND, "The mill burned down in 1903.", Span(ARTICLE, 13, 42))
    assert (found[1].version, found[1].now) == (FIRST, None)
    assert len(earlier_words(ARTICLE, [SECOND, FIRST], 30, 46)) == 1


def test_words_that_are_as_they_were() -> None:
    """Nothing is told of a place that has the same words in every text, nor of a text that ends before it."""
    same = Article("mill", "mill", "The mill", "The mill stands.", None, None, None, None, "4")
    assert earlier_words(same, [SECOND, FIRST], 0, 8) == []
    assert earlier_words(ARTICLE, [SECOND], 40, 400) == []


def test_the_nearest_of_several_places() -> None:
    """Words that stand in several places are those nearest to where they stood; other signs make no difference."""
    last = NOW.rindex("Nobody")
    assert new_place(ARTICLE, "Nobody was hurt.", near=last + 5) == Span(ARTICLE, last, last + 16)
    assert new_place(ARTICLE, "Nobody was hurt.", near=0) == Span(ARTICLE, last - 17, last - 1)
    assert new_place(ARTICLE, "nobody  was hurt", near=0) == Span(ARTICLE, last - 17, last - 2)
    assert new_place(ARTICLE, "Everybody was hurt.", near=0) is None
    assert new_place(ARTICLE, "…!", near=0) is None


def test_the_text_that_was_cited() -> None:
    """The latest text that has exactly the words at their place is the one that was cited; else there is none."""
    assert cited_from([SECOND, FIRST], 0, 8, "The mill") == SECOND
    assert cited_from([SECOND, FIRST], 24, 28, "1902") == FIRST
    assert cited_from([SECOND, FIRST], 23, 27, "1902") is None
