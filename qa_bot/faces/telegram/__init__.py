"""The Telegram face: the same answers in private chats, groups and inline."""
