"""An admin sets limits, members meet them, moderators read what came of it; another server knows nothing."""

import csv
import io

import pytest

from standins.fake_discord.asks import ClientRefusedError
from standins.fake_discord.model import Message, Role
from tests.journeys.town import Town, text_of


def artist(town: Town) -> Role:
    roles = town.world.guild("Lantern Studio").roles.values()
    return next(role for role in roles if role.name == "Artist")


async def imagine(town: Town, who: str, channel: str = "pictures", count: int = 1) -> Message:
    prompt = f"a picture for {who}"
    return await town.person(who).slash(channel, "imagine", prompt=prompt, count=count).message()


async def set_limits(town: Town) -> None:
    """Through the panel, without knowing any option: 1 a day for everyone, 2 for artists."""
    otto = town.person("otto")
    message = await otto.slash("pictures", "config show").message()
    await otto.press(message, "Limits for everyone").answer()
    await shows(town, message, "Change limits")
    modal = await otto.press(message, "Change limits").modal()
    await otto.submit(modal, {"Images per day": "1"}).answer()
    await town.until_text(message, "✅ Saved. Everyone: **1 per day**")
    await otto.press(message, "Back").answer()
    await shows(town, message, "Limits for roles")
    await otto.press(message, "Limits for roles").answer()
    await shows(town, message, "Choose a role …")
    await otto.choose(message, "Choose a role …", [str(artist(town).id)]).answer()
    await shows(town, message, "Change limits")
    modal = await otto.press(message, "Change limits").modal()
    await otto.submit(modal, {"Images per day": "2"}).answer()
    await town.until_text(message, ">: **2 per day**")


async def shows(town: Town, message: Message, part: str) -> None:
    await town.until(lambda: part in {one.get("label") or one.get("placeholder") for one in message.parts()})


async def test_a_limit_is_set_met_and_reviewed(own_town: Town) -> None:
    town = own_town
    await set_limits(town)

    await town.until_picture(await imagine(town, "ada"))
    refused = await imagine(town, "ada")
    assert refused.is_ephemeral
    assert "**1 per day** (server default). Used: 1. The next one is available <t:" in text_of(refused)
    card = await imagine(town, "ben", count=2)
    await town.until_picture(card, 2)
    await town.until(lambda: "0 left of 2 per day" in text_of(card))
    refused = await imagine(town, "ben")
    assert f"**2 per day** (<@&{artist(town).id}> role; server default: 1)." in text_of(refused)
    assert len(town.bills) == 3

    told = text_of(await town.person("ben").slash("pictures", "usage").message())
    assert "**0 left** · 2 of 2 in the last 24 hours" in told
    assert "2 images, $" in told

    mia = town.person("mia")
    report = await mia.slash("pictures", "review usage").message()
    assert "**3 images** generated" in text_of(report)
    file = (await mia.press(report, "Export").message()).attachments[0].data
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-16"), newline=""), delimiter="\t"))
    assert [row["prompt"] for row in rows] == ["a picture for ada", *["a picture for ben"] * 2]
    assert {row["state"] for row in rows} == {"delivered"}
    theirs = await mia.slash("pictures", "review member", who=town.world.user("ben")).message()
    assert len([embed for embed in theirs.embeds if embed.get("thumbnail")]) == 2
    changes = text_of(await mia.slash("pictures", "review audit").message())
    assert f"Images per day (<@&{artist(town).id}>): not set → **2**" in changes


async def test_each_sees_what_is_theirs(own_town: Town) -> None:
    town = own_town
    await set_limits(town)
    await town.until_picture(await imagine(town, "ben"))

    with pytest.raises(ClientRefusedError):
        town.person("ada").slash("pictures", "review usage")
    with pytest.raises(ClientRefusedError):
        town.person("mia").slash("pictures", "config show")

    # Harbour Club: no limits, no pictures, no changes.
    max_ = town.person("max")
    assert "No images in this period" in text_of(await max_.slash("lounge", "review usage").message())
    assert "No settings have been changed" in text_of(await max_.slash("lounge", "review audit").message())
    settings = text_of(await max_.slash("lounge", "config show").message())
    assert "Everyone: **not set**" in settings
    assert "1 per day" not in settings
    for _ in range(2):
        await town.until_picture(await imagine(town, "zoe", "lounge"))
    theirs = text_of(await town.person("zoe").slash("lounge", "usage").message())
    assert "No limits apply here." in theirs
    ours = text_of(await town.person("mia").slash("pictures", "review usage").message())
    assert "**1 image** generated" in ours


async def test_limits_hold_over_a_restart(own_town: Town) -> None:
    town = own_town
    await set_limits(town)
    await town.until_picture(await imagine(town, "ada"))
    await town.kill()
    await town.restart()
    refused = await imagine(town, "ada")
    assert "server default" in text_of(refused)
    assert len(town.bills) == 1


async def test_the_servers_budget_is_told_and_held(own_town: Town) -> None:
    town = own_town
    otto = town.person("otto")
    await otto.slash("pictures", "config log", channel=town.world.channel("general")).message()
    await otto.slash("pictures", "config budget", usd="0.20").message()
    for _ in range(3):
        await town.until_picture(await imagine(town, "ada"))
    refused = await imagine(town, "ada")
    assert "This server's monthly budget ($0.20)" in text_of(refused)
    assert len(town.bills) == 3
    await town.kill()
    await town.restart()
    await town.until(lambda: any("budget is used up" in text_of(one) for one in in_general(town)))
    refused = await imagine(town, "ben")
    assert "This server's monthly budget" in text_of(refused)


def in_general(town: Town) -> list[Message]:
    return [one for one in town.messages_of_the_bot() if one.channel.name == "general"]
