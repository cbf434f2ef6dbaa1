"""What people do on the page, and what each of them may see, over the page's own WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from standins.fake_discord.commands import replace_commands
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.person import Person
from tests.sandbox.client import OpenPage, Refused, Viewer, open_page, upload, viewing
from tests.standins.little_bot import png, running_bot


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[OpenPage]:
    """The page, and the little bot online."""
    async with open_page(tmp_path) as opened, running_bot(opened.discord):
        yield opened


@pytest.fixture
async def ada(page: OpenPage) -> AsyncIterator[Viewer]:
    async with viewing(page, "ada") as viewer:
        yield viewer


@pytest.fixture
async def ben(page: OpenPage) -> AsyncIterator[Viewer]:
    async with viewing(page, "ben") as viewer:
        yield viewer


def pictures(viewer: Viewer) -> str:
    channel_id: str = viewer.channel("pictures")["id"]
    return channel_id


def text(name: str, value: object) -> dict[str, object]:
    return {"name": name, "type": 3, "value": value}


async def slash(viewer: Viewer, command: str, *options: dict[str, object]) -> dict[str, object]:
    return await viewer.act(
        "slash", channel_id=pictures(viewer), command=command, options=[dict(one) for one in options]
    )


async def said(viewer: Viewer, content: str) -> dict[str, str]:
    event = await viewer.until("message_created", lambda one: one["message"]["content"] == content)
    message: dict[str, str] = event["message"]
    return message


# -- who sees what


async def test_a_member_sees_their_own_server_only(ada: Viewer) -> None:
    assert [guild["name"] for guild in ada.snapshot["guilds"]] == ["Lantern Studio"]
    assert ada.channel_names() == ["pictures", "night scenes", "general", "after-dark"]
    names = {user["username"] for user in ada.snapshot["users"]}
    assert {"ada", "ben", "mia", "otto", "rex", "nora", "lantern"} == names


async def test_another_servers_people_hear_nothing(page: OpenPage, ada: Viewer) -> None:
    async with viewing(page, "zoe") as zoe:
        await ada.act("say", channel_id=pictures(ada), content="only for us")
        await said(ada, "only for us")
        Person(page.world, "max").say("lounge", "for the harbour")
        await said(zoe, "for the harbour")
        assert [event["message"]["content"] for event in zoe.heard if "message" in event] == [
            "for the harbour"
        ]
        assert zoe.channel_names() == ["lounge"]


async def test_another_servers_channel_cannot_be_named(page: OpenPage, ada: Viewer) -> None:
    lounge = str(page.world.channel("lounge").id)
    with pytest.raises(Refused, match="channel"):
        await ada.act("history", channel_id=lounge)
    with pytest.raises(Refused, match="channel"):
        await ada.act("say", channel_id=lounge, content="let me in")


async def test_a_hidden_channel_is_neither_listed_nor_heard(page: OpenPage) -> None:
    channel = page.world.channel("general")
    page.world.set_overwrite(channel, page.world.user("ada"), deny=Permissions.VIEW_CHANNEL)
    async with viewing(page, "ada") as ada:
        assert "general" not in ada.channel_names()
        Person(page.world, "ben").say("general", "behind her back")
        Person(page.world, "ben").say("pictures", "in front of her")
        await said(ada, "in front of her")
        assert "behind her back" not in str(ada.heard)


async def test_ephemeral_answers_are_shown_to_one_person(page: OpenPage, ada: Viewer, ben: Viewer) -> None:
    await slash(ada, "echo", text("text", "psst"), {"name": "secret", "type": 5, "value": True})
    message = await said(ada, "psst")
    assert message["is_ephemeral"]
    await slash(ada, "echo", text("text", "hello all"))
    await said(ben, "hello all")
    assert "psst" not in str(ben.heard)
    async with viewing(page, "ben") as later, viewing(page, "ada") as again:
        assert "psst" not in str(later.snapshot)
        assert "psst" in str(again.snapshot)


async def test_an_ephemeral_message_cannot_be_used_by_others(ada: Viewer, ben: Viewer) -> None:
    await slash(ada, "echo", text("text", "psst"), {"name": "secret", "type": 5, "value": True})
    message = await said(ada, "psst")
    with pytest.raises(Refused, match="does not exist"):
        await ben.act("press", message_id=message["id"], custom_id="change")


async def test_commands_for_moderators_are_offered_to_them_alone(page: OpenPage, ada: Viewer) -> None:
    def offered(viewer: Viewer) -> set[str]:
        return {one["name"] for one in viewer.snapshot["guilds"][0]["commands"]}

    async with viewing(page, "mia") as mia:
        assert offered(mia) - offered(ada) == {"tidy"}
    with pytest.raises(Refused, match="no such command"):
        await slash(ada, "tidy", {"name": "member", "type": 6, "value": str(page.world.user("ben").id)})


async def test_commands_are_described_in_the_persons_language(page: OpenPage) -> None:
    choice = {"name": "red", "value": "r", "name_localizations": {"de": "rot"}}
    option = {"type": 3, "name": "colour", "description": "Which", "choices": [choice]}
    option["description_localizations"] = {"de": "Welche"}
    command = {"name": "paint", "description": "Paint", "description_localizations": {"de": "Malen"}}
    replace_commands(page.world, None, [command | {"options": [option]}])
    page.world.user("ada").locale, page.world.user("ben").locale = "de", "fr"
    described = []
    for name in ("ada", "ben"):
        async with viewing(page, name) as viewer:
            (shown,) = viewer.snapshot["guilds"][0]["commands"]
        (shown_option,) = shown["options"]
        (shown_choice,) = shown_option["choices"]
        described.append([shown["description"], shown_option["description"], shown_choice["name"]])
        assert (shown["name"], shown_option["name"], shown_choice["value"]) == ("paint", "colour", "r")
    assert described == [["Malen", "Welche", "rot"], ["Paint", "Which", "red"]]


async def test_a_person_chooses_the_language_of_their_discord(page: OpenPage, ada: Viewer) -> None:
    assert ada.snapshot["me"]["locale"] == "en-US"
    await ada.act("read_in", locale="ja")
    with pytest.raises(Refused, match="does not exist"):
        await ada.act("read_in", locale="xx")
    assert page.world.user("ada").locale == "ja"
    async with viewing(page, "ada") as again:
        assert again.snapshot["me"]["locale"] == "ja"


async def test_a_switch_of_permissions_is_told(page: OpenPage, ada: Viewer) -> None:
    channel = page.world.channel("general")
    page.world.set_overwrite(channel, page.world.user("ada"), deny=Permissions.SEND_MESSAGES)
    event = await ada.until("guilds")
    general = next(one for one in event["guilds"][0]["channels"] if one["name"] == "general")
    assert not general["can_send"]


# -- writing


async def test_messages_outlive_the_page(page: OpenPage, ada: Viewer) -> None:
    await ada.act("say", channel_id=pictures(ada), content="I was here")
    async with viewing(page, "ben") as ben:
        shown = ben.snapshot["messages"][pictures(ben)]
        assert [one["content"] for one in shown] == ["I was here"]


async def test_a_reply_shows_what_it_answers_and_mentions(ada: Viewer, ben: Viewer) -> None:
    await ada.act("say", channel_id=pictures(ada), content="first")
    first = await said(ben, "first")
    await ben.act("say", channel_id=pictures(ben), content="second", reply_to=first["id"])
    second = await ada.until("message_created", lambda one: one["message"]["content"] == "second")
    assert second["message"]["reply_to"]["content"] == "first"
    assert second["message"]["mentions"] == [ada.snapshot["me"]["id"]]


async def test_own_messages_can_be_edited_and_deleted_by_their_author(ada: Viewer, ben: Viewer) -> None:
    await ada.act("say", channel_id=pictures(ada), content="typo")
    message = await said(ben, "typo")
    with pytest.raises(Refused, match="own messages"):
        await ben.act("edit", message_id=message["id"], content="mine now")
    with pytest.raises(Refused, match="Manage Messages"):
        await ben.act("delete", message_id=message["id"])
    await ada.act("edit", message_id=message["id"], content="no typo")
    edited = await ben.until("message_updated")
    assert edited["message"]["content"] == "no typo"
    assert edited["message"]["edited_at"]
    await ada.act("delete", message_id=message["id"])
    assert (await ben.until("message_deleted"))["message"]["id"] == message["id"]


async def test_times_are_the_readers_own(page: OpenPage, ada: Viewer) -> None:
    page.world.clock.speed = 100_000.0
    await asyncio.sleep(0.01)
    page.world.clock.speed = 1.0
    await ada.act("say", channel_id=pictures(ada), content="when?")
    created_at = datetime.fromisoformat((await said(ada, "when?"))["created_at"])
    assert page.world.clock.now() - datetime.now(UTC) > timedelta(minutes=10)
    assert abs(datetime.now(UTC) - created_at) < timedelta(minutes=1)


async def test_older_messages_come_in_pages(page: OpenPage) -> None:
    author = Person(page.world, "ben")
    for number in range(70):
        author.say("general", str(number))
    async with viewing(page, "ada") as ada:
        general = ada.channel("general")["id"]
        shown = ada.snapshot["messages"][general]
        assert [shown[0]["content"], shown[-1]["content"]] == ["20", "69"]
        older = (await ada.act("history", channel_id=general, before=shown[0]["id"]))["messages"]
        assert [one["content"] for one in older] == [str(number) for number in range(20)]


async def test_files_are_sent_with_a_message(page: OpenPage, ada: Viewer, ben: Viewer) -> None:
    key = await upload(page, "ada", "cat.png", png())
    await ada.act("say", channel_id=pictures(ada), content="my cat", files=[key])
    (file,) = (await ben.until("message_created"))["message"]["attachments"]
    assert (file["filename"], file["width"], file["height"]) == ("cat.png", 8, 6)
    async with aiohttp.ClientSession() as http, http.get(page.url.rstrip("/") + file["url"]) as response:
        assert await response.read() == png()


async def test_a_file_belongs_to_its_sender_and_is_used_once(
    page: OpenPage, ada: Viewer, ben: Viewer
) -> None:
    key = await upload(page, "ada", "cat.png", png())
    with pytest.raises(Refused, match="Choose it again"):
        await ben.act("say", channel_id=pictures(ben), content="stolen", files=[key])
    await ada.act("say", channel_id=pictures(ada), content="", files=[key])
    with pytest.raises(Refused, match="Choose it again"):
        await ada.act("say", channel_id=pictures(ada), content="", files=[key])


# -- using the bot


async def test_a_slash_command_shows_who_used_it(ada: Viewer, ben: Viewer) -> None:
    assert await slash(ada, "echo", text("text", "hello")) == {}
    message = (await ben.until("message_created"))["message"]
    assert message["used"] == {"user_id": ada.snapshot["me"]["id"], "command": "/echo"}
    assert [part["label"] for part in message["components"][0]["components"]] == [
        "Change", "Later", "Ask", "Off", "Website",
    ]  # fmt: skip


async def test_thinking_becomes_the_answer_with_pictures(ada: Viewer) -> None:
    await slash(ada, "think", {"name": "count", "type": 4, "value": 2})
    thinking = await ada.until("message_created")
    assert thinking["message"]["is_thinking"]
    done = await ada.until("message_updated", lambda one: one["message"]["content"] == "done")
    assert not done["message"]["is_thinking"]
    assert [one["filename"] for one in done["message"]["attachments"]] == ["image-1.png"]
    assert done["message"]["embeds"][0]["image"]["url"].startswith("/attachments/")


async def test_an_unanswered_command_has_failed(page: OpenPage, ada: Viewer) -> None:
    page.world.answer_within_seconds = 0.2
    assert await slash(ada, "silent") == {"has_failed": True}


async def test_an_uploaded_file_becomes_an_option(page: OpenPage, ada: Viewer) -> None:
    key = await upload(page, "ada", "cat.png", png())
    await slash(ada, "look", {"name": "picture", "type": 11, "value": key})
    await said(ada, f"cat.png image/png {len(png())}")


async def test_autocomplete_asks_the_bot(ada: Viewer) -> None:
    result = await ada.act(
        "autocomplete", channel_id=pictures(ada), command="pick", option="source", text="fox", options=[]
    )
    assert result["choices"][1] == {"name": "fox 1", "value": "job-1"}


async def test_buttons_menus_and_selects_work(ada: Viewer) -> None:
    await slash(ada, "echo", text("text", "buttons"))
    message = await said(ada, "buttons")
    assert await ada.act("choose", message_id=message["id"], custom_id="style", values=["auto"]) == {}
    answer = await ada.until("message_created", lambda one: one["message"]["content"] == "style auto")
    assert answer["message"]["reply_to"]["id"] == message["id"]
    assert await ada.act("press", message_id=message["id"], custom_id="change") == {}
    assert (await ada.until("message_updated"))["message"]["content"] == "changed"
    with pytest.raises(Refused, match="disabled"):
        await ada.act("press", message_id=message["id"], custom_id="off")


async def test_a_message_menu_opens_a_dialogue_that_takes_files(page: OpenPage, ada: Viewer) -> None:
    await ada.act("say", channel_id=pictures(ada), content="edit me")
    message = await said(ada, "edit me")
    modal = (await ada.act("menu", message_id=message["id"], command="Edit image"))["modal"]
    assert modal["title"] == "Edit"
    keys = [await upload(page, "ada", f"{number}.png", png()) for number in range(2)]
    await ada.act("submit", modal_id=modal["id"], values={"prompt": "make it night", "files": keys})
    await said(ada, "make it night: 0.png 8x6, 1.png 8x6")


async def test_a_dialogue_can_be_sent_once_and_by_its_viewer(ada: Viewer, ben: Viewer) -> None:
    await ada.act("say", channel_id=pictures(ada), content="edit me")
    message = await said(ada, "edit me")
    modal = (await ada.act("menu", message_id=message["id"], command="Edit image"))["modal"]
    with pytest.raises(Refused, match="dialogue"):
        await ben.act("submit", modal_id=modal["id"], values={"prompt": "not mine"})
    await ada.act("submit", modal_id=modal["id"], values={"prompt": "mine"})
    with pytest.raises(Refused, match="dialogue"):
        await ada.act("submit", modal_id=modal["id"], values={"prompt": "again"})
