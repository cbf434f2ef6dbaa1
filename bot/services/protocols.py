"""The provider, Discord and imaging, as the services see them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.domain.card import Card, CardView, Shown
from bot.domain.ids import ChannelId, GuildId, JobId, MessageId, RequestId
from bot.domain.provider import HistoryRow, Inputs, Picture, Result, Status
from bot.domain.request import PictureLocation


class ImageProvider(Protocol):
    """The hosted model. Every foreign error arrives as a `ProviderError`; reads are not repeated here."""

    async def submit(self, inputs: Inputs, may_leave: Callable[[], Awaitable[bool]]) -> RequestId:
        """Send the one POST that is paid; `may_leave` is asked once connected, before the first byte leaves.

        Raises `NotAccepted` (safe to send again; `NotSent` if it might not leave), `Refused`, or `Doubtful`
        for all that may have been taken.
        """

    async def status(self, request_id: RequestId) -> Status:
        """Raises `RequestUnknown`, `RateLimited`, `Unavailable`, `KeyRefused`."""

    async def result(self, request_id: RequestId) -> Result | Status:
        """The result of a completed request, or the status if it turns out not to be completed."""

    async def credits(self) -> float:
        """What is left on the account, in USD. Free of charge: also the check of the key."""

    async def upload(self, picture: Picture) -> str:
        """The URL under which the provider can read the picture. Contains the owner's e-mail address."""

    def history(self, since: datetime, until: datetime) -> AsyncIterator[HistoryRow]:
        """Requests to the configured model, newest first, over all pages."""

    async def history_row(self, request_id: RequestId) -> HistoryRow | None:
        """One request of any age; None if the history does not know it."""

    def is_same(self, inputs: Inputs, row: HistoryRow) -> bool:
        """Whether the row was made by a submit of the very same inputs."""

    async def download(self, output_url: str, into: Path) -> None:
        """Write a result to a file, from allowed hosts only, without the key, capped.

        Raises `FileRefused` for a foreign host, an oversized or vanished file; `Unavailable` for now;
        `OSError` where it cannot be written.
        """


class SourceFetcher(Protocol):
    async def fetch(self, url: str, into: Path) -> None:
        """Write a picture at Discord's CDN, and nowhere else, to a file; errors as in `download`."""


class Imaging(Protocol):
    """Strangers' files, opened where they can do no harm. Both raise `FileRefused`, and `OSError`."""

    async def source(self, path: Path, into: Path) -> str:
        """Make the picture ready for the provider at `into`; the content type of that."""

    async def result(
        self, path: Path, into: Path, most_bytes: int, *, takes_damaged: bool
    ) -> tuple[Path, str]:
        """Which of the two files is to be posted, and its content type: the picture itself if it can be.

        What cannot be opened here is posted as it is if it begins as a picture; a broken one only with
        `takes_damaged`, for it may be whole the next time that it is fetched.
        """


class Courier(Protocol):
    """Discord, as the worker sees it."""

    async def show(
        self, view: CardView, pictures: Mapping[JobId, Picture], is_still_so: Callable[[], Awaitable[bool]]
    ) -> Shown:
        """Bring the card's message to `view`, adding `pictures` to those that it already shows.

        Idempotent on one message. Climbs the ladder of deliveries; a new message is posted only for
        `pictures`, and at most once. The files of the message stay unless pictures come or deleted ones
        go. Right before that, `is_still_so` is asked; if not, all is left for later.

        Raises `CardGone` (`CardTakenAway` if the message or its place was taken away, `CardBarred` if it may
        still be there), `CourierUnavailable`, `PictureTooLarge`.
        """

    async def look(self, card: Card) -> None:
        """See whether the card's message still stands; of a private one, which nobody sees, its channel.

        Raises `CardTakenAway`, `CourierUnavailable`.
        """

    async def fresh_url(self, location: PictureLocation) -> str | None:
        """A signed URL of the picture that lives now; None if the message or its picture is surely gone.

        Raises `CourierUnavailable`.
        """

    async def remove(self, card: Card) -> None:
        """Delete the card's message, all of whose pictures were taken down. Gone already is fine.

        Raises `CardBarred`, `CourierUnavailable`.
        """

    async def find(self, card: Card) -> MessageId | None:
        """The message of a card whose first answer may or may not have left before a crash; None if not.

        Raises `CourierUnavailable`.
        """


class Notices(Protocol):
    """What servers are told in their log channels."""

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
        """So much of the month's budget is used: 80 percent, or 100, when not one more picture fits.

        `language` is None if the server has chosen none: then it is the one that it has at Discord.

        Raises `CardGone` if nothing can be posted there, and `CourierUnavailable` if only not for now.
        """
