import pytest
from document_files import PrintedLine, pdf

from qa_bot.corpus.pdf import parse_pdf

LEFT = [
    "The harbour of Mirna was built over",
    "nine years by three engineers who",
    "had never seen the sea before that",
    "day. The press came to the open-",
    "ing of it.",
]
RIGHT = [
    "The ministry paid for none of it,",
    "as it said in a letter of May, and",
    "the town took a loan that it could",
    "not pay back. Nobody was asked in",
    "the end.",
]
THIRD = ["Then a storm took", "the pier, with all", "the stones of it,", "and nobody has", "built another."]
LEFT_TEXT = (
    "The harbour of Mirna was built over nine years by three engineers who had never seen the sea before that day."
    " The press came to the opening of it."
)
RIGHT_TEXT = (
    "The ministry paid for none of it, as it said in a letter of May, and the town took a loan that it could not pay"
    " back. Nobody was asked in the end."
)
THIRD_TEXT = "Then a storm took the pier, with all the stones of it, and nobody has built another."


def row_by_row(*columns: list[str], lefts: tuple[float, ...], top: float = 700) -> list[PrintedLine]:
    """Columns whose rows, 14 points apart, are written from left to right."""
    return [
        (left, top - 14 * number, lines[number])
        for number in range(max(map(len, columns)))
        for left, lines in zip(lefts, columns, strict=True)
        if number < len(lines)
    ]


def text_of(page: list[PrintedLine], *, size: int = 11) -> str:
    """The text of a PDF with that page."""
    return parse_pdf(pdf([page], size=size), "a.pdf", "corpus/a.pdf").text


def as_written(page: list[PrintedLine]) -> str:
    """The words of a page in the order in which they were written."""
    return " ".join(words for _, _, words in page)


def test_two_columns_written_row_by_row() -> None:
    """The left column is read to its end, a parted word among it, and then the right one."""
    assert text_of(row_by_row(LEFT, RIGHT, lefts=(72, 330))) == f"{LEFT_TEXT}\n\n{RIGHT_TEXT}"


def test_columns_with_rows_of_other_heights() -> None:
    """Rows need not stand at quite the same height."""
    page = [
        (left, height - 5 * (left > 100), words) for left, height, words in row_by_row(LEFT, RIGHT, lefts=(72, 330))
    ]
    assert text_of(page) == f"{LEFT_TEXT}\n\n{RIGHT_TEXT}"


@pytest.mark.parametrize("lefts", [(72, 330), (72, 265)])
def test_columns_of_other_lengths(lefts: tuple[float, float]) -> None:
    """The longer column is read whole, also where the gutter is a narrow one."""
    more = [*LEFT[:4], *(3 * [*LEFT[1:3], "day, and the press came to the open-"]), *LEFT[4:]]
    text = text_of(row_by_row(more, [*RIGHT[:4], *RIGHT[1:4], *RIGHT[1:4], "the end."], lefts=lefts))
    left, right = text.split("\n\n")
    assert (left.endswith("the press came to the opening of it."), right.startswith(RIGHT[0])) == (True, True)


def test_three_columns_written_row_by_row() -> None:
    """Each part of a page is cut again."""
    page = row_by_row(LEFT, RIGHT, THIRD, lefts=(30, 235, 430))
    assert text_of(page) == f"{LEFT_TEXT}\n\n{RIGHT_TEXT}\n\n{THIRD_TEXT}"


def test_lines_over_both_columns() -> None:
    """A headline comes before the columns, and a line in the middle of the page parts those above from those below."""
    first = row_by_row(LEFT, RIGHT, lefts=(72, 330))
    second = row_by_row(RIGHT, LEFT, lefts=(72, 330), top=588)
    head, middle = (
        "Nobody paid for the harbour of Mirna, and so the town had to",
        "What the ministry said of it in May, and later",
    )
    page: list[PrintedLine] = [(120, 730, head), *first, (150, 616, middle), *second]
    assert text_of(page) == "\n\n".join([head, LEFT_TEXT, RIGHT_TEXT, middle, RIGHT_TEXT, LEFT_TEXT])


def test_a_headline_right_above_the_columns() -> None:
    """Even a line that stands no farther from the text than its own lines comes first."""
    head = "Nobody paid for the harbour of Mirna, and so the town took a loan."
    text = text_of([(72, 714, head), *row_by_row(LEFT, RIGHT, lefts=(72, 330))])
    assert text.split() == f"{head} {LEFT_TEXT} {RIGHT_TEXT}".split()


def test_columns_written_one_after_the_other() -> None:
    """What comes in the order of reading stays in it."""
    page: list[PrintedLine] = [
        *[(72, 700 - 14 * number, words) for number, words in enumerate(LEFT)],
        *[(330, 700 - 14 * number, words) for number, words in enumerate(RIGHT)],
    ]
    assert text_of(page) == f"{LEFT_TEXT}\n\n{RIGHT_TEXT}"


NUMBERS = [
    ["Harbour", "Piers", "Loans in thousands", "Stones", "Engineers", "Ministers"],
    ["12", "9", "8", "7", "6", "5"],
]
NAMES = [
    ["the harbour of Mirna", "the old pier", "the ministry of works", "a town hall", "the school for engineers"],
    ["Ana Holm, architect", "Bo Roe", "Minister Carl Lind and sons", "nobody", "Dora Ek, engineer of bridges"],
]
SENTENCES = [
    ["Who built the harbour of Mirna here?", "Who paid for it, and in which year?", "Why did the press come to see it?",
     "When was the pier taken by a storm?", "Was another one ever built of stone?"],
    ["Three engineers of the town did so.", "The ministry did, in 1912 and later.", "It was opened on that very day.",
     "In the winter of 1931, in one night.", "No, since nobody has paid for that."],
]  # fmt: skip
BULLETS = [["•", "•", "•", "•", "•"], LEFT]
LIST = [["1.", "2.", "3.", "4.", "5."], [line.capitalize() for line in RIGHT]]


@pytest.mark.parametrize(
    ("columns", "right"), [(NUMBERS, 330), (NAMES, 330), (SENTENCES, 330), (BULLETS, 100), (LIST, 100)]
)
def test_tables_and_lists_stay_as_they_were_written(columns: list[list[str]], right: float) -> None:
    """Rows of short cells, of numbers and of whole sentences belong together, and so does what stands by a bullet."""
    page = row_by_row(*columns, lefts=(72, right))
    assert text_of(page).split() == as_written(page).split()


def test_a_table_of_many_columns_stays_as_it_was_written() -> None:
    """Many rows of short words are no columns of text."""
    words = ["red", "green", "blue", "yellow", "white"] * 3
    page = row_by_row(words, words[1:], words[2:], words[3:], lefts=(72, 172, 272, 372))
    assert text_of(page).split() == as_written(page).split()


def test_wide_gaps_between_words_are_no_gutter() -> None:
    """Words that are set far apart stay in their line, even where the gaps of some rows stand under one another."""
    words = ["never", "was", "so", "much", "paid", "for", "so", "few", "stones", "by", "so", "many", "towns"]
    page = [
        (72.0 + 40 * place, 700.0 - 14 * number, words[(place + number) % len(words)])
        for number in range(12)
        for place in range(10)
    ]
    assert text_of(page).split() == as_written(page).split()


def test_a_gap_in_three_rows_is_no_gutter() -> None:
    """Three rows do not show where a column is."""
    page = row_by_row(LEFT[:3], RIGHT[:3], lefts=(72, 330))
    assert text_of(page).split() == as_written(page).split()
