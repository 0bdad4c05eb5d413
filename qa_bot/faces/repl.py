"""The terminal conversation: questions in, cited answers out, and a few commands to look further."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.text import Text

from qa_bot.dialogue import Conversation
from qa_bot.errors import QABotError
from qa_bot.faces.keeping import format_of, written
from qa_bot.faces.rendering import all_entries, answering_entries, print_entries, print_reply, print_sides
from qa_bot.faces.reply_json import reply_object
from qa_bot.faces.safe_text import counted, one_line
from qa_bot.faces.saving import save_new
from qa_bot.faces.sides import number_of
from qa_bot.faces.surroundings import print_surroundings
from qa_bot.faces.terminal import block, joined, write
from qa_bot.faces.verifying import print_verification
from qa_bot.index.store import ArticleInfo
from qa_bot.types import Answer, Turn
from qa_bot.verification import Verification, split_claim

COMMANDS = {
    "/more": "further quotations and passages for the last question",
    "/context": "the quotation [N] in its surroundings: /context 1",
    "/who": "who says so: a quotation of each article that answers",
    "/export": "save the conversation: /export talk.md (or .json, .bib, .csl.json)",
    "/verify": "whether a quotation is exact: /verify QUOTATION [--in ARTICLE or NAME]",
    "/sources": "the articles that are asked",
    "/help": "these commands",
    "/quit": "leave; so does Ctrl-D",
}
FILTERS = "source:cnn author: title: after:2022-11-01 before: on:2022-11 “exact phrase” -without"
_EXPORT_FILE = "conversation.md"


class Verify(Protocol):
    """Holds a quotation against the archive."""

    def __call__(self, quotation: str, *, claimed: str | None) -> Verification:
        """The verdict; raises InvalidQuestion."""
        ...


# About three screens: who has more articles than that does not read a list of them.
_SOURCES_SHOWN = 100


class Repl:
    """One conversation: `ask` answers, `articles` lists what is asked, `verify` holds a quotation against it.

    `read_line` gives the next line typed, and raises EOFError at the end. In an `interactive` one Ctrl-C cancels a line
    or a question; else it ends the conversation. `passages` is how many further passages are shown at a time.
    """

    def __init__(
        self,
        *,
        ask: Callable[[str, Conversation], Turn],
        articles: Callable[[], Sequence[ArticleInfo]],
        verify: Verify,
        read_line: Callable[[], str],
        console: Console,
        passages: int,
        interactive: bool,
    ) -> None:
        self._ask = ask
        self._articles = articles
        self._check = verify
        self._read_line = read_line
        self._console = console
        self._passages = passages
        self._interactive = interactive
        self._conversation = Conversation()
        self._shown = 0
        self._named: set[int] = set()
        self._over = False
        self._commands: dict[str, Callable[[str], None]] = {
            "/more": self._more,
            "/context": self._context,
            "/who": self._who,
            "/export": self._export,
            "/verify": self._verify,
            "/sources": self._sources,
            "/help": self._help,
            "/quit": self._quit,
        }

    def run(self) -> None:
        """The conversation until its end; raises KeyboardInterrupt only where it is not interactive."""
        while not self._over:
            try:
                self.take(self._read_line().strip())
            except EOFError:
                return
            except KeyboardInterrupt:
                if not self._interactive:
                    raise
                self._say("cancelled")

    def take(self, line: str) -> None:
        """The reply to one line: a question, a command, or nothing."""
        try:
            if line.startswith("/"):
                self._obey(line)
            elif line:
                self._answer(line)
        except QABotError as error:
            self._say(one_line(str(error)))

    def _answer(self, question: str) -> None:
        turn = self._ask(question, self._conversation)
        self._conversation = self._conversation.then(turn)
        self._named = set()
        limit = 1 if answering_entries(turn) else self._passages
        self._shown = print_reply(self._console, turn, limit=limit)
        left = len(all_entries(turn)) - self._shown
        if left and self._interactive:
            who = ", /who the articles that say so" if _several_say_so(turn) else ""
            hint = Text(f"/more shows {left} more, /context 1 the surroundings{who}", "dim")
            write(self._console, Text("\n") + block(self._console, hint, indent=6))
        self._say("")

    def _obey(self, line: str) -> None:
        name, _, argument = line.partition(" ")
        command = self._commands.get(name.lower())
        if command is None:
            near = get_close_matches(name.lower(), COMMANDS, n=1, cutoff=0.5)
            guess = f"did you mean {near[0]}? " if near else ""
            self._say(f"There is no command {one_line(name)}: {guess}/help lists them.")
        else:
            command(argument.strip())

    def _more(self, _: str) -> None:
        turn = self._last()
        if turn is None:
            return
        start = self._shown
        entries = all_entries(turn)[start : start + self._passages]
        if not entries:
            self._say("There is no more: that was everything that was weighed.")
            return
        answering = max(answering_entries(turn) - start, 0)
        own, rest = entries[:answering], entries[answering:]
        print_entries(self._console, own, first=start + 1, marked=True)
        if rest:
            write(self._console, Text("\nFurther passages (not an answer):", "dim"))
        print_entries(self._console, rest, first=start + len(own) + 1, marked=False)
        self._shown = start + len(entries)
        self._say("")

    def _context(self, argument: str) -> None:
        turn = self._last()
        if turn is None:
            return
        entries = {
            str(number): entry
            for number, entry in enumerate(all_entries(turn), start=1)
            if number <= self._shown or number in self._named
        }
        number = argument.strip("[]") or "1"
        if number not in entries:
            shown = f"[1] to [{len(entries)}] are shown so far" if entries else "the last question found nothing"
            self._say(f"There is no quotation [{one_line(number)}]: {shown}.")
            return
        marked = int(number) <= answering_entries(turn)
        print_surroundings(self._console, int(number), entries[number], marked=marked)
        self._say("")

    def _who(self, _: str) -> None:
        turn = self._last()
        if turn is None:
            return
        if not print_sides(self._console, turn):
            self._say("The articles do not say: there is nobody to name.")
        sides = turn.reply.sides if isinstance(turn.reply, Answer) else ()
        self._named = {number_of(entry, all_entries(turn)) for side in sides for entry in side.citations}

    def _verify(self, argument: str) -> None:
        quotation, claimed = split_claim(argument)
        print_verification(self._console, self._check(quotation, claimed=claimed))
        self._say("")

    def _export(self, argument: str) -> None:
        if self._last() is None:
            return
        path = Path(argument or _EXPORT_FILE).expanduser()
        kind = format_of(path.name)
        if kind is None:
            self._say(f"{one_line(str(path))} has no end that is known: .md, .json, .bib or .csl.json.")
            return
        turns = self._conversation.turns
        replies = [reply_object(turn, question_id=None, passages=self._passages) for turn in turns]
        save_new(path, written(replies, kind))
        self._say(f"{counted(len(turns), 'question')} in {one_line(str(path))}.")

    def _sources(self, _: str) -> None:
        articles = self._articles()
        for info in articles[:_SOURCES_SHOWN]:
            known = joined(
                self._console, (one_line(value) for value in (info.title, info.source, info.published) if value)
            )
            size = f"{one_line(info.id)}, {counted(info.characters, 'character')}"
            write(self._console, block(self._console, Text(known, "bold"), indent=2))
            write(self._console, block(self._console, Text(size, "dim"), indent=4))
        if len(articles) > _SOURCES_SHOWN:
            self._say(f"  ... and {len(articles) - _SOURCES_SHOWN:,} more.")

    def _help(self, _: str) -> None:
        self._say("Type a question, or a follow-up such as “why?”; the reply is in the articles' own words.")
        for name, meaning in COMMANDS.items():
            write(self._console, Text.assemble((f"  {name:<10}", "bold cyan"), meaning))
        self._say(f"In a question, {FILTERS} narrow the articles.")

    def _quit(self, _: str) -> None:
        self._over = True

    def _last(self) -> Turn | None:
        if not self._conversation.turns:
            self._say("Ask a question first.")
            return None
        return self._conversation.turns[-1]

    def _say(self, words: str) -> None:
        write(self._console, Text(words, "dim"))


def _several_say_so(turn: Turn) -> bool:
    return isinstance(turn.reply, Answer) and any(len(side.citations) > 1 for side in turn.reply.sides)
