"""The methods of the fake Bot API."""

import asyncio
import json
import re
import time
from typing import Any

from bot_api_text import (
    ACTIONS,
    BUTTON_KINDS,
    HOOK_IS_SET,
    LINK,
    MAX_CAPTION,
    MAX_DOWNLOAD,
    MAX_TEXT,
    NOT_MODIFIED,
    OLD_QUERY,
    TWO_POLLERS,
    ApiError,
    Files,
    Json,
    formatted,
    need,
)
from bot_api_users import UserSide


class BotMethods(UserSide):
    """What a bot can call."""

    @staticmethod
    def obj(p: Json, key: str, label: str = "") -> Any:
        """A parameter that is JSON."""
        try:
            return json.loads(p[key]) if isinstance(p.get(key), str) and p[key] else p.get(key) or None
        except ValueError:
            need(None, f"Can't parse {label or key.replace('_', ' ')} JSON object")

    @staticmethod
    def num(p: Json, key: str, low: int = -(1 << 62), high: int = 1 << 62) -> int:
        """A parameter as a number between two others, 0 where it is none."""
        raw = str(p.get(key) or 0)
        return min(max(int(raw) if re.fullmatch(r"-?\d+", raw) else 0, low), high)

    @staticmethod
    def flag(p: Json, key: str) -> bool:
        """A parameter as yes or no."""
        return str(p.get(key)).lower() in ("true", "1", "yes")

    def target(self, p: Json) -> Json:
        """The chat a call is about, or the error Telegram gives."""
        need(p.get("chat_id"), "chat_id is empty")
        chat = self.chats.get(self.num(p, "chat_id"))
        need(chat, "chat not found")  # also for a user who has never written to the bot
        assert chat
        if chat["id"] in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat

    def keyboard(self, p: Json) -> Json | None:
        """The inline keyboard of a call, checked."""
        markup = self.obj(p, "reply_markup", "reply keyboard markup")
        need(markup is None or isinstance(markup, dict), "Object expected as reply markup")
        rows, cant = (markup or {}).get("inline_keyboard", []), "Can't parse inline keyboard button: "
        need(
            all(isinstance(row, list) for row in rows),
            'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        )
        for b in [b for row in rows for b in row]:
            need(isinstance(b, dict), cant + "InlineKeyboardButton must be an Object")
            need("text" in b, cant + 'Can\'t find field "text"')
            need(
                any(b.get(k) or k.startswith("switch") for k in BUTTON_KINDS & set(b)),
                cant + "Text buttons are unallowed in the inline keyboard",
            )
            need(b["text"].strip(), "Inline keyboard button text must be non-empty")
            need(len(str(b.get("callback_data", "")).encode()) <= 64, "BUTTON_DATA_INVALID")
            need(
                not b.get("url") or LINK.match(b["url"]),
                f"Inline keyboard button URL '{b.get('url')}' is invalid: Wrong HTTP URL",
            )
        need(sum(map(len, rows)) <= 100, "reply markup is too long")  # the real limit is in bytes; 100 is customary
        return {"inline_keyboard": rows} if rows else None  # other keyboards are not shown in the Message

    def text_of(self, p: Json, key: str = "text", too_long: str = "Message is too long") -> Json:
        """The text of a call, checked, with its entities."""
        need(p.get(key), "Message text is empty")
        content = formatted(str(p[key]), p.get("parse_mode"), self.obj(p, "entities"))
        need(len(content["text"]) <= MAX_TEXT, too_long)  # after parsing; characters, not bytes or UTF-16 units
        return content

    def send(self, p: Json, chat: Json, content: Json) -> Json:
        """A message of the bot, kept, with what it replies to."""
        old_style = {
            "message_id": p.get("reply_to_message_id"),
            "allow_sending_without_reply": p.get("allow_sending_without_reply"),
        }
        reply = self.obj(p, "reply_parameters") or old_style
        if mid := self.num(reply, "message_id"):
            original = self.messages.get(self.num(reply, "chat_id") or chat["id"], {}).get(mid)
            need(original or self.flag(reply, "allow_sending_without_reply"), "message to be replied not found")
            content |= {"reply_to_message": self.quoted(original)} if original else {}
        if markup := self.keyboard(p):
            content["reply_markup"] = markup
        return self.store(chat, self.bot, **content)

    # ---- Bot API methods: m_<name in lower case>(params, files)
    async def _m_getme(self, _: Json) -> Any:
        return {
            **self.bot,
            "can_join_groups": True,
            "can_read_all_group_messages": not self.options["privacy"],
            "supports_inline_queries": True,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    async def _m_getupdates(self, p: Json) -> Any:
        if self.webhook["url"]:
            raise ApiError(409, HOOK_IS_SET)
        offset, limit, timeout = self.num(p, "offset"), self.num(p, "limit", 0, 100), self.num(p, "timeout", 0, 50)
        self.set_allowed(p)
        if offset:  # confirms everything below it; a negative one keeps only the last ones
            self.queue[:] = self.queue[offset:] if offset < 0 else [u for u in self.queue if u["update_id"] >= offset]
        if timeout and not self.again and not self.queue:
            self.end_poll(TWO_POLLERS)
            mine = self.poll = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(mine, timeout)
            except TimeoutError:
                pass
            finally:
                self.poll = None if self.poll is mine else self.poll
        self.again, again = [], self.again
        return (again + self.queue)[: limit or 100]

    def end_poll(self, why: str) -> None:
        """The poll that was parked loses; like the real server, answer 409 at most every 3 s."""
        parked, now = self.poll, time.monotonic()
        if parked and not parked.done():

            def lose() -> None:
                if not parked.done():
                    parked.set_exception(ApiError(409, why))

            late, self.next_conflict = now < self.next_conflict, max(now + 3, self.next_conflict)
            asyncio.get_running_loop().call_later(3, lose) if late else lose()

    def set_allowed(self, p: Json) -> None:
        """Which updates are delivered."""
        if p.get("allowed_updates") not in (None, ""):
            self.allowed = self.obj(p, "allowed_updates")  # an empty list is the default set again

    async def _m_setwebhook(self, p: Json) -> Any:
        url, secret = str(p.get("url") or ""), str(p.get("secret_token") or "")
        if self.flag(p, "drop_pending_updates"):
            self.queue.clear()
        if url:
            need(
                re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", url),
                "bad webhook: An HTTPS URL must be provided for webhook",
            )
            need(len(secret) <= 256, "secret token is too long")
            need(re.fullmatch(r"[\w-]*", secret, re.A), "secret token contains unallowed characters")
            self.set_allowed(p)
            self.end_poll("Conflict: terminated by setWebhook request")
        self.webhook = {"url": url, "secret": secret, "tries": 0} if url else {"url": ""}
        return True

    async def _m_deletewebhook(self, p: Json) -> Any:
        return await self._m_setwebhook({**p, "url": ""})

    async def _m_getwebhookinfo(self, _: Json) -> Any:
        info = {k: v for k, v in self.webhook.items() if k not in ("secret", "tries")}
        return {**info, "has_custom_certificate": False, "pending_update_count": len(self.queue)}

    async def _m_sendmessage(self, p: Json) -> Any:
        content, preview = self.text_of(p), self.obj(p, "link_preview_options")
        return self.send(p, self.target(p), {**content, **({"link_preview_options": preview} if preview else {})})

    async def _m_sendmessagedraft(
        self, p: Json, _files: Files
    ) -> Any:  # private chats only; the two error codes are not verified
        need(self.target(p)["type"] == "private", "PEER_ID_INVALID")
        need(self.num(p, "draft_id"), "DRAFT_ID_INVALID")
        draft = formatted(str(p.get("text") or ""), p.get("parse_mode"), self.obj(p, "entities"), empty_ok=True)
        need(len(draft["text"]) <= MAX_TEXT, "MESSAGE_TOO_LONG")
        return True

    async def _m_senddocument(self, p: Json) -> Any:
        chat, ref = self.target(p), str(p.get("document") or "")
        about = formatted(
            str(p.get("caption") or ""), p.get("parse_mode"), self.obj(p, "caption_entities"), empty_ok=True
        )
        need(len(about["text"]) <= MAX_CAPTION, "Message caption is too long")
        files: Files = p["@files"]
        upload = files.get(ref.removeprefix("attach://") or "document")
        need(upload or ref, "There is no document in the request")
        need(upload or ref in self.files, "wrong file identifier/HTTP URL specified")
        need(not upload or upload[1], "file must be non-empty")
        doc = self.keep(*upload) if upload else {"file_id": ref, "file_unique_id": "AgAD" + ref[-6:]}
        caption = {"caption": about["text"], "caption_entities": about.get("entities", [])} if about["text"] else {}
        return self.send(p, chat, {"document": doc, **caption})

    def editable(self, p: Json) -> Json:
        """The message that an edit is about, or the error Telegram gives."""
        if p.get("inline_message_id"):
            need(p["inline_message_id"] in self.inline_msgs, "MESSAGE_ID_INVALID")
            return self.inline_msgs[p["inline_message_id"]]
        msg = self.messages[self.target(p)["id"]].get(self.num(p, "message_id"))
        need(msg, "message to edit not found")
        assert msg
        need(msg["from"] is self.bot, "message can't be edited")
        return msg

    def apply_edit(self, p: Json, new: Json) -> Any:
        """Leaving reply_markup out of an edit removes the inline keyboard, as on the real server."""
        msg, new = self.editable(p), {**new, "reply_markup": self.keyboard(p)}
        need(any(msg.get(k) != v for k, v in new.items()), NOT_MODIFIED)
        msg.update(new)
        for k in [k for k, v in new.items() if v is None]:
            del msg[k]
        return True if "chat" not in msg else msg | {"edit_date": int(time.time())}

    async def _m_editmessagetext(self, p: Json) -> Any:
        return self.apply_edit(p, {"entities": None, **self.text_of(p, too_long="MESSAGE_TOO_LONG")})

    async def _m_editmessagereplymarkup(self, p: Json) -> Any:
        return self.apply_edit(p, {})

    async def _m_deletemessage(self, p: Json) -> Any:
        need(self.messages[self.target(p)["id"]].pop(self.num(p, "message_id"), None), "message to delete not found")
        return True

    async def _m_setmessagereaction(self, p: Json) -> Any:
        need(self.num(p, "message_id") in self.messages[self.target(p)["id"]], "message to react not found")
        return True

    async def _m_sendchataction(self, p: Json) -> Any:
        need(p.get("action") in ACTIONS, "Wrong parameter action in request")
        return bool(self.target(p))

    def open_query(self, qid: Any, ttl: str) -> Json:
        """Unknown, expired and already answered queries all get the same error."""
        q = self.queries.get(str(qid), {"ttl": None})
        fresh = q["ttl"] == ttl and q["answer"] is None and time.monotonic() - q["born"] <= self.options[ttl]
        need(fresh, OLD_QUERY)
        return q

    async def _m_answercallbackquery(self, p: Json) -> Any:
        need(len(str(p.get("text") or "")) <= 200, "MESSAGE_TOO_LONG")
        self.open_query(p.get("callback_query_id"), "callback_ttl")["answer"] = p
        return True

    async def _m_answerinlinequery(self, p: Json) -> Any:
        results, seen, cant = self.obj(p, "results") or [], set(), "Can't parse inline query result: "
        need(isinstance(results, list), "Expected an Array of inline query results")
        need(len(results) <= 50, "Too many inline query results specified")
        for r in results:
            for field in ("type", "id") + (("title",) if r.get("type") == "article" else ()):
                need(field in r, f'{cant}Can\'t find field "{field}"')
            content = r.get("input_message_content")
            need(content or r["type"] != "article", cant + "Input message content is not specified")
            if content:
                need("message_text" in content, cant + 'Can\'t find field "message_text"')
                r["_sent"] = self.text_of(content, "message_text")
            need(1 <= len(str(r["id"]).encode()) <= 64, "RESULT_ID_INVALID")
            need(r["id"] not in seen, "RESULT_ID_DUPLICATE")
            seen.add(r["id"])
            self.keyboard(r)
        need(len(str(p.get("next_offset") or "").encode()) <= 64, "NEXT_OFFSET_INVALID")
        self.open_query(p.get("inline_query_id"), "inline_ttl")["answer"] = {**p, "results": results}
        return True

    async def _m_setmycommands(self, p: Json) -> Any:
        commands = self.obj(p, "commands") or []
        for c in commands:
            for field in ("command", "description"):
                need(field in c, f"Can't parse BotCommand: Can't find field \"{field}\"")
            name, about = c["command"].strip().removeprefix("/"), c["description"].strip()
            need(name, "Command must be non-empty")
            need(len(name) <= 32, "Command length must not exceed 32")
            need(about, "Command description must be non-empty")
            need(len(about) <= 256, "Command description length must not exceed 256")
            need(re.fullmatch(r"[a-z0-9_]+", name), "BOT_COMMAND_INVALID")
        need(len(commands) <= 100, "BOT_COMMANDS_TOO_MUCH")
        self.commands[self.scope(p)] = commands
        return True

    def scope(self, p: Json) -> str:
        """The name of a scope of commands."""
        return json.dumps([self.obj(p, "scope") or {"type": "default"}, p.get("language_code") or ""], sort_keys=True)

    async def _m_getmycommands(self, p: Json) -> Any:
        return self.commands.get(self.scope(p), [])

    async def _m_getfile(self, p: Json) -> Any:
        need(p.get("file_id"), "file_id not specified")
        need(p["file_id"] in self.files, "invalid file_id")
        f = self.files[p["file_id"]]
        need(f["size"] <= MAX_DOWNLOAD, "file is too big")
        return {
            "file_id": p["file_id"],
            "file_unique_id": "AgAD" + p["file_id"][-6:],
            "file_size": f["size"],
            "file_path": f["path"],
        }

    async def _m_getchatmember(self, p: Json) -> Any:
        user, chat = self.users.get(self.num(p, "user_id")), self.target(p)
        need(user, "PARTICIPANT_ID_INVALID")
        assert user
        owner = user["id"] in chat.get("admins", [])
        return {"user": user, **({"status": "creator", "is_anonymous": False} if owner else {"status": "member"})}

    async def _yes(self, _: Json) -> bool:
        return True

    _m_setmydescription = _m_setmyshortdescription = _m_setmyname = _m_setchatmenubutton = _m_deletemycommands = _yes
    _m_leavechat = _m_logout = _m_close = _yes
