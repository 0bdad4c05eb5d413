import pytest

from qa_bot.comparing.verdict import Verdict, Wants, compare, wanted
from qa_bot.types import Article, Citation, Span

SAME, DIFFERENT, UNKNOWN = Verdict.SAME, Verdict.DIFFERENT, Verdict.UNKNOWN
HOW_MANY, WHEN, WHO, DID = "How many people were hurt?", "When did it close?", "Who won?", "Did the pumps work?"
HOW_MUCH = "How much does it cost?"


def said(marked: str, published: str | None = "2024-03-14") -> Citation:
    """A citation of a whole text, the words between [ and ] marked."""
    first, last = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    article = Article(text, "a.txt", "", text, None, None, None, published, "")
    return Citation(article, 0, len(text), Span(article, first, last), paragraph=1, support=0.9)


@pytest.mark.parametrize(
    ("question", "one", "other", "verdict"),
    [
        # numbers in words, rounding, vague words, bounds, ranges
        (HOW_MANY, "[36] people were hurt.", "[Thirty-six] were hurt.", SAME),
        (HOW_MANY, "[36] people were hurt.", "[41] people were hurt.", DIFFERENT),
        (HOW_MANY, "[Dozens] were hurt.", "[36] people were hurt.", SAME),
        (HOW_MANY, "[Dozens] were hurt.", "[7] people were hurt.", DIFFERENT),
        (HOW_MANY, "About [40] were hurt.", "[36] people were hurt.", SAME),
        (HOW_MANY, "[12,000] were hurt.", "[11,870] people were hurt.", SAME),
        (HOW_MANY, "[1.2 million] were hurt.", "[1,187,000] people were hurt.", SAME),
        (HOW_MANY, "[Two hundred and five] were hurt.", "[205] people were hurt.", SAME),
        (HOW_MANY, "At least [36] were hurt.", "[41] people were hurt.", SAME),
        (HOW_MANY, "At least [36] were hurt.", "[28] people were hurt.", DIFFERENT),
        (HOW_MANY, "Up to [50] were hurt.", "[64] people were hurt.", DIFFERENT),
        (HOW_MANY, "Between [10 and 20] were hurt.", "[15] people were hurt.", SAME),
        (HOW_MANY, "[36 people and 4 dogs] were hurt.", "[41] people were hurt.", UNKNOWN),
        (HOW_MANY, "[36] people were hurt.", "[9] engines came.", UNKNOWN),
        # units and currencies
        ("How long is it?", "It is [2.4 metres] long.", "It is [240 centimetres] long.", SAME),
        ("How long is it?", "It is [2.4 metres] long.", "It is [eight feet] long.", SAME),
        ("How long is it?", "It is [2.4 metres] long.", "It is [3 metres] long.", DIFFERENT),
        ("How long was he held?", "He was held [512 days].", "He was held [17 months].", SAME),
        (HOW_MUCH, "It costs [$1.5 million].", "It costs [1.5 million dollars].", SAME),
        (HOW_MUCH, "It costs [58 million crowns].", "It costs [74 million crowns].", DIFFERENT),
        (HOW_MUCH, "It costs [2 million euros].", "It costs [3 million dollars].", UNKNOWN),
        # dates in several forms, relative ones, times and zones
        (WHEN, "It closed on [12 March].", "It closed on [March 12, 2024].", SAME),
        (WHEN, "It closed on [12 March 2024].", "It closed on [2024-03-12].", SAME),
        (WHEN, "It closed on [12 March].", "It closed on [Tuesday].", SAME),
        (WHEN, "It closed on [12 March].", "It closed on [Wednesday].", DIFFERENT),
        (WHEN, "It closed [yesterday].", "It closed on [12 March].", DIFFERENT),
        (WHEN, "It closed in [March].", "It closed on [12 March].", SAME),
        (WHEN, "It closed in [2027].", "It closed in [2028].", DIFFERENT),
        (WHEN, "It closed on [11.03.2024].", "It closed on [11 March].", SAME),
        (WHEN, "It closed at [14:00 CET].", "It closed at [13:00 GMT].", SAME),
        (WHEN, "It closed at [14:00 CET].", "It closed at [14:00 GMT].", DIFFERENT),
        (WHEN, "It closed at [14:00 CET].", "It closed at [15:00].", UNKNOWN),
        (WHEN, "It closed at [3 p.m.]", "It closed at [15:00].", SAME),
        (WHEN, "It may close [soon].", "It closed at [15:00].", UNKNOWN),
        # names: short forms, spellings, initials
        (WHO, "[Anna Kessler] won.", "[Kessler] won.", SAME),
        (WHO, "[Mayor Anna Kessler] won.", "[Ana Kesler] won.", SAME),
        (WHO, "[Tsikhanouskaya] won.", "[Tikhanovskaya] won.", SAME),
        (WHO, "[World Health Organization] won.", "[WHO] won.", SAME),
        (WHO, "[Anna Kessler] won.", "[Otto Brandt] won.", DIFFERENT),
        (WHO, "[Anna Kessler] won.", "[Otto Kessler] won.", DIFFERENT),
        (WHO, "[A. Kessler] won.", "[Anna Kessler] won.", SAME),
        (WHO, "[Anna Kessler] won.", "[a young engineer] won.", UNKNOWN),
        (WHO, "[Anna Kessler] won.", "[Ганна Кеслер] won.", UNKNOWN),
        # yes or no
        (DID, "The pumps [worked].", "The pumps [did not work].", DIFFERENT),
        (DID, "The pumps [did not work].", "The pumps [never worked].", SAME),
        (DID, "The pumps [failed to work], and it was not dark.", "The pumps [worked].", DIFFERENT),
        # other years, and what is no fact of one kind
        (HOW_MANY, "In 2010 [36] people were hurt.", "In 2020 [41] people were hurt.", UNKNOWN),
        ("Why did it close?", "It closed [because of rain].", "It closed [for repairs].", UNKNOWN),
    ],
)
def test_what_two_answers_say(question: str, one: str, other: str, verdict: Verdict) -> None:
    """Values are compared, not their spelling, in either order; what cannot be compared is no conflict."""
    assert compare(question, said(one), said(other)) is verdict
    assert compare(question, said(other), said(one)) is verdict


def test_a_date_is_read_by_its_article() -> None:
    """Days without a year are those nearest to the article's date; without a date nothing is guessed."""
    one, other = "It closed on [Monday].", "It closed on [11 March]."

    assert compare(WHEN, said(one, "2024-03-14"), said(other, "2024-03-14")) is SAME
    assert compare(WHEN, said(one, "2024-03-14"), said(other, "2025-03-14")) is DIFFERENT
    assert compare(WHEN, said(one, None), said(other, "2024-03-14")) is UNKNOWN


def test_what_questions_want() -> None:
    """The first word that asks says what is compared."""
    questions = [
        HOW_MANY,
        HOW_MUCH,
        WHEN,
        "In which year was it?",
        WHO,
        "Which countries paid?",
        DID,
        "Why?",
        "Floods?",
    ]
    assert [wanted(question) for question in questions] == [
        Wants.AMOUNT,
        Wants.AMOUNT,
        Wants.TIME,
        Wants.TIME,
        Wants.NAME,
        Wants.NAME,
        Wants.WHETHER,
        Wants.ANYTHING,
        Wants.ANYTHING,
    ]
