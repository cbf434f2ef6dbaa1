"""What moderators, feeds, deletions and servers that leave ask for reads no large table from end to end."""

import re

import pytest

from bot.domain.ids import CardId, JobId, MessageId, ModerationPostId
from bot.domain.moderation import Decision, ModerationTopic
from bot.domain.strikes import StrikeCause
from bot.store.admission import member_blocks
from bot.store.driver.database import Database
from bot.store.moderation import approvals, complaints, feed, hidden, moderation_posts, strikes
from bot.store.pictures import losses
from bot.store.privacy import departures, erasing, messages_beside, server_erasing
from tests.builders import GUILD, MEMBER, NOON, PSEUDONYMS, a_card
from tests.store.test_query_plans import SMALL, Query, found_by, plans

MEMBERS = PSEUDONYMS.ids_of(MEMBER)
CARD, JOB, JOBS = CardId(1), JobId(1), [JobId(1), JobId(2)]
TOPIC = ModerationTopic.REPORT

#: They grow with every picture, request, report or decision.
LARGE = {
    "audits",
    "cards",
    "complaints",
    "dismissed",
    "events",
    "favourites",
    "feed_entries",
    "jobs",
    "moderation_posts",
    "posts",
    "strikes",
}
#: Of the few rows that wait for something, besides those of `test_query_plans`.
WAITING = {"ix_jobs_hiding", "ix_feed_entries_owed", "ix_feed_entries_stale", "ix_moderation_posts_due"}

QUERIES: dict[str, Query] = {
    "approvals.waiting_since": lambda c: approvals.waiting_since(c, NOON),
    "complaints.has": lambda c: complaints.has(c, JOB, MEMBERS),
    "complaints.open_of": lambda c: complaints.open_of(c, JOB),
    "complaints.count_open": lambda c: complaints.count_open(c, JOB),
    "complaints.times": lambda c: complaints.times(c, GUILD, MEMBERS, since=NOON),
    "feed.waiting": feed.waiting,
    "feed.take": lambda c: feed.take(c, GUILD, at=NOON),
    "feed.begun": lambda c: feed.begun(c, before=NOON),
    "feed.posted": lambda c: feed.posted(c, JOBS, MessageId(1)),
    "feed.put_back": lambda c: feed.put_back(c, JOBS),
    "feed.outdate": lambda c: feed.outdate(c, JOBS),
    "feed.outdate_beside": lambda c: feed.outdate_beside(c, [CARD]),
    "feed.stale": feed.stale,
    "feed.in_message": lambda c: c.execute(feed._IN_MESSAGE, {"message": 1}),
    "feed.forget": lambda c: feed.forget(c, JOBS),
    "feed.forget_unsent": lambda c: feed.forget_unsent(c, GUILD),
    "feed.forget_old": lambda c: feed.forget_old(c, before=NOON),
    "hidden.unfinished": hidden.unfinished,
    "hidden.kept": hidden.kept,
    "losses.kept": losses.kept,
    "losses.announced": lambda c: losses.announced(c, [1]),
    "member_blocks.of": lambda c: member_blocks.of(c, GUILD, MEMBERS, at=NOON),
    "member_blocks.newest": lambda c: member_blocks.newest(c, GUILD, at=NOON, limit=5, offset=0),
    "member_blocks.owing_notice": member_blocks.owing_notice,
    "moderation_posts.end": lambda c: moderation_posts.end(c, JOB, Decision.REMOVED, by=MEMBER, at=NOON),
    "moderation_posts.touch": lambda c: moderation_posts.touch(c, JOB, at=NOON),
    "moderation_posts.get": lambda c: moderation_posts.get(c, ModerationPostId(1)),
    "moderation_posts.of_job": lambda c: moderation_posts.of_job(c, JOB, TOPIC),
    "moderation_posts.count_open": lambda c: moderation_posts.count_open(c, GUILD, TOPIC),
    "moderation_posts.all_open": lambda c: moderation_posts.all_open(c, GUILD, TOPIC, limit=5, offset=0),
    "moderation_posts.is_refused": lambda c: moderation_posts.is_refused(c, GUILD),
    "moderation_posts.due": lambda c: moderation_posts.due(c, at=NOON),
    "strikes.has_one": lambda c: strikes.has_one(c, CARD, StrikeCause.WORDS),
    "strikes.counting": lambda c: strikes.counting(c, GUILD, MEMBERS, after=NOON),
    "strikes.newest": lambda c: strikes.newest(c, GUILD, MEMBERS, limit=5, offset=0),
    "departures.known": departures.known,
    "departures.waiting": departures.waiting,
    "departures.due": lambda c: departures.due(c, left_before=NOON),
    "departures.came_back": lambda c: departures.came_back(c, [GUILD]),
    "departures.forgotten": lambda c: departures.forgotten(c, GUILD, at=NOON),
    "server_erasing.next_cards": lambda c: server_erasing.next_cards(c, GUILD, after=0, limit=5),
    "server_erasing.count_left": lambda c: server_erasing.count_left(c, GUILD),
    "erasing.cancel_waiting": lambda c: erasing.cancel_waiting(c, MEMBER, at=NOON),
    "erasing.count_left": lambda c: erasing.count_left(c, MEMBER, asked_before=NOON),
    "erasing.ready": lambda c: erasing.ready(c, MEMBER, asked_before=NOON, at=NOON, limit=5),
    "messages_beside.hold": lambda c: messages_beside.hold(c, a_card(id=CARD), at=NOON),
    "erasing.erase_cards": lambda c: erasing.erase_cards(c, [CARD], MEMBERS[-1], at=NOON),
}


def scanned(lines: list[str]) -> list[str]:
    """The lines that read a large table from end to end, other than by an index of the few that wait."""
    found = []
    for line in lines:
        in_sqlite = re.match(r"SCAN (\w+)", line)
        in_postgres = re.search(r"Seq Scan on (\w+)", line)
        table = in_sqlite or in_postgres
        if table and table[1] in LARGE and found_by(line) not in SMALL | WAITING:
            found.append(line)
    return found


@pytest.mark.parametrize("name", QUERIES)
async def test_no_large_table_is_read_from_end_to_end(database: Database, name: str) -> None:
    assert scanned(await database.write(plans, QUERIES[name])) == []
