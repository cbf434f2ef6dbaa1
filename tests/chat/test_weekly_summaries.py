"""The weekly summary in the log channel: what it says, who can open its report, and how it is switched."""

from bot.domain.period import Period
from standins.fake_discord.model import Message
from tests.chat.studio import Studio, labels, text_of
from tests.chat.test_config import config, press, settings


async def summarize(studio: Studio, language: str = "en") -> Message:
    """Post the summary of the days around now: the week is not over."""
    guild_id = studio.guild_id()
    report = await studio.services.reports.usage(guild_id, Period.last_days(studio.clock.now(), 7))
    chosen = (await settings(studio)).choices.log_channel_id
    assert chosen is not None
    await studio.services.weekly_summaries.notices.summary(guild_id, chosen, report, language)
    return studio.sent_by_bot()[-1]


async def test_it_says_what_was_made_what_failed_and_by_whom(studio: Studio) -> None:
    await config(studio, "log", channel=studio.world.channel("general"), summary=True)
    await studio.imagine("ada", count=2)
    await studio.imagine("ben")
    message = await summarize(studio)
    assert message.channel.name == "general"
    assert "**3 images** generated" in text_of(message)
    assert f"1. <@{studio.member_id('ada')}> · 2 images" in text_of(message)
    shown = await studio.person("mia").press(message, "Show the report").message()
    assert shown.is_ephemeral
    assert "**3 images** generated" in text_of(shown)


async def test_its_report_is_for_moderators_alone(studio: Studio) -> None:
    await config(studio, "log", channel=studio.world.channel("general"))
    await studio.imagine("ada")
    message = await summarize(studio)
    refused = await studio.person("ada").press(message, "Show the report").message()
    assert refused.is_ephemeral
    assert "Manage Messages" in text_of(refused)


async def test_it_speaks_the_language_that_it_is_given(studio: Studio) -> None:
    await config(studio, "log", channel=studio.world.channel("general"))
    await studio.imagine("ada")
    assert "Bilder der letzten Woche" in text_of(await summarize(studio, "de"))


async def test_it_is_switched_by_the_option_and_in_the_panel(studio: Studio) -> None:
    assert not (await settings(studio)).choices.has_summary
    told = text_of(await config(studio, "log", summary=True))
    assert "there is no log channel yet" in told
    assert (await settings(studio)).choices.has_summary
    general = studio.world.channel("general")
    told = text_of(await config(studio, "log", channel=general, summary=True))
    assert f"each Monday I post a summary of the week in <#{general.id}>" in told
    message = await config(studio, "log")
    assert "Each Monday I post a summary of the week there." in text_of(message)
    await press(studio, message, "Stop weekly summaries")
    await studio.until(lambda: "I post no weekly summaries" in text_of(message))
    assert not (await settings(studio)).choices.has_summary
    await press(studio, message, "Post weekly summaries")
    await studio.until(lambda: "Stop weekly summaries" in labels(message))
    assert "with weekly summaries" in text_of(await config(studio, "show"))


async def test_the_audit_says_who_switched_it(studio: Studio) -> None:
    await config(studio, "log", summary=True)
    shown = await studio.person("otto").slash("pictures", "review audit").message()
    assert "Weekly summary: off → **on**" in text_of(shown)


async def test_two_servers_get_notices_in_the_same_minute(studio: Studio) -> None:
    """Discord compares nonces over all servers."""
    notices, now = studio.services.weekly_summaries.notices, studio.clock.now()
    for guild, channel in (("Lantern Studio", "general"), ("Harbour Club", "lounge")):
        await notices.budget(
            guild_id=studio.guild_id(guild),
            channel_id=studio.world.channel(channel).id,  # type: ignore[arg-type]  # ids are numbers
            percent=80,
            cap_microusd=10,
            used_microusd=9,
            resets_at=now,
            language="en",
        )
    assert [one.channel.name for one in studio.sent_by_bot()] == ["general", "lounge"]
