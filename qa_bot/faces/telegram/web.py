"""A small web server beside the bot: its health, its figures, and updates where Telegram pushes them."""

import hmac
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from qa_bot.errors import QABotError
from qa_bot.faces.telegram.metrics import CONTENT_TYPE, Metrics

logger = logging.getLogger(__name__)

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the name of a header)
_MOST_BYTES = 1 << 20


class CannotListen(QABotError):
    """The address of the web server is taken or cannot be had."""


@asynccontextmanager
async def serving(
    host: str,
    port: int,
    *,
    metrics: Metrics,
    healthy: Callable[[], bool],
    webhook: tuple[str, str, Callable[[dict[str, Any]], Awaitable[None]]] | None,
) -> AsyncIterator[int]:
    """The port listened on, for as long as the block runs; raises CannotListen.

    `webhook` is the path that updates are pushed to, the secret that has to come with them, and what takes them.
    """

    async def health(_: web.Request) -> web.Response:
        fine = healthy()
        return web.Response(text="ok\n" if fine else "no contact with Telegram\n", status=200 if fine else 503)

    async def figures(_: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    server = web.Application(client_max_size=_MOST_BYTES)
    server.add_routes([web.get("/healthz", health), web.get("/metrics", figures)])
    if webhook:
        path, secret, take = webhook
        server.router.add_post(path, _receiver(secret, take))
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise CannotListen(
                f"{host}:{port} cannot be listened on ({os.strerror(error.errno or 0)}): change QA_BOT_TELEGRAM_LISTEN."
            ) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _receiver(
    secret: str, take: Callable[[dict[str, Any]], Awaitable[None]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return web.Response(status=403)
        try:
            update = await request.json()
        except ValueError:
            return web.Response(status=400)
        if not isinstance(update, dict):
            return web.Response(status=400)
        await take(update)
        return web.Response()

    return receive
