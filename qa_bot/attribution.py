"""Who is quoted: the name of the speaker where the words that answer are direct or reported speech.

The name and its sentence are spans of the article. Where no name stands in the words before, there is none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qa_bot.text import Offsets, paragraphs, sentences
from qa_bot.types import Citation, Span

# A subject longer than this is no name but half a sentence.
_MOST_WORDS = 8

_VERBS = (
    "said|says|told|tells|added|adds|insisted|insists|claimed|claims|stated|states|argued|argues|warned|warns"
    "|explained|explains|testified|testifies|acknowledged|admitted|admits|announced|announces|denied|denies"
    "|recalled|recalls|replied|wrote|writes|stressed|conceded|alleged|alleges"
)
# "will say" and "was told" name no speaker; "said Anna Moll" does.
_VERB = re.compile(rf"\b(?P<verb>{_VERBS})\b(?! to be\b)")
_NOT_SPEAKING = re.compile(r"\b(?:was|were|been|be|is|are|not|to|being)\s+\Z")
_ACCORDING = re.compile(r"\b[Aa]ccording to (?P<subject>[^,.;“”\"]+)")
_AFTER_VERB = re.compile(r"\s+(?P<subject>[^,.;“”\"]+)")
_DIRECT = re.compile(r"“[^“”]*(?:”|\Z)|\"[^\"]*(?:\"|\Z)|«[^«»]*(?:»|\Z)")
_CLAUSE_END = re.compile(r"[,;:“”\"«»]|\b(?:that|when|where|while|and|but|because|after|before|as)\b")
_PRONOUN = re.compile(r"(?:he|she|they|it|who|which|i|we|one|everyone|some|others)\Z", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]\w*")
# "Premier Viktor Aalund visited": names at the head of a sentence, each word with a capital letter.
_HEAD = re.compile(
    r"(?!(?:The|A|An|In|On|At|For|By|From|After|Before|During|Since|But|And|When|While|As|This|That|Last|On)\b)"
    r"[A-ZÀ-ÖØ-ÞЀ-Я][\w’'-]*(?:\s+(?:de|van|von|al|bin|of)\b)?(?:\s+[A-ZÀ-ÖØ-ÞЀ-Я][\w’'-]*)+"
)
_TAIL = re.compile(
    r"\s+(?:on|in|at|after|during|last|late|early|yesterday|today|by|to|from|as|for|when|who)\b.*\Z", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """The speaker's name as it stands in the article, and the whole sentence that has it."""

    name: Span
    sentence: Span

    def is_in(self, citation: Citation) -> bool:
        """Whether the quotation itself has the sentence."""
        return citation.start <= self.sentence.start and self.sentence.end <= citation.end


@dataclass(frozen=True, slots=True)
class _Speech:
    """A speech verb's subject in a sentence, and where what is said may stand."""

    subject: Offsets
    said: tuple[Offsets, ...]


def attribution(citation: Citation) -> Attribution | None:
    """Who says the words that answer; None where they are the article's own, or nobody is named."""
    article, highlight = citation.article, citation.highlight
    found = [(start, end) for start, end in paragraphs(article.text) if start < highlight.end and highlight.start < end]
    if not found:
        return None
    subject = _subject_of(article.text, found[0], (highlight.start, highlight.end))
    if subject is None:
        return None
    if _PRONOUN.match(article.text[slice(*subject)]):
        subject = _name_before(article.text, subject)
    sentence = subject and _sentence_at(article.text, subject)
    if not (subject and sentence):
        return None
    return Attribution(Span(article, *subject), Span(article, *sentence))


def _subject_of(text: str, paragraph: Offsets, words: Offsets) -> Offsets | None:
    """The subject of the verb of speech under which the words stand, in the paragraph."""
    spans = sentences(text, *paragraph)
    for start, end in spans:
        if start <= words[0] < end:
            for speech in _speeches(text, start, end):
                if _inside(words, speech.said) and not _overlap(words, speech.subject):
                    return speech.subject
    if not _inside(words, _direct(text, *paragraph)):
        return None
    # A sentence that is all quotation: whoever speaks in this paragraph.
    around = sorted(spans, key=lambda span: (span[1] <= words[0], abs(span[0] - words[0])))
    return next((speech.subject for start, end in around for speech in _speeches(text, start, end)), None)


