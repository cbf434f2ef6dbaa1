"""What admins set, what it means for members, and the record of it."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.administration import AuditTopic, RuleScope, RuleSubject
from bot.domain.errors import ChannelNotAllowed, LimitReached, NoChannelLeft, ValueOutOfRange
from bot.domain.ids import ChannelId, GuildId, InteractionId, MemberId, RoleId
from bot.domain.limits import FIELDS, Allowances, LimitField, LimitOrigin, OperatorLimits, Overruled
from bot.store.driver.database import open_database
from tests.builders import CHANNEL, GUILD, MEMBER, a_request
from tests.services.conftest import BuildHouse
from tests.services.house import PRICE, House

ADMIN = MemberId(4)
ELSEWHERE = GuildId(GUILD + 1)
ARTIST, FRIEND = RoleId(71), RoleId(72)
EVERYONE = RuleSubject.everyone(GUILD)
A_DAY = LimitField.PER_DAY


async def set_per_day(house: House, subject: RuleSubject, limit: int | None) -> None:
    await house.services.administration.set_limits(GUILD, ADMIN, subject, {A_DAY: limit})


async def refusal(house: House, roles: list[int], count: int = 4) -> LimitReached:
    """What a member hears who asks until the limit is reached."""
    for _ in range(10):
        try:
            await house.admit(a_request(count=count), roles=roles)
        except LimitReached as refused:
            return refused
    raise AssertionError("no limit was reached")


async def test_a_role_is_more_generous_and_says_over_what(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_day=60))
    await set_per_day(house, EVERYONE, 5)
    await set_per_day(house, RuleSubject.role(GUILD, ARTIST), 12)
    await set_per_day(house, RuleSubject.role(GUILD, FRIEND), 7)
    refused = await refusal(house, [FRIEND, ARTIST])
    assert (refused.rule.limit, refused.rule.origin, refused.rule.role_id) == (12, LimitOrigin.ROLE, ARTIST)
    assert refused.rule.over == Overruled(5, LimitOrigin.GUILD)
    assert refused.used == 12


async def test_a_rule_is_of_one_server_alone(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_day=60))
    await set_per_day(house, EVERYONE, 0)
    await house.admit(guild_id=ELSEWHERE)
    with pytest.raises(LimitReached):
        await house.admit()


async def test_a_role_that_the_member_has_not_gives_nothing(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_day=1))
    await set_per_day(house, RuleSubject.role(GUILD, ARTIST), 12)
    assert (await refusal(house, [FRIEND], count=1)).rule.limit == 1


async def test_the_rules_are_written_on_the_job(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_hour=9, per_day=60, ceilings=Allowances(per_day=100)))
    await set_per_day(house, EVERYONE, 5)
    await set_per_day(house, RuleSubject.role(GUILD, ARTIST), 12)
    view = await house.admit(roles=[ARTIST])
    (job,) = await house.jobs(view)
    usages = (await house.services.gallery.usages(GUILD, MEMBER, frozenset({ARTIST}))).usages
    assert list(job.rules) == [usage.rule for usage in usages]
    assert {rule.origin for rule in job.rules} == {
        LimitOrigin.OPERATOR_DEFAULT,
        LimitOrigin.ROLE,
        LimitOrigin.OPERATOR_CEILING,
    }


async def test_the_card_goes_by_the_rules_of_its_admission(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_day=60))
    await set_per_day(house, RuleSubject.member(MEMBER), 12)
    view = await house.admit()
    await house.services.administration.clear_limits(GUILD, ADMIN, RuleSubject.member(MEMBER))
    shown = await house.services.gallery.view(view.card.id, GUILD)
    assert shown.usage is not None
    assert (shown.usage.used, shown.usage.rule.limit) == (1, 12)


async def test_two_hundred_at_a_limit_get_exactly_the_limit(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url)
    house = House(database, tmp_path, limits=OperatorLimits(per_day=500))
    guild, member = GuildId(31), MemberId(32)
    role = RuleSubject.role(guild, ARTIST)
    await house.services.administration.set_limits(guild, ADMIN, role, {A_DAY: 17})
    asked = [
        house.admit(
            member=member, guild_id=guild, roles=[ARTIST], interaction_id=InteractionId(3000 + number)
        )
        for number in range(200)
    ]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    await database.close()
    assert sum(isinstance(outcome, LimitReached) for outcome in outcomes) == 183
    assert sum(isinstance(outcome, BaseException) for outcome in outcomes) == 183


async def test_a_member_of_two_servers_cannot_pass_the_ceiling(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url)
    house = House(database, tmp_path, limits=OperatorLimits(per_day=500, ceilings=Allowances(per_day=17)))
    member = MemberId(42)
    asked = [
        house.admit(
            member=member, guild_id=GuildId(41 + number % 2), interaction_id=InteractionId(4000 + number)
        )
        for number in range(200)
    ]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    await database.close()
    refused = [outcome for outcome in outcomes if isinstance(outcome, LimitReached)]
    assert len(refused) == sum(isinstance(outcome, BaseException) for outcome in outcomes) == 183
    assert {refusal.rule.origin for refusal in refused} == {LimitOrigin.OPERATOR_CEILING}
    assert {refusal.rule.over for refusal in refused} == {Overruled(500, LimitOrigin.OPERATOR_DEFAULT)}


# --- channels ---


async def test_pictures_come_where_they_are_allowed_and_threads_follow_their_parent(house: House) -> None:
    other, thread = ChannelId(81), ChannelId(82)
    await house.services.administration.set_channels(GUILD, ADMIN, [CHANNEL])
    await house.admit()
    with pytest.raises(ChannelNotAllowed) as refused:
        await house.admit(channel_id=other)
    assert refused.value.allowed == {CHANNEL}
    view = await house.admit(channel_id=thread, parent=CHANNEL)
    (job,) = await house.jobs(view)
    assert job.channel_id == CHANNEL
    with pytest.raises(ChannelNotAllowed):
        await house.admit(channel_id=thread, parent=other)
    await house.services.administration.set_channels(GUILD, ADMIN, [])
    await house.admit(channel_id=other)


# --- settings and their record ---


async def test_settings_are_what_was_set(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(per_day=60))
    admin = house.services.administration
    await set_per_day(house, RuleSubject.member(MEMBER), 3)
    await set_per_day(house, RuleSubject.role(GUILD, ARTIST), 12)
    await admin.set_limits(GUILD, ADMIN, EVERYONE, {LimitField.RUNNING: 2, A_DAY: 5})
    await admin.set_limits(GUILD, ADMIN, EVERYONE, {A_DAY: None})
    await admin.set_log_channel(GUILD, ADMIN, ChannelId(9))
    settings = await admin.set_budget(GUILD, ADMIN, 5_000_000)
    assert [(rule.subject.scope, rule.allowances) for rule in settings.rules] == [
        (RuleScope.GUILD, Allowances(running=2)),
        (RuleScope.ROLE, Allowances(per_day=12)),
        (RuleScope.MEMBER, Allowances(per_day=3)),
    ]
    assert settings.choices.budget_microusd == 5_000_000
    assert settings.choices.log_channel_id == 9
    settings = await admin.set_language(GUILD, ADMIN, "de")
    assert settings.choices.language == "de"
    assert await admin.language(GUILD) == "de"
    assert settings == await admin.settings(GUILD)
    untouched = await admin.settings(ELSEWHERE)
    assert (untouched.rules, untouched.choices.budget_microusd) == ([], None)
    assert await admin.language(ELSEWHERE) is None


async def test_everyone_is_the_servers_default(house: House) -> None:
    await set_per_day(house, RuleSubject.role(GUILD, RoleId(GUILD)), 5)
    settings = await house.services.administration.settings(GUILD)
    assert [rule.subject for rule in settings.rules] == [EVERYONE]


async def test_channels_are_added_and_removed_but_never_all(house: House) -> None:
    admin, some = house.services.administration, [ChannelId(one) for one in range(40)]
    await admin.add_channels(GUILD, ADMIN, some[:25])
    await admin.add_channels(GUILD, ADMIN, some[20:])
    settings = await admin.remove_channels(GUILD, ADMIN, [*some[1:], ChannelId(77)])
    assert settings.choices.allowed_channels == {some[0]}
    entries = len(await admin.audit(GUILD, 10))
    with pytest.raises(NoChannelLeft):
        await admin.remove_channels(GUILD, ADMIN, some[:1])
    with pytest.raises(ValueOutOfRange):
        await admin.add_channels(GUILD, ADMIN, [ChannelId(one) for one in range(1, 501)])
    settings = await admin.settings(GUILD)
    assert settings.choices.allowed_channels == {some[0]}
    assert len(await admin.audit(GUILD, 10)) == entries


async def test_the_audit_says_who_when_what_from_and_to(house: House) -> None:
    admin = house.services.administration
    first_at = house.clock.now()
    await set_per_day(house, EVERYONE, 5)
    house.clock.pass_by(60)
    await set_per_day(house, EVERYONE, 5)  # changes nothing, and is no change
    await admin.set_channels(GUILD, MemberId(8), [ChannelId(7), ChannelId(6)])
    newest, oldest = await admin.audit(GUILD, 10)
    assert (oldest.actor_id, oldest.at, oldest.topic, oldest.subject) == (
        ADMIN,
        first_at,
        AuditTopic.LIMITS,
        EVERYONE,
    )
    assert (oldest.before["per_day"], oldest.after["per_day"]) == (None, 5)
    assert (newest.actor_id, newest.at) == (8, first_at + timedelta(minutes=1))
    assert (newest.before, newest.after) == ({"channel_ids": []}, {"channel_ids": [6, 7]})
    assert await admin.audit(GUILD, 10, before=newest.id) == [oldest]
    assert await admin.audit(ELSEWHERE, 10) == []


async def test_a_change_of_language_is_audited(house: House) -> None:
    admin = house.services.administration
    for language in ("ja", "ja", None):
        await admin.set_language(GUILD, ADMIN, language)
    changes = [(one.topic, one.before, one.after) for one in await admin.audit(GUILD, 10)]
    assert changes == [
        (AuditTopic.LANGUAGE, {"language": "ja"}, {"language": None}),
        (AuditTopic.LANGUAGE, {"language": None}, {"language": "ja"}),
    ]


async def test_a_public_card_is_in_the_servers_language_and_a_private_one_is_not(house: House) -> None:
    await house.services.administration.set_language(GUILD, ADMIN, "fr")
    cards = [(await house.admit(is_private=one)).card for one in (False, True)]
    assert [one.language for one in cards] == ["fr", "en"]


@pytest.mark.parametrize("limit", [-1, 1_000_001, 10**9])
async def test_limits_out_of_range_change_nothing(house: House, limit: int) -> None:
    with pytest.raises(ValueOutOfRange) as refused:
        await set_per_day(house, EVERYONE, limit)
    assert (refused.value.field, refused.value.least, refused.value.most) == ("per_day", 0, 1_000_000)
    assert await house.services.administration.audit(GUILD, 10) == []


async def test_prompts_are_kept_for_as_long_as_the_operator_keeps_them_and_no_longer(house: House) -> None:
    admin = house.services.administration
    for days in (0, 91, 10**9):
        with pytest.raises(ValueOutOfRange):
            await admin.set_retention(GUILD, ADMIN, days)
    assert (await admin.set_retention(GUILD, ADMIN, 90)).prompt_days == 90
    assert (await admin.set_retention(GUILD, ADMIN, None)).prompt_days == 90
    entries = await admin.audit(GUILD, 5)
    assert [(entry.topic, entry.before, entry.after) for entry in entries] == [
        (AuditTopic.RETENTION, {"days": 90}, {"days": None}),
        (AuditTopic.RETENTION, {"days": None}, {"days": 90}),
    ]


@pytest.mark.parametrize("microusd", [-5, 0, 1, PRICE - 1, 10**13])
async def test_a_budget_below_one_picture_is_refused(house: House, microusd: int) -> None:
    with pytest.raises(ValueOutOfRange) as refused:
        await house.services.administration.set_budget(GUILD, ADMIN, microusd)
    assert refused.value.least == PRICE


async def test_changes_at_once_are_both_kept(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url)
    admin = House(database, tmp_path).services.administration
    guild = GuildId(51)
    subject = RuleSubject.everyone(guild)
    await asyncio.gather(*(admin.set_limits(guild, ADMIN, subject, {field: 3}) for field in FIELDS))
    settings = await admin.settings(guild)
    entries = await admin.audit(guild, 10)
    await database.close()
    assert settings.rules[0].allowances == Allowances(**{field.value: 3 for field in FIELDS})
    assert len(entries) == len(FIELDS)
