"""Every limit, budget and bad value says why, in words that a member understands at once."""

import pytest

from bot.chat.presenter.wording.allowance import limit_words, price_line, rule_line, why
from bot.chat.presenter.wording.refusals import refusal_words
from bot.domain.errors import BudgetSpent, ChannelNotAllowed, LimitReached, NumberUnreadable, ValueOutOfRange
from bot.domain.ids import ChannelId, RoleId
from bot.domain.limits import LimitField, LimitOrigin, Overruled, Rule, Usage
from bot.domain.money import Month
from tests.builders import NOON

ARTIST = RoleId(77)
STAMP = "<t:1773489600:R>"
OF_SERVER = Overruled(5, LimitOrigin.GUILD)


def per_day(limit: int, origin: LimitOrigin, over: Overruled | None = None) -> Rule:
    role_id = ARTIST if origin is LimitOrigin.ROLE else None
    return Rule(LimitField.PER_DAY, limit, origin, role_id=role_id, over=over)


def test_a_refusal_names_the_role_and_what_it_overrules() -> None:
    rule = per_day(12, LimitOrigin.ROLE, OF_SERVER)
    assert limit_words(LimitReached(rule, 12, 1, NOON)) == (
        "You've reached your limit: **12 per day** (<@&77> role; server default: 5). Used: 12. "
        f"The next one is available {STAMP}."
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            per_day(5, LimitOrigin.GUILD, Overruled(60, LimitOrigin.OPERATOR_DEFAULT)),
            "server default",
        ),
        (per_day(3, LimitOrigin.ROLE, OF_SERVER), "<@&77> role; server default: 5"),
        (per_day(9, LimitOrigin.MEMBER), "personal limit"),
        (
            per_day(9, LimitOrigin.MEMBER, Overruled(4, LimitOrigin.ROLE, ARTIST)),
            "personal limit; <@&77> role: 4",
        ),
        (
            per_day(9, LimitOrigin.MEMBER, Overruled(4, LimitOrigin.OPERATOR_DEFAULT)),
            "personal limit; bot default: 4",
        ),
        (
            per_day(10, LimitOrigin.OPERATOR_CEILING, Overruled(50, LimitOrigin.GUILD)),
            "bot maximum; this server allows 50",
        ),
    ],
)
def test_each_origin_has_its_reason(rule: Rule, words: str) -> None:
    assert why(rule) == words


def test_a_list_says_what_is_left_and_why() -> None:
    line = rule_line(Usage(per_day(9, LimitOrigin.MEMBER), 4))
    assert line == "**5 left** · 4 of 9 in the last 24 hours\n-# 9 per day (personal limit)"


def test_attempts_say_what_counts() -> None:
    rule = Rule(LimitField.ATTEMPTS, 1, LimitOrigin.OPERATOR_DEFAULT, everywhere=True)
    *_used, limit, what_counts = rule_line(Usage(rule, 0)).splitlines()
    assert limit == "-# 1 attempt per hour (bot default across all servers)"
    assert what_counts == "-# Blocked, failed and cancelled images count as attempts, too."


def test_the_price_says_the_reason_only_where_it_is_not_everybodys() -> None:
    assert price_line(Usage(per_day(12, LimitOrigin.ROLE, OF_SERVER), 1)) == (
        "1 of 12 in the last 24 hours (<@&77> role)"
    )
    assert price_line(Usage(per_day(12, LimitOrigin.GUILD), 1)) == "1 of 12 in the last 24 hours"
    assert price_line(Usage(per_day(12, LimitOrigin.GUILD), 1, resets_at=NOON)) == (
        f"1 of 12 in the last 24 hours · resets {STAMP}"
    )
    assert price_line(Usage(per_day(1, LimitOrigin.MEMBER), 1, NOON, NOON)) == (
        f"1 of 1 in the last 24 hours (personal limit) · next one available {STAMP}"
    )


def spent(cap: int, used: int, *, is_operators: bool = False) -> str:
    return refusal_words(
        BudgetSpent(
            month=Month(2026, 3),
            cap_microusd=cap,
            used_microusd=used,
            asked_microusd=54_300,
            is_operators=is_operators,
        )
    )


def test_a_spent_budget_says_what_is_left_and_when_the_next_begins() -> None:
    assert spent(25_000_000, 24_980_000) == (
        "This server's monthly budget ($25.00) doesn't cover this: $0.02 is left, and it would cost about "
        "$0.06. The budget resets <t:1775001600:R>. This didn't count toward your limit."
    )


def test_of_a_budget_less_than_a_cent_is_nothing_left() -> None:
    assert spent(25_000_000, 24_990_001).startswith(
        "This server's monthly budget ($25.00) is used up. It resets <t:1775001600:R>."
    )


def test_the_operators_sums_are_nobodys_business() -> None:
    assert "$" not in spent(25_000_000, 24_990_000, is_operators=True)


def test_a_budget_of_nothing_switches_pictures_off() -> None:
    assert "turned off" in spent(0, 0)


def test_allowed_channels_are_named_as_far_as_there_is_room() -> None:
    assert refusal_words(ChannelNotAllowed([ChannelId(2), ChannelId(1)])).endswith("Try <#1> or <#2>.")
    assert refusal_words(ChannelNotAllowed([ChannelId(one) for one in range(500)])).endswith(
        "or 480 more channels."
    )


def test_a_value_out_of_range_says_the_range() -> None:
    assert refusal_words(ValueOutOfRange("per_day", -1, 0, 10_000)) == (
        "Images per day can be from 0 to 10,000, and -1 isn't."
    )
    assert refusal_words(ValueOutOfRange("budget_microusd", 1, 54_300, 10**12)) == (
        "$0.00 is too low: a budget must cover at least one image ($0.06). To turn image generation off, set "
        "limits of 0."
    )
    assert refusal_words(ValueOutOfRange("budget_microusd", 2 * 10**12, 54_300, 10**12)) == (
        "$2,000,000.00 is too high: a budget can be at most $1,000,000.00."
    )


def test_a_value_that_is_no_limit_has_its_range_as_well() -> None:
    assert (
        refusal_words(ValueOutOfRange("max_counts_as", 0, 1, 10))
        == "Choose a number from 1 to 10, and not 0."
    )


def test_what_is_no_number_is_quoted_without_its_markup() -> None:
    told = refusal_words(NumberUnreadable("*twelve*"))
    assert told == "“\\*twelve\\*” isn't a whole number. Write one like 12, or leave the field empty."
    assert "like 25 or 12.50" in refusal_words(NumberUnreadable("lots", is_money=True))
    assert len(refusal_words(NumberUnreadable("9" * 4000))) < 200
