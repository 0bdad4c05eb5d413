import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from bot_api import FakeBotAPI
from running_bot import Chat, Running, running

CORPUS = Path(__file__).parents[3] / "corpus"


@pytest.fixture
async def api() -> AsyncIterator[FakeBotAPI]:
    """A Bot API of its own."""
    async with FakeBotAPI() as fake:
        yield fake


@pytest.fixture
def archive(shipped_index: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A corpus with the shipped article, and its index, both of the test's own."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    shutil.copytree(CORPUS, corpus)
    shutil.copytree(shipped_index, index)
    return corpus, index


@pytest.fixture
def start(
    api: FakeBotAPI, archive: tuple[Path, Path], tmp_path: Path
) -> Callable[..., AbstractAsyncContextManager[Running]]:
    """What starts a bot over the archive; it stops at the end of the block."""

    @asynccontextmanager
    async def started(**options: Any) -> AsyncIterator[Running]:
        async with running(api, archive, state=tmp_path / "state", **options) as bot:
            yield bot

    return started


@pytest.fixture
async def bot(start: Callable[..., AbstractAsyncContextManager[Running]]) -> AsyncIterator[Running]:
    """A bot that runs, open to everybody, with user 1001 as its admin."""
    async with start() as running_bot:
        yield running_bot


@pytest.fixture
def chat(api: FakeBotAPI, bot: Running) -> Chat:
    """The chat of user 1001 with the bot."""
    assert bot
    return Chat(api)
