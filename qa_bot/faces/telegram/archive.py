"""The archive shown in a chat: what there is, one article in pages, and questions that it answers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from telegram import InlineKeyboardMarkup

from qa_bot.faces.naming import article_id
from qa_bot.faces.safe_text import counted, one_line
from qa_bot.faces.telegram.buttons import Action, article_key, pages_keyboard
from qa_bot.faces.telegram.library import Library
from qa_bot.faces.telegram.markup import Block, Fragment, line
from qa_bot.faces.telegram.messages import shortened
from qa_bot.index.store import ArticleInfo
from qa_bot.text import sentences, words
from qa_bot.types import Article
from qa_bot.verification import Verification, split_claim

Page = tuple[Sequence[Block], InlineKeyboardMarkup | None]

_PER_PAGE = 10
_PAGE_CHARACTERS = 3000
_EXAMPLES = 3
# Articles and names that examples are looked for in: enough for three, found within seconds.
_ARTICLES = {"the", "a", "an"}
_ARTICLES_READ, _NAMES_TRIED, _CHARACTERS_READ = 20, 12, 20_000


class Archive:
    """Pages about the library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.examples: tuple[str, ...] = ()

    def summary(self) -> str:
        """How many articles there are, and from when: `1 article, 2022-11-17`."""
        pipeline = self._library.pipeline()
        dates = pipeline.published_between()
        known = "" if dates is None else f", {dates[0]}" if dates[0] == dates[1] else f", {dates[0]} to {dates[1]}"
        return counted(pipeline.manifest.articles, "article") + known

    def list_page(self, page: int) -> Page:
        """Page `page` (from 0) of the list of articles; raises ValueError where there is none."""
        articles = self._library.articles()
        pages = max(1, -(-len(articles) // _PER_PAGE))
        if not 0 <= page < pages:
            raise ValueError(f"there is no page {page}")
        start = page * _PER_PAGE
        blocks = [line(f"{self.summary()}. /article NUMBER shows one.")]
        for number, info in enumerate(articles[start : start + _PER_PAGE], start=start + 1):
            blocks.append(Block((Fragment(f"{number}. "), *_about(info))))
        return blocks, pages_keyboard(Action.LIST, page=page, pages=pages)

    def find(self, wanted: str) -> Article | None:
        """The article of that number in the list, of that id, or of a title that has those words."""
        wanted = one_line(wanted)
        articles = self._library.articles()
        if wanted.isdecimal() and 1 <= int(wanted) <= len(articles):
            return self._library.article(articles[int(wanted) - 1].id)
        if article := self._library.article(wanted):
            return article
        asked = wanted.casefold()
        found = next((info.id for info in articles if asked and asked in one_line(info.title).casefold()), None)
        return None if found is None else self._library.article(found)

    def find_one(self, wanted: str) -> Article:
        """The one article of that number in the list, or that is called so; raises NoSuchArticle."""
        articles = self._library.articles() if wanted.isdecimal() else []
        if articles and 1 <= int(wanted) <= len(articles):
            wanted = articles[int(wanted) - 1].id
        pipeline = self._library.pipeline()
        article = pipeline.article(article_id(pipeline, wanted))
        if article is None:
            raise KeyError(wanted)
        return article

    def article_page(self, key: str, page: int) -> Page | None:
        """Page `page` (from 0) of the article of that key; None where there is none."""
        article = self._library.article_by_key(key)
        return None if article is None else self.page_of(article, page)

    def page_of(self, article: Article, page: int) -> Page | None:
        """Page `page` (from 0) of an article; None where there is none."""
        bounds = _page_bounds(article.text)
        if not 0 <= page < len(bounds):
            return None
        start, end = bounds[page]
        info = (article.source, article.author, article.published, article.url)
        known = " \N{EN DASH} ".join(one_line(value) for value in info if value)
        blocks = [Block((Fragment(shortened(article.title), bold=True), Fragment(f"\n{known}" if known else "")))]
        shown = article.text[start:end].strip()
        if page == 0 and shown.startswith(article.title):
            shown = shown.removeprefix(article.title).lstrip()
        blocks.append(line(shown or "..."))
        key = article_key(article.id)
        return blocks, pages_keyboard(Action.ARTICLE, key, page=page, pages=len(bounds))

    def verify(self, text: str) -> Verification:
        """What the archive says of a quotation, typed as `QUOTATION --in NAME`; raises InvalidQuestion."""
        quotation, claimed = split_claim(text)
        return self._library.pipeline().verify(quotation, claimed=claimed)

    def find_examples(self) -> tuple[str, ...]:
        """Questions about names in the articles that the archive answers; it takes a few seconds."""
        found: list[str] = []
        for name in _names(self._texts()):
            question = f"Who is {name}?"
            if self._library.ask(question, ()).record.answered:
                found.append(question)
            if len(found) == _EXAMPLES:
                break
        self.examples = tuple(found)
        return self.examples

    def _texts(self) -> Iterator[str]:
        for info in self._library.articles()[-_ARTICLES_READ:]:
            if article := self._library.article(info.id):
                yield article.text[:_CHARACTERS_READ]


def _about(info: ArticleInfo) -> Iterator[Fragment]:
    yield Fragment(shortened(info.title), bold=True)
    known = [one_line(value) for value in (info.source, info.published) if value]
    yield Fragment("".join(f" \N{EN DASH} {fact}" for fact in known))


def _page_bounds(text: str) -> list[tuple[int, int]]:
    """Pages of at most `_PAGE_CHARACTERS`, divided at lines or words where there are any."""
    bounds: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = min(start + _PAGE_CHARACTERS, len(text))
        if end < len(text):
            best = max(text.rfind("\n", start + 1, end), text.rfind(" ", end - _PAGE_CHARACTERS // 10, end))
            end = best + 1 if best > start + _PAGE_CHARACTERS // 2 else end
        bounds.append((start, end))
        start = end
    return bounds


def _names(texts: Iterator[str]) -> list[str]:
    """Names of two or three words that stand inside sentences, the most frequent first."""
    counts: Counter[str] = Counter()
    for text in texts:
        for start, end in sentences(text):
            counts.update(_names_in(text[start:end]))
    best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [name for name, _ in islice(best, _NAMES_TRIED)]


def _names_in(sentence: str) -> Iterator[str]:
    """Names such as people have: not after an article or an abbreviation, as those of offices and institutions."""
    run: list[tuple[int, int]] = []
    before = ""
    for start, end in [*words(sentence)[1:], (len(sentence), len(sentence))]:
        word = sentence[start:end]
        capital = word[:1].isupper() and not word.isupper()
        if capital and (not run or sentence[run[-1][1] : start] == " "):
            run.append((start, end))
            continue
        # A given name and a family name, perhaps one between.
        if 2 <= len(run) <= 3 and before.lower() not in _ARTICLES and not before.isupper():  # noqa: PLR2004
            yield sentence[run[0][0] : run[-1][1]]
        run = [(start, end)] if capital else []
        before = word if not capital else before
