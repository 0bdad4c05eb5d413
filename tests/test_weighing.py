from collections.abc import Sequence

from qa_bot.types import (
    Answer,
    Article,
    Citation,
    Copy,
    Evidence,
    Hit,
    Passage,
    Query,
    Relation,
    SentenceMatch,
    Span,
)
from qa_bot.weighing import weigh


def found(
    marked: str,
    article_id: str,
    *,
    published: str | None = None,
    margin: float | None = 5.0,
    matched: tuple[float, ...] = (0.5, 0.5),
    copies: Sequence[str] = (),
    support: float = 0.9,
) -> Evidence:
    """Evidence whose passage is one sentence, the words between [ and ] marked."""
    first, last = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    article = Article(article_id, article_id, "", text, None, None, None, published, text)
    also = tuple(Copy(copy, None, None) for copy in copies)
    cited = Citation(article, 0, len(text), Span(article, first, last), paragraph=1, support=support, also=also)
    match = SentenceMatch(0, len(text), 0.9, matched)
    hit = Hit(Passage(article, 0, len(text), ((0, len(text)),)), 1.0, 0.9, 1.0, 1, 1, (match,))
    return Evidence(hit, cited, margin)


def weighed(question: str, *evidence: Evidence) -> Answer:
    """The answer that the first evidence gives, weighed against all."""
    return weigh(Answer(Query(question, question), (evidence[0].citation,)), evidence, min_support=0.4)


def sides(answer: Answer) -> list[list[str]]:
    """The ids of the articles on each side."""
    return [[citation.article.id for citation in side.citations] for side in answer.sides]


HURT = "How many people were hurt?"


def test_copies_are_one_source() -> None:
    """Articles that say the same are counted, copies of one story as one source; one article counts once."""
    answer = weighed(
        HURT,
        found("[36] people were hurt.", "a", copies=["b"]),
        found("[36] people were hurt.", "b", copies=["a"]),
        found("[Thirty-six] people were hurt, nurses said.", "c"),
        found("[36] in all were hurt.", "c"),
    )

    assert answer.relation is Relation.SAME
    assert sides(answer) == [["a", "b", "c"]]
    assert answer.sides[0].independent == 2
    assert [citation.article.id for citation in answer.citations] == ["a"]


def test_another_answer_needs_what_an_answer_needs() -> None:
    """What would be no answer by itself contradicts none and adds to no list; what says the same still counts."""
    answer = weighed(
        HURT,
        found("[36] people were hurt.", "a"),
        found("[12] people were hurt.", "b", support=0.39),
        found("[36] people were hurt, nurses said.", "c", support=0.2),
    )
    assert answer.relation is Relation.SAME
    assert sides(answer) == [["a", "c"]]
    assert weighed(HURT, found("[36] hurt.", "a"), found("[12] hurt.", "b", support=0.4)).relation is Relation.DIFFER


def test_what_differs_stands_side_by_side_newest_first() -> None:
    """Different numbers are sides, the newest first; the best stays the first citation, each has one in the answer."""
    answer = weighed(
        HURT,
        found("[36] people were hurt.", "old", published="2024-03-12"),
        found("[43] people were hurt.", "new", published="2024-09-02"),
        found("[41] people were hurt.", "undated"),
        found("[Thirty-six] people were hurt.", "same", published="2024-03-13"),
    )

    assert answer.relation is Relation.DIFFER
    assert sides(answer) == [["new"], ["old", "same"], ["undated"]]
    assert [citation.article.id for citation in answer.citations] == ["old", "new", "undated"]


def test_what_answers_another_question_takes_no_part() -> None:
    """Passages in which the reader sees no answer, or that lack words of the question, are left out."""
    answer = weighed(
        HURT,
        found("[36] people were hurt.", "a"),
        found("[9] people came.", "other words", matched=(0.5, 0.0)),
        found("[8] people were hurt?", "no answer", margin=-1.0),
        found("[7] people were hurt.", "unread", margin=None),
    )

    assert answer.relation is Relation.SAME
    assert sides(answer) == [["a"]]


def test_names_are_listed_unless_only_one_can_be_right() -> None:
    """Several names answer "Who protested?"; of "Who is the mayor?" they differ."""
    evidence = (found("[Brenland] it was.", "a"), found("[Ostermark] it was.", "b"))

    assert weighed("Who protested?", *evidence).relation is Relation.LIST
    assert weighed("Who is the mayor?", *evidence).relation is Relation.DIFFER
    assert sides(weighed("Who protested?", *evidence)) == [["a"], ["b"]]


def test_the_last_time_is_that_of_the_newest_article() -> None:
    """Asked for the last time, the newest article comes first, and one without a date last."""
    answer = weighed(
        "When was the last time the lake flooded?",
        found("It flooded on [13 July 2022].", "old", published="2022-07-15"),
        found("It flooded [again].", "undated"),
        found("It flooded on [27 April 2025].", "new", published="2025-04-29"),
    )

    assert [citation.article.id for citation in answer.citations] == ["new", "old", "undated"]
    assert answer.relation is Relation.SAME


def test_a_choice_shows_both_sides_or_that_one_has_none() -> None:
    """Each of the two has the articles that speak for it; one may have none."""
    question = "Did it start in the engine room or in the galley?"
    room, galley = found("It started in the [engine room].", "a"), found("It started in the [galley].", "b")

    both, one = weighed(question, room, galley), weighed(question, room)

    assert both.relation is one.relation is Relation.CHOICE
    assert [side.asked for side in both.sides] == ["in the engine room", "in the galley"]
    assert sides(both) == [["a"], ["b"]]
    assert sides(one) == [["a"], []]


LENT = "Which country lent money, Brenland or Ostermark?"


def test_a_choice_shows_what_the_reader_doubts() -> None:
    """What has half the support of an answer speaks for one of two, even in an article that speaks for the other."""
    answer = weighed(
        LENT,
        found("[Brenland] lent money.", "a"),
        found("[Ostermark] lent money.", "a", margin=-1.0, support=0.2),
        found("[Ostermark] protested.", "b", margin=-1.0, support=0.2, matched=(0.5, 0.0)),
        found("[Ostermark] sent money.", "c", margin=-1.0, support=0.19),
    )

    assert answer.relation is Relation.CHOICE
    assert [[citation.text for citation in side.citations] for side in answer.sides] == [
        ["Brenland lent money."],
        ["Ostermark lent money."],
    ]


def test_an_answer_that_speaks_for_both_stands_by_itself() -> None:
    """Where the first quotation names both, nothing is said to speak for only one of them."""
    answer = weighed(
        LENT, found("Brenland and Ostermark lent [money].", "a"), found("[Ostermark] lent no money.", "b", support=0.3)
    )

    assert answer.relation is Relation.SAME
    assert [citation.article.id for citation in answer.citations] == ["a"]
