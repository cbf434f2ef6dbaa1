"""Discord's permissions, as its settings call them in each language."""

from bot.words.catalogs import deferred
from bot.words.catalogs import gettext as _

#: Translators: all of these are the names in Discord's own settings, in your language.
_NAMES = {
    "add_reactions": deferred("Add Reactions"),
    "attach_files": deferred("Attach Files"),
    "embed_links": deferred("Embed Links"),
    "manage_guild": deferred("Manage Server"),
    "manage_messages": deferred("Manage Messages"),
    "read_message_history": deferred("Read Message History"),
    "send_messages": deferred("Send Messages"),
    "send_messages_in_threads": deferred("Send Messages in Threads"),
    "view_channel": deferred("View Channel"),
}


def permission_name(permission: str) -> str:
    return _(_NAMES[permission])
