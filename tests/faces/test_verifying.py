import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa_bot.faces.cli import main
from qa_bot.faces.telegram.markup import messages
from qa_bot.faces.telegram.messages import verification_blocks
from qa_bot.pipeline import Pipeline

QUOTE = "who has lived in exile in Lithuania since 2020"
Run = Callable[..., Result]


@pytest.fixture
def run(shipped_index: Path) -> Run:
    """Runs `qa-bot verify` over the index of the shipped article."""

    def call(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(main, ["verify", "--index", str(shipped_index), *arguments], input=stdin)

    return call


@pytest.fixture(scope="module")
def reply(shipped_index: Path) -> str:
    """A reply as `qa-bot ask --json` prints it."""
    question = "When did Tsikhanouskaya meet members of the US State Department?"
    return CliRunner().invoke(main, ["ask", "--json", "--index", str(shipped_index), question]).stdout


def _changed(reply: str, **fields: object) -> str:
    """The reply with its first citation changed, and without the others."""
    value = json.loads(reply)
    value |= {"citations": [value["citations"][0] | fields], "sides": []}
    return json.dumps(value)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((QUOTE,), 0, "Exact: these words stand in 1 article.\n\n  who has lived"),
        ((QUOTE.replace("Lithuania", "Poland"),), 1, "exile in [-Poland-] {+Lithuania+} since 2020"),
        ((QUOTE, "--in", "The Times"), 1, "Misattributed: these words are in the archive, but not of The Times.\n"),
        (("Penguins dive for twenty minutes",), 1, "Not found: "),
        (("...",), 2, "qa-bot: There is no word in the quotation"),
        ((), 2, "Give one quotation, or --file FILE."),
        ((QUOTE, "--file", "-"), 2, "Give one quotation, or --file FILE."),
        (("--file", "-", "--in", "x"), 2, "--in belongs to one quotation"),
    ],
)
def test_verdicts_and_exit_codes(run: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    """0 exact, 1 any other verdict, 2 nothing to verify; the words are told with their differences."""
    result = run(*arguments)
    assert said in result.output
    assert result.exit_code == code


def test_json(run: Run) -> None:
    """--json has the verdict, the places in the shape of citations, and the differences."""
    value = json.loads(run(QUOTE.replace("Lithuania", "Poland"), "--json").stdout)
    assert list(value) == ["quotation", "in", "verdict", "similarity", "places", "differences"]
    assert (value["verdict"], value["in"], value["similarity"]) == ("altered", None, 0.8889)
    assert value["differences"] == [{"quoted": "Poland", "article": "Lithuania"}]
    assert value["places"][0]["quote"] == QUOTE
    assert value["places"][0]["end"] - value["places"][0]["start"] == len(QUOTE)


def test_citations_of_a_file(run: Run, reply: str, tmp_path: Path) -> None:
    """Every citation that was exported is exact; what is behind by some characters has moved, with its new place."""
    file = tmp_path / "answers.jsonl"
    file.write_text(reply + "\n" + reply, encoding="utf-8")
    assert run("--file", str(file)).output.endswith(" exact.\n")
    assert run("--file", "-", stdin=json.dumps(json.loads(reply), indent=2)).exit_code == 0

    first = json.loads(reply)["citations"][0]
    moved = run("--file", "-", stdin=_changed(reply, start=1, end=5))
    told = f"[1] moved: {first['article']} has other words at that place; the words stand at {first['start']}-"
    assert told in moved.output
    assert moved.output.endswith("1 citation checked: 1 moved.\n")
    assert moved.exit_code == 1


@pytest.mark.usefixtures("small_model")
def test_citations_of_a_corrected_article(tmp_path: Path) -> None:
    """What stood in an earlier text is told from what never did: it moved, or is gone since then."""
    text = "The mill burned down in 1902. Nobody was hurt in the fire."
    corpus, folders = tmp_path / "corpus", ("--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index"))
    corpus.mkdir()
    (corpus / "mill.txt").write_text(text, encoding="utf-8")
    assert CliRunner().invoke(main, ["index", *folders]).exit_code == 0
    later = "Correction. Nobody was hurt in the fire. The mill burned down in the year 1903."
    (corpus / "mill.txt").write_text(later, encoding="utf-8")
    assert CliRunner().invoke(main, ["index", *folders]).exit_code == 0

    cited = [(0, 29), (30, len(text)), (0, 11)]
    entries = [{"article": "mill.txt", "start": start, "end": end, "quote": text[start:end]} for start, end in cited]
    forged = {"article": "mill.txt", "start": 0, "end": 29, "quote": "The mill burned down in 1904."}
    side = {"citations": [*entries[:1], forged]}
    reply = json.dumps({"citations": entries[:2], "closest": [], "sides": [side]})
    result = CliRunner().invoke(main, ["verify", *folders, "--json", "--file", "-"], input=reply)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["verdict"] for one in found] == ["gone", "moved", "altered"]
    assert [bool(one["cited_from"]) for one in found] == [True, True, False]
    assert found[0]["cited_from"]["text_sha256"] == sha256(text.encode()).hexdigest()
    assert found[0]["found"]["quote"] == "The mill burned down in the"
    assert (found[1]["start"], found[1]["end"]) == (12, 40)
    told = CliRunner().invoke(main, ["verify", *folders, "--file", "-"], input=reply).stdout.splitlines()
    assert "[?] gone: mill.txt was corrected on 20" in told[0]
    assert "and they stand nowhere in it; nearest in mill.txt at" in told[0]
    assert told[-1] == "3 citations checked: 1 altered, 1 gone, 1 moved."


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"quote": "Nothing of the kind was ever written anywhere"}, "not_found"),
        ({"quote": QUOTE.replace("Lithuania", "Poland")}, "altered"),
        ({"article": "another.txt"}, "misattributed"),
        ({"quote": "…"}, "not_found"),
    ],
)
def test_citations_that_do_not_hold(run: Run, reply: str, fields: dict[str, str], verdict: str) -> None:
    """A citation whose words are gone, others, or another article's is told as that, as JSON with where they are."""
    result = run("--file", "-", "--json", stdin=_changed(reply, **fields))
    value = json.loads(result.stdout)
    assert (value["line"], value["n"], value["verdict"]) == (1, 1, verdict)
    assert ("found" in value) == (verdict in ("altered", "misattributed"))
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1: it is not JSON."),
        ("7", "line 1: it is not a reply."),
        ('{"citations": [{"quote": "x"}]}', "line 1: a citation lacks its article, quote, start or end."),
        (
            '{"citations": [{"article": "a.txt", "quote": "", "start": 5, "end": 5}]}',
            "line 1: a citation lacks its article, quote, start or end.",
        ),
        ('{"status": "answered"}', "There is no citation in standard input"),
        ("", "There is no citation in standard input"),
    ],
)
def test_files_that_are_none(run: Run, line: str, said: str) -> None:
    """What is no reply is named with its line, exit code 2."""
    result = run("--file", "-", stdin=line)
    assert said in result.output
    assert result.exit_code == 2


def test_in_a_chat(shipped: Pipeline) -> None:
    """In Telegram the verdict is in bold, differences are marked in signs, and what could be markup is not."""
    altered = messages(verification_blocks(shipped.verify(QUOTE.replace("Lithuania", "<b>Poland"))))
    assert altered[0].startswith("<b>Altered: 67% of the words are those of the article.</b>\n\nwho has")
    assert "[-&lt;b&gt;Poland-] {+Lithuania+}" in altered[0]
