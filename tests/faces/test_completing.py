from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from qa_bot.faces.cli import main


def _completed(*words: str) -> list[str]:
    completion = ShellComplete(main, {}, "qa-bot", "_QA_BOT_COMPLETE")
    return [item.value for item in completion.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize("command", ["show", "remove"])
def test_ids_are_completed(command: str, shipped_index: Path) -> None:
    """Ids that begin so are offered, from the index that the command names; without an index there are none."""
    index = ("--index", str(shipped_index))
    assert _completed(command, *index, "belarus") == ["belarus-cnn-report.txt"]
    assert _completed(command, *index, "moon") == []
    assert _completed(command, "bel") == []
