"""Every door of Discord, used by a real discord.py bot; each exchange conforms to Discord's description."""

from __future__ import annotations

import discord
import pytest

from standins.fake_discord.model import AnswerKind
from standins.fake_discord.person import Person, Upload
from standins.fake_discord.server import FakeDiscord
from standins.fake_discord.wire_messages import message_json
from tests.standins.little_bot import LittleBot, picture_file, png

pytestmark = pytest.mark.usefixtures("checked", "little_bot")


async def test_a_slash_command_is_answered_at_once(checked: FakeDiscord) -> None:
    ask = Person(checked.world, "ada").slash("pictures", "echo", text="hello")
    message = await ask.message()
    assert (await ask.answer()).kind is AnswerKind.MESSAGE
    assert message.content == "hello"
    assert [part.get("label") for part in message.parts()[:2]] == ["Change", "Later"]
    assert message_json(checked.world, message)["interaction_metadata"]["user"]["username"] == "ada"


async def test_a_deferred_answer_is_filled_in_and_followed_up(checked: FakeDiscord) -> None:
    ask = Person(checked.world, "ada").slash("pictures", "think", count=3)
    answer = await ask.answer()
    assert answer.kind is AnswerKind.THINKING
    message = await ask.message()
    assert message is answer.message
    assert message.content == "done"
    assert [one.filename for one in message.attachments] == ["image-0.png", "image-1.png", "image-2.png"]
    followup = await checked.world.until(lambda _: next(iter(ask.followups()), None))
    assert (followup.content, followup.reply_to_id) == ("and more", message.id)


async def test_files_that_an_embed_shows_are_not_listed_as_attachments(checked: FakeDiscord) -> None:
    shown = message_json(
        checked.world, await Person(checked.world, "ada").slash("pictures", "think").message()
    )
    assert shown["attachments"] == []
    image = shown["embeds"][0]["image"]
    assert image["url"].startswith(f"{checked.cdn_url}/attachments/")
    assert (image["width"], image["height"]) == (8, 6)


async def test_an_attachment_option_can_be_downloaded(checked: FakeDiscord) -> None:
    upload = Upload("my cat.png", png())
    message = await Person(checked.world, "ada").slash("pictures", "look", picture=upload).message()
    assert message.content == f"my_cat.png image/png {len(png())}"
    assert [one.status for one in checked.requests.matching("GET /ephemeral-attachments/*")] == [200]


async def test_autocomplete_offers_choices(checked: FakeDiscord) -> None:
    ada = Person(checked.world, "ada")
    choices = await ada.autocomplete("pictures", "pick", "source", "cat")
    assert [(one.name, one.value) for one in choices] == [(f"cat {n}", f"job-{n}") for n in range(3)]
    message = await ada.slash("pictures", "pick", source=choices[1].value).message()
    assert message.content == "picked job-1"


async def test_a_subcommand_is_named_in_full(checked: FakeDiscord) -> None:
    message = await Person(checked.world, "ada").slash("pictures", "privacy about").message()
    assert (message.content, message.viewer) == ("about", checked.world.user("ada"))


async def test_a_member_can_be_an_option(checked: FakeDiscord) -> None:
    ben = checked.world.user("ben")
    message = await Person(checked.world, "mia").slash("pictures", "tidy", member=ben).message()
    assert message.content == "tidied ben"


async def test_the_message_menu_opens_a_modal_that_takes_text_and_files(checked: FakeDiscord) -> None:
    ada = Person(checked.world, "ada")
    said = Person(checked.world, "ben").say("pictures", "look", files=[Upload("cat.png", png())])
    modal = await ada.menu(said, "Edit image").modal()
    assert (modal.title, modal.custom_id) == ("Edit", "edit-1")


async def test_a_modal_from_a_button_is_submitted_with_files(checked: FakeDiscord) -> None:
    ada = Person(checked.world, "ada")
    message = await ada.slash("pictures", "echo", text="x").message()
    modal = await ada.press(message, "Ask").modal()
    files = [Upload("a.png", png((3, 4))), Upload("b.png", png((5, 6)))]
    answer = await ada.submit(modal, {"Prompt": "at night", "files": files}).message()
    assert answer.content == "at night: a.png 3x4, b.png 5x6"


