"""Messages by the application's own token: files, permissions, history, mentions, limits."""

from __future__ import annotations

import pytest

from standins.fake_discord.files import MIB
from standins.fake_discord.model import Channel, Message
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.person import Person, Upload
from tests.standins.little_bot import png
from tests.standins.raw_client import Answered, RawClient

PICTURES = {0: ("a.png", png((3, 4))), 1: ("b c.png", png((5, 6)))}
EMBED = {"image": {"url": "attachment://a.png"}}


@pytest.fixture
def pictures(raw: RawClient) -> Channel:
    return raw.fake.world.channel("pictures")


def posted(raw: RawClient, answered: Answered) -> Message:
    assert answered.status == 200, answered.body
    return raw.fake.world.messages[int(answered.body["id"])]


async def two_files(raw: RawClient, pictures: Channel) -> Message:
    entries = [{"id": 0, "description": "first"}, {"id": 1}]
    body = {"content": "x", "attachments": entries}
    return posted(raw, await raw.post(pictures, body, files=PICTURES))


def names(message: Message) -> list[str]:
    return [one.filename for one in message.attachments]


async def test_files_get_ids_safe_names_and_measures(raw: RawClient, pictures: Channel) -> None:
    first, second = (await two_files(raw, pictures)).attachments
    assert (first.filename, first.description, first.width, first.height) == ("a.png", "first", 3, 4)
    assert (second.filename, second.description, second.content_type) == ("b_c.png", None, "image/png")


async def test_an_edit_without_attachments_keeps_all_files(raw: RawClient, pictures: Channel) -> None:
    message = await two_files(raw, pictures)
    await raw.edit(message, {"content": "y"})
    assert names(message) == ["a.png", "b_c.png"]


async def test_an_edit_keeps_the_files_that_it_names_and_adds_new_ones(
    raw: RawClient, pictures: Channel
) -> None:
    message = await two_files(raw, pictures)
    kept = message.attachments[1]
    entries = [{"id": str(kept.id)}, {"id": 0, "filename": "named.png"}]
    await raw.edit(message, {"attachments": entries}, files={0: ("c.png", png())})
    assert names(message) == ["b_c.png", "named.png"]
    assert message.attachments[0] is kept


async def test_an_edit_with_an_empty_list_drops_all_files(raw: RawClient, pictures: Channel) -> None:
    message = await two_files(raw, pictures)
    assert (await raw.edit(message, {"attachments": []})).status == 200
    assert names(message) == []


async def test_a_file_that_is_not_there_cannot_be_named(raw: RawClient, pictures: Channel) -> None:
    message = await two_files(raw, pictures)
    assert (await raw.edit(message, {"attachments": [{"id": "12345"}]})).wrong("attachments", 0)
    assert (await raw.edit(message, {"attachments": [{"id": 7}]})).wrong("attachments", 0)
    assert names(message) == ["a.png", "b_c.png"]


async def test_an_edit_cannot_leave_nothing(raw: RawClient, pictures: Channel) -> None:
    message = await two_files(raw, pictures)
    emptied = await raw.edit(message, {"content": "", "attachments": []})
    assert (emptied.status, emptied.code) == (400, 50006)
    assert message.content == "x"


async def test_no_more_than_ten_files(raw: RawClient, pictures: Channel) -> None:
    message = posted(raw, await raw.post(pictures, {}, files={n: (f"{n}.png", b"x") for n in range(10)}))
    assert (await raw.edit(message, {}, files={0: ("more.png", b"x")})).wrong("attachments")
    eleven = await raw.post(pictures, {}, files={n: (f"{n}.png", b"x") for n in range(11)})
    assert eleven.wrong("files")


@pytest.mark.parametrize(("tier", "limit"), [(0, 10 * MIB), (2, 50 * MIB)])
async def test_files_are_as_large_as_the_guild_allows(
    raw: RawClient, pictures: Channel, tier: int, limit: int
) -> None:
    raw.fake.world.set_premium_tier(pictures.guild, tier)
    assert (await raw.post(pictures, {}, files={0: ("a.png", bytes(limit))})).status == 200
    refused = await raw.post(pictures, {}, files={0: ("a.png", bytes(limit + 1))})
    assert (refused.status, refused.code) == (413, 40005)


