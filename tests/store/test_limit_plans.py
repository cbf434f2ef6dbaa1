"""What limits, money and reports read is found by an index too; and of reports, by the server first."""

from typing import Any

import pytest

from bot.domain.administration import AuditId, RuleSubject, SetRule
from bot.domain.ids import JobId, RequestId, RoleId
from bot.domain.limits import Allowances
from bot.domain.money import Month
from bot.domain.period import Period
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database
from bot.store.pictures import accounts, bills, favourites, own_pictures, reports
from bot.store.servers import server_settings
from tests.builders import CHANNEL, GUILD, MEMBER, NOON, a_job
from tests.store.test_query_plans import PRIMARY_KEY, Query, complaints, plans

MONTH = Month.of(NOON)
PERIOD = Period.last_days(NOON, 30)
SUBJECT = RuleSubject.role(GUILD, RoleId(7))
OF_EVERYBODY: dict[str, Any] = {"member_id": None, "channel_id": None}

QUERIES: dict[str, tuple[Query, set[str]]] = {
    "server_settings.get": (lambda c: server_settings.get(c, GUILD), {"autoindex_guilds"}),
    "server_settings.rules_for": (
        lambda c: server_settings.rules_for(
            c, guild_id=GUILD, member_ids=[MEMBER], role_ids=[RoleId(1), RoleId(2)], channel_id=CHANNEL
        ),
        {"autoindex_rules"},
    ),
    "server_settings.rule_of": (lambda c: server_settings.rule_of(c, GUILD, SUBJECT), {"autoindex_rules"}),
    "server_settings.put_rule": (
        lambda c: server_settings.put_rule(c, GUILD, SetRule(SUBJECT, Allowances())),
        {"autoindex_rules"},
    ),
    "server_settings.all_rules": (lambda c: server_settings.all_rules(c, GUILD), {"autoindex_rules"}),
    "server_settings.audit": (
        lambda c: server_settings.audit(c, GUILD, limit=5, before=AuditId(9)),
        {"ix_audits_guild"},
    ),
    "accounts.spending": (lambda c: accounts.spending(c, guild_id=GUILD, month=MONTH), {"autoindex_money"}),
    "accounts.used_everywhere": (lambda c: accounts.used_everywhere(c, month=MONTH), {"autoindex_money"}),
    "bills.newest_costs": (lambda c: bills.newest_costs(c, model="m", limit=5), {"ix_jobs_costs"}),
    "bills.of_requests": (
        lambda c: bills.of_requests(c, [RequestId("a"), RequestId("b")]),
        {"ix_jobs_request_id"},
    ),
    "bills.settle": (lambda c: bills.settle(c, a_job(), cost_microusd=5), {PRIMARY_KEY}),
    "reports.outcomes": (lambda c: reports.outcomes(c, GUILD, PERIOD, **OF_EVERYBODY), {PRIMARY_KEY}),
    "reports.duration_counts": (
        lambda c: reports.duration_counts(c, GUILD, PERIOD, **OF_EVERYBODY),
        {PRIMARY_KEY},
    ),
    "reports.top_members": (
        lambda c: reports.top_members(c, GUILD, PERIOD, channel_id=CHANNEL, limit=5),
        {PRIMARY_KEY},
    ),
    "reports.count_unfinished": (
        lambda c: reports.count_unfinished(c, GUILD, PERIOD, member_id=MEMBER, channel_id=None),
        {"ix_jobs_in_work"},
    ),
    "reports.held": (lambda c: reports.held(c, GUILD, MEMBER, since=NOON), {"ix_jobs_in_work"}),
    "reports.member_jobs": (
        lambda c: reports.member_jobs(c, GUILD, MEMBER, limit=5, offset=5),
        {"ix_jobs_member", PRIMARY_KEY},
    ),
    "reports.count_member_jobs": (
        lambda c: reports.count_member_jobs(c, GUILD, MEMBER),
        {"ix_jobs_member"},
    ),
    "own_pictures.in_work": (lambda c: own_pictures.in_work(c, GUILD, MEMBER), {"ix_jobs_in_work"}),
    "own_pictures.others": (
        lambda c: own_pictures.others(c, GUILD, MEMBER, limit=5, offset=5),
        {"ix_jobs_member"},
    ),
    "own_pictures.prompts": (
        lambda c: own_pictures.prompts(c, GUILD, MEMBER, limit=5, offset=5),
        {"ix_jobs_member", PRIMARY_KEY},
    ),
    "own_pictures.listed": (
        lambda c: own_pictures.listed(c, [JobId(1), JobId(2)]),
        {PRIMARY_KEY, "autoindex_jobs"},
    ),
    "favourites.remove": (lambda c: favourites.remove(c, MEMBER, JobId(1)), {"autoindex_favourites"}),
    "favourites.forget": (
        lambda c: favourites.forget(c, [JobId(1), JobId(2)], but_of=MEMBER),
        {"ix_favourites_job_id"},
    ),
    "favourites.among": (
        lambda c: favourites.among(c, MEMBER, [JobId(1), JobId(2)]),
        {"autoindex_favourites"},
    ),
    "favourites.channels": (
        lambda c: favourites.channels(c, GUILD, MEMBER),
        {"ix_favourites_member", PRIMARY_KEY},
    ),
    "favourites.count": (
        lambda c: favourites.count(c, GUILD, MEMBER, [CHANNEL]),
        {"ix_favourites_member", PRIMARY_KEY},
    ),
    "accounts.forget_member": (
        lambda c: accounts.forget_member(c, MEMBER, [GUILD], []),
        {PRIMARY_KEY},
    ),
    "favourites.prompts": (
        lambda c: favourites.prompts(c, GUILD, MEMBER, [CHANNEL], limit=5, offset=5),
        {"ix_favourites_member", PRIMARY_KEY},
    ),
    "favourites.is_seen": (
        lambda c: favourites.is_seen(c, a_job(), MEMBER, [CHANNEL]),
        {"autoindex_favourites", PRIMARY_KEY},
    ),
    "reports.jobs_after": (
        lambda c: reports.jobs_after(c, GUILD, PERIOD, **OF_EVERYBODY, after=(NOON, JobId(3)), limit=5),
        {"ix_jobs_guild", PRIMARY_KEY},
    ),
}
#: They read all of a small table, or are asked for by hand; or only insert, or ask nothing.
WITHOUT_PLANS = {
    "server_settings.put",
    "server_settings.choices_from",
    "server_settings.rules_from",
    "server_settings.subjects",
    "server_settings.record",
    "accounts.holding",
    "accounts.book",
    "accounts.watched_budgets",
    "accounts.of_servers",
    "accounts.book_extra",
    "accounts.set_warned",
    "accounts.rebuild",
    "bills.unsettled",
    "favourites.add",
}


