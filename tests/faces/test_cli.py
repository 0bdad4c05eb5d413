import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from doubles import FakePipeline

import qa_bot
from qa_bot.errors import QABotError
from qa_bot.faces import opening
from qa_bot.faces.cli import main
from qa_bot.settings import Settings


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that pipelines were opened with; what is opened is a pipeline that knows its answers."""
    settings: list[Settings] = []

    def open_pipeline(given: Settings, _models: object = None) -> FakePipeline:
        settings.append(given)
        return FakePipeline()

    monkeypatch.setattr(opening, "open_pipeline", open_pipeline)
    monkeypatch.setattr(opening, "current_folder", lambda _: Path(str(FakePipeline.manifest.generation)))
    return settings


def run(*arguments: str, stdin: bytes | str = "") -> Result:
    """What the command does with these arguments."""
    return CliRunner().invoke(main, arguments, input=stdin)


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(("question", "code"), [("built?", 0), ("who?", 1), ("moon", 1), ("", 2)])
def test_exit_code_of_a_question(question: str, code: int) -> None:
    """0 answered, 1 not supported, 2 error; the same with --json."""
    assert run("ask", question).exit_code == code
    assert run("ask", "--json", question).exit_code == code


@pytest.mark.usefixtures("opened")
def test_json_reply_is_one_line() -> None:
    """--json prints the reply, and nothing else, as one line with as many passages as asked for."""
    result = run("ask", "built?", "--json", "--passages", "1")

    reply = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert (reply["id"], reply["status"], len(reply["citations"]), len(reply["passages"])) == (None, "answered", 2, 1)
    assert result.stderr == ""


@pytest.mark.usefixtures("opened")
def test_explain_follows_the_reply() -> None:
    """--explain adds how the reply was found."""
    plain, explained = run("ask", "built?").stdout, run("ask", "built?", "--explain").stdout

    assert explained.startswith(plain + "\nHow this was found\n")


@pytest.mark.usefixtures("opened")
def test_error_is_one_sentence() -> None:
    """An error of the bot is one sentence on standard error, with the command's name before it."""
    result = run("ask", " ")

    assert (result.stdout, result.stderr) == ("", "qa-bot: The question is empty: type a question in words.\n")


def test_folders_reach_the_settings(opened: list[Settings]) -> None:
    """--corpus and --index win over the settings."""
    run("ask", "built?", "--corpus", "c", "--index", "i")
    run("chat", "--corpus", "c", "--index", "i")

    assert [(str(given.corpus_dir), str(given.index_dir)) for given in opened] == [("c", "i")] * 2


def test_every_command_takes_both_folders() -> None:
    """Every command has --corpus and --index, and help that begins with a sentence."""
    expected = [
        "add",
        "articles",
        "ask",
        "benchmark",
        "chat",
        "doctor",
        "evaluate",
        "index",
        "remove",
        "show",
        "telegram",
        "verify",
    ]
    assert sorted(main.commands) == expected
    for command in main.commands.values():
        assert {"--corpus", "--index"} <= {option for parameter in command.params for option in parameter.opts}
        assert command.get_short_help_str(limit=80).endswith(".")
        assert not command.get_short_help_str(limit=80).endswith("...")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask"], "Give one question, or --batch FILE."),
        (["ask", "x", "--batch", "-"], "Give one question, or --batch FILE."),
        (["ask", "--batch", "none.jsonl"], "none.jsonl"),
        (["ask", "x", "--passages", "0"], "--passages"),
        (["index", "--status", "--rebuild"], "--status builds nothing: leave out --rebuild."),
        (["index", "--check", "--rebuild"], "--check mends what is broken, and is given alone."),
        (["nonsense"], "nonsense"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str) -> None:
    """Wrong usage is told in words, with exit code 2."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert words in result.stderr


def test_bad_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bad setting ends every command but `doctor` with a sentence."""
    monkeypatch.setenv("QA_BOT_PASSAGES", "lots")

    for arguments in (["ask", "x"], ["chat"], ["index"], ["evaluate", "q.jsonl"]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert result.stderr == "qa-bot: QA_BOT_PASSAGES is 'lots', but it must be a whole number from 1 to 50.\n"


@pytest.mark.usefixtures("opened")
def test_batch() -> None:
    """A batch gives one reply a line in the order of the questions, with their ids; blank lines are passed over."""
    lines = [
        '{"id": "a", "question": "built?"}',
        "",
        '{"id": 2, "question": "who?", "history": ["x", "y"]}',
        '{"question": "moon"}',
    ]

    result = run("ask", "--batch", "-", stdin="\ufeff" + "\n".join(lines))

    replies = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(reply["id"], reply["status"]) for reply in replies] == [
        ("a", "answered"),
        (2, "not_supported"),
        (None, "not_supported"),
    ]
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    ("line", "question_id", "reason"),
    [
        (b"{nonsense", None, "it is not JSON."),
        (b"[" * 100_000, None, "it is not JSON."),
        (b'{"id": ' + b"1" * 5000 + b', "question": "x"}', None, "it is not JSON."),
        (b'{"id": "\xff", "question": "x"}', None, "it is not UTF-8."),
        (b'["built?"]', None, "it is not a JSON object."),
        (b'{"id": "q"}', "q", '"question" is missing, or is not a string.'),
        (b'{"id": "q", "question": ["x"]}', "q", '"question" is missing, or is not a string.'),
        (b'{"id": {}, "question": "x"}', None, '"id" is neither a string nor a whole number.'),
        (b'{"id": true, "question": "x"}', None, '"id" is neither a string nor a whole number.'),
        (b'{"id": NaN, "question": "x"}', None, '"id" is neither a string nor a whole number.'),
        (b'{"id": 5, "question": "x", "history": "y"}', 5, '"history" is not a list of strings.'),
        (b'{"id": 5, "question": "x", "history": [1]}', 5, '"history" is not a list of strings.'),
        (b'{"id": 5, "question": ""}', 5, "The question is empty: type a question in words."),
    ],
)
def test_bad_line_of_a_batch(tmp_path: Path, line: bytes, question_id: object, reason: str) -> None:
    """A bad line is named with file and number and has an object in its place; the others are answered."""
    file = tmp_path / "q.jsonl"
    file.write_bytes(b'{"id": 1, "question": "built?"}\n' + line + b'\n{"id": 3, "question": "built?"}\n')

    result = run("ask", "--batch", str(file))

    first, bad, last = (json.loads(reply) for reply in result.stdout.splitlines())
    assert (first["id"], first["status"], last["id"], last["status"]) == (1, "answered", 3, "answered")
    assert bad == {"id": question_id, "status": "error", "error": f"{file}, line 2: {reason}"}
    assert result.stderr == f"qa-bot: {file}, line 2: {reason}\n"
    assert result.exit_code == 2


