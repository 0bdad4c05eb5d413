import re
from pathlib import Path

import pytest

from qa_bot.settings import InvalidSetting, Settings, read_settings, variable

EXAMPLE = Path(__file__).parents[1] / ".env.example"


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv(variable(field), raising=False)


def test_defaults() -> None:
    """With nothing set, the defaults hold, and the threshold is left to the index."""
    settings = read_settings()

    assert settings.model_dump() == {
        "corpus_dir": Path("corpus"),
        "index_dir": Path("index"),
        "state_dir": Path("state"),
        "embedding_model": "all-MiniLM-L6-v2",
        "embedding_precision": "int8",
        "watch": "auto",
        "min_support": None,
        "passages": 5,
        "fetch_private": False,
        "telegram_token": None,
        "telegram_token_file": None,
        "telegram_base_url": "https://api.telegram.org/bot",
        "telegram_base_file_url": "https://api.telegram.org/file/bot",
        "telegram_allowed": (),
        "telegram_admins": (),
        "telegram_webhook_url": None,
        "telegram_listen": None,
    }


def test_example_file_is_complete_and_true() -> None:
    """`.env.example` has every setting once, in order, with its default and one comment line above it."""
    blocks = EXAMPLE.read_text(encoding="utf-8").strip().split("\n\n")[1:]
    lines = [block.split("\n") for block in blocks]

    assert [len(block) for block in lines] == [2] * len(Settings.model_fields)
    assert all(comment.startswith("# ") and len(comment) > 10 for comment, _ in lines)
    defaults = {variable(name): field.default for name, field in Settings.model_fields.items()}
    assert [assignment for _, assignment in lines] == [
        f"{name}={'' if default in (None, ()) else default}" for name, default in defaults.items()
    ]


def test_example_file_reads_as_the_defaults(tmp_path: Path) -> None:
    """Copied to `.env` as it stands, the example changes nothing."""
    expected = read_settings()
    (tmp_path / ".env").write_bytes(EXAMPLE.read_bytes())

    assert read_settings() == expected


def test_precedence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is given wins over the environment, which wins over `.env`; names of others are ignored."""
    (tmp_path / ".env").write_text(
        "\ufeffQA_BOT_CORPUS_DIR=a\nQA_BOT_INDEX_DIR=a\nQA_BOT_STATE_DIR=a\nOTHER=1\nQA_BOT_LATER=1\n", encoding="utf-8"
    )
    monkeypatch.setenv("QA_BOT_CORPUS_DIR", "b")
    monkeypatch.setenv("QA_BOT_INDEX_DIR", "b")

    settings = read_settings(index_dir=Path("c"))

    assert (settings.corpus_dir, settings.index_dir, settings.state_dir) == (Path("b"), Path("c"), Path("a"))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("QA_BOT_PASSAGES", "0", "QA_BOT_PASSAGES is '0', but it must be a whole number from 1 to 50."),
        ("QA_BOT_PASSAGES", "51", "QA_BOT_PASSAGES is '51', but it must be a whole number from 1 to 50."),
        ("QA_BOT_PASSAGES", "2.5", "QA_BOT_PASSAGES is '2.5', but it must be a whole number from 1 to 50."),
        (
            "QA_BOT_MIN_SUPPORT",
            "nan",
            "QA_BOT_MIN_SUPPORT is 'nan', but it must be a number from 0 to 1, or empty for the index's own.",
        ),
        (
            "QA_BOT_MIN_SUPPORT",
            "1.01",
            "QA_BOT_MIN_SUPPORT is '1.01', but it must be a number from 0 to 1, or empty for the index's own.",
        ),
        (
            "QA_BOT_EMBEDDING_PRECISION",
            "int4",
            "QA_BOT_EMBEDDING_PRECISION is 'int4', but it must be int8 or fp32.",
        ),
    ],
)
def test_bad_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str) -> None:
    """A bad value is one sentence with the variable, the value and what is allowed."""
    monkeypatch.setenv(name, value)

    with pytest.raises(InvalidSetting, match=f"^{re.escape(sentence)}$"):
        read_settings()


def test_bad_value_in_env_file(tmp_path: Path) -> None:
    """A bad value in `.env` is named like one in the environment."""
    (tmp_path / ".env").write_text("QA_BOT_PASSAGES=many\n")

    with pytest.raises(
        InvalidSetting, match=r"^QA_BOT_PASSAGES is 'many', but it must be a whole number from 1 to 50\.$"
    ):
        read_settings()


def test_env_file_in_another_encoding(tmp_path: Path) -> None:
    """A `.env` saved as UTF-16 is one sentence that says how to mend it."""
    (tmp_path / ".env").write_bytes("QA_BOT_PASSAGES=3\n".encode("utf-16"))

    with pytest.raises(InvalidSetting, match=r"^\.env is not UTF-8 text: save it as UTF-8, or remove it\.$"):
        read_settings()


def test_empty_means_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty value is the default, so a line can be left blank."""
    monkeypatch.setenv("QA_BOT_MIN_SUPPORT", "")
    monkeypatch.setenv("QA_BOT_CORPUS_DIR", "")

    assert (read_settings().min_support, read_settings().corpus_dir) == (None, Path("corpus"))