async def test_every_query_finds_its_rows_by_an_index(database: Database) -> None:
    wrong = {}
    for name, (query, allowed) in QUERIES.items():
        lines = await database.write(plans, query)
        # A table that is kept in the order of its key is found by it under another name.
        lines = [line.replace("USING PRIMARY KEY", "USING INTEGER PRIMARY KEY") for line in lines]
        if found := complaints(lines, allowed):
            wrong[name] = found
    assert wrong == {}


async def test_every_function_of_the_shelves_is_looked_at() -> None:
    shelved = {
        f"{shelf.__name__.rpartition('.')[2]}.{name}"
        for shelf in (server_settings, accounts, bills, reports, own_pictures, favourites)
        for name, value in vars(shelf).items()
        if callable(value) and name[0].islower() and getattr(value, "__module__", "") == shelf.__name__
    }
    assert shelved == QUERIES.keys() | WITHOUT_PLANS


async def test_unsettled_jobs_are_few_and_found_without_the_others(database: Database) -> None:
    def lines(connection: Connection) -> list[str]:
        return plans(connection, bills.unsettled)

    found = await database.write(lines)
    assert "ix_jobs_unsettled" in " ".join(found)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the other goes by how many rows it has
async def test_a_report_on_all_members_does_not_read_the_rows_of_each(database: Database) -> None:
    lines = [
        line
        for name in ("reports.outcomes", "reports.duration_counts")
        for line in await database.write(plans, QUERIES[name][0])
        if line.startswith("SEARCH")
    ]
    assert len(lines) == 2
    assert [line for line in lines if "day=? AND member_id=?" not in line] == []
