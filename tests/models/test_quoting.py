import pytest

from qa_bot.models.quoting import passage_coverage, quote_sentence, quote_words, sentence_score
from qa_bot.types import Article, Hit, Passage, SentenceMatch, Span

SENTENCES = (
    "Ana Kovač built the bridge.",
    "She was born in 1901.",
    "It rained.",
    "The bridge of Mirna fell in 1934, and nobody was hurt.",
    "Later it was built again.",
)
TEXT = " ".join(SENTENCES)
ARTICLE = Article("a", "corpus/a.txt", "The bridge", TEXT, None, None, None, None, "hash")


def _match(number: int, matched: tuple[float, ...], similarity: float = 0.0) -> SentenceMatch:
    start = TEXT.index(SENTENCES[number])
    return SentenceMatch(start, start + len(SENTENCES[number]), similarity, matched)


def _hit(*matches: SentenceMatch) -> Hit:
    passage = Passage(ARTICLE, 0, len(TEXT), tuple((match.start, match.end) for match in matches))
    return Hit(passage, 0.0, 0.0, 0.0, 1, 1, matches)


def _hit_with(*matched: tuple[float, ...]) -> Hit:
    return _hit(*(_match(number, share) for number, share in enumerate(matched)))


def _words(text: str) -> Span:
    start = TEXT.index(text)
    return Span(ARTICLE, start, start + len(text))


NOTHING = _hit_with(*[(0.0, 0.0)] * 5)


def test_sentence_score_by_hand() -> None:
    """The score is the cosine and .4 of the share of the question's words: .5 + .4 * (.2 + .3)."""
    assert sentence_score(_match(0, (0.2, 0.3), similarity=0.5)) == pytest.approx(0.7)


def test_the_sentence_of_the_words_is_quoted() -> None:
    """Words inside one sentence that stands by itself are quoted with that sentence alone, and highlighted."""
    found = quote_words(NOTHING, _words("1934"))
    assert (found.span.text, found.highlight.text) == (SENTENCES[3], "1934")


def test_words_across_two_sentences_quote_both() -> None:
    """An answer that runs over the end of a sentence quotes both sentences."""
    found = quote_words(NOTHING, _words("built the bridge. She was born"))
    assert found.span.text == f"{SENTENCES[0]} {SENTENCES[1]}"
    assert found.highlight.text == "built the bridge. She was born"


def test_a_leaning_sentence_is_quoted_with_the_one_before() -> None:
    """A sentence that begins with a pronoun is quoted with the one that says who is meant, if there is one."""
    assert quote_words(NOTHING, _words("1901")).span.text == f"{SENTENCES[0]} {SENTENCES[1]}"
    only = _hit(_match(1, (0.0,)))
    assert quote_words(only, _words("1901")).span.text == SENTENCES[1]


def test_a_neighbour_with_the_question_s_words_is_quoted_too() -> None:
    """A neighbour that has a fifth of the question which the quotation lacks is quoted too, the one after it first."""
    without, little, much = (0.0, 0.5), (0.19, 0.0), (0.21, 0.0)
    assert quote_words(_hit_with(without, without, little, without, little), _words("1934")).span.text == SENTENCES[3]
    assert quote_words(_hit_with(without, without, much, without, little), _words("1934")).span.text == (
        f"{SENTENCES[2]} {SENTENCES[3]}"
    )
    assert quote_words(_hit_with(without, without, much, without, much), _words("1934")).span.text == (
        f"{SENTENCES[3]} {SENTENCES[4]}"
    )


def test_coverage_and_similarity_are_of_the_quoted_sentences() -> None:
    """A word that two quoted sentences have counts once; the similarity is that of the better one."""
    hit = _hit(_match(0, (0.5, 0.0, 0.25), 0.3), _match(1, (0.5, 0.125, 0.0), 0.6), _match(3, (0.0, 0.0, 0.0), 0.9))
    found = quote_words(hit, _words("1901"))
    assert (found.coverage, found.similarity) == (0.875, 0.6)
    assert passage_coverage(hit) == 0.875


def test_an_unread_passage_is_quoted_by_its_best_sentence() -> None:
    """Without words that answer, the sentence of the highest score is quoted and highlighted as a whole."""
    hit = _hit(_match(0, (0.5,), 0.2), _match(2, (0.0,), 0.3), _match(3, (0.5,), 0.3))
    found = quote_sentence(hit)
    assert found.span.text == found.highlight.text == SENTENCES[3]
    assert quote_sentence(NOTHING).span.text == SENTENCES[0]
