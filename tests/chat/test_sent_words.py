"""By whichever door: the provider gets names, the card keeps the member's own words, and no id leaves."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Channel, Message, Role, User
from standins.fake_discord.permissions import Permissions
from tests.chat.studio import Studio, job_id_of, text_of
from tests.services.outsides import png

CAT = Upload("cat.png", png())
USERNAME = "anna_the_account"


@dataclass(frozen=True)
class Scene:
    """Somebody, a role and a channel to speak of, and a finished picture."""

    studio: Studio
    anna: User
    role: Role
    channel: Channel
    first: Message

    @property
    def words(self) -> str:
        link = f"https://discord.com/channels/{self.channel.guild.id}/{self.channel.id}/{self.first.id}"
        return (
            f"{self.anna.mention} of <@&{self.role.id}> in <#{self.channel.id}> "
            f"<:cat_jam:{self.anna.id}> as in {link} on <t:0:D>"
        )

    def sent(self, name: str) -> str:
        return f"{name} of Artist in harbour cat_jam as in on 1 January 1970"


@pytest.fixture
async def scene(studio: Studio) -> Scene:
    world, guild = studio.world, studio.world.guild("Lantern Studio")
    anna = world.add_user(USERNAME, "Anna Q.")
    world.add_member(guild, anna)
    (artist,) = [role for role in guild.roles.values() if role.name == "Artist"]
    harbour = world.add_channel(guild, "harbour")
    return Scene(studio, anna, artist, harbour, await studio.imagine("ada"))


async def by_imagine(scene: Scene, words: str) -> Message:
    return await scene.studio.person("ada").slash("pictures", "imagine", prompt=words).message()


async def by_edit(scene: Scene, words: str) -> Message:
    return await scene.studio.person("ada").slash("pictures", "edit", prompt=words, image=CAT).message()


async def by_reply(scene: Scene, words: str) -> Message:
    studio = scene.studio
    said = studio.person("ada").say("pictures", f"@lantern {words}", reply_to=scene.first)
    said.mentions.append(scene.anna)

    def answer() -> Message | None:
        return next((one for one in studio.sent_by_bot() if one.reply_to_id == said.id), None)

    await studio.until(lambda: answer() is not None)
    found = answer()
    assert found is not None
    return found


async def by_upload_dialogue(scene: Scene, words: str) -> Message:
    ada = scene.studio.person("ada")
    modal = await ada.slash("pictures", "edit", prompt=words).modal()
    return await ada.submit(modal, {"The image to edit": [CAT]}).message()


async def by_menu(scene: Scene, words: str) -> Message:
    ada = scene.studio.person("ada")
    modal = await ada.menu(scene.first, "Edit image").modal()
    return await ada.submit(modal, {"What should change?": words}).message()


async def by_button(scene: Scene, words: str) -> Message:
    ada = scene.studio.person("ada")
    modal = await ada.press(scene.first, "Edit").modal()
    return await ada.submit(modal, {"What should change?": words}).message()


async def by_again(scene: Scene, words: str) -> Message:
    before = await scene.studio.picture(await by_imagine(scene, words))
    return await scene.studio.person("ben").press(before, "Rerun").message()


#: A dialogue tells the bot nothing about those whom its text mentions.
DOORS: dict[Callable[[Scene, str], Awaitable[Message]], str] = {
    by_imagine: "Anna Q.",
    by_edit: "Anna Q.",
    by_reply: "Anna Q.",
    by_again: "Anna Q.",
    by_upload_dialogue: "someone",
    by_menu: "someone",
    by_button: "someone",
}


@pytest.mark.parametrize(("door", "name"), DOORS.items(), ids=lambda one: getattr(one, "__name__", one))
async def test_names_go_and_ids_stay(
    scene: Scene, door: Callable[[Scene, str], Awaitable[Message]], name: str
) -> None:
    studio = scene.studio
    card = await studio.picture(await door(scene, scene.words))
    assert studio.asked[-1].prompt == scene.sent(name)
    job = await studio.job(job_id_of(card))
    assert job.prompt == scene.words
    assert job.words == scene.sent(name)


@pytest.mark.parametrize(
    "door", [door for door in DOORS if door is not by_again], ids=lambda one: one.__name__
)
async def test_where_nothing_is_left_nothing_is_spent(
    scene: Scene, door: Callable[[Scene, str], Awaitable[Message]]
) -> None:
    answer = await door(scene, f"<#{scene.anna.id}>")
    assert "I don't send IDs or links to Discord." in text_of(answer)
    assert len(scene.studio.asked) == 1


async def test_a_channel_that_the_member_does_not_see_is_not_named(scene: Scene) -> None:
    """Its name would be painted for whoever guesses its id."""
    everyone = scene.channel.guild.roles[scene.channel.guild.id]
    scene.studio.world.set_overwrite(scene.channel, everyone, deny=Permissions.VIEW_CHANNEL)
    for door in (by_imagine, by_menu, by_reply):
        await scene.studio.picture(await door(scene, f"a map of <#{scene.channel.id}>"))
        assert scene.studio.asked[-1].prompt == "a map of"


async def test_who_mentions_themselves_is_named_by_any_door(scene: Scene) -> None:
    ada = scene.studio.world.user("ada")
    await scene.studio.picture(await by_button(scene, f"a statue of {ada.mention}"))
    assert scene.studio.asked[-1].prompt == "a statue of Ada"
