"""The first part of /usage: what a member can make now, and what stops them, the first thing at the top."""

from collections.abc import Sequence

from bot.chat.incoming.text import plain
from bot.chat.presenter.elements.message import Color
from bot.chat.presenter.elements.numbers import relative
from bot.chat.presenter.elements.permission_names import permission_name
from bot.chat.presenter.wording.allowance import limit_words, rule_line
from bot.chat.presenter.wording.failures import failure_words
from bot.chat.presenter.wording.refusals import refusal_words
from bot.domain.admission_preview import AdmissionPreview, BudgetState, ServerBudget
from bot.domain.errors import (
    BudgetSpent,
    CommandDenied,
    LimitReached,
    PermissionsMissing,
    Refusal,
    ServicePaused,
)
from bot.domain.failure import Failure, FailureKind
from bot.domain.money import MICROUSD
from bot.words.catalogs import deferred, ngettext
from bot.words.catalogs import gettext as _
from bot.words.formats import listed, money

_CENT = MICROUSD // 100

_OPERATORS_BUDGET = {
    BudgetState.ENOUGH: deferred(
        "**Enough left** of the bot's monthly budget for all servers · resets {time}"
    ),
    BudgetState.LITTLE: deferred(
        "**Little left** of the bot's monthly budget for all servers · resets {time}"
    ),
    BudgetState.USED: deferred("**None left** of the bot's monthly budget for all servers · resets {time}"),
}


def possible_now(
    preview: AdmissionPreview, own_stops: Sequence[Refusal], hints: Sequence[Refusal]
) -> list[str]:
    """Return the lines about this moment. `own_stops` come before those of the preview."""
    stops = [*own_stops, *preview.refusals]
    if stops:
        headline = _("🚫 **You can't generate images here right now.**")
        return [headline, *(f"- {_stop(stop, preview)}" for stop in stops)]
    lines = [_headline(preview.most), *(f"⚠️ {_hint(hint, preview)}" for hint in hints)]
    if preview.waits_until is not None:
        words = _(
            "The image service takes no requests until {time}. New ones wait in line.",
            time=relative(preview.waits_until),
        )
        lines.append(f"⏳ {words}")
    return lines


def color_of(preview: AdmissionPreview, own_stops: Sequence[Refusal]) -> Color:
    return Color.PARTLY if own_stops or preview.refusals else Color.DONE


def limits_and_budgets(preview: AdmissionPreview) -> str:
    """Return what holds for the member, what is used up first at the top, and the operator's budget last."""
    parts = [(usage.left, rule_line(usage)) for usage in preview.usage.usages]
    if preview.budget is not None:
        parts.append((preview.budget.pictures, _budget(preview.budget)))
    lines = [words for _left, words in sorted(parts, key=lambda part: part[0])]
    lines += _max_quality(preview)
    if preview.operators_budget is not None:
        words = _OPERATORS_BUDGET[preview.operators_budget]
        lines.append(_(words, time=relative(preview.month.ends_at)))
    return "\n".join(lines) or _("No limits apply here.")


def _headline(most: int | None) -> str:
    if most is None:
        return _("✅ **You can generate images here now.**")
    return ngettext(
        "✅ **You can generate {count} image here now.**",
        "✅ **You can generate up to {count} images here now.**",
        most,
    )


def _stop(stop: Refusal, preview: AdmissionPreview) -> str:
    match stop:
        case ServicePaused():
            return _paused(stop, preview)
        case LimitReached():
            return limit_words(stop)
        case PermissionsMissing():
            return _(
                "I'm missing permissions in this channel: **{permissions}**. Ask a moderator to allow them, "
                "or try another channel.",
                permissions=listed(list(map(permission_name, stop.names))),
            )
        case CommandDenied():
            return _(
                "This server doesn't let you use **{command}** here.",
                command=plain(stop.command),
            )
        case BudgetSpent():
            return _budget_used_up(stop)
        case _:
            return refusal_words(stop)


def _hint(hint: Refusal, preview: AdmissionPreview) -> str:
    """Return the words about what makes only a part of the pictures impossible."""
    if not isinstance(hint, PermissionsMissing):
        return _stop(hint, preview)
    return _(
        "Only private images: for public ones, I'm missing permissions in this channel: **{permissions}**.",
        permissions=listed(list(map(permission_name, hint.names))),
    )


def _paused(stop: ServicePaused, preview: AdmissionPreview) -> str:
    why = failure_words(preview.paused_by or Failure(FailureKind.KEY)).what
    parts = [why, _("The bot's owner has been notified.")] if stop.is_operator_notified else [why]
    return " ".join([*parts, _("It goes on by itself as soon as that is done.")])


def _budget_used_up(stop: BudgetSpent) -> str:
    resets = relative(stop.resets_at)
    if stop.is_operators:
        return _("This bot's monthly budget for all servers is used up. It resets {time}.", time=resets)
    return _(
        "This server's monthly budget ({budget}) doesn't cover another image. It resets {time}.",
        budget=money(stop.cap_microusd),
        time=resets,
    )


def _budget(budget: ServerBudget) -> str:
    left = _(
        "**{left} left** of this server's monthly budget of {budget} · resets {time}",
        left=money(budget.left_microusd // _CENT * _CENT),
        budget=money(budget.cap_microusd),
        time=relative(budget.spending.month.ends_at),
    )
    enough = ngettext("enough for about {count} image", "enough for about {count} images", budget.pictures)
    return f"{left}\n-# {enough}"


def _max_quality(preview: AdmissionPreview) -> list[str]:
    quality, most = preview.max_quality, preview.most_of_max_quality
    if quality is None:
        return []
    if not quality.is_allowed:
        return [_("**Max** quality: not available to you here")]
    if most is None:
        return [_("**Max** quality: available to you here")]
    how_many = ngettext(
        "**Max** quality: {count} image now", "**Max** quality: up to {count} images now", most
    )
    if quality.counts_as == 1:
        return [how_many]
    counts = ngettext("each counts as {count} image", "each counts as {count} images", quality.counts_as)
    return [f"{how_many} ({counts})"]
