"""The words about strikes: for who has them, and for moderators and admins who set something wrong."""

from collections.abc import Sequence
from datetime import timedelta

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.elements.numbers import relative
from bot.chat.presenter.wording.block_words import length_words
from bot.domain.strikes import (
    COUNT_MOST,
    LEAST_WINDOW,
    LONGEST_WINDOW,
    Standing,
    StrikeCause,
    StrikeProblem,
    StrikeRefused,
    StrikeStep,
)
from bot.words.catalogs import deferred, ngettext
from bot.words.catalogs import gettext as _
from bot.words.formats import length, number, with_commas

CAUSES = {
    StrikeCause.FILTER: deferred("refused by the content filter"),
    StrikeCause.WORDS: deferred("refused by the word list"),
    StrikeCause.REMOVAL: deferred("an image that a moderator removed"),
    StrikeCause.MODERATOR: deferred("given by a moderator"),
}
_MOST_QUOTED = 60


def time_words(time: timedelta) -> str:
    return length(round(time.total_seconds()))


def step_words(step: StrikeStep) -> str:
    """Return words such as "3 strikes within 1 day: blocked for 1 hour"."""
    strikes = ngettext("{count} strike", "{count} strikes", step.count)
    if step.block is None:
        return _(
            "{strikes} within {time}: blocked permanently", strikes=strikes, time=time_words(step.within)
        )
    return _(
        "{strikes} within {time}: blocked for {length}",
        strikes=strikes,
        time=time_words(step.within),
        length=length_words(step.block),
    )


def standing_words(standing: Standing | None) -> str:
    """Return a line for who has the strikes: how many, what comes next, and when they fade; "" for none."""
    if standing is None or not standing.count or standing.fades_at is None:
        return ""
    strikes = ngettext("{count} strike", "{count} strikes", standing.count)
    parts = [f"⚠️ **{strikes}**", *_next(standing.next_steps)]
    parts.append(_("all faded {time}", time=relative(standing.fades_at)))
    return " · ".join(parts)


def _next(steps: Sequence[StrikeStep]) -> list[str]:
    return [step_words(steps[0])] if steps else []


def steps_words(text: str) -> str:
    """Return the steps of an entry of the audit: the numbers of each, in seconds, with commas between two."""
    found = [[int(part) for part in step.split()] for step in text.split(",") if step]
    return " · ".join(step_text(_step(*step)) for step in found)


def _step(count: int, within: int, block: int) -> StrikeStep:
    length = timedelta(seconds=block) if block else None
    return StrikeStep(count=count, within=timedelta(seconds=within), block=length)


def causes_words(text: str) -> list[str]:
    return [_(CAUSES[StrikeCause(cause)]) for cause in text.split(",") if cause]


def step_text(step: StrikeStep) -> str:
    """Return a step as admins type it."""
    return with_commas([str(step.count), time_words(step.within), length_words(step.block)])


def strike_refused(refused: StrikeRefused) -> str:  # noqa: PLR0911  one flat list, to be read as one
    match refused.problem:
        case StrikeProblem.OFF:
            return _("Strikes are off on this server. An admin can turn them on with `/config strikes`.")
        case StrikeProblem.FORGIVE_ONESELF:
            return _("You can't forgive your own strikes. Ask another moderator.")
        case StrikeProblem.NOTHING_TO_FORGIVE:
            return _("There is no strike left to forgive.")
        case StrikeProblem.STEP_UNREADABLE:
            return _(
                "I can't read “{text}” as a step. Write how many strikes, within which time, and how long "
                "they block, like {example}.",
                text=plain(one_line(refused.text, _MOST_QUOTED)),
                example=_("3, 1 day, 1 hour"),
            )
        case StrikeProblem.COUNT_OUT_OF_RANGE:
            return _("A step can take from 1 to {most} strikes.", most=number(COUNT_MOST))
        case StrikeProblem.WINDOW_OUT_OF_RANGE:
            return _(
                "A strike can count from {least} to {most}.",
                least=time_words(LEAST_WINDOW),
                most=time_words(LONGEST_WINDOW),
            )
        case StrikeProblem.NO_STEP:
            return _("At least one step is needed. To turn strikes off, use the button.")
        case StrikeProblem.SAME_COUNT:
            return _("Two steps have the same number of strikes. Each step needs another number.")
        case StrikeProblem.SHORTER_BLOCK:
            return _("A step with more strikes can't block for a shorter time than one with fewer.")
