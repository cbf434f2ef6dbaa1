"""What moderators who block members can be shown, with as much in it as there can be."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.chat.presenter.elements.custom_ids import Action
from bot.chat.presenter.elements.message import Button, Form, Message
from bot.chat.presenter.moderation import block_pages, strike_pages
from bot.chat.presenter.settings import strikes_panel
from bot.chat.presenter.wording import warnings
from bot.chat.presenter.wording.settings_names import Names
from bot.domain.block import MOST_REASON, BlockOutcome, BlockPage, MemberBlock
from bot.domain.ids import GuildId, MemberId
from bot.domain.strikes import Standing, Strike, StrikeCause, StrikeId, StrikePage, StrikeRules, StrikeStep
from bot.services.members.block_list import PAGE_LENGTH
from tests.builders import NOON

MANY = 60
BACK = Button("1", "1")
FIRST_ID = 2**63 - 1_000
BLOCKS = [
    MemberBlock(
        guild_id=GuildId(FIRST_ID),
        member_id=MemberId(FIRST_ID + number),
        actor_id=MemberId(FIRST_ID),
        at=NOON,
        until=NOON,
        reason="*spam* " * (MOST_REASON // 7),
    )
    for number in range(MANY)
]


RULES = StrikeRules(
    is_on=True,
    steps=[
        StrikeStep(count=place, within=timedelta(days=89, hours=23), block=timedelta(days=3649, hours=23))
        for place in range(95, 100)
    ],
)
STRIKES = [
    Strike(
        id=StrikeId(FIRST_ID + number),
        guild_id=GuildId(FIRST_ID),
        member_id=MemberId(FIRST_ID),
        at=NOON,
        cause=StrikeCause.MODERATOR,
        actor_id=MemberId(FIRST_ID),
        card_id=None,
        reason="*spam* " * (MOST_REASON // 7),
    )
    for number in range(MANY)
]
STANDING = Standing(rules=RULES, at=NOON, strikes=STRIKES)


def strike_page(page: int) -> Message:
    listed = STRIKES[page * PAGE_LENGTH : (page + 1) * PAGE_LENGTH]
    shown = StrikePage(
        member_id=MemberId(FIRST_ID),
        standing=STANDING,
        block=BLOCKS[0],
        strikes=listed,
        page=page,
        pages=MANY // PAGE_LENGTH,
    )
    return strike_pages.strikes_page(shown, strike_pages.forgiven_note())


def block_page(page: int) -> Message:
    listed = BLOCKS[page * PAGE_LENGTH : (page + 1) * PAGE_LENGTH]
    shown = BlockPage(blocks=listed, page=page, pages=MANY // PAGE_LENGTH, total=MANY)
    return block_pages.blocks_page(shown, Names())


#: By function: how they are drawn, all that is on one of them, and what turns them.
PAGED = {
    "block_pages.blocks_page": (
        block_page,
        [f"<@{block.member_id}>" for block in BLOCKS],
        (Action.REVIEW_BLOCKED, 0),
    ),
    "strike_pages.strikes_page": (
        strike_page,
        [strike.id for strike in STRIKES],
        (Action.REVIEW_STRIKES, 1),
    ),
}
#: By function, as "module.name".
DRAWN: Mapping[str, Callable[[], Message | Form]] = {
    "strike_pages.strike_form": lambda: strike_pages.strike_form(MemberId(FIRST_ID), MANY, FIRST_ID),
    "strikes_panel.strikes_panel": lambda: strikes_panel.strikes_panel(RULES, BACK, "x"),
    "strikes_panel.steps_form": lambda: strikes_panel.steps_form(RULES, FIRST_ID),
    "warnings.block_notice": lambda: warnings.block_notice(BLOCKS[0]),
    "block_pages.blocked": lambda: block_pages.blocked(BlockOutcome(block=BLOCKS[0], cancelled=MANY)),
    "block_pages.unblocked": lambda: block_pages.unblocked(MemberId(FIRST_ID)),
    "block_pages.block_form": lambda: block_pages.block_form(MemberId(FIRST_ID), MANY, FIRST_ID),
}
