"""Every door while discord.py knows nothing: no servers, no roles, no channels.

So it is after each start until Discord has introduced the servers, which takes minutes for a large bot; and
for good in a server that added the application without the scope `bot`. All walks over the doors are gone
again here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.chat.responses.first_response import LEAST_UPLOAD
from bot.domain.administration import RuleSubject
from bot.domain.ids import ChannelId, RoleId
from bot.domain.limits import LimitField
from bot.store.driver.database import Database
from standins.fake_discord.asks import Ask
from standins.fake_discord.model import Channel, Guild, Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.server import FakeDiscord
from tests.chat.onlookers import heard
from tests.chat.presses import press_forged
from tests.chat.studio import Studio, opened, text_of
from tests.chat.test_doors import DOORS, test_every_door_makes_a_picture
from tests.chat.test_every_door import (
    picture,
    test_every_button_list_and_dialogue_passes_through_admission,
    test_every_command_passes_through_admission,
)
from tests.chat.test_replies import nothing_is_being_read, reply_to
from tests.chat.test_who_may_press import (
    test_a_picture_in_another_channel_is_unknown_here_except_to_its_owner,
    test_who_may_press_below_a_picture,
    test_who_may_press_everything_else,
)
from tests.chat.test_who_may_use import (
    adas_picture,
    test_only_its_owner_is_offered_a_picture_and_may_name_it,
    test_who_may_use_a_command,
    test_who_may_use_a_menu,
)

__all__ = [
    "adas_picture",
    "picture",
    "test_a_picture_in_another_channel_is_unknown_here_except_to_its_owner",
    "test_every_button_list_and_dialogue_passes_through_admission",
    "test_every_command_passes_through_admission",
    "test_every_door_makes_a_picture",
    "test_only_its_owner_is_offered_a_picture_and_may_name_it",
    "test_who_may_press_below_a_picture",
    "test_who_may_press_everything_else",
    "test_who_may_use_a_command",
    "test_who_may_use_a_menu",
]

Enter = Callable[[Studio, Message], Awaitable[Ask]]


@pytest.fixture
async def studio(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    """READY has come, and no GUILD_CREATE yet."""
    fake.gateway.holds_guilds_back = True
    async with opened(Studio(fake, database, tmp_path)) as studio:
        assert not any(guild.roles or guild.channels for guild in studio.client.guilds)
        yield studio


@pytest.fixture
async def without_bot(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    """The server has added the application for its commands only."""
    fake.world.remove_bot(fake.world.guild("Lantern Studio"))
    async with opened(Studio(fake, database, tmp_path)) as studio:
        yield studio


@pytest.fixture
async def unheard_of(studio: Studio) -> Studio:
    """Not even the server's id is known: what told of it could not be read."""
    studio.client._connection._guilds.clear()  # discord.py's cache
    assert not studio.client.guilds
    return studio


@pytest.fixture(params=["studio", "without_bot", "unheard_of"])
def anywhere(request: pytest.FixtureRequest) -> Studio:
    """Any of the three."""
    studio: Studio = request.getfixturevalue(str(request.param))
    return studio


@dataclass
class Denied:
    """A role of ada's whose members may have no picture."""

    studio: Studio
    role_id: RoleId

    @classmethod
    async def by_role(cls, studio: Studio) -> "Denied":
        guild = studio.world.guild("Lantern Studio")
        role = next(one for one in guild.roles.values() if one.name == "Artist")
        studio.world.set_roles(guild.members[studio.world.user("ada").id], role)
        denied = cls(studio, RoleId(role.id))
        subject = RuleSubject.role(studio.guild_id(), denied.role_id)
        await studio.services.administration.set_limits(
            studio.guild_id(), studio.member_id("otto"), subject, {LimitField.PER_DAY: 0}
        )
        return denied


@pytest.mark.parametrize("door", DOORS, ids=lambda door: str(door.__name__))
async def test_the_denial_of_a_role_holds_at_every_door(anywhere: Studio, door: Enter) -> None:
    studio = anywhere
    first = await studio.imagine("ada")
    denied = await Denied.by_role(studio)
    refusal = await (await door(studio, first)).message()
    assert refusal.is_ephemeral
    assert f"<@&{denied.role_id}>" in text_of(refusal)
    assert len(studio.asked) == 1


@pytest.fixture(params=["studio", "unheard_of"])
def wherever_it_hears(request: pytest.FixtureRequest) -> Studio:
    """As a member; without its bot user, it is told of no messages."""
    studio: Studio = request.getfixturevalue(str(request.param))
    return studio


