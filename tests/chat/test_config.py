"""/config: what admins set by commands and in the panel, and who may."""

from collections.abc import Sequence
from functools import partial

import pytest

from bot.domain.administration import GuildSettings, RuleSubject
from bot.domain.ids import ChannelId, MemberId, RoleId
from bot.domain.limits import Allowances, LimitField
from standins.fake_discord.asks import ClientRefusedError
from standins.fake_discord.model import Message, Role
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from tests.chat.presses import press_forged
from tests.chat.studio import Studio, labels, text_of


async def settings(studio: Studio) -> GuildSettings:
    return await studio.services.administration.settings(studio.guild_id())


async def limits_of(studio: Studio, subject: RuleSubject) -> Allowances:
    found = [one.allowances for one in (await settings(studio)).rules if one.subject == subject]
    return found[0] if found else Allowances()


def role(studio: Studio, name: str) -> Role:
    roles = studio.world.guild("Lantern Studio").roles.values()
    return next(one for one in roles if one.name == name)


def of_role(studio: Studio, name: str) -> RuleSubject:
    return RuleSubject.role(studio.guild_id(), RoleId(role(studio, name).id))


async def config(studio: Studio, command: str, **options: object) -> Message:
    ask = studio.person("otto").slash("pictures", f"config {command}", **options)  # type: ignore[arg-type]  # by name
    return await ask.message()


def offers(message: Message, part: str) -> bool:
    return part in labels(message)


async def press(studio: Studio, message: Message, *buttons: str) -> Message:
    """One after the other, each once the panel offers it."""
    for button in buttons:
        await studio.until(partial(offers, message, button))
        await studio.person("otto").press(message, button).answer()
    return message


async def fill_in(studio: Studio, message: Message, button: str, **fields: str) -> None:
    """Press a button that opens a dialogue, and send it."""
    modal = await studio.person("otto").press(message, button).modal()
    await studio.person("otto").submit(modal, fields).answer()


# --- who may ---


@pytest.mark.parametrize("who", ["ada", "ben", "mia"])
async def test_only_admins_are_offered_config(studio: Studio, who: str) -> None:
    offered = {command.name for command in studio.person(who).commands("pictures")}
    assert "config" not in offered
    with pytest.raises(ClientRefusedError):
        studio.person(who).slash("pictures", "config show")


@pytest.mark.parametrize(
    "custom_id",
    [
        "settings:all",
        "settings-limits:guild:1",
        "settings-clear:guild:1",
        "settings-budget",
        "settings-no-budget",
        "settings-channels:none",
        "settings-log:none",
    ],
)
async def test_every_button_asks_for_the_permission_again(studio: Studio, custom_id: str) -> None:
    here = studio.person("mia").say("pictures", "hello")
    answer = await press_forged(studio, here, custom_id, "mia").message()
    assert "**Manage Server**" in text_of(answer)
    assert await studio.services.administration.audit(studio.guild_id(), 5) == []


async def test_who_is_let_in_by_the_servers_own_choice_may_press_too(studio: Studio) -> None:
    guild = studio.world.guild("Lantern Studio")
    guild.command_access["config"] = {studio.world.user("ben").id: True}
    message = await studio.person("ben").slash("pictures", "config show").message()
    await studio.person("ben").press(message, "Budget").answer()
    await studio.until(lambda: "Change budget" in labels(message))
    guild.command_access.clear()
    studio.clock.pass_by(16 * 60)
    answer = await studio.person("ben").press(message, "Back").message()
    assert "**Manage Server**" in text_of(answer)


# --- limits by command ---


async def test_limits_are_set_for_everyone_a_role_and_a_member(studio: Studio) -> None:
    ben = studio.world.user("ben")
    told = text_of(await config(studio, "limits", per_day=5))
    assert "Everyone: **5 per day**" in told
    told = text_of(await config(studio, "limits", role=role(studio, "Artist"), per_day=12, running=2))
    assert f"<@&{role(studio, 'Artist').id}>: **2 at once, 12 per day**" in told
    told = text_of(await config(studio, "limits", member=ben, per_hour=0))
    assert f"<@{ben.id}>: **0 per hour**" in told
    assert await limits_of(studio, RuleSubject.everyone(studio.guild_id())) == Allowances(per_day=5)
    assert await limits_of(studio, of_role(studio, "Artist")) == Allowances(per_day=12, running=2)
    assert await limits_of(studio, RuleSubject.member(MemberId(ben.id))) == Allowances(per_hour=0)


