"""The settings: their names, defaults and ranges, read from `QA_BOT_...` in the environment and from `.env`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from qa_bot.errors import QABotError

PREFIX = "QA_BOT_"
ENV_FILE = Path(".env")


def _listed(value: object) -> object:
    """The parts of a list that is written with commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Ids = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_listed)]


class InvalidSetting(QABotError):
    """A setting has a value that it cannot have, or the `.env` file cannot be read."""


class Settings(BaseSettings):
    """What a user can set; a field's description completes the sentence "it must be ..."."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",  # plain UTF-8 as well, and what Windows editors write
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    corpus_dir: Path = Field(default=Path("corpus"), description="a folder")
    index_dir: Path = Field(default=Path("index"), description="a folder")
    state_dir: Path = Field(default=Path("state"), description="a folder")
    embedding_model: str = Field(default="all-MiniLM-L6-v2", description="a model's name or its folder")
    embedding_precision: Literal["int8", "fp32"] = Field(default="int8", description="int8 or fp32")
    watch: Literal["auto", "polling", "off"] = Field(default="auto", description="auto, polling or off")
    min_support: float | None = Field(
        default=None, ge=0, le=1, allow_inf_nan=False, description="a number from 0 to 1, or empty for the index's own"
    )
    # More than 50 is the whole candidate list of a question: nobody reads on, and JSON lines grow long.
    passages: int = Field(default=5, ge=1, le=50, description="a whole number from 1 to 50")
    fetch_private: bool = Field(default=False, description="true or false")
    telegram_token: SecretStr | None = Field(default=None, description="the token that BotFather gave")
    telegram_token_file: Path | None = Field(default=None, description="a file with the token")
    telegram_base_url: str = Field(default="https://api.telegram.org/bot", description="an address")
    telegram_base_file_url: str = Field(default="https://api.telegram.org/file/bot", description="an address")
    telegram_allowed: Ids = Field(default=(), description="numeric ids with commas between them")
    telegram_admins: Ids = Field(default=(), description="numeric ids with commas between them")
    telegram_webhook_url: str | None = Field(
        default=None, pattern=r"^https?://[^/]+", description="an address that begins with https://"
    )
    telegram_listen: str | None = Field(
        default=None, pattern=r"^[^:\s]+:\d{1,5}$", description="an address and a port, as in 127.0.0.1:8080"
    )


def variable(field: str) -> str:
    """The environment variable that sets `field`."""
    return PREFIX + field.upper()


def read_settings(*, corpus_dir: Path | None = None, index_dir: Path | None = None) -> Settings:
    """The settings in force, the given folders before all others; raises `InvalidSetting`."""
    given = {"corpus_dir": corpus_dir, "index_dir": index_dir}
    try:
        settings = Settings()
    except ValidationError as error:
        raise InvalidSetting(_sentence(error)) from error
    except UnicodeDecodeError as error:
        raise InvalidSetting(f"{ENV_FILE} is not UTF-8 text: save it as UTF-8, or remove it.") from error
    except OSError as error:
        raise InvalidSetting(f"{ENV_FILE} cannot be read ({error.strerror}): mend its permissions.") from error
    return settings.model_copy(update={name: value for name, value in given.items() if value is not None})


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    return f"{variable(field)} is {first['input']!r}, but it must be {Settings.model_fields[field].description}."
