import io
import os
import sys
from pathlib import Path

import pytest
from rich.console import Console

from qa_bot.faces import paging
from qa_bot.faces.paging import page


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    """A terminal of ten lines."""
    monkeypatch.setattr(sys, "stdin", _Terminal())
    return Console(file=_Terminal(), force_terminal=True, width=40, height=10)


def _shown(console: Console) -> str:
    assert isinstance(console.file, _Terminal)
    return console.file.getvalue()


def _pager(folder: Path, name: str = "pager") -> Path:
    """A pager that writes what it was given, and how it was called, into files."""
    program = folder / name
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > "{folder}/called"\ncat > "{folder}/seen"\n', encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("name", ["less", "more", "other"])
def test_what_is_too_long_goes_to_the_pager(
    name: str, console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """$PAGER with its own options gets all of the text; less and more begin three lines above the wanted one."""
    monkeypatch.setenv("PAGER", f"{_pager(tmp_path, name)} -s")
    text = "Ж\n" * 50
    page(console, text, line=20)
    assert (tmp_path / "seen").read_text(encoding="utf-8") == text
    called = {"less": "-s|-R|+17|", "more": "-s|+17|", "other": "-s|"}
    assert (tmp_path / "called").read_text(encoding="utf-8") == called[name]
    assert _shown(console) == ""


@pytest.mark.parametrize("named", ["", "no-such-pager", "/"])
def test_without_a_pager(named: str, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where $PAGER is empty or names nothing that runs, the text is written."""
    monkeypatch.setenv("PAGER", named)
    page(console, "x\n" * 50)
    assert _shown(console) == "x\n" * 50


def test_what_fits_is_written(console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fits the screen, and what goes into a pipe, needs no pager."""
    monkeypatch.setenv("PAGER", str(_pager(tmp_path)))
    page(console, "x\n" * 9)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    page(console, "y\n" * 50)
    assert _shown(console) == "x\n" * 9 + "y\n" * 50
    assert not (tmp_path / "seen").exists()


def test_who_leaves_early_is_let_go(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pager that ends before it has read everything is no error."""
    monkeypatch.setenv("PAGER", "true")
    page(console, "x\n" * 200_000)
    assert _shown(console) == ""


def test_the_pager_of_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where $PAGER is not set it is less, or else more, whichever there is."""
    monkeypatch.delenv("PAGER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert paging._command(1) is None
    _pager(tmp_path, "more")
    assert paging._command(9) == [str(tmp_path / "more"), "+6"]
    _pager(tmp_path, "less")
    assert paging._command(1) == [str(tmp_path / "less"), "-R"]
    assert os.environ["PATH"] == str(tmp_path)