async def test_what_is_not_given_stays_unless_it_is_cleared(studio: Studio) -> None:
    subject = RuleSubject.everyone(studio.guild_id())
    await config(studio, "limits", per_day=5, running=2)
    await config(studio, "limits", per_hour=3)
    assert await limits_of(studio, subject) == Allowances(per_hour=3, per_day=5, running=2)
    await config(studio, "limits", per_day=9, clear=True)
    assert await limits_of(studio, subject) == Allowances(per_day=9)
    assert "Limits removed: Everyone." in text_of(await config(studio, "limits", clear=True))
    assert await limits_of(studio, subject) == Allowances()


async def test_the_role_everyone_is_everyone(studio: Studio) -> None:
    everyone = everyone_role(studio.world.guild("Lantern Studio"))
    await config(studio, "limits", role=everyone, per_day=5)
    assert await limits_of(studio, RuleSubject.everyone(studio.guild_id())) == Allowances(per_day=5)


async def test_a_role_above_the_bots_has_limits_too(studio: Studio) -> None:
    await config(studio, "limits", role=role(studio, "Admin"), per_day=1)
    assert await limits_of(studio, of_role(studio, "Admin")) == Allowances(per_day=1)


async def test_a_limit_of_zero_means_none(studio: Studio) -> None:
    await config(studio, "limits", per_day=0)
    refused = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    assert refused.is_ephemeral
    assert text_of(refused) == "You can't generate images here: your limit is **0 per day** (server default)."


async def test_a_member_who_has_left_can_be_named_and_is_shown_as_such(studio: Studio) -> None:
    ben = studio.world.user("ben")
    await config(studio, "limits", member=ben, per_day=3)
    del studio.world.guild("Lantern Studio").members[ben.id]
    told = text_of(await config(studio, "limits", per_hour=9))
    assert "Everyone: **9 per hour**" in told
    assert f"Former member (`{ben.id}`): **3 per day**" in text_of(await config(studio, "show"))


async def test_a_role_and_a_member_at_once_are_refused(studio: Studio) -> None:
    told = await config(
        studio, "limits", role=role(studio, "Artist"), member=studio.world.user("ada"), per_day=1
    )
    assert "Choose only one: a role, a member or a channel." in text_of(told)
    assert (await settings(studio)).rules == []


@pytest.mark.parametrize("value", [-1, 10**9])
async def test_a_limit_out_of_range_is_refused(studio: Studio, value: int) -> None:
    told = text_of(await config(studio, "limits", per_day=value))
    assert f"can be from 0 to 1,000,000, and {value:,} isn't." in told
    assert (await settings(studio)).rules == []


async def test_without_options_the_limits_are_shown(studio: Studio) -> None:
    message = await config(studio, "limits", role=role(studio, "Artist"))
    assert "**not set**" in text_of(message)
    assert labels(message) == ["Change limits", "Back"]


# --- limits in the panel ---


async def test_an_admin_needs_to_know_no_option(studio: Studio) -> None:
    message = await config(studio, "show")
    assert message.is_ephemeral
    await press(studio, message, "Limits for roles")
    await studio.until(lambda: "Choose a role …" in labels(message))
    artist = role(studio, "Artist")
    await studio.person("otto").choose(message, "Choose a role …", [str(artist.id)]).answer()
    await studio.until(lambda: "Change limits" in labels(message))
    await fill_in(studio, message, "Change limits", per_day="12")
    await studio.until(lambda: "✅ Saved" in text_of(message))
    assert f"✅ Saved. <@&{artist.id}>: **12 per day**" in text_of(message)
    assert await limits_of(studio, of_role(studio, "Artist")) == Allowances(per_day=12)
    await press(studio, message, "Back", "Back")
    await studio.until(lambda: "Server settings" in text_of(message))
    assert f"<@&{artist.id}>: **12 per day**" in text_of(message)


async def test_the_dialogue_shows_what_is_set_and_an_emptied_field_clears_it(studio: Studio) -> None:
    await config(studio, "limits", per_day=5, running=2)
    message = await config(studio, "limits")
    modal = await studio.person("otto").press(message, "Change limits").modal()
    shown = {field.custom_id: field.inner.get("value") for field in modal.fields()}
    assert shown == {"per_hour": None, "per_day": "5", "per_week": None, "per_month": None, "running": "2"}
    await studio.person("otto").submit(modal, {"running": "", "per_hour": "0"}).answer()
    await studio.until(lambda: "✅ Saved" in text_of(message))
    everyone = RuleSubject.everyone(studio.guild_id())
    assert await limits_of(studio, everyone) == Allowances(per_day=5, per_hour=0)


