from pathlib import Path

import numpy as np
import pytest
from encoder_double import MODEL

from qa_bot import retrieval
from qa_bot.fusion import fuse
from qa_bot.index.coverage import question_terms, term_weights
from qa_bot.index.generation import Index, open_index
from qa_bot.indexing import update_index
from qa_bot.models.encoder import OnnxEncoder, Parted
from qa_bot.models.quoting import sentence_score
from qa_bot.retrieval import retrieve
from qa_bot.types import Hit, Query

ARTICLES = {
    "bridge.txt": "The bridge\n\nThe bridge over the Sava was built in 1934. Two engineers drew it.",
    "copy.txt": "The bridge\n\nThe bridge over the Sava was built in 1934. Two engineers drew it.",
    "harbour.txt": "The harbour\n\nThe harbour is deep. Ships came from the north in winter.",
    "mill.txt": "The mill\n\nThe mill burned down in 1902.\n\nNobody was hurt, the owner said.",
}


@pytest.fixture
def index(tmp_path: Path, small_model: None) -> Index:
    """Four small articles, two of them alike."""
    del small_model
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in ARTICLES.items():
        (corpus / name).write_text(text, encoding="utf-8")
    update_index(corpus, tmp_path / "index", embedding_model=MODEL, precision="fp32", progress=lambda *_: None)
    return open_index(tmp_path / "index")


def _ask(index: Index, question: str, *exclude: str) -> list[Hit]:
    vector = OnnxEncoder.load(index.folder / "encoder").encode_question(question)
    return retrieve(Query(question, question), vector, index, exclude=frozenset(exclude))


def _ids(hits: list[Hit]) -> list[str]:
    return [hit.passage.article.id for hit in hits]


def test_order_and_ties(index: Index) -> None:
    """The passage with the question's words comes first; of two equal ones the first row."""
    hits = _ask(index, "Who drew the bridge over the Sava?")
    assert _ids(hits)[:2] == ["bridge.txt", "copy.txt"]
    assert hits[0].score == hits[1].score
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert _ids(_ask(index, "ships in winter"))[0] == "harbour.txt"


def test_copies_do_not_crowd(tmp_path: Path, small_model: None) -> None:
    """Of a passage that three articles of one story have, the third comes after all else that was found."""
    del small_model
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in {**ARTICLES, "third.txt": ARTICLES["copy.txt"], "zoo.txt": "Sava\n\nThe Sava is long."}.items():
        (corpus / name).write_text(text, encoding="utf-8")
    update_index(corpus, tmp_path / "index", embedding_model=MODEL, precision="fp32", progress=lambda *_: None)
    found = _ids(_ask(open_index(tmp_path / "index"), "Who drew the bridge over the Sava?"))
    assert sorted([*found[:2], found[-1]]) == ["bridge.txt", "copy.txt", "third.txt"]
    assert sorted(found[2:-1]) == ["harbour.txt", "mill.txt", "zoo.txt"]


def test_scores_are_the_fusion_of_what_is_told(index: Index) -> None:
    """The score of a hit is .3, .4 and .8 times the z-scores of its cosine, its BM25 and its best sentence."""
    hits = _ask(index, "When did the mill burn down?")
    columns = [
        [hit.similarity for hit in hits],
        [hit.bm25 for hit in hits],
        [max(map(sentence_score, hit.sentences)) for hit in hits],
    ]
    dense, lexical, sentence = (np.array(column, dtype=np.float32) for column in columns)
    expected = fuse((0.3, dense), (0.4, lexical), (1.0, sentence))
    np.testing.assert_allclose([hit.score for hit in hits], expected, atol=1e-5)


def test_ranks(index: Index) -> None:
    """Ranks start at 1 on each side; a passage without a word of the question has no lexical rank and no BM25."""
    hits = _ask(index, "winter ships")
    best = hits[0]
    assert (best.passage.article.id, best.lexical_rank) == ("harbour.txt", 1)
    assert sorted(hit.dense_rank for hit in hits if hit.dense_rank) == list(range(1, len(hits) + 1))
    assert all((hit.lexical_rank is None) == (hit.bm25 == 0) for hit in hits)