async def test_the_denial_of_a_role_holds_for_a_reply(wherever_it_hears: Studio) -> None:
    studio = wherever_it_hears
    first = await studio.imagine("ben")
    denied = await Denied.by_role(studio)
    said = studio.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    assert f"<@&{denied.role_id}>" in text_of(await reply_to(studio, said))
    assert len(studio.asked) == 1


async def test_what_a_role_allows_is_told_by_usage(anywhere: Studio) -> None:
    denied = await Denied.by_role(anywhere)
    told = text_of(await anywhere.person("ada").slash("pictures", "usage").message())
    assert f"<@&{denied.role_id}>" in told


async def test_a_member_is_reviewed_with_their_roles_also_on_the_next_page(studio: Studio) -> None:
    await studio.imagine("ada")
    denied = await Denied.by_role(studio)
    ada = studio.world.user("ada")
    page = await studio.person("mia").slash("pictures", "review member", who=ada).message()
    await studio.until(lambda: f"<@&{denied.role_id}>" in text_of(page))
    again = press_forged(studio, page, f"review-member:{ada.id}:0", "mia")
    assert f"<@&{denied.role_id}>" in await heard(studio, again)


async def test_a_thread_follows_its_channel_at_every_door(anywhere: Studio) -> None:
    studio = anywhere
    by = studio.guild_id(), studio.member_id("otto")
    pictures = studio.world.channel("pictures")
    await studio.services.administration.set_channels(*by, [ChannelId(pictures.id)])
    thread = await studio.person("ada").slash("night scenes", "imagine", prompt="a fox").message()
    await studio.picture(thread)
    refused = await studio.person("ada").slash("general", "imagine", prompt="a fox").message()
    assert "You can't generate images here." in text_of(refused)


async def test_a_reply_in_a_thread_follows_its_channel(wherever_it_hears: Studio) -> None:
    studio = wherever_it_hears
    ask = studio.person("ada").slash("night scenes", "imagine", prompt="a fox")
    first = await studio.picture(await ask.message())
    by = studio.guild_id(), studio.member_id("otto")
    general = studio.world.channel("general")
    await studio.services.administration.set_channels(*by, [ChannelId(general.id)])
    refused = studio.person("ada").say("night scenes", "@lantern a hat", reply_to=first)
    assert "You can't generate images here." in text_of(await reply_to(studio, refused))
    await studio.services.administration.set_channels(*by, [ChannelId(studio.world.channel("pictures").id)])
    said = studio.person("ada").say("night scenes", "@lantern a hat", reply_to=first)
    await studio.picture(await reply_to(studio, said))


async def test_a_reply_uploads_what_every_server_allows(wherever_it_hears: Studio) -> None:
    studio = wherever_it_hears
    first = await studio.imagine("ben")
    said = studio.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    await studio.picture(await reply_to(studio, said))
    job = (await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 1))[0]
    assert (await studio.services.gallery.card_of(job)).upload_limit == LEAST_UPLOAD


async def test_while_it_cannot_be_told_who_may_do_what_no_reply_is_let_in(studio: Studio) -> None:
    first = await studio.imagine("ben")
    unreadable = studio.discord.faults.add("GET /guilds/*", status=500)
    said = studio.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    assert "try again in a moment" in text_of(await reply_to(studio, said))
    assert len(studio.asked) == 1
    studio.discord.faults.remove(unreadable)
    studio.clock.pass_by(60)
    said = studio.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    await studio.picture(await reply_to(studio, said))


async def close_to_all(studio: Studio, pictures: Channel) -> None:
    studio.world.set_overwrite(
        pictures, everyone_role(pictures.guild), deny=Permissions.USE_APPLICATION_COMMANDS
    )


async def let_artists_nowhere(studio: Studio, pictures: Channel) -> None:
    guild: Guild = pictures.guild
    role = next(one for one in guild.roles.values() if one.name == "Artist")
    studio.world.set_roles(guild.members[studio.world.user("ada").id], role)
    studio.world.set_overwrite(pictures, role, deny=Permissions.USE_APPLICATION_COMMANDS)


async def was_read_again(studio: Studio, reads: int) -> bool:
    return len(studio.discord.requests.matching("GET /guilds/*")) > reads


