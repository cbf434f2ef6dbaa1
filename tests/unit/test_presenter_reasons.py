"""Every limit, budget and bad value says why, in words that a member understands at once."""

from datetime import date

import pytest

from bot.chat.presenter.allowance import limit_words, price_line, rule_line, why
from bot.chat.presenter.numbers import day_name, usd
from bot.chat.presenter.refusals import refusal_words
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
    assert line == "**5 left** · 4 of 9 today\n-# 9 per day (personal limit)"


def test_attempts_say_what_counts() -> None:
    rule = Rule(LimitField.ATTEMPTS, 1, LimitOrigin.OPERATOR_DEFAULT, everywhere=True)
    *_used, limit, what_counts = rule_line(Usage(rule, 0)).splitlines()
    assert limit == "-# 1 attempt per hour (bot default across all servers)"
    assert what_counts == "-# Blocked, failed and cancelled images count as attempts, too."


def test_the_price_says_the_reason_only_where_it_is_not_everybodys() -> None:
    assert price_line(Usage(per_day(12, LimitOrigin.ROLE, OF_SERVER), 1)) == ("1 of 12 today (<@&77> role)")
    assert price_line(Usage(per_day(12, LimitOrigin.GUILD), 1)) == "1 of 12 today"
    assert price_line(Usage(per_day(12, LimitOrigin.GUILD), 1, resets_at=NOON)) == (
        f"1 of 12 today · resets {STAMP}"
    )
    assert price_line(Usage(per_day(1, LimitOrigin.MEMBER), 1, NOON, NOON)) == (
        f"1 of 1 today (personal limit) · next one available {STAMP}"
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
    words = spent(25_000_000, 24_990_000)
    assert "$25.00 a month. $0.01 of it is left, and this would cost about $0.0543." in words
    assert "<t:1775001600:R>" in words


def test_the_operators_sums_are_nobodys_business() -> None:
    assert "$" not in spent(25_000_000, 24_990_000, is_operators=True)


def test_a_budget_of_nothing_switches_pictures_off() -> None:
    assert "switched off" in spent(0, 0)


def test_allowed_channels_are_named_as_far_as_there_is_room() -> None:
    assert refusal_words(ChannelNotAllowed([ChannelId(2), ChannelId(1)])).endswith(": <#1> and <#2>.")
    assert refusal_words(ChannelNotAllowed([ChannelId(one) for one in range(500)])).endswith("and 480 more.")


def test_a_value_out_of_range_says_the_range() -> None:
    assert refusal_words(ValueOutOfRange("per_day", -1, 0, 10_000)) == (
        "Pictures in a day can be from 0 to 10,000, and -1 is not."
    )
    assert refusal_words(ValueOutOfRange("budget_microusd", 1, 54_300, 10**12)).startswith(
        "A budget can be from $0.0543 to $1,000,000.00, and $0.000001 is not. It has to cover"
    )


def test_what_is_no_number_is_quoted_without_its_markup() -> None:
    told = refusal_words(NumberUnreadable("*twelve*"))
    assert told == "“\\*twelve\\*” is not a whole number. Write one such as 12, or leave the field empty."
    assert "such as 25 or 12.50" in refusal_words(NumberUnreadable("lots", is_money=True))
    assert len(refusal_words(NumberUnreadable("9" * 4000))) < 200


@pytest.mark.parametrize(
    ("microusd", "words"),
    [
        (0, "$0.00"),
        (1, "$0.000001"),
        (54_300, "$0.0543"),
        (100_000, "$0.10"),
        (999_999, "$0.999999"),
        (1_000_000, "$1.00"),
        (1_995_000, "$2.00"),
        (1_204_500_000, "$1,204.50"),
        (-54_300, "-$0.0543"),
    ],
)
def test_money_is_written_out(microusd: int, words: str) -> None:
    assert usd(microusd) == words


def test_days_are_the_same_for_every_reader() -> None:
    assert day_name(date(2026, 3, 4)) == "4 March 2026"
