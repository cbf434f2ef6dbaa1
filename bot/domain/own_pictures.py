"""The list of a member's pictures in one server: what it is narrowed down to, and one page of it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.ids import JobId, MemberId
from bot.domain.reports import ReportedJob

#: Buttons carry the words, in at most this many bytes of UTF-8: a custom id has 100 characters.
MOST_SEARCH_BYTES = 42


@dataclass(frozen=True, slots=True)
class PictureFilter:
    #: All of these words have to be in the prompt, in any order and in upper or lower case.
    words: str = field(default="", repr=False)
    #: Pictures that the member has marked, others' included.
    only_favourites: bool = False

    @classmethod
    def of(cls, typed: str, *, only_favourites: bool = False) -> "PictureFilter":
        """Keep as many of the typed words as buttons can carry."""
        words = " ".join(typed.split()).encode(errors="ignore")[:MOST_SEARCH_BYTES]
        return cls(words.decode(errors="ignore").strip(), only_favourites)

    def takes(self, prompt: str) -> bool:
        text = _folded(prompt)
        return all(word in text for word in _folded(self.words).split())


ALL = PictureFilter()


def _folded(text: str) -> str:
    """Return the text so that letters that people take for the same are the same."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPicture(ReportedJob):
    #: How many pictures its card has.
    of_card: int = 1

    def has_small_copy_for(self, member_id: MemberId) -> bool:
        """Return whether no message shows the picture to the bot, while the provider still has its file.

        Spoilers have none: Discord never blurs a thumbnail.
        """
        job = self.job
        is_hidden = (self.is_private and job.is_posted) or job.parked_at is not None
        is_there = job.output_url is not None and job.deleted_at is None
        return job.member_id == member_id and is_hidden and is_there and not job.is_spoiler


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePage:
    """One page, counted from 0: first what is in work, then the newest; of favourites, the last marked."""

    pictures: Sequence[ListedPicture]
    page: int
    pages: int
    total: int
    #: A search ended before the oldest pictures: it looked only at so many of the newest.
    searched_only: int | None = None
    favourites: frozenset[JobId] = frozenset()
