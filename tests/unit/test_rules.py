"""Whose limit holds: the table of docs/limits.md, line by line."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import RoleId
from bot.domain.limits import (
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
SERVER = ServerRules(
    default=Allowances(per_day=5),
    roles={ARTIST: Allowances(per_day=12), FRIEND: Allowances(per_day=7, running=3)},
    member=Allowances(per_day=2),
)

limits = st.none() | st.integers(0, 20)
allowances = st.builds(Allowances, per_hour=limits, per_day=limits, running=limits)
servers = st.builds(
    ServerRules,
    default=allowances,
    roles=st.dictionaries(st.integers(1, 3).map(RoleId), allowances),
    member=allowances,
)
operators = st.builds(OperatorLimits, per_hour=limits, per_day=limits, running=limits, ceiling_per_day=limits)


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
    (ceiling,) = OperatorLimits(ceiling_per_day=10).rules(ServerRules(default=Allowances(per_day=100)))
    assert (ceiling.limit, ceiling.origin, ceiling.everywhere) == (10, LimitOrigin.OPERATOR_CEILING, True)
    assert ceiling.over == Overruled(100, LimitOrigin.GUILD)


def test_below_the_ceiling_both_hold() -> None:
    rules = OperatorLimits(ceiling_per_day=10).rules(ServerRules(default=Allowances(per_day=5)))
    assert [(rule.limit, rule.everywhere) for rule in rules] == [(5, False), (10, True)]


@given(operators, servers)
def test_whatever_is_set_the_first_in_precedence_holds(operator: OperatorLimits, server: ServerRules) -> None:
    rules = operator.rules(server)
    ceiling = operator.ceiling_per_day
    for field in LimitField:
        by_role = [limit for role in server.roles.values() if (limit := role.of(field)) is not None]
        setters = [
            server.member.of(field),
            max(by_role, default=None),
            server.default.of(field),
            operator.of(field),
        ]
        holds = next((limit for limit in setters if limit is not None), None)
        found = [rule.limit for rule in rules if rule.field is field and not rule.everywhere]
        is_below = field is not A_DAY or ceiling is None or (holds is not None and holds < ceiling)
        assert found == ([holds] if holds is not None and is_below else [])
    assert [rule.limit for rule in rules if rule.everywhere] == ([] if ceiling is None else [ceiling])
