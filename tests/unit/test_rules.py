"""Whose limit holds: the table of docs/limits.md, line by line."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import ChannelId, RoleId
from bot.domain.limits import (
    FIELDS,
    Allowances,
    LimitField,
    LimitOrigin,
    OperatorLimits,
    Overruled,
    Rule,
    ServerRules,
)

A_DAY = LimitField.PER_DAY
ARTIST, FRIEND = RoleId(1), RoleId(2)
ART = ChannelId(9)
SERVER = ServerRules(
    default=Allowances(per_day=5),
    roles={ARTIST: Allowances(per_day=12), FRIEND: Allowances(per_day=7, running=3)},
    member=Allowances(per_day=2),
)

limits = st.none() | st.integers(0, 20)
of_each = {field.value: limits for field in FIELDS}
allowances = st.builds(Allowances, **of_each)
servers = st.builds(
    ServerRules,
    default=allowances,
    roles=st.dictionaries(st.integers(1, 3).map(RoleId), allowances),
    member=allowances,
    channel=allowances,
    channel_id=st.just(ART),
)
operators = st.builds(OperatorLimits, **of_each, ceilings=allowances)


def test_the_members_own_rule_goes_first_even_if_it_is_stricter() -> None:
    (running, per_day) = OperatorLimits(per_day=60).rules(SERVER)
    assert per_day == Rule(A_DAY, 2, LimitOrigin.MEMBER, over=Overruled(12, LimitOrigin.ROLE, ARTIST))
    assert running == Rule(LimitField.RUNNING, 3, LimitOrigin.ROLE, role_id=FRIEND)


def test_without_one_the_most_generous_role_holds() -> None:
    server = ServerRules(default=SERVER.default, roles=SERVER.roles)
    (_, per_day) = OperatorLimits(per_day=60).rules(server)
    assert (per_day.limit, per_day.role_id, per_day.over) == (12, ARTIST, Overruled(5, LimitOrigin.GUILD))


def test_without_roles_the_servers_default_holds() -> None:
    (per_day,) = OperatorLimits(per_day=60).rules(ServerRules(default=SERVER.default))
    assert per_day == Rule(A_DAY, 5, LimitOrigin.GUILD, over=Overruled(60, LimitOrigin.OPERATOR_DEFAULT))


def test_a_zero_is_a_limit_and_nothing_is_none() -> None:
    server = ServerRules(default=Allowances(per_day=0))
    assert [rule.limit for rule in OperatorLimits(per_day=60).rules(server)] == [0]
    assert OperatorLimits().rules(ServerRules()) == []


def test_the_ceiling_takes_the_place_of_a_rule_that_it_makes_meaningless() -> None:
    (ceiling,) = OperatorLimits(ceilings=Allowances(per_day=10)).rules(
        ServerRules(default=Allowances(per_day=100))
    )
    assert (ceiling.limit, ceiling.origin, ceiling.everywhere) == (10, LimitOrigin.OPERATOR_CEILING, True)
    assert ceiling.over == Overruled(100, LimitOrigin.GUILD)


def test_below_the_ceiling_both_hold() -> None:
    rules = OperatorLimits(ceilings=Allowances(per_day=10)).rules(ServerRules(default=Allowances(per_day=5)))
    assert [(rule.limit, rule.everywhere) for rule in rules] == [(5, False), (10, True)]


def test_without_a_ceiling_a_server_cannot_raise_the_operators_default() -> None:
    server = ServerRules(default=Allowances(per_day=1000), roles={ARTIST: Allowances(per_day=40)})
    (by_role,) = OperatorLimits(per_day=60).rules(server)
    assert by_role == Rule(
        A_DAY, 40, LimitOrigin.ROLE, role_id=ARTIST, over=Overruled(1000, LimitOrigin.GUILD)
    )
    (capped,) = OperatorLimits(per_day=60).rules(ServerRules(default=server.default))
    assert capped == Rule(A_DAY, 60, LimitOrigin.OPERATOR_CEILING, over=Overruled(1000, LimitOrigin.GUILD))


def test_the_channels_limit_holds_beside_that_of_the_member() -> None:
    server = ServerRules(
        roles={ARTIST: Allowances(per_day=12)}, channel=Allowances(per_day=3, per_week=9), channel_id=ART
    )
    by_role, in_channel, a_week = OperatorLimits().rules(server)
    assert (by_role.limit, by_role.origin, by_role.channel_id) == (12, LimitOrigin.ROLE, None)
    assert in_channel == Rule(A_DAY, 3, LimitOrigin.CHANNEL, channel_id=ART)
    assert a_week == Rule(LimitField.PER_WEEK, 9, LimitOrigin.CHANNEL, channel_id=ART)


def test_a_channels_limit_that_cannot_be_reached_is_left_out() -> None:
    server = ServerRules(member=Allowances(per_day=3), channel=Allowances(per_day=3), channel_id=ART)
    (own,) = OperatorLimits().rules(server)
    assert own.origin is LimitOrigin.MEMBER


def test_a_channels_limit_does_not_lower_the_attempts_elsewhere() -> None:
    server = ServerRules(channel=Allowances(per_hour=1), channel_id=ART)
    assert attempts_of(OperatorLimits(per_hour=20), server) == (60, False)
    assert attempts_of(OperatorLimits(), server) is None


def test_attempts_are_three_for_each_picture_of_the_hour_unless_the_operator_says_otherwise() -> None:
    server = ServerRules(default=Allowances(per_hour=4))
    assert attempts_of(OperatorLimits(per_hour=20)) == (60, False)
    assert attempts_of(OperatorLimits(per_hour=20), server) == (12, False)
    assert attempts_of(OperatorLimits(ceilings=Allowances(per_hour=3)), server) == (9, True)
    assert attempts_of(OperatorLimits(per_hour=20, attempts_per_hour=7), server) == (7, True)
    assert attempts_of(OperatorLimits(per_day=20)) is None


def attempts_of(operator: OperatorLimits, server: ServerRules | None = None) -> tuple[int, bool] | None:
    found = [one for one in operator.rules(server or ServerRules()) if one.field is LimitField.ATTEMPTS]
    return (found[0].limit, found[0].everywhere) if found else None


@given(operators, servers)
def test_whatever_is_set_the_first_in_precedence_holds_up_to_the_cap(
    operator: OperatorLimits, server: ServerRules
) -> None:
    rules = operator.rules(server)
    for field in FIELDS:
        by_role = [limit for role in server.roles.values() if (limit := role.of(field)) is not None]
        setters = [
            server.member.of(field),
            max(by_role, default=None),
            server.default.of(field),
            operator.of(field),
        ]
        holds = next((limit for limit in setters if limit is not None), None)
        ceiling, cap = operator.ceilings.of(field), operator.cap(field)
        most = [limit for limit in (holds, cap, server.channel.of(field)) if limit is not None]
        found = [rule for rule in rules if rule.field is field]
        assert min((rule.limit for rule in found), default=None) == min(most, default=None)
        assert [rule.limit for rule in found if rule.everywhere] == ([] if ceiling is None else [ceiling])