async def test_a_file_shown_by_an_embed_is_not_an_attachment(raw: RawClient, pictures: Channel) -> None:
    answered = await raw.post(pictures, {"embeds": [EMBED]}, files=PICTURES)
    assert [one["filename"] for one in answered.body["attachments"]] == ["b_c.png"]
    image = answered.body["embeds"][0]["image"]
    assert (image["width"], image["height"]) == (3, 4)
    assert (await raw.ask("GET", image["url"], base="")).body == png((3, 4))


async def test_without_view_channel_there_is_no_access(raw: RawClient, pictures: Channel) -> None:
    world = raw.fake.world
    world.set_overwrite(pictures, world.app.user, deny=Permissions.VIEW_CHANNEL)
    for method, path in (("GET", ""), ("GET", "/messages"), ("POST", "/messages"), ("POST", "/typing")):
        body = {"content": "x"} if path == "/messages" and method == "POST" else None
        answered = await raw.ask(method, f"/channels/{pictures.id}{path}", body)
        assert (answered.status, answered.code) == (403, 50001)


@pytest.mark.parametrize(
    ("denied", "body", "files"),
    [
        (Permissions.SEND_MESSAGES, {"content": "x"}, None),
        (Permissions.ATTACH_FILES, {"content": "x"}, PICTURES),
        (Permissions.EMBED_LINKS, {"embeds": [{"title": "x"}]}, None),
    ],
)
async def test_a_new_message_needs_permissions_and_an_edit_does_not(
    raw: RawClient, pictures: Channel, denied: Permissions, body: object, files: dict[int, tuple[str, bytes]]
) -> None:
    world = raw.fake.world
    message = posted(raw, await raw.post(pictures, {"content": "before"}))
    world.set_overwrite(pictures, world.app.user, deny=denied)
    refused = await raw.post(pictures, body, files=files)
    assert (refused.status, refused.code) == (403, 50013)
    assert (await raw.edit(message, body, files=files)).status == 200


async def test_messages_in_threads_need_their_own_permission(raw: RawClient) -> None:
    world = raw.fake.world
    thread = world.channel("night scenes")
    assert thread.parent is not None
    world.set_overwrite(thread.parent, world.app.user, deny=Permissions.SEND_MESSAGES)
    assert (await raw.post(thread, {"content": "x"})).status == 200
    world.set_overwrite(thread.parent, world.app.user, deny=Permissions.SEND_MESSAGES_IN_THREADS)
    assert (await raw.post(thread, {"content": "x"})).code == 50013


async def test_an_archived_thread_takes_new_messages_but_no_edits(raw: RawClient) -> None:
    world = raw.fake.world
    thread = world.channel("night scenes")
    message = posted(raw, await raw.post(thread, {"content": "x"}))
    world.set_archived(thread, archived=True)
    assert (await raw.edit(message, {"content": "y"})).code == 50083
    assert (await raw.post(thread, {"content": "z"})).status == 200
    assert not thread.is_archived
    world.set_archived(thread, archived=True, locked=True)
    assert (await raw.post(thread, {"content": "z"})).code == 50083


async def test_only_own_messages_can_be_edited_and_others_deleted_with_permission(
    raw: RawClient, pictures: Channel
) -> None:
    world = raw.fake.world
    said = Person(world, "ada").say(pictures, "mine")
    assert (await raw.edit(said, {"content": "yours"})).code == 50005
    path = f"/channels/{pictures.id}/messages/{said.id}"
    assert (await raw.ask("DELETE", path)).code == 50013
    world.set_overwrite(pictures, world.app.user, allow=Permissions.MANAGE_MESSAGES)
    assert (await raw.ask("DELETE", path)).status == 204
    assert (await raw.ask("GET", path)).code == 10008


async def test_an_enforced_nonce_makes_one_message(raw: RawClient, pictures: Channel) -> None:
    body = {"content": "x", "nonce": "job-1", "enforce_nonce": True}
    first, second = await raw.post(pictures, body), await raw.post(pictures, body)
    assert first.body["id"] == second.body["id"]
    assert first.body["nonce"] == "job-1"
    assert len(pictures.messages) == 1
    await raw.post(pictures, {"content": "x", "nonce": "job-1"})
    assert len(pictures.messages) == 2


