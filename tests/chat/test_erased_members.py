"""Members who have deleted their data, wherever somebody else still reads of them: by no id, in words."""

import re
from datetime import timedelta
from pathlib import Path

from bot.domain.administration import RuleSubject
from bot.domain.limits import LimitField
from bot.domain.strikes import StrikeRules
from tests.chat.onlookers import ADMIN, MEMBER, MODERATOR, OWNER
from tests.chat.studio import Studio, text_of
from tests.chat.test_privacy import deleted_by
from tests.chat.test_review import review

ERASED = "someone who has deleted their data"
PRESENTER = Path(__file__).parents[2] / "bot" / "chat" / "presenter"
#: No id of Discord's is negative.
_CODE = re.compile(r"<@-|-\d{2,}\b")


async def acted_on(studio: Studio) -> None:
    """A limit, a strike and a block of Ada, and a block and a strike by Mia, who both delete their data."""
    services, here = studio.services, studio.guild_id()
    ada, ben, mia, otto = map(studio.member_id, (OWNER, MEMBER, MODERATOR, ADMIN))
    await services.administration.set_limits(here, otto, RuleSubject.member(ada), {LimitField.PER_DAY: 3})
    await services.administration.set_strikes(here, otto, lambda _: StrikeRules(is_on=True))
    await services.strike_list.add(here, mia, ben, "")
    await services.block_list.block(here, otto, ada, timedelta(days=3), "")
    await services.block_list.block(here, mia, ben, timedelta(days=3), "")
    for who in (OWNER, MODERATOR):
        await deleted_by(studio, who)


async def test_nobody_reads_a_code_and_what_holds_is_changed_from_the_lists(studio: Studio) -> None:
    await acted_on(studio)
    blocked, audit = await review(studio, "blocked"), await review(studio, "audit")
    strikes = await review(studio, "strikes", member=studio.world.user(MEMBER))
    for message in (blocked, audit, strikes):
        assert ERASED in text_of(message)
        assert _CODE.findall(text_of(message)) == []
    await studio.person(MODERATOR).choose(blocked, "Unblock …", [ERASED]).answer()
    await studio.until(lambda: "can generate images here again" in text_of(blocked))
    await studio.imagine(OWNER)
    await _clear_its_limits(studio)


async def _clear_its_limits(studio: Studio) -> None:
    panel = await studio.person(ADMIN).slash("pictures", "config show").message()
    await studio.person(ADMIN).press(panel, "Limits for members").answer()
    await studio.until(lambda: ERASED in text_of(panel))
    await studio.person(ADMIN).choose(panel, "Or choose from those with limits …", [ERASED]).answer()
    await studio.until(lambda: "Remove limits" in str(panel.components))
    assert _CODE.findall(text_of(panel)) == []
    await studio.person(ADMIN).press(panel, "What they can generate").answer()
    await studio.until(lambda: "What a member can generate" in text_of(panel))
    assert ERASED in text_of(panel)
    assert _CODE.findall(text_of(panel)) == []


def test_each_member_is_mentioned_by_the_function_that_knows_these_codes() -> None:
    found = {path.name for path in PRESENTER.rglob("*.py") if "<@{" in path.read_text("utf-8")}
    assert found == {"people.py"}
