"""The delivery ladder, rung by rung, against a Discord that says no in every way it knows."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.chat.courier import DiscordCourier
from bot.chat.sealing import Sealer
from bot.domain.card import Card, CardView, Rung, Shown
from bot.domain.errors import CardGone, CourierUnavailable, PictureTooLarge
from bot.domain.ids import AttachmentId, CardId, ChannelId, JobId, MessageId
from bot.domain.job import JobState
from bot.domain.provider import Picture
from bot.domain.request import PictureLocation
from bot.sandbox.fake_discord.faults import Fault
from bot.sandbox.fake_discord.model import Message
from bot.sandbox.fake_discord.permissions import Permissions, everyone_role
from bot.sandbox.fake_discord.server import FakeDiscord
from bot.store.database import Database
from tests.chat.studio import Studio, opened, text_of
from tests.services.outsides import png

BY_TOKEN, BY_BOT, POST = "PATCH /webhooks/*", "PATCH /channels/*", "POST /channels/*"


def picture(colour: str = "teal") -> Picture:
    return Picture(png(64, 64, colour), "image/png", 64, 64)


class Counter:
    """A card that waits, and a courier that is told by hand what to bring to it."""

    def __init__(self, studio: Studio, message: Message, view: CardView) -> None:
        self.studio = studio
        self.message = message
        self.view = view
        self.courier = studio.courier

    @property
    def card(self) -> Card:
        return self.view.card

    @property
    def job_ids(self) -> list[JobId]:
        return [job.id for job in self.view.jobs]

    async def deliver(self, *job_ids: JobId, **card: object) -> Shown:
        """Show these pictures (the first by default), and then remember what the services would."""
        pictures = {job_id: picture() for job_id in job_ids or self.job_ids[:1]}
        view = replace(self.view, card=replace(self.card, **card))  # type: ignore[arg-type]  # fields by name
        shown = await self.courier.show(view, pictures)
        self.remember(shown, *pictures)
        return shown

    async def show(self) -> Shown:
        return await self.courier.show(self.view, {})

    def remember(self, shown: Shown, *job_ids: JobId) -> None:
        jobs = [
            replace(
                job,
                state=JobState.DELIVERED,
                attachment_id=AttachmentId(shown.attachment_ids[job.id]),
            )
            if job.id in job_ids
            else job
            for job in self.view.jobs
        ]
        card = replace(self.card, message_id=shown.message_id, channel_id=shown.channel_id)
        self.view = replace(self.view, jobs=jobs, card=card)

    def asked(self, route: str) -> int:
        return len(self.studio.discord.requests.matching(route))

    def shut(self, permissions: Permissions) -> None:
        studio = self.studio
        studio.world.set_overwrite(
            self.message.channel, everyone_role(self.message.channel.guild), deny=permissions
        )

    def by_bot(self) -> list[Message]:
        return self.studio.sent_by_bot()


async def counter_at(
    studio: Studio, *, count: int = 1, private: bool = False, channel: str = "pictures"
) -> Counter:
    studio.services.pacer.pause(100_000)
    ask = studio.person("ada").slash(
        channel, "imagine", prompt="a fox in the snow", count=count, private=private
    )
    message = await ask.message()
    await studio.eventually(lambda: is_answered(studio))
    return Counter(studio, message, await studio.services.gallery.view(CardId(1), studio.guild_id()))


async def is_answered(studio: Studio) -> bool:
    view = await studio.services.gallery.view(CardId(1), studio.guild_id())
    return view.card.message_id is not None


@pytest.fixture
async def studio(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    async with opened(Studio(fake, database, tmp_path, call_seconds=0.5)) as studio:
        yield studio


@pytest.fixture
async def counter(studio: Studio) -> Counter:
    return await counter_at(studio)


# --- by token ---


async def test_while_the_token_lives_it_edits_the_message(counter: Counter) -> None:
    shown = await counter.deliver()
    (attachment,) = counter.message.attachments
    assert shown == Shown(
        message_id=MessageId(counter.message.id),
        channel_id=ChannelId(counter.message.channel.id),
        rung=Rung.TOKEN,
        attachment_ids={JobId(1): attachment.id},
    )
    assert attachment.filename == "image-1.png"
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
    assert [one.filename for one in counter.message.attachments] == [
        "image-1.png",
        "image-2.png",
        "image-3.png",
    ]


async def test_several_pictures_come_in_one_edit(studio: Studio) -> None:
    counter = await counter_at(studio, count=2)
    shown = await counter.deliver(*counter.job_ids)
    assert shown.attachment_ids.keys() == set(counter.job_ids)
    assert counter.asked(BY_TOKEN) == 1


async def test_a_deleted_picture_is_taken_from_the_card(studio: Studio) -> None:
    counter = await counter_at(studio, count=2)
    await counter.deliver(*counter.job_ids)
    first, second = counter.view.jobs
    deleted = replace(first, deleted_at=studio.clock.now())
    counter.view = replace(counter.view, jobs=[deleted, second])
    await counter.show()
    assert [one.filename for one in counter.message.attachments] == ["image-2.png"]


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
    counter.studio.clock.skip(15 * 60)
    assert (await counter.deliver()).rung is Rung.EDIT
    assert counter.asked(BY_TOKEN) == 0


async def test_a_token_whose_key_is_lost_is_not_tried(counter: Counter) -> None:
    sealer = Sealer([Fernet.generate_key().decode()])
    studio = counter.studio
    counter.courier = DiscordCourier(client=studio.client, sealer=sealer, clock=studio.clock)
    assert (await counter.deliver()).rung is Rung.EDIT


async def test_editing_needs_no_permission_but_to_look(counter: Counter) -> None:
    counter.studio.discord.faults.expire_tokens()
    counter.shut(Permissions.SEND_MESSAGES | Permissions.ATTACH_FILES)
    assert (await counter.deliver()).rung is Rung.EDIT


# --- a new message ---


async def test_a_picture_whose_card_was_deleted_comes_in_a_new_message(counter: Counter) -> None:
    counter.studio.world.delete_message(counter.message)
    shown = await counter.deliver()
    (message,) = counter.by_bot()
    assert shown.rung is Rung.MESSAGE
    assert shown.message_id == message.id
    assert message.mentions == [counter.studio.world.user("ada")]
    assert [one.filename for one in message.attachments] == ["image-1.png"]


async def test_later_edits_keep_the_new_messages_words(studio: Studio) -> None:
    counter = await counter_at(studio, count=2)
    studio.world.delete_message(counter.message)
    await counter.deliver(counter.job_ids[0])
    shown = await counter.deliver(counter.job_ids[1])
    (message,) = counter.by_bot()
    assert shown.rung is Rung.EDIT
    assert "here is the picture" in message.content
    assert len(message.attachments) == 2


async def test_a_change_without_a_picture_is_not_worth_a_new_message(counter: Counter) -> None:
    counter.studio.world.delete_message(counter.message)
    with pytest.raises(CardGone):
        await counter.show()
    assert counter.by_bot() == []


async def test_a_new_message_is_posted_once_whatever_crashes(counter: Counter) -> None:
    counter.studio.world.delete_message(counter.message)
    view = counter.view
    await counter.deliver()
    counter.view = view
    await counter.deliver()
    (message,) = counter.by_bot()
    assert len(message.attachments) == 1


async def test_a_new_message_is_found_again_after_the_nonce_is_forgotten(counter: Counter) -> None:
    counter.studio.world.delete_message(counter.message)
    view = counter.view
    await counter.deliver()
    counter.studio.world.nonces.clear()
    counter.view = view
    await counter.deliver()
    assert len(counter.by_bot()) == 1


async def test_without_history_the_nonce_keeps_it_to_one_message(counter: Counter) -> None:
    counter.studio.world.delete_message(counter.message)
    counter.shut(Permissions.READ_MESSAGE_HISTORY)
    view = counter.view
    await counter.deliver()
    counter.view = view
    await counter.deliver()
    assert len(counter.by_bot()) == 1


async def test_a_new_message_whose_answer_is_lost_is_found_again(counter: Counter) -> None:
    counter.studio.world.delete_message(counter.message)
    counter.studio.discord.faults.lose_answer(POST)
    with pytest.raises(CourierUnavailable):
        await counter.deliver()
    await counter.deliver()
    assert len(counter.by_bot()) == 1


async def test_ids_of_a_message_that_is_gone_do_no_harm(studio: Studio) -> None:
    counter = await counter_at(studio, count=2)
    await counter.deliver(counter.job_ids[0])
    studio.world.delete_message(counter.message)
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
    with pytest.raises(CardGone):
        await counter.deliver()


@pytest.mark.parametrize(
    "missing", [Permissions.SEND_MESSAGES, Permissions.ATTACH_FILES, Permissions.EMBED_LINKS]
)
async def test_a_new_message_needs_all_its_permissions(counter: Counter, missing: Permissions) -> None:
    counter.studio.world.delete_message(counter.message)
    counter.shut(missing)
    with pytest.raises(CardGone):
        await counter.deliver()


async def test_a_deleted_channel_leaves_no_way(counter: Counter) -> None:
    counter.studio.world.delete_channel(counter.message.channel)
    with pytest.raises(CardGone):
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


# --- not now ---


@pytest.mark.parametrize("expired", [False, True])
async def test_an_outage_passes(counter: Counter, expired: bool) -> None:  # noqa: FBT001  a parameter of pytest's
    faults = counter.studio.discord.faults
    if expired:
        faults.expire_tokens()
        await counter.show()
    faults.start_outage()
    with pytest.raises(CourierUnavailable):
        await counter.deliver()
    faults.end_outage()
    await counter.deliver()
    assert len(counter.message.attachments) == 1


@pytest.mark.parametrize("route", [BY_TOKEN, BY_BOT])
async def test_no_answer_no_connection_and_a_ban_are_for_later(counter: Counter, route: str) -> None:
    faults = counter.studio.discord.faults
    if route == BY_BOT:
        counter.studio.clock.skip(15 * 60)
    spoilings: list[Callable[[], Fault]] = [
        lambda: faults.lose_request(route),
        lambda: faults.lose_answer(route),
        lambda: faults.slow(route, seconds=2, times=1),
        lambda: faults.rate_limit(route, has_via=False),
        lambda: faults.add(route, status=401, times=1),
        lambda: faults.add(route, status=403, times=1),
    ]
    for spoil in spoilings:
        spoil()
        with pytest.raises(CourierUnavailable):
            await counter.deliver()
    await counter.deliver()
    assert len(counter.message.attachments) == 1
    assert len(counter.by_bot()) == 1


async def test_a_rate_limit_is_waited_for(counter: Counter) -> None:
    counter.studio.discord.faults.rate_limit(BY_TOKEN, retry_after_seconds=0.1)
    assert (await counter.deliver()).rung is Rung.TOKEN


# --- what Discord does not like about it ---


async def test_words_that_automod_refuses_are_left_out(counter: Counter) -> None:
    counter.studio.discord.faults.forbid_word("fox")
    await counter.deliver()
    assert "fox" not in text_of(counter.message)
    assert [one.description for one in counter.message.attachments] == ["A picture."]
    before = counter.asked(BY_TOKEN)
    await counter.show()
    assert counter.asked(BY_TOKEN) == before + 1


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_a_picture_over_the_limit_says_so(
    counter: Counter,
    is_deleted: bool,  # noqa: FBT001  a parameter of pytest's
) -> None:
    if is_deleted:
        counter.studio.world.delete_message(counter.message)
    huge = Picture(bytes(11 * 1024 * 1024), "image/png", 64, 64)
    with pytest.raises(PictureTooLarge):
        await counter.courier.show(counter.view, {JobId(1): huge})


# --- looking, removing, finding ---


async def test_a_fresh_address_of_a_picture(counter: Counter) -> None:
    shown = await counter.deliver()
    place = PictureLocation(shown.channel_id, shown.message_id, AttachmentId(shown.attachment_ids[JobId(1)]))
    url = await counter.courier.fresh_url(place)
    assert url is not None
    assert f"/{shown.attachment_ids[JobId(1)]}/image-1.png" in url
    assert await counter.courier.fresh_url(replace(place, attachment_id=None)) == url
    assert await counter.courier.fresh_url(replace(place, attachment_id=AttachmentId(5))) is None
    assert await counter.courier.fresh_url(replace(place, message_id=MessageId(5))) is None
    counter.studio.discord.faults.start_outage()
    assert await counter.courier.fresh_url(place) is None


@pytest.mark.parametrize("expired", [False, True])
async def test_a_card_is_removed_once_and_for_all(counter: Counter, expired: bool) -> None:  # noqa: FBT001  a parameter of pytest's
    if expired:
        counter.studio.discord.faults.expire_tokens()
    await counter.courier.remove(counter.card)
    assert counter.message.is_deleted
    await counter.courier.remove(counter.card)


async def test_a_card_is_not_removed_while_discord_is_out(counter: Counter) -> None:
    counter.studio.discord.faults.start_outage()
    with pytest.raises(CourierUnavailable):
        await counter.courier.remove(counter.card)


async def test_a_private_card_is_removed_by_its_token(studio: Studio) -> None:
    counter = await counter_at(studio, private=True)
    await counter.courier.remove(counter.card)
    assert counter.message.is_deleted


@pytest.mark.parametrize("expired", [False, True])
async def test_the_answer_to_an_interaction_is_found(counter: Counter, expired: bool) -> None:  # noqa: FBT001  a parameter of pytest's
    if expired:
        counter.studio.clock.skip(15 * 60)
    unanswered = replace(counter.card, message_id=None)
    assert await counter.courier.find(unanswered) == counter.message.id


async def test_the_reply_to_a_message_is_found(counter: Counter) -> None:
    said = counter.studio.person("ada").say("pictures", "@lantern", reply_to=counter.message)
    await counter.studio.until(lambda: len(counter.by_bot()) == 2)
    reply = counter.by_bot()[1]
    card = replace(
        counter.card,
        message_id=None,
        sealed_token=None,
        interaction_id=said.id,  # type: ignore[arg-type]  # an id
    )
    assert await counter.courier.find(card) == reply.id


async def test_an_answer_that_never_left_is_not_found(counter: Counter) -> None:
    ask = counter.studio.person("ada").slash("pictures", "help")
    unanswered = replace(
        counter.card,
        message_id=None,
        interaction_id=ask.interaction.id,  # type: ignore[arg-type]  # an id
        sealed_token=counter.studio.sealer.seal("no such token"),
    )
    assert await counter.courier.find(unanswered) is None
    assert await counter.courier.find(replace(unanswered, is_private=True)) is None


async def test_while_discord_is_out_nothing_is_found_out(counter: Counter) -> None:
    counter.studio.discord.faults.start_outage()
    with pytest.raises(CourierUnavailable):
        await counter.courier.find(replace(counter.card, message_id=None))
