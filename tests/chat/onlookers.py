"""What people hear who press what is, or is not, theirs; and all that is remembered, to be compared."""

from enum import Enum
from typing import Any

from sqlalchemy import bindparam, select

from bot.domain.ids import GuildId
from bot.store.driver.connection import Connection
from bot.store.schema.tables import erasures, exports, landings, members, metadata
from standins.fake_discord.asks import Ask
from standins.fake_discord.events import Event, MessageDeleted, MessageUpdated
from standins.fake_discord.model import AnswerKind, Message
from tests.chat.studio import Studio, text_of

#: The two guilds' people: who asked for the picture, others of that server, one of them blocked there, and
#: others of another one.
OWNER, MEMBER, MODERATOR, ADMIN, STRANGER, FOREIGN_ADMIN = "ada", "ben", "mia", "otto", "zoe", "max"
BLOCKED = "rex"
HERE = (OWNER, MEMBER, BLOCKED, MODERATOR, ADMIN)
ELSEWHERE = (STRANGER, FOREIGN_ADMIN)
EVERYBODY = (*ELSEWHERE, BLOCKED, MEMBER, MODERATOR, ADMIN, OWNER)

SECRET = "a moth in the lamplight"
OPEN = "a heron in the reeds"


class Word(Enum):
    """How a press ends, by what the person reads."""

    YES = ""
    UNKNOWN = "I don't know this image"
    NOT_YOURS = "Only the member who asked for it"
    OWN = "This is your own image"
    NOT_MINE = "I can only take reports of images that I made"
    NO_PICTURE = "I can't find an image"
    BARRED = "moderators have blocked you from generating images here"
    MODERATORS_ONLY = "You need the **Manage Messages** permission"
    ADMINS_ONLY = "You need the **Manage Server** permission"


async def block(studio: Studio, who: str = BLOCKED) -> None:
    """On the pictures' server, for good."""
    here, by = studio.guild_id(), studio.member_id(ADMIN)
    await studio.services.block_list.block(here, by, studio.member_id(who), None, "spam")


def word_of(heard: str) -> Word:
    """What stands in a list, such as that in `/usage` of what keeps one from images, refuses nothing."""
    heard = "\n".join(line for line in heard.splitlines() if not line.startswith("- "))
    return next((word for word in Word if word.value and word.value in heard), Word.YES)


async def heard(studio: Studio, ask: Ask) -> str:
    """All that the person reads of the answer, in whichever way it comes."""
    pressed = ask.interaction.message
    changes: list[Event] = []
    unsubscribe = studio.world.subscribe(changes.append)
    answer = await ask.answer()
    match answer.kind:
        case AnswerKind.MODAL:
            assert answer.modal is not None
            return f"{answer.modal.custom_id} {answer.modal.title} {answer.modal.components}"
        case AnswerKind.UPDATING:
            await studio.until(lambda: ask.followups() or _is_changed(pressed, changes))
        case AnswerKind.THINKING:
            await studio.until(lambda: ask.followups() or _is_told(ask))
        case AnswerKind.NONE:
            raise AssertionError("nobody answered")
    unsubscribe()
    original = ask.interaction.original
    told = [*ask.followups(), *([original] if original else [])]
    return "\n".join(map(shown, told))


def _is_changed(message: Message | None, changes: list[Event]) -> bool:
    return any(one.message is message for one in changes if isinstance(one, MessageUpdated | MessageDeleted))


def _is_told(ask: Ask) -> bool:
    message = ask.interaction.original
    return message is not None and not message.is_thinking


def shown(message: Message | None) -> str:
    if message is None or message.is_deleted:
        return "(gone)"
    files = " ".join(f"{one.filename} {one.description}" for one in message.attachments)
    return f"{text_of(message)}\n{message.components}\n{files}"


async def remembered(studio: Studio, *, but: GuildId | None = None) -> dict[str, list[Any]]:
    """Every row that a person's act may change; without those of one server, if it is named."""
    rows: dict[str, list[Any]] = await studio.database.read(_rows, but)
    return rows


#: Without what the bot measures at the provider by itself, some seconds after each picture.
_ALL = {table.name: select(table) for table in metadata.sorted_tables if table is not landings}
#: Without what people do for themselves, which belongs to no server.
_ELSEWHERE = {
    table.name: select(table).where(table.c.guild_id != bindparam("but"))
    if "guild_id" in table.c
    else _ALL[table.name]
    for table in metadata.sorted_tables
    if table not in (landings, members, exports, erasures)
}


def _rows(connection: Connection, but: GuildId | None) -> dict[str, list[Any]]:
    queries, values = (_ALL, {}) if but is None else (_ELSEWHERE, {"but": but})
    return {name: list(map(tuple, connection.execute(query, values))) for name, query in queries.items()}
