"""After a restart: what was asked before and not answered."""

import json
import logging
import time

from telegram import Bot, Update

from qa_bot.faces.safe_text import counted
from qa_bot.faces.telegram.desk import Desk
from qa_bot.faces.telegram.questions import place_of
from qa_bot.faces.telegram.updates import JournalledQueue

logger = logging.getLogger(__name__)

# Who has waited longer has gone elsewhere, and is told so rather than answered.
FRESH_SECONDS = 15 * 60
SORRY = "I was not running when you asked this, and it was a while ago: ask again if you still want to know."


async def recover(desk: Desk, queue: JournalledQueue, bot: Bot) -> None:
    """Fresh updates are handled again, in order; of older ones that ask, an apology is sent once."""
    now, again = time.time(), 0
    for number, at, payload in desk.journal.open_updates():
        update = Update.de_json(json.loads(payload), bot)
        message = update.message or update.edited_message
        if message is None:  # a press or an inline query: Telegram has forgotten it by now
            desk.journal.done(number)
        elif known := desk.journal.answer_for_update(number):
            await desk.settle(known)
            desk.journal.done(number)
        elif now - at <= FRESH_SECONDS:
            again += 1
            await queue.replay(update)
        else:
            if message.chat.type == "private" or message.text:
                await desk.say(place_of(message), SORRY)
            desk.journal.done(number)
    if again:
        logger.info("%s are handled again", counted(again, "update"))
