import resource
import subprocess
import sys
from pathlib import Path

import pytest

from qa_bot.errors import ModelUnavailable
from qa_bot.faces.memory import LEAST_ADDRESSES, is_lack_of_memory, limit_complaint


@pytest.mark.parametrize("megabytes", [100, 300, 600])
def test_too_small_a_limit_is_one_sentence(megabytes: int, shipped_index: Path) -> None:
    """Under a limit in which libraries crash, a question ends with one sentence that names both numbers."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000, megabytes * 1_000_000))

    command = [sys.executable, "-m", "qa_bot", "ask", "--index", str(shipped_index), "Who is Tsikhanouskaya?"]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"qa-bot: This process may use {megabytes} MB of address space, and a question takes"
        f" {LEAST_ADDRESSES // 1_000_000} MB or more: raise the limit (ulimit -v).\n"
    )


def test_no_limit_is_no_complaint() -> None:
    """A process without a limit is not held up."""
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
    assert limit_complaint() is None


def test_lack_of_memory_is_seen_behind_other_errors() -> None:
    """A model that could not be loaded for lack of memory is not damaged; one that is damaged lacks no memory."""
    scarce = ModelUnavailable("The reader is damaged.", model="reader")
    scarce.__cause__ = RuntimeError("Exception during initialization: std::bad_alloc")
    broken = ModelUnavailable("The reader is damaged.", model="reader")
    broken.__cause__ = RuntimeError("Protobuf parsing failed.")

    assert is_lack_of_memory(scarce)
    assert is_lack_of_memory(RuntimeError("can't start new thread"))
    assert not is_lack_of_memory(broken)
