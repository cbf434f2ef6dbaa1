"""What outlives the deletion of a member's data under another id, and is changed later for them."""

from datetime import timedelta

import pytest

from bot.domain.administration import RuleSubject
from bot.domain.errors import Blocked
from bot.domain.ids import MemberId
from bot.domain.limits import LimitField, LimitOrigin
from bot.services.admins import operator_blocks
from tests.builders import GUILD, PSEUDONYMS
from tests.services.house import House
from tests.services.test_erasures import MODERATOR, ada, delete, house

__all__ = ["ada", "house"]


async def test_a_block_of_the_operator_replaces_one_from_before_the_deletion(
    house: House, ada: MemberId
) -> None:
    """Else it could not be made shorter, and the member would read of another one."""
    block, ids, at = operator_blocks.block, PSEUDONYMS.ids_of(ada), house.clock.now()
    await house.raw_database.write(block, ids, reason="for ever", at=at)
    await delete(house, ada)
    until = house.clock.now() + timedelta(days=7)
    await house.raw_database.write(block, ids, reason="for a week", at=at, until=until)
    with pytest.raises(Blocked) as refusal:
        await house.admit(member=ada)
    assert (refusal.value.reason, refusal.value.until) == ("for a week", until)
    await house.raw_database.write(block, [GUILD], reason="", at=at)
    with pytest.raises(Blocked) as refusal:
        await house.admit(member=ada)
    assert refusal.value.is_server, "it lasts longer"


async def test_an_admin_changes_and_clears_a_limit_from_before_the_deletion(
    house: House, ada: MemberId
) -> None:
    of_ada, limits = RuleSubject.member(ada), house.services.administration
    await limits.set_limits(GUILD, MODERATOR, of_ada, {LimitField.PER_HOUR: 2, LimitField.PER_DAY: 3})
    await delete(house, ada)
    await limits.set_limits(GUILD, MODERATOR, of_ada, {LimitField.PER_DAY: 1})
    assert await _limits_of(house, ada) == [2, 1]
    house.erasure_answers.shown.clear()
    await delete(house, ada)
    await limits.clear_limits(GUILD, MODERATOR, of_ada)
    assert await _limits_of(house, ada) == []


async def _limits_of(house: House, member_id: MemberId) -> list[int]:
    usages = await house.services.gallery.usage(GUILD, member_id)
    return [usage.rule.limit for usage in usages if usage.rule.origin is LimitOrigin.MEMBER]
