import hashlib
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.corpus.encoding import decode
from qa_bot.corpus.unreadable import Unreadable

ENGLISH = "The minister said “we will not” – and the café’s owner agreed. It wasn’t the first time."


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff")))
def test_utf8_comes_back_as_it_was_written(text: str) -> None:
    """Every text in UTF-8 is read exactly, with a byte order mark or without."""
    assert decode(text.encode(), "a.txt") == text
    assert decode(text.encode("utf-8-sig"), "a.txt") == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_byte_order_mark_names_the_encoding(encoding: str) -> None:
    """UTF-16 and UTF-32 with a mark are read, although their bytes hold zeros."""
    assert decode(ENGLISH.encode(encoding), "a.txt") == ENGLISH


def test_line_ends_become_line_feeds() -> None:
    """CRLF and CR are read as one line feed each."""
    assert decode(b"a\r\nb\rc\n\r\nd", "a.txt") == "a\nb\nc\n\nd"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "cp1252"),
        ("café closed", "cp1252"),
        ("Le président a déclaré que les élections auront lieu à l'été prochain.", "latin-1"),
        ("O presidente não declarou que as eleições serão em São Paulo.", "cp1252"),
        ("Prezydent oświadczył, że wybory odbędą się w przyszłym roku, mimo że źle się czuł.", "cp1250"),
        ("Prezydent oświadczył, że wybory odbędą się w przyszłym roku, mimo że źle się czuł.", "iso8859-2"),
        ("Президент заявил, что выборы состоятся в следующем году.", "cp1251"),
        ("Президент заявил, что выборы состоятся в следующем году.", "koi8-r"),
        ("Прэзідэнт заявіў, што выбары адбудуцца ў наступным годзе.", "cp1251"),
        ("大統領は来年選挙を行うと述べた。これは日本語の文章です。", "shift_jis"),
        ("今天天气很好，我们去公园吧。总统说选举将在明年举行。", "gbk"),
    ],
)
def test_legacy_encodings_are_detected_and_reported(text: str, encoding: str, caplog: pytest.LogCaptureFixture) -> None:
    """Text from before UTF-8 is read in the language it was written in, and the log names the file."""
    with caplog.at_level(logging.WARNING):
        assert decode(text.encode(encoding), "old.txt") == text
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["old.txt"]


def test_a_declared_encoding_comes_before_a_guess() -> None:
    """What an HTML page says of itself is believed, if its bytes fit; `iso-8859-1` means Windows-1252."""
    assert decode("ж".encode("cp1251"), "a.html", declared="windows-1251") == "ж"
    assert decode("“a”".encode("cp1252"), "a.html", declared="ISO-8859-1") == "“a”"
    assert decode("é".encode("cp1252"), "a.html", declared="no such encoding") == "é"
    assert decode("é".encode("cp1252"), "a.html", declared="hex") == "é"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04\0\0", "The file is binary, not text (byte 4 is zero)."),
        (b"\xffabc" + bytes(range(1, 32)), "The file is binary, not text (it is full of control characters)."),
        (
            "Привет, caf".encode() + b"\xe9.",
            "The file is not valid UTF-8 (byte 17), and no other encoding explains it.",
        ),
        (b"\xef\xbb\xbfab\xff", "The file is not valid UTF-8 although it begins as such (byte 5)."),
        (b"\xff\xfea", "The file is not valid UTF-16-LE although it begins as such (byte 2)."),
    ],
)
def test_what_is_not_text_is_refused_with_the_byte(data: bytes, reason: str) -> None:
    """Binary data and damaged text are never read as something else."""
    with pytest.raises(Unreadable) as refusal:
        decode(data, "a.txt")
    assert str(refusal.value) == reason


def test_noise_is_refused() -> None:
    """Bytes without order, even without a zero, are no text."""
    noise = b"".join(hashlib.sha256(bytes([seed])).digest() for seed in range(64)).replace(b"\0", b"\1")
    with pytest.raises(Unreadable, match="binary"):
        decode(noise, "a.txt")


@pytest.mark.parametrize("encoding", ["cp1251", "gb18030"])
def test_a_long_text_in_an_old_encoding(encoding: str, caplog: pytest.LogCaptureFixture) -> None:
    """Of a long text its first letters tell the encoding, also where they stand far behind, and all of it is read."""
    words = {"cp1251": "Слово и дело государево, говорили они тогда.\n", "gb18030": "据新华社报道，今天北京下雨了。\n"}
    text = "Plain words.\n" * 20_000 + words[encoding] * 20_000
    with caplog.at_level(logging.WARNING):
        assert decode(text.encode(encoding), "a.txt") == text
    assert caplog.messages == [f"a.txt: the file is not UTF-8 and was read as {encoding}"]
