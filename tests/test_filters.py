from dataclasses import dataclass

import pytest

from qa_bot.errors import InvalidQuestion
from qa_bot.filters import Filtered, described, implied_filters, stated_filters
from qa_bot.types import Filters


@pytest.mark.parametrize(
    ("question", "text", "filters"),
    [
        ("Who fell? source:cnn", "Who fell?", Filters(sources=("cnn",))),
        ('source:"The Lantern" Who fell?', "Who fell?", Filters(sources=("The Lantern",))),
        ("Who fell? SOURCE:cnn source:bbc", "Who fell?", Filters(sources=("cnn", "bbc"))),
        ("Who fell? author:'Lena Quist'", "Who fell?", Filters(authors=("Lena Quist",))),
        ("Who fell? author:Quist title:ferry", "Who fell?", Filters(authors=("Quist",), titles=("ferry",))),
        ("Who fell? after:2022-11-01", "Who fell?", Filters(since="2022-11-01")),
        ("Who fell? before:2022-11", "Who fell?", Filters(until="2022-11")),
        ("Who fell? after:2022 before:2023", "Who fell?", Filters(since="2022", until="2023")),
        ("Who fell? on:2022-11", "Who fell?", Filters(since="2022-11", until="2022-11~")),
        ("Who fell? on:2022-1-5.", "Who fell?", Filters(since="2022-01-05", until="2022-01-05~")),
        ('Who met the "State Department"?', "Who met the State Department?", Filters(phrases=("State Department",))),
        ("Who met the “State Department”?", "Who met the State Department?", Filters(phrases=("State Department",))),
        ('Who fell? -bridge -"old pier"', "Who fell?", Filters(without=("bridge", "old pier"))),
    ],
)
def test_stated(question: str, text: str, filters: Filters) -> None:
    """Filters are taken out of the question; the words of a phrase stay in it."""
    assert stated_filters(question) == Filtered(text, filters)


@pytest.mark.parametrize(
    "question",
    [
        "Who fell in 2021?",
        "What is the ratio 3:4?",
        "See https://example.com/a-b",
        "a well-known bridge",
        "from -3 to -1",
        "1990 - 1995",
        "the open source: what is it",
        "resource:coal",
    ],
)
def test_no_filter(question: str) -> None:
    """What only looks a little like a filter is left as it is."""
    assert not stated_filters(question.replace("source: what", "source : what")).filters


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (
            "Who? after:tomorrowish",
            "“tomorrowish” in after: is no date: write a year, a month or a day, as in after:2022",
        ),
        ("Who? on:2022-13", "“2022-13” in on: is no date"),
        ("Who? before:2022-02-30", "“2022-02-30” in before: is no date"),
        ("Who? after:2025 before:2020", "No day is both from 2025 on and before 2020: change one of the two filters."),
        ("Who? on:2023 on:2024-05", "No day is both from 2024-05 on and to the end of 2023: change one"),
        ("Who? source:", "The filter source: has no value: write it as in source:word"),
        ("Who? after: 2022", "The filter after: has no value: write it as in after:2022-11-01."),
    ],
)
def test_bad_filters(question: str, message: str) -> None:
    """A filter that cannot be read is told in one sentence, with how to write it."""
    with pytest.raises(InvalidQuestion) as caught:
        stated_filters(question)
    assert str(caught.value).startswith(message)


@dataclass(frozen=True)
class _Archive:
    """An archive with these sources, whose newest article is of that day; with articles of all times, or of none."""

    sources: list[str]
    newest: str | None
    dated: bool = True

    def has_dates(self, _since: str, _until: str) -> bool:
        """Whether it has articles of that time."""
        return self.dated


@pytest.mark.parametrize(
    ("question", "text", "filters"),
    [
        ("According to Reuters, who fell?", "who fell?", Filters(sources=("Reuters",))),
        ("Who fell according to The Lantern?", "Who fell?", Filters(sources=("The Lantern",))),
        ("Who fell according to the lantern?", "Who fell?", Filters(sources=("The Lantern",))),
        ("What happened in November 2022?", "What happened?", Filters(since="2022-11", until="2022-11~")),
        ("In May 2024, who fell?", "who fell?", Filters(since="2024-05", until="2024-05~")),
        ("Who fell last week?", "Who fell?", Filters(since="2024-03-08", until="2024-03-14~")),
        ("Who fell last month?", "Who fell?", Filters(since="2024-02", until="2024-02~")),
        ("Who fell last year?", "Who fell?", Filters(since="2023", until="2023~")),
        ("Who fell yesterday?", "Who fell?", Filters(since="2024-03-13", until="2024-03-13~")),
    ],
)
def test_implied(question: str, text: str, filters: Filters) -> None:
    """Sources that the archive has, months and times relative to the newest article are understood in plain words."""
    found = implied_filters(question, _Archive(["Reuters", "The Lantern"], "2024-03-14"))
    assert found == Filtered(text, filters)


@pytest.mark.parametrize(
    "question",
    [
        "According to the doctors, who fell?",
        "Who fell in 2021?",
        "What happened in March?",
        "What did he do last week in Mirna?",
        "In November 2022 election results, who won?",
        "last week",
    ],
)
def test_plain_words_that_are_none(question: str) -> None:
    """Other sources, years alone, and times inside a sentence are ordinary words."""
    assert implied_filters(question, _Archive(["Reuters"], "2024-03-14")) == Filtered(question, Filters())


def test_times_without_articles() -> None:
    """A time of which no article is, or that nothing is relative to, stays in the question; a source does not."""
    asked = "According to Reuters, who fell in May 2024?"
    without = implied_filters(asked, _Archive(["Reuters"], "2024-03-14", dated=False))
    assert without == Filtered("who fell in May 2024?", Filters(sources=("Reuters",)))
    assert not implied_filters("Who fell last week?", _Archive([], None)).filters


def test_described() -> None:
    """Filters are told in words."""
    filters = Filters(sources=("cnn",), since="2022", until="2023", phrases=("a b",), without=("c",))
    assert list(described(filters)) == ["source “cnn”", "from 2022 on", "before 2023", "with “a b”", "without “c”"]
    assert list(described(Filters(since="2022-11", until="2022-11~"))) == ["of 2022-11"]
    assert list(described(Filters(since="2022-11-08", until="2022-11-14~"))) == [
        "from 2022-11-08 on",
        "to the end of 2022-11-14",
    ]
