"""The parts that all commands and buttons need, and the look-up of the picture that a press is about.

A press proves nothing: a tampered client may send any custom id from anywhere. So every press is checked
against the place of the card itself (`bot.domain.access`). A copy gives access to the picture that it shows,
and to nothing else of the card.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import discord

from bot.chat.access.permission_checks import PermissionChecks
from bot.chat.delivery.card_update import picture_ids
from bot.chat.delivery.token_encryption import TokenCipher
from bot.chat.incoming.attachments import FoundPicture
from bot.chat.incoming.languages import language_of_server
from bot.chat.incoming.payload import channel_of, guild_of, place_of, roles_of
from bot.chat.incoming.thumbnails import Thumbnails
from bot.chat.presenter.wording.command_words import EDIT_MENU
from bot.chat.responses.error_handler import ErrorHandler
from bot.chat.responses.first_response import InteractionResponse
from bot.chat.responses.image_requests import ImageRequests
from bot.chat.servers.ages import Place, asked_with_age
from bot.chat.servers.server_cache import ServerCache
from bot.domain.access import Actor
from bot.domain.age import AgeOfPlace
from bot.domain.card import Card, CardView
from bot.domain.clock import Clock
from bot.domain.errors import ServerNotServed
from bot.domain.ids import CardId, ChannelId, GuildId, JobId, MemberId, RoleId
from bot.domain.job import Job
from bot.domain.limits import Usage
from bot.domain.privacy import PrivacyFacts
from bot.domain.reports import MemberUsage
from bot.domain.request import Door, ImageRequest
from bot.services.admins.administration import Administration
from bot.services.admins.presets import Presets
from bot.services.admins.reports import Reports
from bot.services.admins.word_lists import WordLists
from bot.services.limits.qualities import Qualities
from bot.services.making.previews import Previews
from bot.services.making.small_copies import SmallCopies
from bot.services.members.approvals import Approvals
from bot.services.members.block_list import BlockList
from bot.services.members.complaints import Complaints
from bot.services.members.erasures import Erasures
from bot.services.members.gallery import Gallery
from bot.services.members.moderation import Moderation
from bot.services.members.own_data import OwnData
from bot.services.members.own_pictures import OwnPictures
from bot.services.members.strike_list import StrikeList

T = TypeVar("T")

MOST_OPENINGS = 500
MOST_PRESSES = 2000


class ModalPictures:
    """The pictures that open modals are about, for messages that the bot cannot read again by itself.

    After a restart, the message is fetched instead.
    """

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[int, int], list[FoundPicture]] = OrderedDict()

    def keep(self, opening: int, member_id: int, found: list[FoundPicture]) -> None:
        self._found[opening, member_id] = found
        if len(self._found) > MOST_OPENINGS:
            self._found.popitem(last=False)

    def of(self, opening: int, member_id: int) -> list[FoundPicture] | None:
        """Return None if there are none, or if another member opened the modal."""
        return self._found.get((opening, member_id))


class Cooldown:
    """Recognises double clicks: they must not make two pictures."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        """The same press by the same member within `seconds` is a repetition."""
        self._clock = clock
        self._seconds = seconds
        self._seen: OrderedDict[tuple[int, str], float] = OrderedDict()

    def is_repeated(self, member_id: int, custom_id: str) -> bool:
        now = self._clock.monotonic()
        before = self._seen.get((member_id, custom_id))
        self._seen[member_id, custom_id] = now
        self._seen.move_to_end((member_id, custom_id))
        if len(self._seen) > MOST_PRESSES:
            self._seen.popitem(last=False)
        return before is not None and now - before < self._seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    image_requests: ImageRequests
    gallery: Gallery
    block_list: BlockList
    strike_list: StrikeList
    moderation: Moderation
    complaints: Complaints
    approvals: Approvals
    administration: Administration
    reports: Reports
    own_pictures: OwnPictures
    own_data: OwnData
    erasures: Erasures
    small_copies: SmallCopies
    qualities: Qualities
    previews: Previews
    word_lists: WordLists
    presets: Presets
    thumbnails: Thumbnails
    permission_checks: PermissionChecks
    servers: ServerCache
    token_cipher: TokenCipher
    error_handler: ErrorHandler
    clock: Clock
    cooldown: Cooldown
    has_reply_edits: bool
    served_guild_ids: frozenset[int]
    privacy_facts: PrivacyFacts
    modal_pictures: ModalPictures = field(default_factory=ModalPictures)

    async def ask(
        self, interaction: discord.Interaction, request: ImageRequest, door: Door, *, is_private: bool
    ) -> None:
        guild_of(interaction)
        if interaction.type is not discord.InteractionType.application_command:  # which Discord has judged
            await self.permission_checks.require_use(interaction, command_of(request, door))
        first = InteractionResponse(interaction, is_private=is_private)
        await self.image_requests.ask(first, request, door)

    async def job(self, interaction: discord.Interaction, job_id: int) -> tuple[Job, Card]:
        """Return a job that this member may see from here, and its card. Raises `JobUnknown`."""
        job, card = await self._job_here(interaction, job_id)
        actor_of(interaction).require_sight(card)
        return job, card

    async def picture(self, interaction: discord.Interaction, job_id: int) -> tuple[Job, Card]:
        """Return also a picture that everyone sees in the message with the button, to edit it and no more."""
        job, card = await self._job_here(interaction, job_id)
        if not shows_to_all(interaction, job):
            actor_of(interaction).require_sight(card)
        return job, card

    async def usage(self, interaction: discord.Interaction) -> list[Usage]:
        """Return each limit of the member who acts, in this channel, and what is used of it."""
        return await self.gallery.usage(*_where_limits_hold(interaction))

    async def usages(self, interaction: discord.Interaction) -> MemberUsage:
        """Return the same, and the member's pictures and spending in this server this month."""
        return await self.gallery.usages(*_where_limits_hold(interaction))

    async def with_age(
        self, interaction: discord.Interaction, ask: Callable[[AgeOfPlace | None], Awaitable[T]]
    ) -> T:
        """Ask something that may depend on whether this channel is age-restricted."""
        place = Place(
            guild_id=guild_of(interaction),
            channel_id=place_of(interaction),
            member_id=MemberId(interaction.user.id),
            role_ids=roles_of(interaction.user),
        )
        return await asked_with_age(self.servers, place, ask)

    async def may_use_max(self, interaction: discord.Interaction) -> bool:
        """Return whether the member may choose the highest quality here."""
        return await self.qualities.may_use_max(guild_of(interaction), roles_of(interaction.user))

    async def language_of_all(self, interaction: discord.Interaction) -> str:
        """Return the language that everyone in the channel reads: the admins' choice, or Discord's."""
        chosen = await self.administration.language(guild_of(interaction))
        return chosen or language_of_server(interaction)

    async def _job_here(self, interaction: discord.Interaction, job_id: int) -> tuple[Job, Card]:
        job = await self.gallery.job(JobId(job_id), guild_of(interaction))
        return job, await self.gallery.card_of(job)

    async def view(self, interaction: discord.Interaction, card_id: int) -> CardView:
        """Return a card that this member may see from here. Raises `JobUnknown`."""
        view = await self.gallery.view(CardId(card_id), guild_of(interaction))
        actor_of(interaction).require_sight(view.card)
        return view


