"""How long it takes to draw a card, in each language against English.

A card is drawn for each change that members see; nothing else that the worker does depends on the language.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from time import process_time

from benchmarks.table import print_table, ratio
from bot.chat.presenter.cards.card import card
from bot.domain.card import CardView
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import AttachmentId, JobId
from bot.domain.job import JobState
from bot.domain.limits import LimitField, LimitOrigin, Rule, Usage
from bot.words.language import ENGLISH, LANGUAGES
from tests.builders import NOON, a_card, a_job

USAGE = Usage(Rule(LimitField.PER_DAY, 12, LimitOrigin.OPERATOR_DEFAULT), 3, NOON + timedelta(hours=2))
SENT = {"submitted_at": NOON - timedelta(seconds=20), "state_at": NOON}


@dataclass(frozen=True, slots=True)
class Size:
    rounds: int = 30
    #: Of each card in a round.
    cards: int = 200


def views(language: str) -> dict[str, CardView]:
    own = a_card(language=language)
    made = a_job(state=JobState.DELIVERED, attachment_id=AttachmentId(900), **SENT)
    failed = a_job(state=JobState.FAILED, failure=Failure(FailureKind.BLOCKED), **SENT)
    four = [replace(made, id=JobId(one), position=one - 1) for one in range(1, 5)]
    return {
        "waiting": CardView(card=own, jobs=[a_job()], place=3, usual_seconds=62, usage=USAGE),
        "generating": CardView(card=own, jobs=[a_job(state=JobState.RUNNING, **SENT)], usual_seconds=90),
        "delivered": CardView(card=own, jobs=[made]),
        "four delivered": CardView(card=own, jobs=four),
        "failed": CardView(card=own, jobs=[failed]),
    }


async def main(size: Size | None = None) -> None:
    taken: dict[tuple[str, str], list[float]] = {
        (name, language): [] for language in LANGUAGES for name in views(language)
    }
    for name, language, seconds in timed(size or Size()):
        taken[name, language].append(seconds)
    microseconds = {key: 1e6 * min(times) for key, times in taken.items()}
    others = [one for one in LANGUAGES if one != ENGLISH]
    rows = []
    for name in views(ENGLISH):
        english = microseconds[name, ENGLISH]
        rows.append((name, f"{english:.0f}", *(ratio(microseconds[name, one], english) for one in others)))
    print_table(
        "Drawing a card: microseconds in English, and the other languages against it",
        ("card", "English", *others),
        rows,
    )


def timed(size: Size) -> Iterator[tuple[str, str, float]]:
    """The first round only warms up. Processor time: whatever else the machine does is not in it."""
    for a_round in range(size.rounds + 1):
        for language in LANGUAGES:
            for name, view in views(language).items():
                began = process_time()
                for _ in range(size.cards):
                    card(view, NOON)
                if a_round:
                    yield name, language, (process_time() - began) / size.cards
