"""Questions that leave out what was asked just before: "why?", "who else?", "and in 2021?", "what about Mirna?"."""

from collections.abc import Sequence
from dataclasses import replace

from qa_bot.dialogue import Exchange
from qa_bot.followups.lexicon import AUXILIARIES, FUNCTION_WORDS, PREPOSITIONS, QUESTION_WORDS, word_set
from qa_bot.followups.mentions import Mention, Token, mentions, tokens
from qa_bot.followups.referents import Referent, asked_phrases, phrases

_LEADS = word_set("and but so or ok okay well also then")
_BARE = word_set(
    "else not so exactly then there that this it happen happened come many much long often far old was is did"
)
_LONGEST = 6
_TIMES = word_set("last this yesterday today")
_FILLERS = word_set("was is did that it this happen happened")
# "How old is it?" asks about a thing that was named; "how did it happen?" about all that was asked.
_MEASURES = word_set("old long far many much")
_BEING = word_set("is was are were")
_DOING = word_set("do does did")
_AMOUNTS = word_set("many much")
_ASKS_WHO = word_set("who whom")
# An answer with more words of its own is half a sentence, and nobody's name.
_LONGEST_NAME = 8


def completed(question: str, last: Exchange, named: Sequence[Referent]) -> str | None:
    """The question with what it leaves out; None where it leaves nothing out.

    A topic that stands before the question before ("Lake Orsa: How many people fled?") stands before this one too.
    """
    topic, colon, rest = last.question.partition(": ")
    if not tokens(question) or not tokens(last.question):
        return None
    if not (colon and tokens(topic) and tokens(rest)) or tokens(rest)[0].lower not in QUESTION_WORDS | AUXILIARIES:
        return _completed(question, last, named)
    if is_bare(rest) and is_bare(question):
        return f"{topic}: {question}"
    whole = _completed(question, replace(last, question=rest), named)
    return f"{topic}: {whole}" if whole and tokens(topic)[0].lower not in QUESTION_WORDS else whole


def is_bare(question: str) -> bool:
    """Whether the question is a question word and next to nothing else: "why?", "and by whom?"."""
    return _is_bare([token.lower for token in _without_leads(question)])


def _without_leads(question: str) -> Sequence[Token]:
    found = tokens(question)
    while found and found[0].lower in _LEADS and len(found) > 1:
        found = found[1:]
    return found


def _completed(question: str, last: Exchange, named: Sequence[Referent]) -> str | None:
    before, found = last.question, _without_leads(question)
    lower = [token.lower for token in found]
    if len(lower) > 2 and lower[0] in {"what", "how"} and lower[1] == "about":  # noqa: PLR2004
        return _instead(before, question[found[2].start : found[-1].end], named)
    if _is_bare(lower):
        return _asked_again(last, question[found[0].start : found[-1].end], lower)
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
    if len(lower) == 4 and lower[0] == "how" and lower[1] in _MEASURES and _BEING & set(lower) and "it" in lower:  # noqa: PLR2004
        return False
    return (
        0 < len(lower) <= 4  # noqa: PLR2004
        and any(word in QUESTION_WORDS for word in lower[:2])
        and all(word in QUESTION_WORDS or word in _BARE or word in PREPOSITIONS for word in lower)
    )


def _asked_again(last: Exchange, words: str, lower: Sequence[str]) -> str | None:
    """The question before with another question word: "When did she leave?", "why?" to "Why did she leave?".

    "Who left?", "why?" asks about the one who did: "Anna Moll left: why?". None where nobody was found.
    """
    before, found = last.question, tokens(last.question)
    body = before.rstrip(" ?")
    first = found[0].lower if found else ""
    kept = " ".join(word for word in words.split() if word.strip("?,").lower() not in _FILLERS)
    if first in AUXILIARIES:
        return f"{kept.capitalize()} {body[:1].lower()}{body[1:]}?"
    if first in QUESTION_WORDS and first == lower[0] and "else" in lower:
        return f"{kept.capitalize()} {body[found[0].end :].lstrip()}?"
    if lower == [first]:
        return before
    if first in QUESTION_WORDS and "else" not in lower:
        statement = _stated(last, found, body)
        if statement is not None:
            return f"{statement}: {kept}?" if statement else None
        start = next(token.start for token in found if token.lower in AUXILIARIES)
        return f"{kept.capitalize()} {_with_object(body, found, start)}?"
    return f"{kept.capitalize()}: {body}?"


def _stated(last: Exchange, found: Sequence[Token], body: str) -> str | None:
    """What a question that asks for its subject says once it is answered: "Who left?" to "Anna Moll left".

    Empty where the answer is not known, or the question is "Who is Anna Moll?", which tells no act. None where the
    question has a subject of its own.
    """
    verb = next((place for place, token in enumerate(found) if token.lower in AUXILIARIES), None)
    if verb is not None and (found[0].lower not in _ASKS_WHO or found[verb].lower in _DOING):
        return None
    if verb is not None and not any(
        token.lower not in FUNCTION_WORDS and token.text.islower() for token in found[verb:]
    ):
        return ""
    asking = found[0].lower
    if asking == "how":  # "How many people fled?" has its subject, but for the number
        return body[found[2].start :] if len(found) > 2 and found[1].lower in _AMOUNTS else ""  # noqa: PLR2004
    subject, told = _answered(last), 2 if asking == "which" else 1  # of "which team" the name stands for both
    return f"{subject} {body[found[told].start :]}" if subject and len(found) > told else ""


def _answered(last: Exchange) -> str:
    """The words that answered, if they are short or have one name that the question has not; else nothing."""
    for text in (last.words, last.answer):
        if 0 < len(tokens(text)) <= _LONGEST_NAME and not text.rstrip().endswith("."):
            return text.strip(" .,;")
        names = {one.name: one for one in mentions(text) if _is_new(one, last.question)}
        if len(names) == 1:
            return next(iter(names))
    return ""


def _is_new(one: Mention, question: str) -> bool:
    return not one.unsure and one.name.lower() not in question.lower()


def _with_object(body: str, found: Sequence[Token], start: int) -> str:
    """The question from its auxiliary, with what it asked for: "How many boats did it lose" to "did it lose boats"."""
    rest = body[start:]
    asked = [token for token in found if token.start < start and token.lower not in QUESTION_WORDS | _AMOUNTS]
    if found[-1].lower in PREPOSITIONS:
        return rest[: found[-1].start - start].rstrip()
    if found[0].lower == "where" and tokens(rest)[0].lower in _DOING:
        return f"{rest} there"
    if not asked or tokens(rest)[0].lower in _BEING:
        return rest
    return f"{rest} {body[asked[0].start : asked[-1].end]}"


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