def _speeches(text: str, start: int, end: int) -> Iterator[_Speech]:
    """The verbs of speech in a sentence, outside direct speech, each with its subject."""
    direct = _direct(text, start, end)
    for match in _ACCORDING.finditer(text, start, end):
        subject = _checked(text, *match.span("subject"))
        if subject:
            yield _Speech(subject, ((start, match.start()), (match.end(), end)))
    for match in _VERB.finditer(text, start, end):
        inside = any(first <= match.start() < last for first, last in direct)
        if inside or _NOT_SPEAKING.search(text, start, match.start()):
            continue
        subject = _subject_before(text, start, match.start()) or _subject_after(text, match.end(), end)
        if subject:
            before = ((start, subject[0]),) if _after_comma(text, start, min(subject[0], match.start())) else ()
            yield _Speech(subject, (*direct, (match.end(), end), *before))


def _subject_before(text: str, start: int, verb: int) -> Offsets | None:
    """`NAME` of "NAME said" and "NAME, a geologist, said"; None where the verb comes first."""
    prefix = text[start:verb].rstrip()
    if prefix.endswith(","):
        prefix = prefix[:-1]
        comma = prefix.rfind(",")
        if comma < 0:
            return None
        prefix = prefix[:comma]
    clause = max((match.end() for match in _CLAUSE_END.finditer(prefix)), default=0)
    return _checked(text, start + clause, start + len(prefix))


def _subject_after(text: str, verb: int, end: int) -> Offsets | None:
    """`NAME` of "said NAME", which comes after what is said."""
    match = _AFTER_VERB.match(text, verb, end)
    return _checked(text, *_without_tail(text, *match.span("subject"))) if match else None


def _checked(text: str, start: int, end: int) -> Offsets | None:
    start, end = _tidy(text, start, end)
    count = len(text[start:end].split())
    return (start, end) if 0 < count <= _MOST_WORDS and _NAME.search(text, start, end) else None


def _tidy(text: str, start: int, end: int) -> Offsets:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _without_tail(text: str, start: int, end: int) -> Offsets:
    """The span without a time or a place behind the name: "said Anna Moll on Monday"."""
    tail = _TAIL.search(text, start, end)
    return start, tail.start() if tail else end


def _after_comma(text: str, start: int, position: int) -> bool:
    return text[start:position].rstrip().endswith((",", "”", '"', "»"))


def _direct(text: str, start: int, end: int) -> tuple[Offsets, ...]:
    return tuple(match.span() for match in _DIRECT.finditer(text, start, end))


def _name_before(text: str, pronoun: Offsets) -> Offsets | None:
    """The nearest speaker named before a pronoun, else the name that heads the nearest sentence.

    It is looked for in the pronoun's paragraph and the one before, and further only past the same pronoun speaking.
    """
    word = text[slice(*pronoun)].lower()
    before = [span for span in paragraphs(text) if span[0] < pronoun[0]]
    for passed, (start, end) in enumerate(reversed(before)):
        spoken = False
        for first, last in reversed(sentences(text, start, min(end, pronoun[0]))):
            speakers = [speech.subject for speech in _speeches(text, first, last)]
            named = [subject for subject in speakers if not _PRONOUN.match(text[slice(*subject)])]
            head = _HEAD.match(text, first, last)
            if named or head:
                return named[-1] if named else head and head.span()
            spoken = spoken or any(text[slice(*subject)].lower() == word for subject in speakers)
        if passed and not spoken:
            return None
    return None


def _inside(words: Offsets, spans: Iterable[Offsets]) -> bool:
    return any(first <= words[0] and words[1] <= last for first, last in spans)


def _overlap(one: Offsets, other: Offsets) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _sentence_at(text: str, span: Offsets) -> Offsets | None:
    around = next(((start, end) for start, end in paragraphs(text) if start <= span[0] < end), None)
    return around and next((found for found in sentences(text, *around) if found[0] <= span[0] < found[1]), None)
