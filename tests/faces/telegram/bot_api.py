"""A fake Telegram Bot API server: a black-box acceptance harness for bots, no internet needed.

Written from the public documentation and the observed rules and error strings of tdlib/telegram-bot-api and
tdlib/td (rules only, no code).  Needs Python >= 3.10 and aiohttp.  One bot, state in memory, loopback by default.

As a process:  python bot_api.py --port 8081 --token 123456789:TEST    prints "READY http://127.0.0.1:8081";
               point the bot at base_url=<url>/bot and base_file_url=<url>/file/bot
In a test:     async with FakeBotAPI() as api: api.message("hi"); call = await api.wait("sendMessage")

The driver's side over HTTP is POST /_control/<action> with a JSON object of keyword arguments; the actions are the
methods named in CONTROL at the end.  The answer is {"ok": true, "result": ..., "calls": N}: N is the length of the
call log before the action, so "since": N given to `wait` or `calls` looks only at what the bot did afterwards.

Strict as the real one: HTML entities, lengths, keyboards, callback_data, commands, inline results, edits, replies,
callback and inline query ids, files, getUpdates offsets, allowed_updates, 409, webhooks, group privacy mode.
Not the real thing: no flood control of its own (inject 429; every call has a time, check the rate there); query
lifetimes are guesses (undocumented); http:// webhooks are accepted on loopback; parse_mode other than HTML is refused.
"""

import argparse
import asyncio
import contextlib
import copy
import json
import re
import time
from typing import Self

from aiohttp import ClientSession, ClientTimeout, web
from bot_api_methods import BotMethods
from bot_api_text import MAX_UPLOAD, TOKEN, ApiError, ControlError, Files, Json

# The actions of the driver's side, and the methods that they are.
CONTROL = {
    name: name
    for name in (
        *("message", "document", "edit", "press", "inline_query", "choose_inline", "redeliver", "block", "fault"),
        *("clear_faults", "configure", "wait", "chat", "state", "reset"),
    )
} | {"raw_update": "push", "calls": "get_calls"}