@pytest.mark.parametrize(
    ("typed", "words"), [("many", "isn't a whole number"), ("-1", "from 0"), ("1000000000", "from 0")]
)
async def test_bad_numbers_in_the_dialogue_are_explained(studio: Studio, typed: str, words: str) -> None:
    message = await config(studio, "limits")
    modal = await studio.person("otto").press(message, "Change limits").modal()
    answer = await studio.person("otto").submit(modal, {"per_day": typed}).message()
    assert answer is not message
    assert answer.is_ephemeral
    assert words in text_of(answer)
    assert (await settings(studio)).rules == []


async def test_deleted_roles_and_members_are_shown_as_such_and_can_be_cleared(studio: Studio) -> None:
    by, gone = studio.member_id("otto"), 4242
    for subject in (RuleSubject.role(studio.guild_id(), RoleId(gone)), RuleSubject.member(MemberId(gone))):
        await studio.services.administration.set_limits(
            studio.guild_id(), by, subject, {LimitField.PER_DAY: 3}
        )
    message = await config(studio, "show")
    assert "Deleted role (`4242`): **3 per day**" in text_of(message)
    assert "Former member (`4242`): **3 per day**" in text_of(message)
    for button, name in (("Limits for roles", "Deleted role"), ("Limits for members", "Former member")):
        await press(studio, message, button)
        await studio.until(lambda: "Or choose from those with limits …" in labels(message))
        chosen = [f"{name} (4242)"]
        await studio.person("otto").choose(message, "Or choose from those with limits …", chosen).answer()
        await press(studio, message, "Remove limits")
        await studio.until(lambda: "✅ Limits removed" in text_of(message))
        await press(studio, message, "Back", "Back")
        await studio.until(lambda: "Server settings" in text_of(message))
    assert (await settings(studio)).rules == []


async def test_all_who_have_limits_are_reached_named_and_cleared(studio: Studio) -> None:
    """Ada is on the last page, behind many who have left."""
    admin, by = studio.services.administration, (studio.guild_id(), studio.member_id("otto"))
    ada = studio.member_id("ada")
    for one in (*range(4000, 4043), ada):
        await admin.set_limits(*by, RuleSubject.member(MemberId(one)), {LimitField.PER_DAY: 3})
    message = await config(studio, "show")
    await press(studio, message, "Limits for members", "Next", "Next")
    await studio.until(lambda: "Page 3 of 3" in text_of(message))
    assert f"<@{ada}>: **3 per day**" in text_of(message)
    assert "Former member (`4042`): **3 per day**" in text_of(message)
    chosen = ["Former member (4042)"]
    await studio.person("otto").choose(message, "Or choose from those with limits …", chosen).answer()
    await press(studio, message, "Back")
    await studio.until(lambda: "Page 3 of 3" in text_of(message))
    await studio.person("otto").choose(message, "Or choose from those with limits …", chosen).answer()
    await press(studio, message, "Remove limits")
    await studio.until(lambda: "✅ Limits removed" in text_of(message))
    assert len((await settings(studio)).rules) == 43


# --- budget ---


async def test_a_budget_is_set_and_cleared(studio: Studio) -> None:
    message = await config(studio, "budget", usd="12,50")
    assert "Saved: **$12.50** per month" in text_of(message)
    assert (await settings(studio)).choices.budget_microusd == 12_500_000
    await fill_in(studio, message, "Change budget", budget="$1,000")
    await studio.until(lambda: "**$1,000.00** per month" in text_of(message))
    await press(studio, message, "Remove budget")
    await studio.until(lambda: "✅ Removed" in text_of(message))
    assert (await settings(studio)).choices.budget_microusd is None


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        ("0.000001", "at least one image"),
        ("0", "at least one image"),
        ("-5", "at least one image"),
        ("lots", "isn't an amount"),
        (" ", "isn't an amount"),
    ],
)
async def test_a_bad_budget_is_explained(studio: Studio, usd: str, words: str) -> None:
    await config(studio, "budget", usd="7")
    told = await config(studio, "budget", usd=usd)
    assert told.is_ephemeral
    assert words in text_of(told)
    assert (await settings(studio)).choices.budget_microusd == 7_000_000


