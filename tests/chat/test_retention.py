"""/config retention: after how many days a server's prompts are deleted, and who reads it."""

from dataclasses import replace

from bot.domain.privacy import PrivacyFacts
from standins.fake_discord.model import Message
from tests.chat.studio import Studio, labels, text_of


async def config(studio: Studio, command: str, **options: int) -> Message:
    return await studio.person("otto").slash("pictures", f"config {command}", **options).message()


async def about(studio: Studio, place: str = "pictures", who: str = "ada") -> str:
    return text_of(await studio.person(who).slash(place, "privacy about").message())


async def test_it_is_chosen_in_the_panel_and_members_of_the_server_read_it(studio: Studio) -> None:
    panel = await config(studio, "show")
    await studio.person("otto").press(panel, "Retention").answer()
    await studio.until(lambda: "Choose when …" in labels(panel))
    await studio.person("otto").choose(panel, "Choose when …", ["After 7 days"]).answer()
    await studio.until(lambda: "Saved: Prompts are deleted after 7 days." in text_of(panel))
    assert "deleted after 90 days. On this server, after 7 days." in await about(studio)
    assert "On this server" not in await about(studio, "lounge", "zoe")
    log = await studio.person("otto").slash("pictures", "review audit").message()
    assert "Retention: As set by the bot's owner → **After 7 days**" in text_of(log)
    await studio.person("otto").choose(panel, "Choose when …", ["As set by the bot's owner"]).answer()
    await studio.until(lambda: "Saved: Prompts are deleted after 90 days." in text_of(panel))
    assert "On this server" not in await about(studio)


async def test_it_is_chosen_by_command_and_never_longer_than_the_operators(studio: Studio) -> None:
    studio.settings = replace(studio.settings, privacy_facts=PrivacyFacts(prompt_days=30))
    await studio.restart()
    assert "Choose a number from 1 to 30, and not 31." in text_of(await config(studio, "retention", days=31))
    saved = await config(studio, "retention", days=30)
    assert "deleted after 30 days" in text_of(saved)
    panel = await config(studio, "retention")
    assert "has them deleted after 30 days" in text_of(panel)
    (offered,) = [part["options"] for part in panel.parts() if "options" in part]
    assert [option["value"] for option in offered] == ["default", "1", "3", "7", "14", "30"]