class FakeBotAPI(BotMethods):
    """The server."""

    async def start(self) -> Self:
        """The server, listening."""
        app = web.Application(client_max_size=MAX_UPLOAD + (1 << 20))
        app.router.add_route("*", "/bot{token:[^/]*}/{method}", self.on_bot)
        app.router.add_get("/file/bot{token:[^/]*}/{path:.*}", self.on_file)
        app.router.add_post("/_control/{action}", self.on_control)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self.runner.setup()
        await web.TCPSite(self.runner, self.host, self.port).start()
        self.port = self.runner.addresses[0][1]
        self.url = f"http://{self.host}:{self.port}"
        self.pusher = asyncio.create_task(self.webhook_loop())
        return self

    async def stop(self, *_: object) -> None:
        """The server listens no more."""
        self.pusher.cancel()
        self.wake()
        await self.runner.cleanup()

    __aenter__, __aexit__ = start, stop

    # ---- the user's side; all of it is also the control API
    # ---- HTTP
    async def read(self, request: web.Request) -> tuple[Json, Files]:
        """Parameters from the query string and a JSON, urlencoded or multipart body, as the real server takes them."""
        p: Json = dict(request.query)
        files: Files = {}
        if request.content_type == "application/json":
            p.update(json.loads(await request.text() or "{}"))
        elif request.can_read_body:
            for k, v in (await request.post()).items():
                if isinstance(v, web.FileField):
                    files[k] = (v.filename, v.file.read(), v.content_type)
                else:
                    p[k] = v
        return p, files

    def next_fault(self, method: str, p: Json) -> Json | None:
        """The fault that the call runs into, if there is one."""
        for f in self.faults:
            spared = f["method"] == "*" and method in ("getupdates", "getme", "file")
            if f["method"] not in ("*", method) or spared or f["chat"] not in (None, self.num(p, "chat_id")):
                continue
            if f["skip"] > 0:
                f["skip"] -= 1
                continue
            f["times"] -= 1
            if f["times"] <= 0:
                self.faults.remove(f)
            return f
        return None

    async def spoil(self, request: web.Request, f: Json) -> web.Response | None:
        """The answer a fault gives instead of the real one; None for a slow but normal one."""
        if f["kind"] in ("slow", "hang"):
            await asyncio.sleep(f["seconds"])
        if f["kind"] in ("reset", "hang") and request.transport:
            request.transport.abort()  # RST; whatever is returned goes nowhere
        if f["kind"] == "garbage":
            return web.Response(text="<html>not JSON</html>", content_type="text/html")
        if f["kind"] == "429":
            return self.error(ApiError(429, f"Too Many Requests: retry after {f['retry_after']}", f["retry_after"]))
        return None if f["kind"] == "slow" else self.error(ApiError(f["code"], f["description"]))

    @staticmethod
    def error(e: ApiError) -> web.Response:
        """An error on the wire."""
        more = {"parameters": {"retry_after": e.retry_after}} if e.retry_after else {}
        return web.json_response(
            {"ok": False, "error_code": e.code, "description": e.text, **more},
            status=e.code,
            headers={"Retry-After": str(e.retry_after)} if more else {},
        )

    async def on_bot(self, request: web.Request) -> web.Response:
        """What a method of the Bot API answers."""
        token, name = request.match_info["token"], request.match_info["method"]
        if token != self.token:
            shaped = re.fullmatch(r"\d+:[\w-]+", token)
            return self.error(ApiError(401, "Unauthorized") if shaped else ApiError(404, "Not Found"))
        try:
            p, files = await self.read(request)
        except web.HTTPRequestEntityTooLarge:
            return self.error(ApiError(413, "Request Entity Too Large"))
        except ValueError:
            return self.error(ApiError(400, "Bad Request: can't parse request body as JSON object"))
        method = name.lower()  # names are case-insensitive
        call: Json = {
            "n": len(self.calls),
            "t": round(time.time(), 3),
            "method": name,
            "params": p,
            "ok": False,
            "error": None,
            "result": None,
            "fault": None,
            "done": False,
            "files": {k: [f[0], len(f[1])] for k, f in files.items()},
        }
        self.polls += method == "getupdates"
        self.calls += [call] if method != "getupdates" else []
        fault = self.next_fault(method, p)
        call["fault"] = fault and fault["kind"]
        try:
            if fault and not fault["applied"] and (answer := await self.spoil(request, fault)):
                call["error"] = f"fault {fault['kind']}"
                return answer
            if not hasattr(self, "_m_" + method):
                raise ApiError(404, "Not Found: method not found")  # noqa: TRY301
            result = copy.deepcopy(await getattr(self, "_m_" + method)({**copy.deepcopy(p), "@files": files}))
            call.update(ok=True, result=result)
            answer = web.json_response({"ok": True, "result": result})
        except ApiError as e:
            call["error"], answer = e.text, self.error(e)
        finally:
            call["done"] = True
        return (await self.spoil(request, fault) if fault and fault["applied"] else None) or answer

    async def on_file(self, request: web.Request) -> web.Response:
        """A file's content."""
        if (fault := self.next_fault("file", {})) and (answer := await self.spoil(request, fault)):
            return answer
        found = next((f for f in self.files.values() if f["path"] == request.match_info["path"]), None)
        if request.match_info["token"] != self.token or not found:
            return self.error(ApiError(404, "Not Found"))
        return web.Response(body=found["data"], content_type="application/octet-stream")

    async def webhook_loop(self) -> None:
        """Push updates in order; whatever is not a 2xx is tried again after a growing pause."""
        async with ClientSession(timeout=ClientTimeout(total=10)) as http:
            while True:
                hook, pool = self.webhook, self.again or self.queue
                if not hook["url"] or not pool:
                    await asyncio.sleep(0.01)
                    continue
                update = pool[0]
                headers = {"X-Telegram-Bot-Api-Secret-Token": hook["secret"]} if hook["secret"] else {}
                try:
                    async with http.post(hook["url"], json=update, headers=headers, ssl=False) as r:
                        error = "" if r.ok else f"Wrong response from the webhook: {r.status} {r.reason}"
                except Exception as e:  # noqa: BLE001 (refused, reset, timed out)
                    error = f"Connection failed: {e}"
                if error:
                    hook.update(last_error_date=int(time.time()), last_error_message=error, tries=hook["tries"] + 1)
                    await asyncio.sleep(min(0.1 * 2 ** hook["tries"], 5))
                else:
                    hook["tries"] = 0
                    pool[:] = [u for u in pool if u is not update]

    async def on_control(self, request: web.Request) -> web.Response:
        """What the driver's side answers."""
        before = len(self.calls)
        try:
            result = getattr(self, CONTROL[request.match_info["action"]])(**json.loads(await request.text() or "{}"))
            result = await result if asyncio.iscoroutine(result) else result
            return web.json_response({"ok": True, "result": result, "calls": before})
        except (ControlError, TypeError, KeyError, ValueError) as e:
            return web.json_response({"ok": False, "error": f"{type(e).__name__}: {e}", "calls": before}, status=400)


async def main() -> None:
    """The server as a process, until it is ended."""
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--host", default="127.0.0.1")
    ap.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    ap.add_argument("--token", default=TOKEN)
    ap.add_argument("--username", default="fake_qa_bot")
    async with FakeBotAPI(**vars(ap.parse_args())) as api:
        print(f"READY {api.url}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