async def test_a_button_changes_its_message_at_once(checked: FakeDiscord) -> None:
    ada = Person(checked.world, "ada")
    message = await ada.slash("pictures", "echo", text="x").message()
    ask = ada.press(message, "Change")
    assert (await ask.answer()).kind is AnswerKind.UPDATED
    assert (message.content, message.edited_at is None) == ("changed", False)


async def test_a_button_changes_its_message_later(checked: FakeDiscord) -> None:
    ada = Person(checked.world, "ada")
    message = await ada.slash("pictures", "echo", text="x").message()
    assert (await ada.press(message, "later").answer()).kind is AnswerKind.UPDATING
    await checked.world.until(lambda _: message.content == "later", about=message)
    assert [one.filename for one in message.attachments] == ["later.png"]


async def test_a_select_menu_is_answered_to_one_person_only(checked: FakeDiscord) -> None:
    ada, ben = Person(checked.world, "ada"), Person(checked.world, "ben")
    message = await ada.slash("pictures", "echo", text="x").message()
    answer = await ben.choose(message, "Style", ["Automatic"]).message()
    assert answer.content == "style auto"
    assert answer in ben.messages("pictures")
    assert answer not in ada.messages("pictures")


async def test_a_reply_that_mentions_the_bot_arrives_with_what_it_replies_to(
    checked: FakeDiscord, little_bot: LittleBot
) -> None:
    ada = Person(checked.world, "ada")
    said = await ada.slash("pictures", "echo", text="a picture").message()
    reply = ada.say("pictures", "@lantern make it night", reply_to=said)
    answer = await checked.world.until(
        lambda w: next((m for m in w.messages.values() if m.reply_to_id == reply.id), None)
    )
    heard = little_bot.heard[-2] if little_bot.heard[-1].id == answer.id else little_bot.heard[-1]
    assert answer.content == f"heard <@{checked.world.app.user.id}> make it night"
    assert heard.reference is not None
    assert isinstance(heard.reference.resolved, discord.Message)
    assert heard.reference.resolved.content == "a picture"


async def test_the_bot_posts_edits_reads_and_deletes_with_its_own_token(
    checked: FakeDiscord, little_bot: LittleBot
) -> None:
    pictures = checked.world.channel("pictures")
    channel = little_bot.get_channel(pictures.id)
    assert isinstance(channel, discord.TextChannel)
    async with channel.typing():
        sent = await channel.send("one", file=picture_file("one.png"), nonce="job-1")
    edited = await sent.edit(content="two", embed=discord.Embed(description="*"), attachments=[])
    assert (edited.content, edited.attachments) == ("two", [])
    assert (await channel.fetch_message(sent.id)).content == "two"
    assert [one.id async for one in channel.history(limit=5)] == [sent.id]
    await sent.delete()
    assert pictures.messages == {}


async def test_the_bot_looks_up_its_surroundings(checked: FakeDiscord, little_bot: LittleBot) -> None:
    guild_id = checked.world.guild("Lantern Studio").id
    guild = await little_bot.fetch_guild(guild_id, with_counts=False)
    member = await guild.fetch_member(checked.world.user("ben").id)
    assert [role.name for role in member.roles] == ["@everyone", "Artist"]
    thread = await little_bot.fetch_channel(checked.world.channel("night scenes").id)
    assert isinstance(thread, discord.Thread)
    assert (await little_bot.application_info()).name == "Lantern"
    ben = await little_bot.fetch_user(checked.world.user("ben").id)
    assert (await ben.default_avatar.read()).startswith(b"\x89PNG")
    with pytest.raises(discord.Forbidden, match="50007"):
        await ben.send("psst")
    with pytest.raises(discord.NotFound, match="10013"):
        await little_bot.fetch_user(1)
    with pytest.raises(discord.NotFound, match="10007"):
        await guild.fetch_member(checked.world.user("zoe").id)
    assert [one.name for one in await little_bot.tree.fetch_commands()][:2] == ["echo", "think"]