async def test_a_budget_too_small_for_a_picture_refuses_members(studio: Studio) -> None:
    await config(studio, "budget", usd="0.06")
    await studio.imagine()
    answer = await studio.person("ben").slash("pictures", "imagine", prompt="an owl").message()
    assert answer.is_ephemeral
    assert "This server's monthly budget ($0.06)" in text_of(answer)


# --- channels and log ---


def ids(studio: Studio, *names: str) -> Sequence[str]:
    return [str(studio.world.channel(name).id) for name in names]


async def test_pictures_are_made_only_in_allowed_channels_and_their_threads(studio: Studio) -> None:
    message = await config(studio, "channels")
    ask = studio.person("otto").choose(message, "Allow only these channels …", ids(studio, "pictures"))
    await ask.answer()
    await studio.until(lambda: "✅ Saved" in text_of(message))
    general = studio.world.channel("general")
    refused = await studio.person("ada").slash(general, "imagine", prompt="a fox").message()
    assert refused.is_ephemeral
    assert f"You can't generate images here. Try <#{ids(studio, 'pictures')[0]}>" in text_of(refused)
    thread = await studio.person("ada").slash("night scenes", "imagine", prompt="a fox").message()
    await studio.picture(thread)
    await press(studio, message, "Allow all channels")
    await studio.until(lambda: "images can be generated in every channel" in text_of(message))
    await studio.picture(await studio.person("ada").slash(general, "imagine", prompt="a fox").message())


async def test_channels_are_added_to_those_that_are_there_however_many(studio: Studio) -> None:
    deleted = [ChannelId(one) for one in range(4000, 4040)]
    await studio.services.administration.set_channels(studio.guild_id(), studio.member_id("otto"), deleted)
    message = await config(studio, "channels")
    general, pictures = ids(studio, "general", "pictures")
    await studio.person("otto").choose(message, "Add channels …", [general, pictures]).answer()
    await studio.until(lambda: "these 42 channels" in text_of(message))
    allowed = (await settings(studio)).choices.allowed_channels
    assert allowed == {*deleted, int(general), int(pictures)}
    await press(studio, message, "Next", "Next")
    await studio.until(lambda: "Page 3 of 3" in text_of(message))
    assert f"<#{general}>" in text_of(message)
    gone = ["deleted channel (4038)", "general"]
    await studio.person("otto").choose(message, "Remove channels …", gone).answer()
    await studio.until(lambda: "these 40 channels" in text_of(message))
    assert (await settings(studio)).choices.allowed_channels == allowed - {4038, int(general)}


async def test_removing_the_last_channel_does_not_open_all_of_them(studio: Studio) -> None:
    message = await config(studio, "channels")
    chosen = ids(studio, "pictures")
    await studio.person("otto").choose(message, "Allow only these channels …", chosen).answer()
    await studio.until(lambda: "✅ Saved" in text_of(message))
    answer = await studio.person("otto").choose(message, "Remove channels …", ["pictures"]).message()
    assert "press **Allow all channels**" in text_of(answer)
    assert (await settings(studio)).choices.allowed_channels == {int(chosen[0])}


async def test_the_log_channel_is_set_by_option_and_by_choice(studio: Studio) -> None:
    general = studio.world.channel("general")
    assert "✅ Saved" in text_of(await config(studio, "log", channel=general))
    assert (await settings(studio)).choices.log_channel_id == ChannelId(general.id)
    message = await config(studio, "log")
    await studio.person("otto").choose(message, "Choose a channel …", ids(studio, "pictures")).answer()
    await studio.until(lambda: "✅ Saved" in text_of(message))
    await press(studio, message, "Remove log channel")
    await studio.until(lambda: "budget warnings are not posted" in text_of(message))
    assert (await settings(studio)).choices.log_channel_id is None


async def test_a_log_channel_that_is_closed_to_the_bot_is_told(studio: Studio) -> None:
    general = studio.world.channel("general")
    studio.world.set_overwrite(general, everyone_role(general.guild), deny=Permissions.SEND_MESSAGES)
    assert "I can't post in" in text_of(await config(studio, "log", channel=general))


# --- restarts ---


async def test_the_panel_works_after_a_restart(studio: Studio) -> None:
    message = await config(studio, "show")
    await studio.restart()
    await press(studio, message, "Budget")
    await fill_in(studio, message, "Change budget", budget="3")
    await studio.until(lambda: "✅ Saved" in text_of(message))