async def test_history_is_paged_newest_first(raw: RawClient, pictures: Channel) -> None:
    ada = Person(raw.fake.world, "ada")
    said = [ada.say(pictures, str(number)) for number in range(6)]
    raw.fake.world.app.has_message_content = True

    async def listed(query: str) -> list[str]:
        answered = await raw.ask("GET", f"/channels/{pictures.id}/messages{query}")
        return [one["content"] for one in answered.body]

    assert await listed("") == ["5", "4", "3", "2", "1", "0"]
    assert await listed("?limit=2") == ["5", "4"]
    assert await listed(f"?limit=2&before={said[4].id}") == ["3", "2"]
    assert await listed(f"?limit=2&after={said[1].id}") == ["3", "2"]
    assert await listed(f"?limit=3&around={said[2].id}") == ["3", "2", "1"]
    assert (await raw.ask("GET", f"/channels/{pictures.id}/messages?limit=101")).wrong("limit")


async def test_history_needs_its_permission(raw: RawClient, pictures: Channel) -> None:
    world = raw.fake.world
    said = Person(world, "ada").say(pictures, "x")
    world.set_overwrite(pictures, world.app.user, deny=Permissions.READ_MESSAGE_HISTORY)
    assert (await raw.ask("GET", f"/channels/{pictures.id}/messages")).body == []
    assert (await raw.ask("GET", f"/channels/{pictures.id}/messages/{said.id}")).code == 50013
    reply = {"content": "x", "message_reference": {"message_id": str(said.id)}}
    refused = await raw.post(pictures, reply)
    assert (refused.status, refused.code) == (400, 160002)


async def test_messages_of_others_are_blank_without_the_message_content_toggle(
    raw: RawClient, pictures: Channel
) -> None:
    world = raw.fake.world
    ada = Person(world, "ada")
    plain = ada.say(pictures, "secret", files=[Upload("cat.png", png())])
    mention = ada.say(pictures, "@lantern look", reply_to=plain)

    async def read(message: Message) -> dict[str, object]:
        answered = await raw.ask("GET", f"/channels/{pictures.id}/messages/{message.id}")
        return dict(answered.body)

    assert ((await read(plain))["content"], (await read(plain))["attachments"]) == ("", [])
    shown = await read(mention)
    assert shown["content"] == f"<@{world.app.user.id}> look"
    assert shown["referenced_message"]["attachments"] == []  # type: ignore[index]  # JSON of a message
    world.app.has_message_content = True
    assert (await read(plain))["content"] == "secret"
    assert (await read(mention))["referenced_message"]["content"] == "secret"  # type: ignore[index]  # JSON of a message


async def test_a_reply_names_what_it_replies_to(raw: RawClient, pictures: Channel) -> None:
    message = posted(raw, await raw.post(pictures, {"content": "one"}))
    reference = {"message_id": str(message.id)}
    reply = await raw.post(pictures, {"content": "two", "message_reference": reference})
    assert (reply.body["type"], reply.body["referenced_message"]["content"]) == (19, "one")
    raw.fake.world.delete_message(message)
    gone = await raw.post(pictures, {"content": "three", "message_reference": reference})
    assert gone.wrong("message_reference")
    lenient = reference | {"fail_if_not_exists": False}
    assert (await raw.post(pictures, {"content": "x", "message_reference": lenient})).status == 200


async def test_mentions_go_as_far_as_they_are_allowed(raw: RawClient, pictures: Channel) -> None:
    ada, ben = raw.fake.world.user("ada"), raw.fake.world.user("ben")
    content = f"{ada.mention} {ben.mention} <@1>"

    async def mentioned(allowed: object) -> list[str]:
        answered = await raw.post(pictures, {"content": content, "allowed_mentions": allowed})
        return [one["username"] for one in answered.body["mentions"]]

    assert await mentioned(None) == ["ada", "ben"]
    assert await mentioned({"parse": []}) == []
    assert await mentioned({"parse": [], "users": [str(ben.id)]}) == ["ben"]
    assert await mentioned({"parse": ["users"]}) == ["ada", "ben"]


async def test_typing_is_news(raw: RawClient, pictures: Channel) -> None:
    seen: list[object] = []
    raw.fake.world.subscribe(seen.append)
    assert (await raw.ask("POST", f"/channels/{pictures.id}/typing")).status == 204
    assert len(seen) == 1


async def test_a_deleted_channel_is_unknown(raw: RawClient, pictures: Channel) -> None:
    message = posted(raw, await raw.post(pictures, {"content": "x"}))
    raw.fake.world.delete_channel(pictures)
    assert (await raw.edit(message, {"content": "y"})).code == 10003
    assert message.is_deleted