@pytest.mark.usefixtures("opened")
def test_chat_piped() -> None:
    """Piped, each line is a question, without a prompt; the end of the input ends the chat with 0."""
    result = run("chat", stdin="built?\n\xff\nmoon".encode("latin-1"))

    assert result.exit_code == 0
    assert result.stdout.startswith("\n  The harbour was built in 1874 by Ana Kovač.\n")
    assert result.stdout.endswith("The articles do not say: nothing in them resembles the question.\n\n")
    assert "?" not in result.stdout


@pytest.mark.parametrize(
    ("failure", "code", "words"),
    [
        (QABotError("What\x1b[2J is wrong."), 2, "qa-bot: What␛[2J is wrong.\n"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 141, ""),
        (MemoryError(), 2, "qa-bot: There is not enough memory for this: use a smaller corpus, or a larger machine.\n"),
        (OSError(28, "No space left on device"), 2, "qa-bot: No space is left on the disk: make room and try again.\n"),
        (PermissionError(13, "Permission denied", "a/b"), 2, "qa-bot: a/b: Permission denied.\n"),
    ],
)
def test_failures(monkeypatch: pytest.MonkeyPatch, failure: BaseException, code: int, words: str) -> None:
    """Every failure that can be expected is at most one sentence, with its exit code."""

    def fail(_: Settings) -> None:
        raise failure

    monkeypatch.setattr(opening, "open_pipeline", fail)
    result = run("ask", "x")

    assert (result.exit_code, result.stderr, result.stdout) == (code, words, "")


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody expected keeps its traceback."""

    def fail(_: Settings) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(opening, "open_pipeline", fail)

    assert isinstance(run("ask", "x").exception, ZeroDivisionError)


def test_version() -> None:
    """--version names the program and its version."""
    result = CliRunner().invoke(main, ["--version"], prog_name="qa-bot")

    assert result.stdout == f"qa-bot, version {qa_bot.__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    """Help is instant: it imports neither settings nor anything that searches or draws."""
    script = (
        "import sys\nfrom click.testing import CliRunner\nfrom qa_bot.faces.cli import main\n"
        "assert CliRunner().invoke(main, ['ask', '--help']).exit_code == 0\n"
        "print({'pydantic', 'numpy', 'rich', 'prompt_toolkit', 'faiss', 'torch'} & set(sys.modules))"
    )

    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=_ROOT)

    assert found.stdout == "set()\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1251"])
def test_output_in_any_encoding(encoding: str) -> None:
    """Where standard output has no code for a character, the character is written as a number, and nothing fails."""
    script = (
        "import sys; sys.path[:0] = ['tests', 'tests/faces']\n"
        "from doubles import FakePipeline\nfrom qa_bot.faces import opening\nfrom qa_bot.faces.cli import main\n"
        "opening.open_pipeline = lambda settings: FakePipeline()\nmain(sys.argv[1:])"
    )

    def output(*arguments: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-c", script, "ask", "built?", *arguments],
            capture_output=True,
            check=True,
            cwd=_ROOT,
            env={"PYTHONIOENCODING": encoding},
        ).stdout

    assert b"Ana Kova\\u010d" in output()
    assert json.loads(output("--json").decode(encoding))["answer"].endswith("Ana Kovač.")


def test_closed_output() -> None:
    """With standard output closed nothing is printed, and the exit code tells all the same."""
    command = f"exec {sys.executable} -m qa_bot doctor --index nowhere >&-"
    result = subprocess.run(["sh", "-c", command], check=False, cwd=_ROOT, capture_output=True)
    assert (result.returncode, result.stderr) == (1, b"")


_ROOT = Path(__file__).parents[2]


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("md", "## built?\n\n> The"),
        ("json", '{"id": null'),
        ("bibtex", "@article{coast-weekly"),
        ("csl", '[\n  {\n    "id"'),
    ],
)
def test_a_reply_in_another_format(kind: str, words: str) -> None:
    """--format prints the reply to keep, with the same exit codes; it goes with neither --json nor --batch."""
    answered = run("ask", "built?", "--format", kind)

    assert answered.stdout.startswith(words)
    assert (answered.exit_code, run("ask", "who?", "--format", kind).exit_code) == (0, 1)
    for other in (["built?", "--json"], ["--batch", "-"]):
        refused = run("ask", *other, "--format", kind)
        assert refused.exit_code == 2
        assert "leave out the other" in refused.stderr
