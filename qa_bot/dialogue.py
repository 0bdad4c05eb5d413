"""What was said before a question: frozen values."""

from dataclasses import dataclass

from qa_bot.types import Answer, Span, Turn

# Characters before a quotation: two or three sentences, in which whom its pronouns mean was named.
_CONTEXT = 400


@dataclass(frozen=True, slots=True)
class Exchange:
    """What of a question and its reply the next question can refer to.

    `answer` is what was quoted, `title` and `text` are those of the article quoted and `context` is what stands before
    the quotation there, `words` those of the quotation that answer; each is empty where there is none, or where it is
    not known.
    """

    question: str
    answer: str
    title: str = ""
    context: str = ""
    words: str = ""
    text: str = ""

    @classmethod
    def of(cls, turn: Turn) -> "Exchange":
        """That of a turn; of its quotations the first counts, which is what people read."""
        if not isinstance(turn.reply, Answer):
            return cls(turn.query.text, "")
        cited = turn.reply.citations[0]
        return cls.quoting(turn.query.text, cited, words=cited.highlight.text)

    @classmethod
    def quoting(cls, question: str, quoted: Span, *, words: str = "") -> "Exchange":
        """That of a question whose answer was a quotation, and of its `words` that answer."""
        article = quoted.article
        context = article.text[max(quoted.start - _CONTEXT, 0) : quoted.start]
        return cls(question, quoted.text, article.title, context, words, article.text)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns so far, oldest first; a value, so two conversations cannot mix.

    `earlier` came before all turns, and only its words are known.
    """

    turns: tuple[Turn, ...] = ()
    earlier: tuple[Exchange, ...] = ()

    def then(self, turn: Turn) -> "Conversation":
        """The conversation followed by one more turn."""
        return Conversation((*self.turns, turn), self.earlier)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was said, oldest first."""
        return (*self.earlier, *map(Exchange.of, self.turns))
