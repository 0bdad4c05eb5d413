"""The user's side of the fake Bot API: messages, edits, presses, faults, and what the driver of a test asks."""

import asyncio
import base64
import copy
import re
import time
from typing import Any

from bot_api_text import TOKEN, ControlError, Json, user_entities


class UserSide:
    """What people do, and what the server remembers of it."""

    def __init__(
        self, token: str = TOKEN, host: str = "127.0.0.1", port: int = 0, username: str = "fake_qa_bot"
    ) -> None:
        self.token, self.host, self.port = token, host, port
        self.bot: Json = {
            "id": int(token.split(":", maxsplit=1)[0]),
            "is_bot": True,
            "first_name": "Fake QA",
            "username": username,
        }
        self.reset()

    def reset(self) -> bool:
        """Everything is forgotten."""
        self.me: Json = {"id": 1001, "is_bot": False, "first_name": "Ann", "username": "ann", "language_code": "en"}
        self.users: dict[int, Json] = {}
        self.chats: dict[int, Json] = {}
        self.messages: dict[int, dict[int, Json]] = {}  # chat id -> message id -> Message
        self.inline_msgs: dict[str, Json] = {}  # inline_message_id -> {text, reply_markup}
        self.files: dict[str, Json] = {}  # file_id -> {data, size, path}
        self.queries: dict[str, Json] = {}  # callback and inline queries -> {born, ttl, answer, ...}
        self.queue: list[Json] = []  # updates not confirmed yet
        self.again: list[Json] = []  # updates to deliver once more, whatever the offset
        self.calls: list[Json] = []  # every Bot API call but getUpdates, in order
        self.polls = 0
        self.poll: asyncio.Future[None] | None = None  # the one that waits
        self.next_conflict = 0.0  # 409 is spaced
        self.faults: list[Json] = []
        self.blocked: set[int] = set()
        self.commands: dict[str, list[Json]] = {}
        self.allowed: list[str] | None = None  # allowed_updates; None is the default set
        self.webhook: dict[str, Any] = {"url": ""}
        self.options: Json = {"privacy": True, "privacy_mentions": False, "callback_ttl": 30.0, "inline_ttl": 10.0}
        self.ids = {"message": 0, "update": 700000000, "query": 4000000000, "file": 0}
        return True

    def new_id(self, kind: str) -> int:
        """The next number of its kind."""
        self.ids[kind] += 1
        return self.ids[kind]

    def user_of(self, user: int | Json | None) -> Json:
        """The user of that number, known from now on."""
        who = self.me if user is None or user == self.me["id"] else {"id": user} if isinstance(user, int) else user
        known = self.users.setdefault(who["id"], {"is_bot": False, "first_name": f"User{who['id']}"})
        known.update(who)
        return known

    def chat_of(self, chat: int | Json | None, user: Json) -> Json:
        """The chat of that number, known from now on; the user's private one where there is none."""
        if chat in (None, user["id"]):
            chat = {"id": user["id"], "type": "private", "first_name": user["first_name"]}
        elif isinstance(chat, int):
            chat = {"id": chat, "type": "supergroup", "title": f"Group {chat}"}
        self.messages.setdefault(chat["id"], {})
        return self.chats.setdefault(chat["id"], chat)

    def store(self, chat: Json, sender: Json, **content: Any) -> Json:
        """A message, kept in its chat."""
        msg = {"message_id": self.new_id("message"), "date": int(time.time()), "chat": chat, "from": sender, **content}
        self.messages[chat["id"]][msg["message_id"]] = msg
        return msg

    def find(self, chat_id: int, message_id: int) -> Json:
        """A message that there is."""
        if message_id not in self.messages.get(chat_id, {}):
            raise ControlError(f"no message {message_id} in chat {chat_id}")
        return self.messages[chat_id][message_id]

    def push(self, kind: str, body: Json) -> Json | None:
        """Queue an update, unless allowed_updates leaves its kind out."""
        opt_in = kind in ("chat_member", "message_reaction", "message_reaction_count")
        if kind not in self.allowed if self.allowed else opt_in:
            return None
        self.queue.append({"update_id": self.new_id("update"), kind: copy.deepcopy(body)})
        self.wake()
        return self.queue[-1]

    def wake(self) -> None:
        """A poll that waits is answered."""
        if self.poll and not self.poll.done():
            self.poll.set_result(None)

    def reaches_bot(self, msg: Json) -> bool:
        """Group privacy mode: commands for the bot and replies to it, not chatter.  Whether a plain @mention gets
        through is reported both ways in the wild, hence the option (off: the stricter reading, as documented).
        """
        chat, text = msg["chat"], (msg.get("text") or msg.get("caption") or "").lower()
        if chat["type"] == "private" or not self.options["privacy"] or chat.get("bot_is_admin"):
            return True
        if msg.get("reply_to_message", {}).get("from", {}).get("id") == self.bot["id"]:
            return True
        at_me = "@" + self.bot["username"].lower()
        if m := re.match(r"/\w+(@\w+)?", text):  # a bare /command only if the bot was the last to write here
            before = [x for x in self.messages[chat["id"]].values() if x is not msg]
            return m.group(1) == at_me if m.group(1) else bool(before) and before[-1]["from"] is self.bot
        return bool(self.options["privacy_mentions"]) and at_me in text

    def message(
        self,
        text: str | None = None,
        user: int | Json | None = None,
        chat: int | Json | None = None,
        reply_to: int | None = None,
        **extra: Any,
    ) -> Json:
        """A user sends a message; `extra` goes into the Message as it is (forward_origin, sticker, caption, ...)."""
        sender = self.user_of(user)
        where, content = self.chat_of(chat, sender), dict(extra)
        if text is not None:
            content |= {"text": text, "entities": user_entities(text)}
        if reply_to:
            content["reply_to_message"] = self.quoted(self.find(where["id"], reply_to))
        msg = self.store(where, sender, **{k: v for k, v in content.items() if v not in (None, [])})
        return {"message": msg, "update": self.push("message", msg) if self.reaches_bot(msg) else None}

    @staticmethod
    def quoted(msg: Json) -> Json:
        """A message as it is quoted in a reply."""
        return {k: v for k, v in msg.items() if k != "reply_to_message"}

    def document(
        self,
        file_name: str,
        content: str | bytes = "",
        *,
        content_b64: str | None = None,
        mime_type: str | None = "text/plain",
        size: int | None = None,
        **kw: Any,
    ) -> Json:
        """A user sends a file; `size` lets a test claim 25 MB without carrying them."""
        data = base64.b64decode(content_b64) if content_b64 else content
        return self.message(document=self.keep(file_name, data, mime_type, size), **kw)

    def keep(self, name: str, data: str | bytes, mime: str | None, size: int | None = None) -> Json:
        """The document of a file, kept."""
        n, data = self.new_id("file"), data.encode() if isinstance(data, str) else data
        suffix, size = name[name.rindex(".") :] if "." in name else "", len(data) if size is None else size
        self.files[f"BQACAgIAAxk{n:08}"] = {"data": data, "size": size, "path": f"documents/file_{n}{suffix}"}
        return {
            "file_id": f"BQACAgIAAxk{n:08}",
            "file_unique_id": f"AgAD{n:06}",
            "file_name": name,
            "file_size": size,
            **({"mime_type": mime} if mime else {}),
        }

    def edit(self, message_id: int, text: str, chat: int | None = None) -> Json:
        """A user edits an own message."""
        msg = self.find(chat or self.me["id"], message_id)
        msg.update(text=text, entities=user_entities(text), edit_date=int(time.time()))
        return {"message": msg, "update": self.push("edited_message", msg) if self.reaches_bot(msg) else None}

    def new_query(self, ttl: str, **more: Any) -> str:
        """The number of a query that can be answered for a while."""
        qid = str(self.new_id("query"))
        self.queries[qid] = {"born": time.monotonic(), "ttl": ttl, "answer": None, **more}
        return qid

    def press(
        self,
        message_id: int | None = None,
        data: str | None = None,
        *,
        text: str | None = None,
        chat: int | None = None,
        user: int | Json | None = None,
        inline_message_id: str | None = None,
        force: bool = False,
        inaccessible: bool = False,
    ) -> Json:
        """A user presses a callback button, found by data or label.  force: a stale or forged press; inaccessible:
        the message is too old for the bot to see (it comes without content, with date 0).
        """
        sender = self.user_of(user)
        msg = (
            self.inline_msgs[inline_message_id]
            if inline_message_id
            else self.find(chat or sender["id"], message_id or 0)
        )
        buttons = [b for row in msg.get("reply_markup", {}).get("inline_keyboard", []) for b in row]
        hits = [
            b["callback_data"]
            for b in buttons
            if "callback_data" in b and data in (None, b["callback_data"]) and text in (None, b["text"])
        ]
        if not hits and not force:
            raise ControlError(f"no such callback button among {buttons}")
        query: Json = {
            "id": self.new_query("callback_ttl"),
            "from": sender,
            "chat_instance": "-42",
            "data": hits[0] if hits else data,
        }
        query |= (
            {"inline_message_id": inline_message_id}
            if inline_message_id
            else {"message": msg if not inaccessible else {"chat": msg["chat"], "message_id": message_id, "date": 0}}
        )
        return {"id": query["id"], "update": self.push("callback_query", query)}

    def inline_query(
        self, query: str, user: int | Json | None = None, offset: str = "", chat_type: str = "sender"
    ) -> Json:
        """A user types after the bot's name."""
        sender = self.user_of(user)
        qid = self.new_query("inline_ttl", query=query, user=sender)
        body = {"id": qid, "from": sender, "query": query, "offset": offset, "chat_type": chat_type}
        return {"id": qid, "update": self.push("inline_query", body)}

    def choose_inline(self, id: str, result_id: str, *, feedback: bool = True) -> Json:  # noqa: A002 (the drivers' word)
        """The user picks an inline result; `feedback` is what BotFather's /setinlinefeedback turns on."""
        asked = self.queries[id]
        result = next((r for r in (asked["answer"] or {}).get("results", []) if r["id"] == result_id), None)
        if not result:
            raise ControlError(f"no result {result_id!r} in {asked['answer']}")
        chosen = {"result_id": result_id, "from": asked["user"], "query": asked["query"]}
        if result.get("reply_markup"):  # only then can the bot edit the message later
            chosen["inline_message_id"] = f"INLINE{id}"
            self.inline_msgs[f"INLINE{id}"] = {**result["_sent"], "reply_markup": result["reply_markup"]}
        update = self.push("chosen_inline_result", chosen) if feedback else None
        return {**chosen, "text": result.get("_sent", {}).get("text"), "update": update}

    def redeliver(self, update: Json) -> Json:
        """Deliver `update` (what an action returned) once more, the same update_id, whatever was confirmed."""
        self.again.append(copy.deepcopy(update))
        self.wake()
        return update

    def block(self, user: int, *, blocked: bool = True) -> None:
        """The user blocks or unblocks the bot: sends to them fail with 403."""
        (self.blocked.add if blocked else self.blocked.discard)(user)

    def fault(
        self,
        kind: str,
        method: str = "*",
        *,
        times: int = 1,
        skip: int = 0,
        applied: bool = False,
        retry_after: int = 1,
        code: int = 502,
        description: str = "Bad Gateway",
        seconds: float = 1.0,
        chat: int | None = None,
    ) -> int:
        """Make the next `times` matching calls (after `skip`) go wrong.  kind: 429 | http (code, description) |
        reset (connection dropped) | garbage (200, not JSON) | slow (seconds, then normal) | hang (seconds, then
        dropped).  applied=True does the work, then loses the answer: how duplicates are born.  A blanket "*" spares
        getUpdates, getMe and file downloads; name those ("file" for a download) to hit them.
        """
        if kind not in ("429", "http", "reset", "garbage", "slow", "hang"):
            raise ControlError(f"unknown fault {kind!r}")
        self.faults.append(
            {
                "kind": kind,
                "method": method.lower(),
                "times": times,
                "skip": skip,
                "applied": applied,
                "code": code,
                "retry_after": retry_after,
                "description": description,
                "seconds": seconds,
                "chat": chat,
            }
        )
        return len(self.faults)

    def clear_faults(self) -> None:
        """Nothing goes wrong any more."""
        self.faults.clear()

    def configure(self, **options: Any) -> Json:
        """The options, changed."""
        if set(options) - set(self.options):
            raise ControlError(f"options are {self.options}")
        self.options.update(options)
        return self.options

    def get_calls(self, since: int = 0, method: str | None = None) -> list[Json]:
        """What the bot called, but getUpdates, from the call of that number on."""
        names = method.lower().split(",") if method else None
        return [c for c in self.calls[since:] if not names or c["method"].lower() in names]

    async def wait(
        self,
        method: str,
        since: int = 0,
        *,
        timeout: float = 5.0,
        ok: bool | None = True,
        contains: str = "",
        count: int = 1,
    ) -> Json:
        """The count-th finished call of `method` (a comma list) after `since` with `contains` in its parameters."""
        end = time.monotonic() + timeout
        while True:
            hits = [
                c
                for c in self.get_calls(since, method)
                if c["done"] and ok in (None, c["ok"]) and contains in " ".join(map(str, c["params"].values()))
            ]
            if len(hits) >= count:
                return hits[count - 1]
            if time.monotonic() > end:
                did = [(c["method"], c["error"] or c["params"].get("text")) for c in self.calls[since:]]
                raise ControlError(f"no {method} in {timeout} s; the bot did {did}")
            await asyncio.sleep(0.01)

    def chat(self, id: int | None = None) -> list[Json]:  # noqa: A002 (the drivers' word)
        """The messages of a chat, in order."""
        return list(self.messages.get(id or self.me["id"], {}).values())

    def state(self) -> Json:
        """What the server knows, for a driver."""
        return {
            "pending": self.queue,
            "polls": self.polls,
            "polling": bool(self.poll),
            "webhook": self.webhook,
            "commands": self.commands,
            "queries": self.queries,
            "faults": self.faults,
            "options": self.options,
            "allowed_updates": self.allowed,
            "calls": len(self.calls),
        }

    # ---- reading parameters (a form has strings, JSON has values)
