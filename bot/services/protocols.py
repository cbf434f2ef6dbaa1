"""The interfaces through which the services reach the provider, Discord and files."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.domain.administration import GuildSettings
from bot.domain.block import MemberBlock
from bot.domain.card import Card, CardView, Shown
from bot.domain.ids import ChannelId, GuildId, JobId, MessageId, RequestId
from bot.domain.moderation import FeedBatch, PostView
from bot.domain.notice import Notice
from bot.domain.privacy import ErasureState
from bot.domain.provider import HistoryRow, Inputs, Picture, Result, Status
from bot.domain.reports import UsageReport
from bot.domain.request import PictureLocation


class ImageProvider(Protocol):
    """The hosted model. All its errors arrive as `ProviderError`; reads are not repeated here."""

    async def submit(self, inputs: Inputs, may_leave: Callable[[], Awaitable[bool]]) -> RequestId:
        """Send the paid POST. `may_leave` is asked once connected, before the first byte is sent.

        Raises `NotAccepted` (safe to send again; `NotSent` if `may_leave` said no), `Refused`, or `Doubtful`
        if it may have been accepted.
        """

    async def status(self, request_id: RequestId) -> Status:
        """Raises `RequestUnknown`, `RateLimited`, `Unavailable`, `KeyRefused`."""

    async def result(self, request_id: RequestId) -> Result | Status:
        """Return the result of a completed request, or the status if it is not completed after all."""

    async def credits(self) -> float:
        """Return the USD left on the account. The call is free, so that it also checks the key."""

    async def upload(self, picture: Picture) -> str:
        """Return a URL at which the provider can read the picture; it contains the owner's e-mail address."""

    def history(self, since: datetime, until: datetime, model: str) -> AsyncIterator[HistoryRow]:
        """Yield the requests to the model, newest first, over all pages."""

    async def history_row(self, request_id: RequestId) -> HistoryRow | None:
        """Return one request of any age, or None if the history does not know it."""

    def is_same(self, inputs: Inputs, row: HistoryRow) -> bool:
        """Return True if the row is a request with the same inputs."""

    async def download(self, output_url: str, into: Path) -> None:
        """Write a result to a file, from allowed hosts only, without the key, capped.

        Raises `FileRefused` for a foreign host, an oversized or missing file; `Unavailable` if it may work
        later; `OSError` if it cannot be written.
        """


class SourceFetcher(Protocol):
    async def fetch(self, url: str, into: Path) -> None:
        """Write a picture from Discord's CDN, and no other host, to a file. Raises the same as `download`."""


class Imaging(Protocol):
    """Opens untrusted files in a safe place. All methods raise `FileRefused` and `OSError`."""

    async def source(self, path: Path, into: Path) -> str:
        """Write the picture, ready for the provider, to `into`; return its content type."""

    async def result(self, path: Path, into: Path, most_bytes: int, *, takes_damaged: bool) -> Picture:
        """Return the picture to post: the original if it fits, else a smaller copy, by way of `into`.

        A file that cannot be opened here is posted as it is if it begins as a picture. A broken one needs
        `takes_damaged`, since it may be whole after the next download.
        """

    async def thumbnail(self, path: Path, into: Path, most_side: int) -> str:
        """Write a small copy of a result, of which no side is longer, to `into`; return its content type."""


