"""Words of a question that the archive lacks, put as the archive spells them."""

from dataclasses import replace

from qa_bot.index.coverage import is_common
from qa_bot.index.lexical import LexicalIndex, analyze
from qa_bot.index.vocabulary import Vocabulary
from qa_bot.text import words
from qa_bot.types import Query

_SHORTEST = 4


def spelt_as_archived(query: Query, lexical: LexicalIndex, vocabulary: Vocabulary) -> Query:
    """The query with each word that no article has, and that is no common word, as the articles spell what is meant.

    Encoder and reader take a name that is spelt otherwise for somebody else. What was done is said in a note.
    """
    text, notes = query.text, []
    for start, end in reversed(words(query.text)):
        whole = query.text[start:end]
        word = whole[:-2] if whole.endswith(("'s", "’s")) else whole
        if len(word) < _SHORTEST or not word.isalpha() or _is_right(word, lexical):
            continue
        known = vocabulary.nearest(word, name=word[0].isupper() or query.text == query.text.lower())
        if known and known.spelt.lower() != word.lower():
            spelt = known.spelt if known.name else known.spelt.lower()
            text = text[:start] + spelt + text[start + len(word) :]
            notes.append(f"also searched: {known.spelt} (“{word}” is in no article)")
    return replace(query, text=text, notes=(*query.notes, *reversed(notes)))


def _is_right(word: str, lexical: LexicalIndex) -> bool:
    """Whether an article has the word, or it is a common one that simply is in none."""
    stems = analyze(word)
    return not stems or any(lexical.document_frequency(stem) or is_common(stem) for stem in stems)
