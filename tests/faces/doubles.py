"""A pipeline that knows two articles by heart and answers from them with real values."""

from manifest_double import MANIFEST

from qa_bot.dialogue import Conversation
from qa_bot.errors import InvalidQuestion
from qa_bot.index.store import ArticleInfo
from qa_bot.types import (
    Abstention,
    Answer,
    Article,
    Citation,
    Evidence,
    Hit,
    Passage,
    Query,
    Reading,
    Reason,
    Span,
    Timing,
    Turn,
)
from qa_bot.verification import Verdict, Verification, find_in

HARBOUR = Article(
    id="harbour.txt",
    path="corpus/harbour.txt",
    title="The harbour of Mirna",
    text=(
        "The harbour of Mirna\n\nMirna lies on the coast.\n\nThe harbour was built in 1874 by Ana Kovač."
        " It is deep.\n\nShips came from the north.\n\nToday it is a museum."
    ),
    source="Coast Weekly",
    author="I. Reporter",
    url="https://coast.example/harbour",
    published="2022-11-17",
    sha256="h",
)
HOSTILE = Article(
    id="line-7",
    path="corpus/all.jsonl:7",
    title="[bold]Trap[/bold] \x1b]0;owned\x07:smile:",
    text="A \x1b[31mred\x1b[0m \x9bword \u202eback and [red]tags[/red] :skull:.",
    source=None,
    author=None,
    url=None,
    published=None,
    sha256="t",
)
TIMING = Timing(
    encode=0.8, search=0.54321, read=41.0, total=43.0, dense=0.1, lexical=0.2, sentences=0.24321, evidence=0.65678
)


def citation(article: Article, quote: str, words: str, *, paragraph: int, support: float) -> Citation:
    """The citation of `quote`, the answering `words` inside it."""
    start = article.text.index(quote)
    first = article.text.index(words, start)
    return Citation(
        article, start, start + len(quote), Span(article, first, first + len(words)), paragraph, support=support
    )


BUILT = citation(HARBOUR, "The harbour was built in 1874 by Ana Kovač.", "1874", paragraph=3, support=0.94)
COAST = citation(HARBOUR, "Mirna lies on the coast.", "on the coast", paragraph=2, support=0.55)
MUSEUM = citation(HARBOUR, "Today it is a museum.", "a museum", paragraph=5, support=0.12)
TRAP = citation(HOSTILE, HOSTILE.text, "red", paragraph=1, support=0.9)


def evidence(
    cited: Citation, *, dense_rank: int | None, lexical_rank: int | None, score: float, margin: float | None = None
) -> Evidence:
    """The citation as found in a passage that is the whole article."""
    passage = Passage(cited.article, 0, len(cited.article.text), ((0, len(cited.article.text)),))
    hit = Hit(passage, score, 0.5, 2.0, dense_rank, lexical_rank, sentences=())
    return Evidence(hit, cited, margin)


WEIGHED = (
    evidence(BUILT, dense_rank=1, lexical_rank=2, score=1.0, margin=4.5),
    evidence(COAST, dense_rank=2, lexical_rank=None, score=0.5),
    evidence(MUSEUM, dense_rank=None, lexical_rank=1, score=0.25),
)


NEW = Conversation()


class FakePipeline:
    """Answers what it knows, abstains from the rest, and remembers how many turns came before."""

    manifest = MANIFEST

    min_support = 0.4

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def articles(self) -> list[ArticleInfo]:
        """The two articles."""
        return [
            ArticleInfo(a.id, a.path, a.title, a.source, a.author, a.url, a.published, len(a.text))
            for a in (HARBOUR, HOSTILE)
        ]

    def verify(self, quotation: str, *, claimed: str | None) -> Verification:
        """Exact where the harbour's article has the words, misattributed where that is claimed to be another's."""
        found = find_in(HARBOUR, quotation)
        if found is None:
            return Verification(Verdict.NOT_FOUND, quotation, claimed, (), 0.0, ())
        verdict = Verdict.EXACT if claimed in (None, HARBOUR.source) else Verdict.MISATTRIBUTED
        return Verification(verdict, quotation, claimed, (found,), 1.0, ())

    def ask(self, question: str, conversation: Conversation = NEW) -> Turn:
        """When the harbour was built; the trap; nothing about the moon; and the closest passages for all else."""
        if not question.strip():
            raise InvalidQuestion("The question is empty: type a question in words.")
        self.lengths.append(len(conversation.turns))
        query = Query(text=" ".join(question.split()), asked=question)
        if "built" in question:
            return Turn(query, Answer(query, (BUILT, COAST)), Reading(WEIGHED, ()), TIMING)
        if "trap" in question:
            found = evidence(TRAP, dense_rank=1, lexical_rank=1, score=1.0)
            return Turn(query, Answer(query, (TRAP,)), Reading((found,), ()), TIMING)
        if "moon" in question:
            return Turn(query, Abstention(query, Reason.NOTHING_FOUND, ()), Reading((), ()), TIMING)
        return Turn(query, Abstention(query, Reason.WEAK_SUPPORT, (MUSEUM,)), Reading(WEIGHED[::-1], ()), TIMING)
