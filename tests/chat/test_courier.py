"""The delivery ladder, rung by rung, against a Discord that says no in every way it knows."""

from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from bot.chat.delivery.courier import DiscordCourier
from bot.chat.delivery.token_encryption import TokenCipher
from bot.domain.card import Rung, Shown
from bot.domain.errors import CardBarred, CardGone, CardTakenAway, CourierUnavailable
from bot.domain.ids import ChannelId, MessageId
from standins.fake_discord.permissions import Permissions
from tests.chat.counter import BY_BOT, BY_TOKEN, POST, Counter, counter_at, never, picture
from tests.chat.studio import Studio
from tests.shown_pictures import numbers_of

# --- by token ---


async def test_while_the_token_lives_it_edits_the_message(counter: Counter) -> None:
    shown = await counter.deliver()
    (attachment,) = counter.message.attachments
    assert shown == Shown(
        message_id=MessageId(counter.message.id),
        channel_id=ChannelId(counter.message.channel.id),
        rung=Rung.TOKEN,
        attachment_ids={counter.job_ids[0]: attachment.id},
    )
    assert numbers_of(counter.message) == [1]
    assert attachment.description == "a fox in the snow"


async def test_delivering_twice_shows_a_picture_once(counter: Counter) -> None:
    view = counter.view
    await counter.deliver()
    counter.view = view  # as after a crash between the upload and the commit
    await counter.deliver()
    assert len(counter.message.attachments) == 1


async def test_other_pictures_stay_where_they_are(studio: Studio) -> None:
    counter = await counter_at(studio, count=3)
    for job_id in counter.job_ids:
        await counter.deliver(job_id)
    await counter.show()
    assert numbers_of(counter.message) == [
        1,
        2,
        3,
    ]


async def test_a_late_edit_leaves_pictures_that_it_does_not_know(counter: Counter) -> None:
    before = counter.view
    await counter.deliver()
    counter.view = before  # as of a process that was stopped while another delivered the picture
    await counter.show()
    assert numbers_of(counter.message) == [1]


async def test_whoever_slept_changes_no_files(studio: Studio) -> None:
    counter = await counter_at(studio, count=2)
    await counter.deliver(counter.job_ids[0])
    asked = counter.asked(BY_TOKEN)
    first, second = counter.view.jobs
    deleted = replace(counter.view, jobs=[replace(first, deleted_at=studio.clock.now()), second])
    with pytest.raises(CourierUnavailable):
        await counter.courier.show(deleted, {}, never)
    with pytest.raises(CourierUnavailable):
        await counter.courier.show(counter.view, {second.id: picture()}, never)
    assert counter.asked(BY_TOKEN) == asked
    await counter.courier.show(counter.view, {}, never)
    assert numbers_of(counter.message) == [1]


async def test_whoever_slept_posts_no_new_message(counter: Counter) -> None:
    counter.lock()
    with pytest.raises(CourierUnavailable):
        await counter.courier.show(counter.view, {counter.job_ids[0]: picture()}, never)
    assert counter.new_messages() == []


async def test_several_pictures_come_in_one_edit(studio: Studio) -> None:
    counter = await counter_at(studio, count=2)
    shown = await counter.deliver(*counter.job_ids)
    assert shown.attachment_ids.keys() == set(counter.job_ids)
    assert counter.asked(BY_TOKEN) == 1


@pytest.mark.parametrize("has_token", [True, False])
async def test_pictures_without_a_record_stay_on_a_restored_card(studio: Studio, *, has_token: bool) -> None:
    counter = await counter_at(studio, count=2)
    before = counter.view
    await counter.deliver(*counter.job_ids)
    token = counter.card.sealed_token if has_token else None
    counter.view = replace(before, card=replace(counter.card, shown_revision=-1, sealed_token=token))
    await counter.show()
    assert numbers_of(counter.message) == [
        1,
        2,
    ]
    await counter.deliver(counter.job_ids[0])
    assert sorted(numbers_of(counter.message)) == [
        1,
        2,
    ]


