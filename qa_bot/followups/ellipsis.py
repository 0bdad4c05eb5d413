"""Questions that leave out what was asked just before: "why?", "who else?", "and in 2021?", "what about Mirna?"."""

from collections.abc import Sequence

from qa_bot.dialogue import Exchange
from qa_bot.followups.lexicon import AUXILIARIES, FUNCTION_WORDS, PREPOSITIONS, QUESTION_WORDS, word_set
from qa_bot.followups.mentions import Token, mentions, tokens
from qa_bot.followups.referents import Referent, asked_phrases, phrases

_LEADS = word_set("and but so or ok okay well also then")
_BARE = word_set(
    "else not so exactly then there that this it happen happened come many much long often far old was is did"
)
_LONGEST = 6
_TIMES = word_set("last this yesterday today")
_FILLERS = word_set("was is did that it this happen happened")


def completed(question: str, last: Exchange, named: Sequence[Referent]) -> str | None:
    """The question with what it leaves out; None where it leaves nothing out.

    A topic that stands before the question before ("Lake Orsa: How many people fled?") stands before this one too.
    """
    topic, colon, rest = last.question.partition(": ")
    if not tokens(question) or not tokens(last.question):
        return None
    if not (colon and tokens(topic) and tokens(rest)) or tokens(rest)[0].lower not in QUESTION_WORDS | AUXILIARIES:
        return _completed(question, last.question, named)
    whole = _completed(question, rest, named)
    return f"{topic}: {whole}" if whole and tokens(topic)[0].lower not in QUESTION_WORDS else whole


def _completed(question: str, before: str, named: Sequence[Referent]) -> str | None:
    found = tokens(question)
    while found and found[0].lower in _LEADS and len(found) > 1:
        found = found[1:]
    lower = [token.lower for token in found]
    if len(lower) > 2 and lower[0] in {"what", "how"} and lower[1] == "about":  # noqa: PLR2004
        return _instead(before, question[found[2].start : found[-1].end], named)
    if _is_bare(lower):
        return _asked_again(before, question[found[0].start : found[-1].end], lower)
    if (
        len(lower) <= _LONGEST
        and lower[0] not in QUESTION_WORDS
        and AUXILIARIES.isdisjoint(lower)
        and _leads(question, found)
    ):
        return _instead(before, question[found[0].start : found[-1].end], named)
    return None


def _leads(question: str, found: Sequence[Token]) -> bool:
    """Whether the question begins with a word such as "and", or with a preposition."""
    return (tokens(question)[0] is not found[0] and tokens(question)[0].lower in _LEADS) or found[
        0
    ].lower in PREPOSITIONS


def _is_bare(lower: Sequence[str]) -> bool:
    """Whether it is a question word and next to nothing else."""
    return (
        0 < len(lower) <= 4  # noqa: PLR2004
        and any(word in QUESTION_WORDS for word in lower[:2])
        and all(word in QUESTION_WORDS or word in _BARE or word in PREPOSITIONS for word in lower)
    )


def _asked_again(before: str, words: str, lower: Sequence[str]) -> str:
    """The question before with another question word: "When did she leave?", "why?" to "Why did she leave?"."""
    found = tokens(before)
    body = before.rstrip(" ?")
    start = next((token.start for token in found if token.lower in AUXILIARIES), None)
    first = found[0].lower if found else ""
    kept = " ".join(word for word in words.split() if word.strip("?,").lower() not in _FILLERS)
    if first in AUXILIARIES:
        return f"{kept.capitalize()} {body[:1].lower()}{body[1:]}?"
    if first in QUESTION_WORDS and first == lower[0] and "else" in lower:
        return f"{kept.capitalize()} {body[found[0].end :].lstrip()}?"
    if first in QUESTION_WORDS and start is not None and start > found[0].start and lower[0] not in {"who"}:
        return f"{kept.capitalize()} {body[start:]}?"
    return f"{kept.capitalize()}: {body}?"


def _instead(before: str, words: str, named: Sequence[Referent]) -> str:
    """The question before, about something else: a name in place of a name, a time or place in place of another."""
    body = before.rstrip(" ?")
    found = tokens(words)
    if found[0].lower in PREPOSITIONS or found[0].lower in _TIMES:
        return f"{_without_phrase(body, found)} {words}?"
    known = frozenset().union(*(one.words for one in named)) - FUNCTION_WORDS
    theirs = [one for one in mentions(body, known=known) if not one.unsure]
    if not theirs:
        # A thing in place of a thing: "How much will the bridge cost?", "and the pier?".
        place, old_phrase, _ = next(iter([*phrases(body), *asked_phrases(body)]), (0, "", False))
        if old_phrase and found[0].lower == "the" and body.startswith(old_phrase, place):
            return f"{body[:place]}{words}{body[place + len(old_phrase) :]}?"
        return f"{words}: {body}?"
    rank = {one.name: place for place, one in enumerate(named)}
    old = min(theirs, key=lambda one: rank.get(one.name, len(rank)))
    start = old.start - 4 if words.startswith("the ") and body[: old.start].endswith(" the ") else old.start
    return f"{body[:start]}{words}{body[old.end :]}?"


def _without_phrase(body: str, phrase: Sequence[Token]) -> str:
    """The question without its own last phrase of the same kind: both with a number, or with the same preposition."""
    found = tokens(body)
    dated = any(token.text[0].isdigit() for token in phrase)
    for place in range(len(found) - 1, 0, -1):
        if found[place].lower not in PREPOSITIONS:
            continue
        rest = found[place + 1 :]
        if dated and any(token.text[0].isdigit() for token in rest):
            return body[: found[place].start].rstrip()
        if not dated and found[place].lower == phrase[0].lower and len(rest) <= len(phrase) + 1:
            return body[: found[place].start].rstrip()
        break
    return body
