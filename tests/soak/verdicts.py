"""What has to be true in the end: seen at the stand-ins, at the process, and, for money, in its database."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from standins.fake_segmind.records import Bill, Outcome
from tests.journeys.town import Town, text_of
from tests.soak.deliveries import Deliveries, Tag, is_kept, is_open
from tests.soak.gauges import LAG_BOUND_SECONDS, Gauges
from tests.soak.members import Member
from tests.soak.moderated import ACTS, Moderated
from tests.soak.plan import Plan
from tests.soak.vandal import HARMS, Vandal

RUNNING_LIMIT = 6
MIB = 1024 * 1024
#: What is in use goes by how much is under way at the moment.
FLAT_SHARE = 0.05
#: The C library keeps what is freed between what is not: seen with `mallinfo2`, half of what memory grows by,
#: while the blocks in use, and what is allocated beside them, stay the same.
FRAGMENTS_SHARE = 0.1
#: As many as `docs/reliability.md` says are enough.
MOST_FILES = 256
IN_TIME = 0.99


@dataclass(frozen=True, slots=True)
class Verdict:
    what: str
    wanted: str
    seen: str
    is_good: bool
    #: What it takes for this to mean something: a long run, or a machine that is idle beside it.
    needs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """All that there is to look at once the bot has stopped."""

    plan: Plan
    town: Town
    members: list[Member]
    vandal: Vandal
    moderated: Moderated
    deliveries: Deliveries
    gauges: Gauges
    database: Path


def verdicts(ended: Ended) -> list[Verdict]:
    return [
        *_pictures(ended),
        *_cards(ended),
        *_limits(ended),
        *_money(ended),
        *_harm(ended),
        *_moderation(ended),
        _equal("exceptions in the bot", 0, ended.gauges.errors),
        *_files(ended.gauges),
        *(replace(verdict, needs="a long run") for verdict in _memory(ended.gauges)),
        *(replace(verdict, needs="an idle machine") for verdict in _timing(ended)),
    ]


def _equal(what: str, wanted: object, seen: object) -> Verdict:
    return Verdict(what, f"{wanted:,}" if isinstance(wanted, int) else str(wanted), str(seen), wanted == seen)


def _pictures(ended: Ended) -> Iterator[Verdict]:
    deliveries, bills = ended.deliveries, ended.town.segmind.bills
    paid = _by_tag(bill for bill in bills if bill.is_paid)
    shown: Counter[Tag | None] = Counter({tag: len(jobs) for tag, jobs in deliveries.jobs_of_tag.items()})
    others = [ended.vandal.number, *ended.moderated.numbers]
    of_members = deliveries.total - sum(map(deliveries.by_member.__getitem__, others))
    unseen = paid - shown
    yield _equal("pictures delivered", ended.plan.expected, of_members)
    yield _equal("pictures paid", deliveries.total + unseen.total(), sum(bill.is_paid for bill in bills))
    yield _equal(
        "paid and not delivered", 0, sum(unseen[tag] for tag in unseen.keys() - ended.moderated.erased)
    )
    yield _equal("delivered and not paid", 0, (shown - paid).total())
    yield _equal("seen twice", 0, len(deliveries.doubled()))
    yield _equal("files that are no pictures", 0, len(deliveries.problems))
    yield _equal("still at the provider", 0, sum(bill.outcome is Outcome.RUNNING for bill in bills))


def _by_tag(bills: Iterable[Bill]) -> Counter[Tag | None]:
    return Counter(Tag.found_in(bill.prompt) for bill in bills)


def _cards(ended: Ended) -> Iterator[Verdict]:
    cards = [one for one in ended.town.messages_of_the_bot() if Tag.found_in(text_of(one)) is not None]
    yield _equal("cards without an end", 0, sum(map(is_open, cards)))
    yield _equal("pictures that wait in /jobs", 0, sum(map(is_kept, cards)))


def _limits(ended: Ended) -> Iterator[Verdict]:
    allowance = ended.plan.allowance
    exact = sum(ended.deliveries.by_member[member.number] == allowance for member in ended.members)
    yield _equal(f"members with exactly {allowance}", len(ended.members), exact)
    most = max(_most_at_once(ended.town.segmind.bills), default=0)
    yield Verdict("most at a time of one member", f"up to {RUNNING_LIMIT}", str(most), most <= RUNNING_LIMIT)


def _most_at_once(bills: Iterable[Bill]) -> Iterator[int]:
    """For each member in each server: how many of its pictures were ever being made at once."""
    moments: dict[tuple[int, int], list[tuple[float, int]]] = defaultdict(list)
    for bill in bills:
        if (tag := Tag.found_in(bill.prompt)) is not None and bill.finished_at is not None:
            whose = moments[tag.member, tag.guild]
            whose += [(bill.accepted_at.timestamp(), 1), (bill.finished_at.timestamp(), -1)]
    for whose in moments.values():
        running, most = 0, 0
        for _, change in sorted(whose):
            running += change
            most = max(most, running)
        yield most


def _money(ended: Ended) -> Iterator[Verdict]:
    with closing(sqlite3.connect(f"{ended.database.as_uri()}?mode=ro", uri=True)) as database:
        held, spent = database.execute("SELECT sum(held), sum(spent) FROM money").fetchone()
        open_jobs = database.execute(
            "SELECT count(*) FROM jobs WHERE state NOT IN ('delivered', 'failed', 'cancelled', 'rejected')"
        ).fetchone()[0]
    billed = sum(int(bill.cost_usd * 1_000_000) for bill in ended.town.segmind.bills)
    yield _equal("money spent, in micro-USD", billed, spent)
    yield _equal("money held", 0, held)
    yield _equal("jobs without an end", 0, open_jobs)


def _harm(ended: Ended) -> Iterator[Verdict]:
    """It was done in every way, and came to no more than the attempts of one member."""
    done, most = ended.vandal.done, ended.plan.attempts
    with closing(sqlite3.connect(f"{ended.database.as_uri()}?mode=ro", uri=True)) as database:
        asked = "SELECT count(*) FROM jobs WHERE member_id = ?"
        attempts = database.execute(asked, (ended.vandal.person.user.id,)).fetchone()[0]
    ways = sum(done[harm] > 0 for harm in HARMS)
    yield _equal("ways of doing harm that were tried", len(HARMS), ways)
    yield Verdict("attempts of who does harm", f"1 to {most}", str(attempts), 0 < attempts <= most)


def _moderation(ended: Ended) -> Iterator[Verdict]:
    """A blocked member gets nothing, and of the one whose data went last, no word is left in any file."""
    moderated, bills = ended.moderated, ended.town.segmind.bills
    marker = f"m{moderated.members[0].number}g".encode()
    left = [
        path for path in ended.database.parent.rglob("*") if path.is_file() and marker in path.read_bytes()
    ]
    yield _equal("acts of moderators and their members that were seen", len(ACTS), moderated.seen)
    yield _equal("promises to them that were broken", 0, len(moderated.broken))
    yield _equal(
        "paid for a blocked member", 0, sum(Tag.found_in(bill.prompt) in moderated.refused for bill in bills)
    )
    yield _equal("files with words of an erased member", 0, len(left))


def _files(gauges: Gauges) -> Iterator[Verdict]:
    """How many connections are open meanwhile goes by how much is under way, but has an end."""
    most = max((sample.files for sample in gauges.samples), default=0)
    yield Verdict("most files open at once", f"up to {MOST_FILES}", str(most), 0 < most <= MOST_FILES)
    bound = gauges.most_files_at_rest
    seen = " → ".join(map(str, gauges.files_at_rest))
    is_flat = len(gauges.files_at_rest) > 1 and gauges.files_at_rest[-1] <= bound
    yield Verdict("files open at rest, before and after", f"up to {bound}", seen, is_flat)


def _memory(gauges: Gauges) -> Iterator[Verdict]:
    early, late = gauges.plateaus(lambda sample: sample.blocks)
    most = early * (1 + FLAT_SHARE)
    seen = f"{early:,.0f} → {late:,.0f}"
    yield Verdict("blocks of memory, first and last third", f"up to {most:,.0f}", seen, 0 < late <= most)
    early, late = (value / MIB for value in gauges.plateaus(lambda sample: sample.rss_bytes))
    most = early * (1 + FRAGMENTS_SHARE)
    seen = f"{early:.1f} → {late:.1f} MiB"
    yield Verdict("resident memory, first and last third", f"up to {most:.1f} MiB", seen, 0 < late <= most)


def _timing(ended: Ended) -> Iterator[Verdict]:
    """As good as the machine lets anybody be: it may have other things to do."""
    gauges, heartbeats = ended.gauges, ended.town.discord.gateway.heartbeats
    least, share = IN_TIME * gauges.idle.share, gauges.lag.share
    what = f"event loop less than {1000 * LAG_BOUND_SECONDS:.0f} ms late"
    yield Verdict(
        what, f"{least:.2%} (idle process: {gauges.idle.share:.2%})", f"{share:.2%}", share >= least
    )
    seen = f"{heartbeats.missed} of {heartbeats.heard}, latest by {heartbeats.latest_seconds:.2f} s"
    yield Verdict("heartbeats missed", "0", seen, heartbeats.missed == 0 and heartbeats.heard > 0)