async def test_pictures_from_before_they_had_numbers_stay_on_a_restored_card(studio: Studio) -> None:
    counter = await counter_at(studio, count=2)
    before = counter.view
    await counter.deliver(*counter.job_ids)
    old_names = [f"image-{job_id}.png" for job_id in counter.job_ids]
    for attachment, name in zip(counter.message.attachments, old_names, strict=True):
        attachment.filename = name
    counter.view = replace(before, card=replace(counter.card, shown_revision=-1))
    await counter.show()
    assert [one.filename for one in counter.message.attachments] == old_names


async def test_a_deleted_picture_is_taken_from_the_card(studio: Studio) -> None:
    counter = await counter_at(studio, count=2)
    await counter.deliver(*counter.job_ids)
    first, second = counter.view.jobs
    deleted = replace(first, deleted_at=studio.clock.now())
    counter.view = replace(counter.view, jobs=[deleted, second])
    await counter.show()
    assert numbers_of(counter.message) == [2]


# --- by the bot's own token ---


async def test_after_the_token_the_bot_edits_the_same_message(counter: Counter) -> None:
    counter.studio.discord.faults.expire_tokens()
    shown = await counter.deliver()
    assert shown.rung is Rung.EDIT
    assert len(counter.message.attachments) == 1


async def test_a_dead_token_is_tried_once(counter: Counter) -> None:
    counter.studio.discord.faults.expire_tokens()
    for _ in range(3):
        await counter.deliver()
    assert counter.asked(BY_TOKEN) == 1


async def test_a_token_past_its_time_is_not_tried(counter: Counter) -> None:
    counter.studio.clock.pass_by(15 * 60)
    assert (await counter.deliver()).rung is Rung.EDIT
    assert counter.asked(BY_TOKEN) == 0


async def test_a_token_whose_key_is_lost_is_not_tried(counter: Counter) -> None:
    token_cipher = TokenCipher([Fernet.generate_key().decode()])
    studio = counter.studio
    counter.courier = DiscordCourier(client=studio.client, token_cipher=token_cipher, clock=studio.clock)
    assert (await counter.deliver()).rung is Rung.EDIT


async def test_editing_needs_no_permission_but_to_look(counter: Counter) -> None:
    counter.studio.discord.faults.expire_tokens()
    counter.shut(Permissions.SEND_MESSAGES | Permissions.ATTACH_FILES)
    assert (await counter.deliver()).rung is Rung.EDIT


# --- a new message ---


async def test_a_picture_whose_card_cannot_be_edited_comes_in_a_new_message(counter: Counter) -> None:
    counter.lock()
    shown = await counter.deliver()
    (message,) = counter.new_messages()
    assert shown.rung is Rung.MESSAGE
    assert shown.message_id == message.id
    assert message.mentions == [counter.studio.world.user("ada")]
    assert numbers_of(message) == [1]


@pytest.mark.parametrize("has_token", [True, False])
async def test_a_card_that_was_taken_away_is_posted_nowhere_else(
    counter: Counter, *, has_token: bool
) -> None:
    if not has_token:
        counter.studio.discord.faults.expire_tokens()
    counter.studio.world.delete_message(counter.message)
    with pytest.raises(CardTakenAway):
        await counter.deliver()
    with pytest.raises(CardTakenAway):
        await counter.show()
    assert counter.by_bot() == []
    assert counter.asked(POST) == 0


async def test_later_edits_keep_the_new_messages_words(studio: Studio) -> None:
    counter = await counter_at(studio, count=2)
    counter.lock()
    await counter.deliver(counter.job_ids[0])
    shown = await counter.deliver(counter.job_ids[1])
    (message,) = counter.new_messages()
    assert shown.rung is Rung.EDIT
    assert "here is the image" in message.content
    assert len(message.attachments) == 2
    assert counter.asked(BY_TOKEN) == 1


async def test_a_change_without_a_picture_is_not_worth_a_new_message(counter: Counter) -> None:
    counter.lock()
    with pytest.raises(CardGone):
        await counter.show()
    assert counter.new_messages() == []


async def test_a_new_message_is_posted_once_whatever_crashes(counter: Counter) -> None:
    counter.lock()
    view = counter.view
    await counter.deliver()
    counter.view = view
    await counter.deliver()
    (message,) = counter.new_messages()
    assert len(message.attachments) == 1


