"""A card at whose counter tests hand over pictures by hand, as the worker would."""

from dataclasses import replace

from bot.domain.card import Card, CardView, Shown
from bot.domain.ids import AttachmentId, CardId, JobId
from bot.domain.job import JobState
from bot.domain.provider import Picture
from standins.fake_discord.model import Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from tests.chat.studio import PICTURES_ELSEWHERE, Studio
from tests.services.outsides import png

BY_TOKEN, BY_BOT, POST = "PATCH /webhooks/*", "PATCH /channels/*", "POST /channels/*"


def picture(colour: str = "teal") -> Picture:
    return Picture(png(64, 64, colour), "image/png")


async def always() -> bool:
    """Nobody else shows the card."""
    return True


async def never() -> bool:
    """As of a process that was stopped while another had its turn."""
    return False


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
        shown = await self.courier.show(view, pictures, always)
        self.remember(shown, *pictures)
        return shown

    async def show(self) -> Shown:
        return await self.courier.show(self.view, {}, always)

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

    def lock(self) -> None:
        self.studio.lock(self.message)

    def new_messages(self) -> list[Message]:
        return [message for message in self.by_bot() if message is not self.message]

    def by_bot(self) -> list[Message]:
        return self.studio.sent_by_bot()


async def counter_at(
    studio: Studio, *, count: int = 1, private: bool = False, channel: str = "pictures"
) -> Counter:
    studio.services.account.pacer.pause(100_000)
    ask = studio.person("ada").slash(
        channel, "imagine", prompt="a fox in the snow", count=count, private=private
    )
    message = await ask.message()
    await studio.eventually(lambda: is_answered(studio))
    return Counter(
        studio, message, await studio.services.gallery.view(CardId(PICTURES_ELSEWHERE + 1), studio.guild_id())
    )


async def is_answered(studio: Studio) -> bool:
    view = await studio.services.gallery.view(CardId(PICTURES_ELSEWHERE + 1), studio.guild_id())
    return view.card.message_id is not None
