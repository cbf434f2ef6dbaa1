"""Limits that surprise, and the warnings about them."""

import pytest

from bot.chat.presenter.settings.rule_effects import capped_words, rule_warnings
from bot.domain.administration import GuildChoices, GuildSettings, RuleSubject, SetRule
from bot.domain.ids import ChannelId, MemberId, RoleId
from bot.domain.limits import Allowances, OperatorLimits
from bot.domain.money import Month, Spending
from tests.builders import CHANNEL, GUILD, NOON

EVERYONE, ROLE = RuleSubject.everyone(GUILD), RuleSubject.role(GUILD, RoleId(7))
MEMBER, IN_CHANNEL = RuleSubject.member(MemberId(8)), RuleSubject.channel(CHANNEL)


def a_server(
    *rules: tuple[RuleSubject, Allowances],
    operator: OperatorLimits | None = None,
    allowed: frozenset[ChannelId] = frozenset(),
) -> GuildSettings:
    return GuildSettings(
        guild_id=GUILD,
        choices=GuildChoices(allowed_channels=allowed),
        rules=[SetRule(*rule) for rule in rules],
        operator=operator or OperatorLimits(per_day=60),
        spending=Spending(month=Month.of(NOON), held_microusd=0, spent_microusd=0),
        price_microusd=60_000,
    )


@pytest.mark.parametrize("subject", [EVERYONE, ROLE, MEMBER, IN_CHANNEL])
def test_a_limit_above_the_bots_maximum_is_warned_about(subject: RuleSubject) -> None:
    server = a_server((subject, Allowances(per_day=500)))
    assert rule_warnings(server, subject) == [
        "⚠️ 500 per day is more than this bot allows: its maximum of 60 per day applies."
    ]
    assert capped_words(server).endswith("Its maximum applies: 60 per day.")


def test_a_role_that_gets_less_than_everyone_is_warned_about() -> None:
    server = a_server((EVERYONE, Allowances(per_day=9)), (ROLE, Allowances(per_day=5)))
    (warning,) = rule_warnings(server, ROLE)
    assert "5 per day is less than everyone else has (9 per day)" in warning
    assert "(60 per day)" in rule_warnings(a_server((ROLE, Allowances(per_day=5))), ROLE)[0]


def test_a_day_that_is_never_reached_before_the_week_is_warned_about() -> None:
    server = a_server((MEMBER, Allowances(per_day=5, per_week=3)))
    (warning,) = rule_warnings(server, MEMBER)
    assert warning == "⚠️ 5 per day has no effect: 3 per week is less, and is reached first."


def test_a_channel_with_more_than_everyone_has_is_warned_about() -> None:
    server = a_server((EVERYONE, Allowances(per_day=5)), (IN_CHANNEL, Allowances(per_day=5)))
    (warning,) = rule_warnings(server, IN_CHANNEL)
    assert "they reach the limit for everyone (5 per day) first" in warning


def test_a_channel_where_no_images_are_made_is_warned_about() -> None:
    server = a_server((IN_CHANNEL, Allowances(per_day=5)), allowed=frozenset({ChannelId(1)}))
    (warning,) = rule_warnings(server, IN_CHANNEL)
    assert "`/config channels`" in warning


@pytest.mark.parametrize("subject", [EVERYONE, ROLE, MEMBER, IN_CHANNEL])
def test_no_pictures_at_all_is_warned_about_once(subject: RuleSubject) -> None:
    server = a_server((subject, Allowances(per_week=0)))
    assert rule_warnings(server, subject) == ["⚠️ 0 per week means no images at all."]


def test_no_limit_for_everyone_is_warned_about() -> None:
    server = a_server(operator=OperatorLimits())
    (warning,) = rule_warnings(server, EVERYONE)
    assert "as many images as the budget allows" in warning
    assert rule_warnings(server, ROLE) == []
    assert (
        rule_warnings(a_server((EVERYONE, Allowances(per_month=9)), operator=OperatorLimits()), EVERYONE)
        == []
    )


def test_what_does_as_expected_is_saved_without_a_warning() -> None:
    server = a_server(
        (EVERYONE, Allowances(per_hour=2, per_day=5, per_week=9)),
        (ROLE, Allowances(per_day=12)),
        (MEMBER, Allowances(per_day=1)),
        (IN_CHANNEL, Allowances(per_day=2)),
    )
    for subject in (EVERYONE, ROLE, MEMBER, IN_CHANNEL):
        assert rule_warnings(server, subject) == []
    assert capped_words(server) == ""
