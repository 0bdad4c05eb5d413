import pytest

from qa_bot.index.names import ArticleName, called, nearest


def _name(article_id: str, title: str, path: str = "") -> ArticleName:
    return ArticleName(article_id, path or f"corpus/{article_id}", title, None, None)


NAMES = [
    _name("reports/harbour.txt", "The harbour"),
    _name("harbour.md", "Ships"),
    _name("wire:2022-11-01", "A ferry", "corpus/wire.jsonl"),
    _name("wire:2022-11-02", "Another ferry", "corpus/wire.jsonl"),
    _name("новости/паром 😀.txt", "Паром загорелся"),
]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ("harbour.md", ["harbour.md"]),
        ("corpus/harbour.md", ["harbour.md"]),
        ("the HARBOUR", ["reports/harbour.txt"]),
        ("Harbour.txt", ["reports/harbour.txt"]),
        ("harbour", ["reports/harbour.txt", "harbour.md"]),
        ("reports/", ["reports/harbour.txt"]),
        ("another f", ["wire:2022-11-02"]),
        ("…22-11-01", ["wire:2022-11-01"]),
        ("corpus/wire.jsonl", ["wire:2022-11-01", "wire:2022-11-02"]),
        ("паром", ["новости/паром 😀.txt"]),
        ("😀", ["новости/паром 😀.txt"]),
        ("moon", []),
        ("", []),
        (" … ", []),
    ],
)
def test_what_an_article_is_called(wanted: str, ids: list[str]) -> None:
    """The strictest way in which a name fits any article counts: id, path, title, file, beginning, part of an id."""
    assert [name.id for name in called(NAMES, wanted)] == ids


def test_what_was_perhaps_meant() -> None:
    """Ids whose own words, file or title are like what was typed, the likest first; nothing where nothing is."""
    assert nearest(NAMES, "harbor.txt", most=2) == ["reports/harbour.txt", "harbour.md"]
    assert nearest(NAMES, "Паром загорелcя", most=5) == ["новости/паром 😀.txt"]
    assert nearest(NAMES, "wire:2022-11-1", most=1) == ["wire:2022-11-01"]
    assert nearest(NAMES, "xyz", most=5) == []
