import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_double import FAR, NEEDED, READER, export_reader

from qa_bot.errors import ModelUnavailable
from qa_bot.models import span_model
from qa_bot.models.reader_input import QUESTION_TOKENS, TITLE_TOKENS, room, windows
from qa_bot.models.span_model import (
    CARD_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    ReaderCard,
    SpanModel,
    Text,
    TextSpan,
    shipped_reader,
)
from qa_bot.support import default_calibration_text, parse_calibration

FIRE = "When did the hospital burn?"
FITTED_FOR = parse_calibration(default_calibration_text()).reader


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> SpanModel:
    """The small reader."""
    return export_reader(tmp_path_factory.mktemp("reader"))


def text(*sentences: str, title: str = "") -> Text:
    """These sentences, a space between each two."""
    bounds, at = [], 0
    for sentence in sentences:
        bounds.append((at, at + len(sentence)))
        at += len(sentence) + 1
    return Text(title, " ".join(sentences), tuple(bounds))


def read_one(reader: SpanModel, question: str, one: Text) -> TextSpan:
    """The span of a text of one sentence."""
    [[span]] = reader.read(question, [one])
    assert span is not None
    return span


def words(one: Text, span: TextSpan) -> str:
    """What a span says."""
    return one.text[span.start : span.end]


def test_one_span_for_each_sentence(reader: SpanModel) -> None:
    """Each sentence has its best span; the more words of the question stand about it, the greater its margin."""
    one = text(
        "In 1901 it opened on a fine day before many guests.",
        "The hospital burnt in 1986 and then 20 years later.",
        "Nobody died on 5 May.",
    )
    [found] = reader.read(FIRE, [one])
    assert [(words(one, span), span.margin) for span in found if span] == [
        ("1901", 0 - NEEDED),
        ("1986", 2 - NEEDED),
        ("5", 0 - NEEDED),
    ]


def test_words_are_no_answer(reader: SpanModel) -> None:
    """A sentence without a number has a span all the same, far below "it is not here"."""
    [[span]] = reader.read(FIRE, [text("The hospital burnt.")])
    assert span == TextSpan(0, 3, -2 * FAR - NEEDED, NEEDED)


def test_texts_keep_their_order(reader: SpanModel) -> None:
    """What is found comes back text by text; a text without sentences has no spans, and no texts have nothing."""
    texts = [text("Hospital 1."), Text("", "Hospital 2.", ()), text("Burnt hospital 3.", "And 4.")]
    found = reader.read(FIRE, texts)
    assert found == [[TextSpan(9, 10, 0, NEEDED)], [], [TextSpan(15, 16, 1, NEEDED), TextSpan(22, 23, 1, NEEDED)]]
    assert reader.read(FIRE, []) == []


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("В больнице 1986 года", "1986"),
        ("😀👨\u200d👩\u200d👧❤️ 1986 😀", "1986"),
        ("Cafe\u0301 nai\u0308ve café 1986 e\u0301", "1986"),
        ("ﬁ İİ ß １９ 日本1986語", "1986"),
        ("in (1986)", "1986"),
        ("the 1986th", "1986th"),
        ("the 1986é one", "1986é"),
        ("the wxyz1986", "wxyz1986"),
        ("the 1234567890ths", "1234567890ths"),
        ("\x01\x02 19\x0186\x03 \u200b", "19\x0186"),
    ],
)
def test_offsets_are_exact(reader: SpanModel, sentence: str, answer: str) -> None:
    """A span's characters are those of its words in the text as it is written, words kept whole."""
    one = text(sentence)
    span = read_one(reader, "who", one)
    assert (words(one, span), span.margin) == (answer, -NEEDED)


@pytest.mark.parametrize("answer", ["1986e\u0301", "1986\ufe0f"])
def test_marks_belong_to_their_letter(reader: SpanModel, answer: str) -> None:
    """A span ends behind the marks of its last letter."""
    one = text(f"the {answer} one")
    assert words(one, read_one(reader, "who", one)) == answer


no_digits = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="0123456789"), max_size=40)


@given(no_digits, no_digits)
@settings(deadline=None, max_examples=60)
def test_offsets_are_exact_in_any_text(reader: SpanModel, before: str, after: str) -> None:
    """A number is found where it stands, whatever stands around it."""
    one = text(f"{before} 1986 {after}")
    span = read_one(reader, "who", one)
    assert (span.start, span.end, span.margin) == (len(before) + 1, len(before) + 5, -NEEDED)