def test_cosines_are_those_of_the_encoder(index: Index) -> None:
    """The similarity of a sentence is its cosine with the question, read within its passage."""
    question = "When did the mill burn down?"
    encoder = OnnxEncoder.load(index.folder / "encoder")
    hit = next(hit for hit in _ask(index, question) if hit.passage.article.id == "mill.txt")
    match = next(m for m in hit.sentences if hit.passage.article.text[m.start : m.end].endswith("1902."))
    passage = hit.passage
    [(_, parts)] = encoder.encode_parted([Parted(passage.text, passage.sentences)])
    expected = parts[passage.sentences.index((match.start, match.end))] @ encoder.encode_question(question)
    assert match.similarity == pytest.approx(float(expected), abs=5e-4)


def test_matches(index: Index) -> None:
    """A sentence matches the question's words that it or its article's title has, each with its weight."""
    question = "mill winter zeppelin"
    weights = term_weights(question_terms(index.lexical.terms(question)), index.lexical)
    for found in _ask(index, question):
        for match in found.sentences:
            text = f"{found.passage.article.title} {found.passage.article.text[match.start : match.end]}".lower()
            words = zip(question.split(), weights, strict=True)
            expected = [weight if word in text else 0.0 for word, weight in words]
            assert list(match.matched) == expected
            assert match.coverage == pytest.approx(sum(expected))


def test_exclude(index: Index) -> None:
    """Excluded articles are not found, unknown ids change nothing, and without articles nothing is found."""
    question = "Who drew the bridge over the Sava?"
    assert _ids(_ask(index, question, "bridge.txt"))[0] == "copy.txt"
    assert not {"bridge.txt", "copy.txt"} & set(_ids(_ask(index, question, "bridge.txt", "copy.txt")))
    assert _ids(_ask(index, question, "nobody")) == _ids(_ask(index, question))
    assert _ask(index, question, *ARTICLES) == []


def test_misspelt_and_foreign_words(index: Index) -> None:
    """A misspelt word still finds its passage; a question of unknown signs still ranks by vectors."""
    assert _ids(_ask(index, "harbuor"))[0] == "harbour.txt"
    hits = _ask(index, "日本語")
    assert len(hits) == index.manifest.passages
    assert all(hit.bm25 == 0 for hit in hits)


def test_common_words_weigh_but_do_not_find(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that many passages have give no rank; the scores of all that is found are those of all words."""
    question = "the winter in which the mill burned"
    all_words = {hit.passage.article.id: hit for hit in _ask(index, question)}
    monkeypatch.setattr(retrieval, "_COMMON", 1)

    hits = {hit.passage.article.id: hit for hit in _ask(index, question)}

    assert {name: hit.lexical_rank for name, hit in all_words.items()} == {
        "bridge.txt": 3, "copy.txt": 4, "harbour.txt": 2, "mill.txt": 1
    }  # fmt: skip
    assert {name: hit.lexical_rank for name, hit in hits.items()} == {
        "bridge.txt": None, "copy.txt": None, "harbour.txt": 2, "mill.txt": 1
    }  # fmt: skip
    assert {name: hit.bm25 for name, hit in hits.items()} == {name: hit.bm25 for name, hit in all_words.items()}
    assert {name: hit.score for name, hit in hits.items()} == {name: hit.score for name, hit in all_words.items()}


def test_only_common_words(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all words of a question are common, passages are found by all of them."""
    before = _ask(index, "the bridge over the Sava")
    monkeypatch.setattr(retrieval, "_COMMON", 0)
    monkeypatch.setattr(retrieval, "_COMMON_SHARE", 0.0)
    assert _ask(index, "the bridge over the Sava") == before