class Courier(Protocol):
    """Discord, as the services see it."""

    async def show(
        self, view: CardView, pictures: Mapping[JobId, Picture], is_still_so: Callable[[], Awaitable[bool]]
    ) -> Shown:
        """Update the card's message to show `view`, and add `pictures` to those that it already shows.

        The call is idempotent on one message. It tries each rung of the delivery ladder; a new message is
        posted only for `pictures`, and at most once. The files of the message change only if pictures are
        added or deleted. Right before that, `is_still_so` is asked; if not, nothing is changed.

        Raises `CardGone` (`CardTakenAway` if the message or its place was taken away, `CardBarred` if it may
        still be there), `CourierUnavailable`, `PictureTooLarge`.
        """

    async def look(self, card: Card) -> None:
        """Check that the card's message still exists; for a private card, its channel.

        Raises `CardTakenAway`, `CourierUnavailable`.
        """

    async def fresh_url(self, location: PictureLocation) -> str | None:
        """Return a signed URL of the picture that is valid now, or None if the picture is surely gone.

        Raises `CourierUnavailable`.
        """

    async def remove(self, card: Card) -> None:
        """Delete the message of a card without pictures. It may be gone already.

        Raises `CardBarred`, `CourierUnavailable`.
        """

    async def announce(self, card: Card, notice: Notice, *, is_again: bool) -> None:
        """Reply to the card's message, and mention the member. With `is_again`, look for an earlier attempt.

        For a private card, it is a private message by the card's token, and there is only one attempt.

        Raises `CardGone` if Discord refuses it, and `CourierUnavailable`.
        """

    async def find(self, card: Card) -> MessageId | None:
        """Find the message of a card whose first answer may be lost; None if it does not exist.

        Raises `CourierUnavailable`.
        """


class OperatorPost(Protocol):
    """The place where the operator is notified of troubles."""

    async def post(self, text: str) -> None:
        """Post a message that mentions no one.

        Raises `CourierUnavailable` if it may work later, and `PostRefused` if the operator has to
        correct something first.
        """


class Notices(Protocol):
    """Messages of the bot's own accord to servers."""

    async def welcome(self, settings: GuildSettings, *, joined_at: datetime) -> None:
        """Introduce the bot to a server that it has joined: in the channel for Discord's own messages, or in
        the first one where it may write.

        Raises `CardGone` if nothing can be posted there, and `CourierUnavailable` if it may work later.
        """

    async def language(self, guild_id: GuildId) -> str:
        """Ask Discord for the language of the server.

        Raises `CardGone` if the bot is not there, and `CourierUnavailable`.
        """

    async def summary(
        self, guild_id: GuildId, channel_id: ChannelId, report: UsageReport, language: str
    ) -> None:
        """Post the report on a week, with a button to the whole of it.

        Raises `CardGone` if nothing can be posted there, and `CourierUnavailable` if it may work later.
        """

    async def blocked(self, block: MemberBlock, *, channel_id: ChannelId, language: str | None) -> None:
        """Say in the log channel that strikes have led to a block.

        Raises `CardGone`, `CourierUnavailable`.
        """

    async def budget(
        self,
        *,
        guild_id: GuildId,
        channel_id: ChannelId,
        percent: int,
        cap_microusd: int,
        used_microusd: int,
        resets_at: datetime,
        language: str | None,
    ) -> None:
        """Say how much of the month's budget is used: 80 percent, or 100 if not one more picture fits.

        `language` is None if the server has chosen none. Then its language at Discord is used.

        Raises `CardGone` if nothing can be posted there, and `CourierUnavailable` if it may work later.
        """


class ErasureAnswers(Protocol):
    """The answers to members who have asked for the deletion of their data."""

    async def show(self, state: ErasureState) -> bool:
        """Let the answer say how it goes. Return False if it cannot be changed any more.

        Raises `CourierUnavailable`.
        """


class ModeratorChannel(Protocol):
    """The channels of moderators. `post.channel_id` says which.

    All methods raise `CardBarred` if the bot may not write there now, `CardGone` if the channel or the
    message is gone, and `CourierUnavailable`.
    """

    async def post(self, view: PostView, picture: Picture | None) -> MessageId:
        """Post it with a nonce: a repetition within minutes posts nothing new."""

    async def find(self, view: PostView) -> MessageId | None:
        """Find the message of a post whose answer may be lost."""

    async def edit(self, view: PostView) -> None:
        """Let the message show how things stand. The picture is taken off once it is removed."""

    async def post_feed(self, batch: FeedBatch, pictures: Mapping[JobId, Picture]) -> MessageId:
        """Post a message of the feed, with a nonce."""

    async def edit_feed(
        self, batch: FeedBatch, message_id: MessageId, pictures: Mapping[JobId, Picture]
    ) -> None:
        """Let a message of the feed show only these of its entries; without any, delete it."""

    async def find_feed(self, batch: FeedBatch) -> Mapping[JobId, MessageId]:
        """Find which of these entries are in the channel, and in which message."""