async def test_a_new_message_is_found_again_after_the_nonce_is_forgotten(counter: Counter) -> None:
    counter.lock()
    view = counter.view
    await counter.deliver()
    counter.studio.world.nonces.clear()
    counter.view = view
    await counter.deliver()
    assert len(counter.new_messages()) == 1


async def test_without_history_the_nonce_keeps_it_to_one_message(counter: Counter) -> None:
    counter.lock()
    counter.shut(Permissions.READ_MESSAGE_HISTORY)
    view = counter.view
    await counter.deliver()
    counter.view = view
    await counter.deliver()
    assert len(counter.new_messages()) == 1


async def test_a_new_message_whose_answer_is_lost_is_found_again(counter: Counter) -> None:
    counter.lock()
    counter.studio.discord.faults.lose_answer(POST)
    with pytest.raises(CourierUnavailable):
        await counter.deliver()
    await counter.deliver()
    assert len(counter.new_messages()) == 1


async def test_ids_of_a_message_that_cannot_be_edited_do_no_harm(studio: Studio) -> None:
    counter = await counter_at(studio, count=2)
    await counter.deliver(counter.job_ids[0])
    counter.lock()
    await counter.deliver(counter.job_ids[1])
    shown = await counter.show()
    assert shown.attachment_ids.keys() == {counter.job_ids[1]}


async def test_an_archived_thread_is_opened_by_the_picture(studio: Studio) -> None:
    counter = await counter_at(studio, channel="night scenes")
    studio.discord.faults.expire_tokens()
    studio.world.set_archived(counter.message.channel, archived=True)
    assert (await counter.deliver()).rung is Rung.MESSAGE


# --- no way ---


async def test_a_locked_thread_leaves_no_way(studio: Studio) -> None:
    counter = await counter_at(studio, channel="night scenes")
    studio.discord.faults.expire_tokens()
    studio.world.set_archived(counter.message.channel, archived=True, locked=True)
    with pytest.raises(CardGone):
        await counter.deliver()


async def test_a_channel_that_the_bot_may_not_see_leaves_no_way(counter: Counter) -> None:
    counter.studio.discord.faults.expire_tokens()
    counter.shut(Permissions.VIEW_CHANNEL)
    with pytest.raises(CardBarred):
        await counter.deliver()


async def test_without_embeds_a_new_message_is_plain(counter: Counter) -> None:
    counter.lock()
    counter.shut(Permissions.EMBED_LINKS)
    assert (await counter.deliver()).rung is Rung.MESSAGE
    (message,) = counter.new_messages()
    assert (message.embeds, len(message.attachments)) == ([], 1)
    assert "here is the image" in message.content


@pytest.mark.parametrize("missing", [Permissions.SEND_MESSAGES, Permissions.ATTACH_FILES])
async def test_a_new_message_needs_its_other_permissions(counter: Counter, missing: Permissions) -> None:
    counter.lock()
    counter.shut(missing)
    with pytest.raises(CardGone):
        await counter.deliver()


async def test_a_deleted_channel_leaves_no_way(counter: Counter) -> None:
    counter.studio.world.delete_channel(counter.message.channel)
    with pytest.raises(CardTakenAway):
        await counter.deliver()


async def test_a_server_without_the_bot_leaves_no_way(counter: Counter) -> None:
    counter.studio.discord.faults.expire_tokens()
    counter.studio.world.remove_app(counter.message.channel.guild)
    with pytest.raises(CardGone):
        await counter.deliver()


async def test_a_private_card_is_reached_by_its_token_alone(studio: Studio) -> None:
    counter = await counter_at(studio, private=True)
    assert (await counter.deliver()).rung is Rung.TOKEN
    studio.discord.faults.expire_tokens()
    with pytest.raises(CardGone):
        await counter.deliver()
    assert counter.asked(BY_BOT) + counter.asked(POST) == 0


async def test_a_dismissed_private_card_is_gone(studio: Studio) -> None:
    counter = await counter_at(studio, private=True)
    studio.person("ada").delete(counter.message)
    with pytest.raises(CardGone):
        await counter.deliver()
    assert counter.by_bot() == []
