"""After a restart: what was asked before and not answered."""

import json
import logging

from telegram import Bot, Update

from qa_bot.faces.safe_text import counted
from qa_bot.faces.telegram.desk import Desk
from qa_bot.faces.telegram.updates import JournalledQueue

logger = logging.getLogger(__name__)


async def recover(desk: Desk, queue: JournalledQueue, bot: Bot) -> None:
    """Answers that were ready are sent, and what else was not dealt with is handled again, in order."""
    again = 0
    for number, payload in desk.journal.open_updates():
        update = Update.de_json(json.loads(payload), bot)
        if not (
            update.message or update.edited_message
        ):  # a press or an inline query: Telegram has forgotten it by now
            desk.journal.done(number)
        elif known := desk.journal.answer_for_update(number):
            await desk.settle(known)
            desk.journal.done(number)
        else:
            again += 1
            await queue.replay(update)
    if again:
        logger.info("%s are handled again", counted(again, "update"))