def test_a_sentence_without_a_token_has_no_span(reader: SpanModel) -> None:
    """Control characters are no tokens: None stands for their sentence, and the others keep theirs."""
    one = text("\x01", "Hospital 12.", "\u200b\x02", "Hall 7.", "\x03\x04")
    assert reader.read("hospital", [one]) == [
        [None, TextSpan(11, 13, 1 - NEEDED, NEEDED), None, TextSpan(23, 24, 1 - NEEDED, NEEDED), None]
    ]


@pytest.mark.parametrize("nothing", ["", "\x01\x02", "\u200b\u200b"])
def test_a_text_without_a_token_has_no_span(reader: SpanModel, nothing: str) -> None:
    """A text of which nothing can be read has None for its sentence, and its neighbours keep theirs."""
    assert reader.read(FIRE, [text("Hospital 1."), text(nothing), text("Burnt 2.")]) == [
        [TextSpan(9, 10, 0, NEEDED)],
        [None],
        [TextSpan(6, 7, 0, NEEDED)],
    ]


def test_nothing_is_lost_at_the_edges_of_windows(reader: SpanModel) -> None:
    """In a passage of several windows a number and what stands before it are found wherever they are, and once."""
    title = "ab " * 20
    question, tokens = "people", 700
    edges = {edge for window in windows(tokens, room(range(3), range(20))) for edge in window}
    assert len(edges) == 6
    for position in sorted({edge + shift for edge in edges for shift in range(-6, 4)}):
        before = max(0, min(position, tokens - 5))
        # Five tokens, of which the fourth is the number's first.
        one = text("ab " * before + "people 1986 " + "cd " * (tokens - 5 - before), title=title)
        assert read_one(reader, question, one) == TextSpan(3 * before + 7, 3 * before + 11, 1 - NEEDED, NEEDED), before


def test_long_passages_are_read_as_short_ones_are(reader: SpanModel) -> None:
    """Each sentence of a passage of several windows has the span that it has in a passage of its own."""
    sentences = [f"{'ab ' * 20}hospital {year} {'cd ' * 20}burnt hospital {year}." for year in range(1990, 2000)]
    [found] = reader.read(FIRE, [text(*sentences)])
    alone = [read_one(reader, FIRE, text(sentence)) for sentence in sentences]
    shift = len(sentences[0]) + 1
    assert found == [
        TextSpan(span.start + number * shift, span.end + number * shift, span.margin, span.null)
        for number, span in enumerate(alone)
    ]
    assert alone[0] == TextSpan(len(sentences[0]) - 5, len(sentences[0]) - 1, 2 - NEEDED, NEEDED)


def test_neighbours_do_not_count(reader: SpanModel) -> None:
    """A text's spans are the same alone, among others, and beside one of several windows."""
    texts = [
        text("Hospital 1."),
        text("hospital " * 300 + "2."),
        text("Burnt hospital 3.", "And 4.", title="Fires"),
        text("x"),
        text("Hospital 1."),
    ]
    alone = [reader.read(FIRE, [one])[0] for one in texts]
    assert reader.read(FIRE, texts) == alone
    assert reader.read(FIRE, texts[::-1]) == alone[::-1]


def test_threads_share_a_reader(reader: SpanModel) -> None:
    """What is read from many threads at once is what is read one after the other."""
    questions = ["hospital", "burn", FIRE, "people of Gomel"] * 8
    texts = [
        text("Hospital 1."),
        text("It burnt in 1986."),
        text("The people of Gomel: 500,000."),
        text("ab " * 500 + "7"),
    ]
    expected = [reader.read(question, texts) for question in questions]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda question: reader.read(question, texts), questions)) == expected
    assert len({str(found) for found in expected}) == 4


def test_long_questions_are_shortened(reader: SpanModel) -> None:
    """Of a long question the words at both ends are read, those between are not; all of its tokens are counted."""
    half, one = QUESTION_TOKENS // 2, text("people 1986")
    for before, after, read in [
        (0, 100, True),
        (100, 0, True),
        (half - 3, 100, True),
        (100, half - 3, True),
        (half, 100, False),
        (100, half, False),
        (30, 31, True),
    ]:
        question = "ab " * before + "people" + " ab" * after
        assert reader.question_tokens(question) == before + 3 + after
        assert read_one(reader, question, one).margin == read - NEEDED
    assert reader.question_tokens("") == 0
    assert read_one(reader, "", one).margin == -NEEDED


