from qa_bot.faces.telegram.records import Quotation, Record

QUOTE = "The bridge opened on 3 May 2031. Ada Bright cut the ribbon."


def quotation(
    *, quote: str = QUOTE, words: str = "3 May 2031", url: str | None = None, support: float = 0.7
) -> Quotation:
    """A quotation that begins at character 10 of an article."""
    at = 10 + quote.index(words)
    return Quotation(
        article="bridge.txt",
        title="A <new> bridge",
        source="The Lantern",
        author=None,
        url=url,
        published="2031-05-04",
        language=None,
        path="corpus/bridge.txt",
        page=None,
        paragraph=2,
        start=10,
        end=10 + len(quote),
        quote=quote,
        highlight=(at, at + len(words)),
        support=support,
    )


def record(*, answering: int = 1, own: int = 1, entries: int = 1, quote: str = QUOTE) -> Record:
    """The record of a reply with so many quotations, all alike but for their support."""
    return Record(
        question="When?",
        query="When?",
        support=0.7,
        answering=answering,
        own=own,
        entries=tuple(quotation(quote=quote, support=0.7 - 0.05 * number) for number in range(entries)),
    )
