import logging

import pytest

from qa_bot.corpus.metadata import Metadata, first_line, iso_date, language_tag, make_article, read_metadata
from qa_bot.corpus.unreadable import Unreadable


def test_known_fields_are_read_on_one_line_and_others_ignored() -> None:
    """The five fields are taken, blank ones are unknown, authors are joined."""
    fields = {"title": " A\n title ", "source": " ", "author": ["Jane Roe", " ", "D. Eff"], "url": "u", "tags": [1]}
    assert read_metadata(fields, "a.md") == Metadata(title="A title", author="Jane Roe, D. Eff", url="u")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"title": 5}, 'The field "title" is not text.'),
        ({"url": {"a": "b"}}, 'The field "url" is not text.'),
        ({"author": ["a", 3]}, 'The field "author" is not a list of names.'),
        ({"author": True}, 'The field "author" is not text.'),
        ({"published": 20221117}, 'The field "published" is not text.'),
    ],
)
def test_a_field_of_another_kind_is_refused(fields: dict[str, object], reason: str) -> None:
    """A field that is not text is named, not turned into text."""
    with pytest.raises(Unreadable) as refusal:
        read_metadata(fields, "a.md")
    assert str(refusal.value) == reason


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2022-11-17", "2022-11-17"),
        (" 2022-11-17T10:00:00Z ", "2022-11-17T10:00:00+00:00"),
        ("2022-11-17 10:00", "2022-11-17T10:00:00"),
        ("20221117", "2022-11-17"),
        ("2022", None),
        ("2022-02-30", None),
        ("17 November 2022", None),
        ("", None),
    ],
)
def test_dates_are_iso_or_unknown(value: str, expected: str | None) -> None:
    """Only a whole date in ISO 8601 is a date; nothing is guessed from another form."""
    assert iso_date(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("EN", "en"),
        (" pt_br ", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("be-tarask", "be-tarask"),
        ("English", None),
        ("e", None),
        ("en-", None),
        ("ру", None),
    ],
)
def test_languages_are_tags_or_unknown(value: str, expected: str | None) -> None:
    """A tag is written as RFC 5646 writes it; the name of a language is none."""
    assert language_tag(value) == expected


def test_what_is_missing_is_taken_from_elsewhere() -> None:
    """One source of metadata goes over another, field by field."""
    best, rest = Metadata(title="a", language="en"), Metadata(title="b", author="c")
    assert best.over(rest) == Metadata(title="a", author="c", language="en")


def test_a_strange_date_is_logged_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    """An article with a date in words is kept without it, and the log says where."""
    with caplog.at_level(logging.WARNING):
        assert read_metadata({"published": "yesterday", "language": "English"}, "a.md") == Metadata()
    assert caplog.messages == [
        "a.md: the date 'yesterday' is not of the form 2022-11-17, so it is left out",
        "a.md: the language 'English' is not of the form en or pt-BR, so it is left out",
    ]


def test_the_first_line_is_cut_at_a_word() -> None:
    """A first line of up to 200 characters is whole; a longer one ends after its last whole word."""
    assert first_line(" \n\n\t A   headline \nText") == "A headline"
    assert first_line("x" * 200) == "x" * 200
    assert first_line("x" * 201) == "x" * 200 + "…"
    assert first_line("word " * 50) == ("word " * 40).strip() + "…"
    assert first_line(" \n") == ""


def test_the_hash_covers_content_only() -> None:
    """The hash changes with any field that is shown or searched, and not with the id or the path."""
    base = make_article("a", "p", "text", Metadata(title="t"))
    assert make_article("b", "q", "text", Metadata(title="t")).sha256 == base.sha256
    changed = [
        make_article("a", "p", text, metadata).sha256
        for text, metadata in [
            ("text ", Metadata(title="t")),
            ("text", Metadata(title="t2")),
            ("text", Metadata(title="t", source="s")),
            ("text", Metadata(title="t", author="s")),
            ("text", Metadata(title="t", url="s")),
            ("text", Metadata(title="t", published="s")),
            ("text", Metadata(title="t", language="en")),
        ]
    ]
    changed.append(make_article("a", "p", "text", Metadata(title="t"), (0,)).sha256)
    assert len({base.sha256, *changed}) == 9


@pytest.mark.parametrize(
    ("article_id", "text", "source"),
    [("a", " \n\t", None), ("a\udcff", "x", None), ("a", "\ud800", None), ("a", "x", "\ud800")],
)
def test_what_cannot_be_stored_is_refused(article_id: str, text: str, source: str | None) -> None:
    """A text without a character, and half a character anywhere, make no article."""
    with pytest.raises(Unreadable):
        make_article(article_id, "p", text, Metadata(title="t", source=source))
