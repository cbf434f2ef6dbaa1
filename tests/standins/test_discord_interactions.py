"""Interactions: three seconds, one answer, fifteen minutes, and who sees what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from standins.clock import VirtualClock
from standins.fake_discord.asks import Ask, NoResponseError, UnexpectedAnswerError
from standins.fake_discord.events import InteractionFailed
from standins.fake_discord.files import MIB
from standins.fake_discord.model import AnswerKind, MessageFlags
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.person import Person, Upload
from standins.fake_discord.wire_interactions import interaction_json
from tests.standins.little_bot import png, running_discord
from tests.standins.raw_client import ECHO, RawClient

MESSAGE, THINK, DEFER, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
EPHEMERAL = int(MessageFlags.EPHEMERAL)
BUTTON = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}
TEXT = {"type": 18, "label": "Prompt", "component": {"type": 4, "custom_id": "p", "style": 1}}
A_MODAL = {"custom_id": "m", "title": "Edit", "components": [TEXT]}


def asked(raw: RawClient) -> Ask:
    return Person(raw.fake.world, "ada").slash("pictures", "echo")


def payload(ask: Ask, raw: RawClient) -> dict[str, Any]:
    return interaction_json(raw.fake.world, ask.interaction)


async def test_an_answer_that_comes_too_late_is_unknown(raw: RawClient) -> None:
    raw.fake.world.answer_within_seconds = 0.02
    failed: list[object] = []
    raw.fake.world.subscribe(
        lambda event: failed.append(event) if isinstance(event, InteractionFailed) else None
    )
    ask = asked(raw)
    assert (await ask.answer()).kind is AnswerKind.NONE
    with pytest.raises(NoResponseError):
        await ask.message()
    late = await raw.callback(ask, MESSAGE, {"content": "late"})
    assert (late.status, late.code) == (404, 10062)
    assert failed == [InteractionFailed(ask.interaction)]


async def test_a_second_answer_is_refused(raw: RawClient) -> None:
    ask = asked(raw)
    assert (await raw.callback(ask, MESSAGE, {"content": "one"})).status == 200
    again = await raw.callback(ask, MESSAGE, {"content": "two"})
    assert (again.status, again.code) == (400, 40060)
    assert (await ask.message()).content == "one"


async def test_a_refused_answer_leaves_room_for_another(raw: RawClient) -> None:
    ask = asked(raw)
    assert (await raw.callback(ask, MESSAGE, {"content": "x" * 2001})).wrong("data", "content")
    assert (await raw.callback(ask, MESSAGE, {"content": "short"})).status == 200


async def test_an_unknown_token_is_an_unknown_interaction(raw: RawClient) -> None:
    ask = asked(raw)
    path = f"/interactions/{ask.interaction.id}/wrong/callback"
    answered = await raw.ask("POST", path, {"type": MESSAGE, "data": {"content": "x"}})
    assert (answered.status, answered.code) == (404, 10062)


async def test_without_with_response_the_callback_answers_nothing(raw: RawClient) -> None:
    one = asked(raw).interaction
    answered = await raw.ask("POST", f"/interactions/{one.id}/{one.token}/callback", {"type": THINK})
    assert (answered.status, answered.body) == (204, b"")


async def test_a_deferred_answer_names_its_message_but_has_no_resource(raw: RawClient) -> None:
    body = (await raw.callback(asked(raw), THINK)).body
    assert "resource" not in body
    assert body["interaction"]["response_message_loading"] is True


async def test_a_token_lives_for_fifteen_minutes_and_the_bot_token_longer() -> None:
    clock = VirtualClock(datetime(2030, 1, 1, tzinfo=UTC), speed=0)
    async with running_discord(clock) as fake, aiohttp.ClientSession() as session:
        raw = RawClient(fake, session)
        await raw.register(ECHO)
        ask = asked(raw)
        await raw.callback(ask, MESSAGE, {"content": "one"})
        clock.pass_by(899)
        assert (await raw.edit_by_token(ask.interaction, {"content": "two"})).status == 200
        clock.pass_by(1)
        dead = await raw.edit_by_token(ask.interaction, {"content": "three"})
        assert (dead.status, dead.code) == (401, 50027)
        message = await ask.message()
        assert (await raw.edit(message, {"content": "four"})).body["content"] == "four"


async def test_tokens_can_be_made_to_die_now(raw: RawClient) -> None:
    ask = asked(raw)
    await raw.callback(ask, THINK)
    raw.fake.faults.expire_tokens()
    assert (await raw.edit_by_token(ask.interaction, {"content": "x"})).code == 50027
    another = asked(raw)
    await raw.callback(another, THINK)
    assert (await raw.edit_by_token(another.interaction, {"content": "x"})).status == 200


async def test_a_webhook_is_unknown_before_the_first_answer_and_for_a_wrong_token(raw: RawClient) -> None:
    ask = asked(raw)
    assert (await raw.edit_by_token(ask.interaction, {"content": "x"})).code == 10015
    wrong = await raw.ask("GET", f"/webhooks/{raw.fake.world.app.id}/wrong/messages/@original")
    assert (wrong.status, wrong.code) == (404, 10015)


async def test_the_bot_token_does_not_reach_ephemeral_messages(raw: RawClient) -> None:
    ask = asked(raw)
    await raw.callback(ask, MESSAGE, {"content": "secret", "flags": EPHEMERAL})
    message = await ask.message()
    path = f"/channels/{message.channel.id}/messages/{message.id}"
    for method in ("GET", "PATCH", "DELETE"):
        answered = await raw.ask(method, path, {"content": "x"} if method == "PATCH" else None)
        assert (answered.status, answered.code) == (404, 10008)
    assert (await raw.edit_by_token(ask.interaction, {"content": "still secret"})).status == 200
    assert (await raw.ask("GET", f"/channels/{message.channel.id}/messages")).body == []
    assert message.viewer is ask.interaction.user


async def test_the_first_answer_decides_who_sees_it(raw: RawClient) -> None:
    ask = asked(raw)
    await raw.callback(ask, THINK, {"flags": EPHEMERAL})
    filled = await raw.ask("POST", raw.webhook(ask.interaction), {"content": "done", "flags": 0})
    message = await ask.message()
    assert filled.body["id"] == str(message.id)
    assert (message.content, message.is_ephemeral, message.is_thinking) == ("done", True, False)
    further = await raw.ask("POST", raw.webhook(ask.interaction), {"content": "for all"})
    assert further.body["id"] != str(message.id)
    assert not ask.followups()[0].is_ephemeral


async def test_messages_of_a_token_are_edited_and_deleted_by_it_alone(raw: RawClient) -> None:
    ask, other = asked(raw), asked(raw)
    for one in (ask, other):
        await raw.callback(one, MESSAGE, {"content": "x"})
    follow = await raw.ask("POST", raw.webhook(ask.interaction), {"content": "more"})
    assert (await raw.edit_by_token(ask.interaction, {"content": "y"}, follow.body["id"])).status == 200
    foreign = await other.message()
    assert (await raw.edit_by_token(ask.interaction, {"content": "y"}, foreign.id)).code == 10008
    assert (await raw.ask("DELETE", raw.webhook(ask.interaction) + "/messages/@original")).status == 204
    gone = await raw.ask("GET", raw.webhook(ask.interaction) + "/messages/@original")
    assert (gone.status, gone.code) == (404, 10008)


@pytest.mark.parametrize("kind", [DEFER, UPDATE, CHOICES, 1, 99, "4"])
async def test_a_command_cannot_be_answered_with(raw: RawClient, kind: object) -> None:
    answered = await raw.callback(asked(raw), kind, {"content": "x"})  # type: ignore[arg-type]  # wrong on purpose
    assert answered.wrong("type")


async def test_a_modal_submit_cannot_be_answered_with_a_modal(raw: RawClient) -> None:
    ask = asked(raw)
    await raw.callback(ask, MODAL, A_MODAL)
    modal = await ask.modal()
    with pytest.raises(UnexpectedAnswerError):
        await ask.message()
    submitted = Person(raw.fake.world, "ada").submit(modal, {"Prompt": "night"})
    assert (await raw.callback(submitted, MODAL, A_MODAL)).wrong("type")
    assert (await raw.callback(submitted, UPDATE, {"content": "x"})).wrong("type")
    assert (await raw.callback(submitted, MESSAGE, {"content": "x"})).status == 200


async def test_a_modal_from_a_button_can_update_the_message_of_the_button(raw: RawClient) -> None:
    ada = Person(raw.fake.world, "ada")
    ask = asked(raw)
    await raw.callback(ask, MESSAGE, {"content": "x", "components": [BUTTON]})
    message = await ask.message()
    pressed = ada.press(message, "Go")
    await raw.callback(pressed, MODAL, A_MODAL)
    submitted = ada.submit(await pressed.modal(), {"p": "night"})
    assert payload(submitted, raw)["message"]["id"] == str(message.id)
    assert (await raw.callback(submitted, UPDATE, {"content": "night"})).status == 200
    assert message.content == "night"
    assert submitted.interaction.data["components"][0]["component"]["value"] == "night"


async def test_the_payload_tells_what_may_be_done_and_how_large_files_may_be(raw: RawClient) -> None:
    world = raw.fake.world
    channel, guild = world.channel("pictures"), world.guild("Lantern Studio")
    before = payload(asked(raw), raw)
    assert Permissions.ATTACH_FILES in Permissions(int(before["app_permissions"]))
    assert before["attachment_size_limit"] == 10 * MIB
    world.set_overwrite(channel, world.app.user, deny=Permissions.ATTACH_FILES)
    world.set_premium_tier(guild, 2)
    after = payload(asked(raw), raw)
    assert Permissions.ATTACH_FILES not in Permissions(int(after["app_permissions"]))
    assert Permissions.ATTACH_FILES in Permissions(int(after["member"]["permissions"]))
    assert after["attachment_size_limit"] == 50 * MIB
    world.user("ada").has_nitro = True
    assert payload(asked(raw), raw)["attachment_size_limit"] == 500 * MIB


async def test_a_channel_that_the_bot_cannot_view_is_hidden_but_its_menu_shows_the_message(
    raw: RawClient,
) -> None:
    world = raw.fake.world
    channel = world.channel("after-dark")
    world.set_overwrite(channel, world.app.user, deny=Permissions.VIEW_CHANNEL)
    said = Person(world, "ben").say(channel, "look", files=[Upload("cat.png", png())])
    shown = payload(Person(world, "ada").menu(said, "Edit image"), raw)
    assert (shown["channel"]["name"], "nsfw" in shown["channel"]) == ("___hidden___", False)
    assert shown["app_permissions"] == "0"
    message = shown["data"]["resolved"]["messages"][shown["data"]["target_id"]]
    assert message["attachments"][0]["filename"] == "cat.png"


async def test_an_interaction_may_upload_what_the_member_may(raw: RawClient) -> None:
    large = {0: ("large.png", b"x" * (10 * MIB + 1))}
    ask = asked(raw)
    refused = await raw.callback(ask, MESSAGE, {"content": "x"}, files=large)
    assert (refused.status, refused.code) == (413, 40005)
    raw.fake.world.user("ada").has_nitro = True
    assert (await raw.callback(ask, MESSAGE, {"content": "x"}, files=large)).status == 200
    refused = await raw.edit(await ask.message(), {}, files=large)
    assert (refused.status, refused.code) == (413, 40005)