def test_the_title_is_read(reader: SpanModel) -> None:
    """Words of the title count, up to its limit, and no answer is found in it."""
    assert read_one(reader, FIRE, text("On 5 May.", title="Hospital burnt in 1986")) == TextSpan(
        3, 4, 2 - NEEDED, NEEDED
    )
    within, beyond = "ab " * (TITLE_TOKENS - 3) + "hospital", "ab " * TITLE_TOKENS + "hospital"
    assert read_one(reader, FIRE, text("5 May.", title=within)).margin == 1 - NEEDED
    assert read_one(reader, FIRE, text("5 May.", title=beyond)).margin == -NEEDED


def test_the_card_is_carried(reader: SpanModel) -> None:
    """A reader knows its name."""
    assert (reader.card.name, reader.card.runs) == (READER, [])


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def _other_format(path: Path) -> None:
    card = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**card, "format": card["format"] + 1}), encoding="utf-8")


def _no_format(path: Path) -> None:
    card = json.loads(path.read_text(encoding="utf-8"))
    del card["format"]
    path.write_text(json.dumps(card), encoding="utf-8")


def _not_json(path: Path) -> None:
    path.write_bytes(b"\x00\xff" * 50)


def _a_list(path: Path) -> None:
    path.write_text("[1]", encoding="utf-8")


def _unknown_field(path: Path) -> None:
    card = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**card, "colour": "green"}), encoding="utf-8")


DAMAGED_CARDS = [_other_format, _no_format, _not_json, _a_list, _unknown_field, Path.unlink]


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *((CARD_FILE, damage) for damage in DAMAGED_CARDS),
        *((name, damage) for name in (MODEL_FILE, TOKENIZER_FILE) for damage in (_cut, _not_json, Path.unlink)),
    ],
)
def test_damage_is_told(tmp_path: Path, name: str, damage: Callable[[Path], None]) -> None:
    """A file that is missing, damaged or of another version is refused with the command that mends it."""
    export_reader(tmp_path)
    damage(tmp_path / name)
    with pytest.raises(ModelUnavailable, match="run `qa-bot index --rebuild`") as raised:
        SpanModel.load(tmp_path)
    assert str(tmp_path) in str(raised.value)
    assert raised.value.model == str(tmp_path)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """A folder that is not there is refused with the command that mends it."""
    with pytest.raises(ModelUnavailable, match="run `qa-bot index --rebuild`"):
        SpanModel.load(tmp_path / "none")


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the shipped reader, in a package that ships the small one."""
    monkeypatch.setattr(span_model, "files", lambda _package: tmp_path)
    export_reader(tmp_path / "data" / "reader", name=FITTED_FOR)
    return tmp_path / "data" / "reader"


def test_the_shipped_reader_is_found(shipped: Path) -> None:
    """A reader whose model is the one that its card was written for can be used."""
    assert shipped_reader() == shipped
    assert ReaderCard.read(shipped).name == FITTED_FOR


@pytest.mark.parametrize(
    ("name", "damage", "why"),
    [
        (MODEL_FILE, _cut, "model.onnx is not the file that was shipped: sha256 [0-9a-f]{64}"),
        (TOKENIZER_FILE, _cut, "tokenizer.json is not the file that was shipped: sha256 [0-9a-f]{64}"),
        (MODEL_FILE, Path.unlink, "No such file"),
        *((CARD_FILE, damage, "") for damage in DAMAGED_CARDS),
        (CARD_FILE, _other_format, "it is not of format 1"),
    ],
)
def test_a_broken_installation_is_told(shipped: Path, name: str, damage: Callable[[Path], None], why: str) -> None:
    """A reader that is missing or is not the one that was shipped is refused with the command that mends it."""
    damage(shipped / name)
    mend = "install qa-bot again, from its folder with `pip install --force-reinstall --no-deps .`"
    with pytest.raises(ModelUnavailable, match=f"comes with qa-bot cannot be used .*{why}.*{mend}") as raised:
        shipped_reader()
    assert raised.value.model == str(shipped)


def test_a_reader_without_its_calibration_is_refused(shipped: Path) -> None:
    """A shipped reader that the shipped calibration was not fitted for is refused with both names."""
    export_reader(shipped, name="other")
    with pytest.raises(ModelUnavailable, match=f"support is calibrated for {FITTED_FOR}, and this is other"):
        shipped_reader()
