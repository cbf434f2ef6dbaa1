"""What a press needs: the rows of the table of who may press what, and the scene of one press."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto

from bot.chat.presenter.elements.custom_ids import Action
from bot.domain.approval import ApprovalRules
from bot.domain.errors import ServicePaused
from bot.domain.failure import Failure, FailureKind
from bot.domain.job import JobState
from bot.domain.provider import Failed
from bot.store.pictures import cards, left_messages, owed_notices
from standins.fake_discord.asks import Ask
from standins.fake_discord.model import Message
from tests.chat.onlookers import (
    ADMIN,
    BLOCKED,
    ELSEWHERE,
    FOREIGN_ADMIN,
    MEMBER,
    MODERATOR,
    OPEN,
    OWNER,
    SECRET,
    STRANGER,
    Word,
    block,
    heard,
    remembered,
    word_of,
)
from tests.chat.presses import NIGHT, press_forged, submit_forged
from tests.chat.studio import Studio, text_of

YES, UNKNOWN, NOT_YOURS = Word.YES, Word.UNKNOWN, Word.NOT_YOURS
OWN, NOT_MINE, BARRED = Word.OWN, Word.NOT_MINE, Word.BARRED
NO_PICTURE, MODERATORS_ONLY, ADMINS_ONLY = Word.NO_PICTURE, Word.MODERATORS_ONLY, Word.ADMINS_ONLY
#: Admission lets nobody in during these tests: who may ask for a picture is told so. For the blocked member
#: it is open, so that nothing but the block keeps them out.
ASKED = "Image generation is paused"


class Subject(Enum):
    """The picture that a press is about."""

    MADE = auto()
    WAITING = auto()
    COPIED = auto()
    FAILED = auto()
    REPORTED = auto()
    HELD = auto()
    #: A style preset of the picture's server.
    PRESET = auto()


@dataclass(frozen=True, kw_only=True)
class Row:
    """`proof` is read by those who may. `{names}` in ids are filled in with those of the picture."""

    proof: str
    owner: Word = YES
    member: Word = YES
    moderator: Word = YES
    admin: Word = YES
    stranger: Word = UNKNOWN
    foreign_admin: Word = UNKNOWN
    #: What those who may read on another server, where they see nothing of this one.
    proof_elsewhere: str = ""
    args: str = ""
    values: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=lambda: NIGHT)
    #: Whether a dialogue is sent with a picture.
    has_file: bool = True
    subject: Subject = Subject.MADE
    #: Whether a press takes the picture away, so that the next person needs another one.
    is_final: bool = False
    #: What its owner reads where the message with the button does not show the picture.
    owner_anywhere: Word = YES
    #: Whether it acts on what the message with the button shows, and not on the picture's card.
    is_for_copies: bool = False

    @property
    def makes_a_picture(self) -> bool:
        return self.proof == ASKED

    def word_for(self, who: str) -> Word:
        by_person = {
            OWNER: self.owner,
            MEMBER: self.member,
            BLOCKED: BARRED if self.makes_a_picture else self.member,
            MODERATOR: self.moderator,
            ADMIN: self.admin,
            STRANGER: self.stranger,
            FOREIGN_ADMIN: self.foreign_admin,
        }
        return by_person[who]


class Scene:
    """Ada's picture, and what everybody has on the screen when they press."""

    def __init__(
        self, studio: Studio, row: Row, *, is_private: bool = False, channel: str = "pictures"
    ) -> None:
        self.studio, self.row, self.is_private, self.channel = studio, row, is_private, channel
        self.message: Message | None = None
        self.names: dict[str, int] = {}

    async def set_up(self) -> Message:
        """A new picture. From now on admission lets nobody in, and no token expires while people press."""
        studio = self.studio
        studio.clock.release()
        studio.admission.error = None
        await block(studio)
        message = await self._subject()
        await studio.eventually(self._owes_no_notice)
        job = (await studio.services.gallery.recent(studio.guild_id(), studio.member_id(OWNER), 1))[0]
        studio.admission.error = ServicePaused()
        self.names = {
            "job": job.id,
            "number": job.number,
            "card": job.card_id,
            "message": message.id,
            "attachment": message.attachments[0].id if message.attachments else 0,
            "ada": studio.world.user(OWNER).id,
            "rex": studio.world.user(BLOCKED).id,
            "channel": studio.world.channel("pictures").id,
            "role": next(iter(studio.world.channel("pictures").guild.roles)),
            "today": int(f"{studio.clock.now():%Y%m%d}"),
        }
        if self.row.subject is Subject.PRESET:
            self.names["preset"] = await self._preset()
        if self.row.subject is Subject.REPORTED:
            by = studio.member_id(MEMBER)
            await studio.services.complaints.report(job.id, job.guild_id, by, "it is ugly " * 50)
        if self.row.subject is Subject.COPIED and not self.is_private and self.channel == "pictures":
            message = await self.copied()
        self.message = message
        await self._hold_time()
        return message

    async def _hold_time(self) -> None:
        """On a slow machine, tokens would expire, and the bot forget them, in the middle of the presses."""
        self.studio.clock.hold()
        for shelf in (cards, left_messages):
            await self.studio.database.write(shelf.forget_tokens, before=self.studio.clock.now())

    async def _preset(self) -> int:
        presets, here = self.studio.services.presets, self.studio.guild_id()
        for one in await presets.all_of(here):
            await presets.remove(here, self.studio.member_id(ADMIN), one.id)
        await presets.add(here, self.studio.member_id(ADMIN), "Oil", "thick paint")
        return (await presets.named(here, "Oil")).id

    async def _subject(self) -> Message:
        match self.row.subject:
            case Subject.WAITING:
                return await self._waiting()
            case Subject.FAILED:
                return await self._failed()
            case Subject.HELD:
                return await self._held()
            case _:
                return await self._made()

    async def _failed(self) -> Message:
        await self._made()
        self.studio.provider.on_status.append(Failed(Failure(FailureKind.PROVIDER)))
        message = await self._ask().message()
        await self.studio.until(lambda: "Generation failed" in text_of(message))
        await self.studio.eventually(self._is_up_to_date)
        return message

    async def _held(self) -> Message:
        """One that needs approval, of a member who is not blocked."""
        services, here, ada = self.studio.services, self.studio.guild_id(), self.studio.member_id(OWNER)
        if await services.block_list.of(here, ada) is not None:
            await services.block_list.unblock(here, self.studio.member_id(ADMIN), ada)
        by = here, self.studio.member_id(ADMIN)
        await services.administration.set_approval(*by, lambda _: ApprovalRules(is_for_everyone=True))
        message = await self._ask().message()
        await services.administration.set_approval(*by, lambda _: ApprovalRules())
        await self.studio.until(lambda: "moderator's approval" in text_of(message))
        await self.studio.eventually(self._is_up_to_date)
        return message

    async def _owes_no_notice(self) -> bool:
        """What is done after a picture is done: it would change what is remembered."""
        return not await self.studio.database.read(owed_notices.due)

    async def _is_up_to_date(self) -> bool:
        gallery, guild_id = self.studio.services.gallery, self.studio.guild_id()
        card = await gallery.card_of((await gallery.recent(guild_id, self.studio.member_id(OWNER), 1))[0])
        return card.shown_revision == card.revision

    async def copied(self) -> Message:
        """What its owner has posted again among the pictures; before it is made, an older one."""
        studio = self.studio
        made = await studio.services.gallery.recent(
            studio.guild_id(), studio.member_id(OWNER), 1, [JobState.DELIVERED]
        )
        copy = await press_forged(
            studio, self.own_words(OWNER), f"post-publicly:{made[0].id}:copy", OWNER
        ).message()
        await studio.until(lambda: copy.attachments)
        await studio.eventually(self._is_copy_saved)
        return copy

    async def _is_copy_saved(self) -> bool:
        """The bot has taken note that the copy has its picture: none is left to be looked at."""
        later = self.studio.clock.now() + timedelta(days=1)
        return not await self.studio.database.read(left_messages.due, at=later)

    async def _waiting(self) -> Message:
        await self._made()
        self.studio.services.account.pacer.pause(10_000)
        message = await self._ask().message()
        await self.studio.eventually(self._is_written_down)
        return message

    async def _is_written_down(self) -> bool:
        """The bot has taken note of where its answer stands, and its worker of the picture."""
        gallery, guild_id = self.studio.services.gallery, self.studio.guild_id()
        job = (await gallery.recent(guild_id, self.studio.member_id(OWNER), 1))[0]
        return job.fence > 0 and (await gallery.card_of(job)).message_id is not None

    async def _made(self) -> Message:
        return await self.studio.picture(await self._ask().message())

    def _ask(self) -> Ask:
        prompt = SECRET if self.is_private else OPEN
        person = self.studio.person(OWNER)
        return person.slash(self.channel, "imagine", prompt=prompt, private=self.is_private)

    def press(self, action: Action, who: str, message: Message) -> Ask:
        row = self.row
        custom_id = f"{action}{row.args}".format(**self.names)
        if action.endswith("-form"):
            return submit_forged(self.studio, message, custom_id, who, row.texts, has_file=row.has_file)
        values = [value.format(**self.names) for value in row.values]
        return press_forged(self.studio, message, custom_id, who, values)

    async def check(self, action: Action, who: str, message: Message, expected: Word) -> None:
        before = await remembered(self.studio)
        self.studio.admission.error = None if expected is BARRED else ServicePaused()
        told = await heard(self.studio, self.press(action, who, message))
        assert word_of(told) is expected, (who, told)
        if expected is YES:
            proof = self.row.proof_elsewhere if who in ELSEWHERE else ""
            assert (proof or self.row.proof).format(**self.names) in told, (who, told)
        else:
            assert await remembered(self.studio) == before, who
        if self.is_private and who != OWNER:
            assert SECRET not in told, who
        if who in ELSEWHERE:
            assert OPEN not in told, who

    def own_words(self, who: str) -> Message:
        """A message of theirs, to press on: in the channel of the picture's server, or in their own."""
        return self.studio.person(who).say("lounge" if who in ELSEWHERE else "pictures", "hello")
