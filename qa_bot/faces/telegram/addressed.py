"""Which messages are for the bot, and what they ask."""

from telegram import Message, MessageEntity

_OWN_KINDS = (MessageEntity.MENTION, MessageEntity.TEXT_MENTION)


def question_in(message: Message, *, bot_id: int, username: str) -> str | None:
    """The question of a message that is addressed to the bot; None where it is not.

    In a private chat everything is; in a group a reply to the bot, and what mentions it. What another bot, a channel or
    this bot's own inline mode wrote is not.
    """
    if message.via_bot or message.is_automatic_forward or (message.from_user and message.from_user.is_bot):
        return None
    text = message.text or ""
    if message.chat.type == "private":
        return text
    replied = message.reply_to_message
    to_bot = bool(replied and replied.from_user and replied.from_user.id == bot_id)
    mentioned, rest = without_mention(message, bot_id=bot_id, username=username)
    return rest if mentioned or to_bot else None


def without_mention(message: Message, *, bot_id: int, username: str) -> tuple[bool, str]:
    """Whether the message mentions the bot, and its text without those mentions."""
    encoded = (message.text or "").encode("utf-16-le", "surrogatepass")  # entities count in UTF-16
    found = False
    for entity in sorted(message.entities, key=lambda entity: entity.offset, reverse=True):
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        name = encoded[start:end].decode("utf-16-le", "replace")
        own = entity.user is not None and entity.user.id == bot_id
        if entity.type in _OWN_KINDS and (own or name.lower() == f"@{username}".lower()):
            found = True
            encoded = encoded[:start] + encoded[end:]
    return found, " ".join(encoded.decode("utf-16-le", "replace").split())


def topic_of(message: Message) -> int:
    """The forum topic that the message stands in; 0 where there is none."""
    return (message.message_thread_id or 0) if message.is_topic_message else 0
