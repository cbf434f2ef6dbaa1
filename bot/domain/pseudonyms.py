"""The ids under which rows of members are kept who have deleted their data.

What has to outlive that, such as limits in their windows and blocks, stays with a keyed hash in place of the
member's id. So deleting gives no one a fresh allowance, and without the key no one can tell whose it is.
"""

import base64
import hmac
from collections.abc import Sequence
from functools import lru_cache

from bot.domain.ids import MemberId

#: The rows of all members whose time is over: nothing depends on whose they were.
NAMELESS = MemberId(-1)
_PURPOSE = b"the ids of members who have deleted their data"
_BYTES = 8


class Pseudonyms:
    """Negative ids, made with the first key and recognised with any: Discord's ids are positive."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take Fernet keys, as text."""
        self._keys = [hmac.digest(base64.urlsafe_b64decode(key), _PURPOSE, "sha256") for key in keys]

    def of(self, member_id: MemberId) -> MemberId:
        """Return the id under which rows of the member are kept from now on."""
        return _negative(self._keys[0], member_id)

    def ids_of(self, member_id: MemberId) -> tuple[MemberId, ...]:
        """Return all ids under which there may be rows of the member, their own first."""
        return (member_id, *(_negative(key, member_id) for key in self._keys))


def is_pseudonym(id_: int) -> bool:
    return id_ < 0


@lru_cache(maxsize=1000)  # each picture asks for those of its member several times
def _negative(key: bytes, member_id: int) -> MemberId:
    """Return 63 bits of the hash, below `NAMELESS`."""
    digest = hmac.digest(key, str(member_id).encode(), "sha256")
    hashed = int.from_bytes(digest[:_BYTES]) >> 1
    return MemberId(min(-hashed - 1, NAMELESS - 1))