def _where_limits_hold(
    interaction: discord.Interaction,
) -> tuple[GuildId, MemberId, frozenset[RoleId], ChannelId]:
    member = interaction.user
    return guild_of(interaction), MemberId(member.id), roles_of(member), place_of(interaction)


def command_of(request: ImageRequest, door: Door) -> str:
    """Return the command that a press, a modal or a reply amounts to."""
    if door is Door.MENU:
        return EDIT_MENU
    return "imagine" if request.source is None else "edit"


def own_message(interaction: discord.Interaction) -> discord.Message | None:
    """Return the message with the button if it is the bot's own: members can give files any name."""
    message, me = interaction.message, interaction.client.user
    return message if message is not None and me is not None and message.author.id == me.id else None


def shows_to_all(interaction: discord.Interaction, job: Job) -> bool:
    """Return whether the message with the button shows the picture to everyone: its owner has posted it."""
    message = own_message(interaction)
    return message is not None and not message.flags.ephemeral and bool(picture_ids(message, [job]))


def require_served(interaction: discord.Interaction, served_guild_ids: frozenset[int]) -> None:
    """Raises `ServerNotServed` if the operator has listed servers and this is not one of them."""
    if served_guild_ids and interaction.guild_id not in served_guild_ids:
        raise ServerNotServed


def actor_of(interaction: discord.Interaction) -> Actor:
    """Return the member with their rights: a moderator may delete others' messages in this channel."""
    return Actor(
        guild_id=guild_of(interaction),
        channel_id=channel_of(interaction),
        member_id=MemberId(interaction.user.id),
        is_moderator=interaction.permissions.manage_messages,
    )
