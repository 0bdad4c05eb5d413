import gzip
import json
from collections import Counter
from itertools import combinations, islice
from pathlib import Path

import corpora
import pytest
from texts import Paragraph, read_paragraphs

PLACES = ("harbour", "mill", "bridge", "school", "market", "station", "church", "inn", "theatre", "well", "dam", "quay")


@pytest.fixture
def paragraphs(tmp_path: Path) -> list[Paragraph]:
    """Twelve paragraphs of three sentences about one town, and one about another."""
    rows = [
        {
            "id": f"town#{number}",
            "title": "The town",
            "text": f"The {place} was built in {1800 + number}. It cost {number + 2} crowns. Boats saw the {place}.",
        }
        for number, place in enumerate(PLACES)
    ]
    rows.append({"id": "other#0", "title": "Elsewhere", "text": "Nothing was built here."})
    path = tmp_path / "texts.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return read_paragraphs([path])


def test_real_paragraphs_come_first(paragraphs: list[Paragraph]) -> None:
    """As many real paragraphs as there are, unchanged and in order; with fewer wanted, the first of them."""
    assert list(corpora.corpus(paragraphs, 5, seed=0)) == paragraphs[:5]
    assert list(corpora.corpus(paragraphs, 30, seed=0))[:13] == paragraphs


def test_others_are_made_of_real_sentences(paragraphs: list[Paragraph]) -> None:
    """Every sentence of a made paragraph is one of its title's, none twice, and few are those of another."""
    made = list(islice(corpora.corpus(paragraphs, 63, seed=0), 13, None))

    real = {sentence for paragraph in paragraphs[:12] for sentence in paragraph.sentences}
    assert len(made) == 50
    assert {paragraph.title for paragraph in made} == {"The town"}
    assert all(set(paragraph.sentences) <= real for paragraph in made)
    assert all(max(Counter(paragraph.sentences).values()) == 1 for paragraph in made)
    pairs = [(set(one.sentences), set(other.sentences)) for one, other in combinations(made, 2)]
    assert all(_words(one & other) <= 0.6 * min(_words(one), _words(other)) for one, other in pairs)
    assert [paragraph.id for paragraph in made[:2]] == ["made-0000001", "made-0000002"]


def _words(sentences: set[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)


def test_no_more_can_be_made(paragraphs: list[Paragraph]) -> None:
    """Where nearly all that can be drawn would be a copy, that is said instead of drawing for ever."""
    with pytest.raises(SystemExit, match=r"More than \d+ passages cannot be made of these texts"):
        list(corpora.corpus(paragraphs, 5_000, seed=0))


def test_seed(paragraphs: list[Paragraph]) -> None:
    """The same seed gives the same articles, a smaller corpus being the beginning; another seed gives others."""
    hundred = list(corpora.corpus(paragraphs, 100, seed=1))
    assert list(corpora.corpus(paragraphs, 40, seed=1)) == hundred[:40]
    assert list(corpora.corpus(paragraphs, 100, seed=2)) != hundred


def test_files(paragraphs: list[Paragraph], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of JSON go into files of a fixed number of articles, texts into a file each, the title first."""
    monkeypatch.setattr(corpora, "ARTICLES_A_FILE", 5)

    assert corpora.write_jsonl(tmp_path, paragraphs) == 13
    assert corpora.write_txt(tmp_path, paragraphs[:2]) == 2

    files = sorted(tmp_path.glob("part-*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert [file.name for file in files] == ["part-00000.jsonl", "part-00001.jsonl", "part-00002.jsonl"]
    assert [line["id"] for line in lines] == [paragraph.id for paragraph in paragraphs]
    assert (tmp_path / "0000002.txt").read_text(encoding="utf-8").startswith("The town\n\nThe mill was built in 1801.")


def test_too_few_paragraphs(paragraphs: list[Paragraph]) -> None:
    """Where no title has ten paragraphs, there is a sentence in place of endless copies."""
    with pytest.raises(SystemExit, match="No title has 10 paragraphs"):
        list(corpora.corpus(paragraphs[9:], 20, seed=0))
