"""Text saved as a new file: whole, or not at all."""

from pathlib import Path
from secrets import token_hex

from qa_bot.errors import QABotError


class NotSaved(QABotError):
    """The file cannot be written; the message says why."""


def save_new(path: Path, text: str) -> None:
    """A new file with that text; raises NotSaved where there is one of that name already, or it cannot be written."""
    draft = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        if path.exists():
            raise NotSaved(f"{path} exists already: give another name.")
        try:
            draft.write_text(text, encoding="utf-8")
            path.hardlink_to(draft)  # never over a file that came in the meantime
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise NotSaved(f"{path} cannot be written ({error.strerror}): give another name.") from error