@pytest.mark.parametrize("shut", [close_to_all, let_artists_nowhere], ids=lambda one: str(one.__name__))
async def test_a_change_of_permissions_holds_at_once_for_replies(
    studio: Studio, shut: Callable[[Studio, Channel], Awaitable[None]]
) -> None:
    """What was read before is forgotten when Discord tells of a change."""
    first = await studio.imagine("ben")
    before = studio.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    await studio.picture(await reply_to(studio, before))
    pictures = studio.world.channel("pictures")
    await shut(studio, pictures)
    reads = len(studio.discord.requests.matching("GET /guilds/*"))
    refused = studio.person("ada").say("pictures", "@lantern a scarf", reply_to=first)
    await studio.eventually(lambda: was_read_again(studio, reads))
    await studio.eventually(nothing_is_being_read)
    studio.world.set_overwrite(pictures, everyone_role(pictures.guild))
    studio.world.set_roles(pictures.guild.members[studio.world.user("ada").id])
    after = studio.person("ada").say("pictures", "@lantern gloves", reply_to=first)
    await studio.picture(await reply_to(studio, after))
    (answer,) = [one for one in studio.sent_by_bot() if one.reply_to_id == refused.id]
    assert "doesn't let you use **edit**" in text_of(answer)
    assert [one.prompt for one in studio.asked[1:]] == ["a hat", "gloves"]


async def test_nothing_is_called_deleted_because_it_is_not_in_a_cache(anywhere: Studio) -> None:
    studio = anywhere
    denied = await Denied.by_role(studio)
    by = studio.guild_id(), studio.member_id("otto")
    ada = RuleSubject.member(studio.member_id("ada"))
    await studio.services.administration.set_limits(*by, ada, {LimitField.PER_DAY: 3})
    thread = ChannelId(studio.world.channel("night scenes").id)
    await studio.services.administration.set_channels(*by, [thread])
    told = text_of(await studio.person("otto").slash("pictures", "config show").message())
    assert f"<@&{denied.role_id}>" in told
    assert f"<#{thread}>" in told
    for gone in ("deleted channel", "Deleted role", "Former member"):
        assert gone not in told


async def test_channels_are_chosen_by_what_discord_has_looked_up(anywhere: Studio) -> None:
    studio = anywhere
    message = await studio.person("otto").slash("pictures", "config channels").message()
    chosen = [str(studio.world.channel("general").id)]
    await studio.person("otto").choose(message, "Allow only these channels …", chosen).answer()
    await studio.until(lambda: "✅ Saved" in text_of(message))


async def test_the_check_reads_permissions_from_discord(studio: Studio) -> None:
    by = studio.guild_id(), studio.member_id("otto")
    general, thread = studio.world.channel("general"), studio.world.channel("night scenes")
    studio.world.set_overwrite(general, everyone_role(general.guild), deny=Permissions.EMBED_LINKS)
    await studio.services.administration.set_channels(*by, [ChannelId(general.id), ChannelId(thread.id)])
    message = await studio.person("otto").slash("pictures", "config check").message()
    await studio.until(lambda: not message.is_thinking)
    assert f"<#{general.id}>: allow my role **Embed Links**" in text_of(message)
    assert f"<#{thread.id}>" in text_of(message).split("✅")[1]


async def test_where_it_is_no_member_the_check_says_that_everything_is_lacking(without_bot: Studio) -> None:
    studio = without_bot
    by = studio.guild_id(), studio.member_id("otto")
    general = studio.world.channel("general")
    await studio.services.administration.set_log_channel(*by, ChannelId(general.id))
    message = await studio.person("otto").slash("pictures", "config check").message()
    await studio.until(lambda: not message.is_thinking)
    assert f"<#{general.id}>: allow my role **View Channel**" in text_of(message)


@pytest.mark.parametrize("name", ["pictures", "night scenes"])
async def test_permissions_that_are_lacking_refuse_before_anything_is_spent(
    studio: Studio, name: str
) -> None:
    """In a thread it is another permission that counts."""
    pictures = studio.world.channel("pictures")
    bot = studio.world.app.user
    first = await studio.picture(await studio.person("ben").slash(name, "imagine", prompt="a fox").message())
    lacking = Permissions.SEND_MESSAGES_IN_THREADS if name != "pictures" else Permissions.SEND_MESSAGES
    studio.world.set_overwrite(pictures, bot, deny=lacking)
    refused = await studio.person("ada").slash(name, "imagine", prompt="a fox").message()
    assert "**Send Messages" in text_of(refused)
    studio.world.set_overwrite(pictures, bot, deny=Permissions.ATTACH_FILES)
    said = studio.person("ada").say(name, "@lantern a hat", reply_to=first)
    assert "**Attach Files**" in text_of(await reply_to(studio, said))
    assert len(studio.asked) == 1
