"""Limits of a server that have no effect, or one that an admin may not expect, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from bot.domain.administration import GuildSettings, RuleScope, RuleSubject
from bot.domain.ids import ChannelId
from bot.domain.limits import FIELDS, OVER_TIME, Allowances, LimitField


class Surprise(StrEnum):
    #: A limit of 0.
    NO_PICTURES = "no_pictures"
    #: The operator's maximum holds instead.
    ABOVE_MAXIMUM = "above_maximum"
    #: Members with the role get less than those without it.
    ROLE_BELOW_EVERYONE = "role_below_everyone"
    #: Most members reach the limit for everyone first.
    CHANNEL_ABOVE_EVERYONE = "channel_above_everyone"
    #: The limit of a longer time is reached first.
    LONGER_IS_LOWER = "longer_is_lower"
    #: No pictures can be made in the channel at all.
    CHANNEL_NOT_ALLOWED = "channel_not_allowed"


@dataclass(frozen=True, slots=True)
class Effect:
    """A surprise about a limit, and the limit that makes it one."""

    surprise: Surprise
    field: LimitField
    limit: int
    #: The field and the limit that hold instead, or first. For a channel that is not allowed: its own.
    other_field: LimitField
    other_limit: int


def effects_of(settings: GuildSettings, subject: RuleSubject) -> list[Effect]:
    """Return what is surprising about the subject's limits."""
    own = _of(settings, subject)
    found = [effect for field in FIELDS for effect in _of_field(settings, subject, own, field)]
    return [*found, *_longer_and_lower(own), *_not_allowed(settings, subject, own)]


def is_unlimited(settings: GuildSettings) -> bool:
    """Return whether nothing but budgets limits over time what a member without roles can make."""
    return all(_everyones(settings, field) is None for field in OVER_TIME)


def capped(settings: GuildSettings) -> Allowances:
    """Return the operator's maximum for each limit for which a rule of the server asks for more."""
    caps = settings.operator.caps
    return Allowances(
        **{
            field.value: cap
            for field in FIELDS
            if (cap := caps.of(field)) is not None
            and any((rule.allowances.of(field) or 0) > cap for rule in settings.rules)
        }
    )


def _of(settings: GuildSettings, subject: RuleSubject) -> Allowances:
    found = [rule.allowances for rule in settings.rules if rule.subject == subject]
    return found[0] if found else Allowances()


def _of_field(
    settings: GuildSettings, subject: RuleSubject, own: Allowances, field: LimitField
) -> Iterator[Effect]:
    limit, cap = own.of(field), settings.operator.cap(field)
    if limit is None:
        return
    if limit == 0:
        yield Effect(Surprise.NO_PICTURES, field, limit, field, limit)
        return
    if cap is not None and limit > cap:
        yield Effect(Surprise.ABOVE_MAXIMUM, field, limit, field, cap)
        return
    everyones = _everyones(settings, field)
    if everyones is None:
        return
    if subject.scope is RuleScope.ROLE and limit < everyones:
        yield Effect(Surprise.ROLE_BELOW_EVERYONE, field, limit, field, everyones)
    if subject.scope is RuleScope.CHANNEL and limit >= everyones:
        yield Effect(Surprise.CHANNEL_ABOVE_EVERYONE, field, limit, field, everyones)


def _everyones(settings: GuildSettings, field: LimitField) -> int | None:
    """Return what a member without roles may make."""
    limit = _of(settings, RuleSubject.everyone(settings.guild_id)).of(field)
    limit = settings.operator.of(field) if limit is None else limit
    cap = settings.operator.cap(field)
    return cap if limit is None else limit if cap is None else min(limit, cap)


def _longer_and_lower(own: Allowances) -> Iterator[Effect]:
    given = [(field, limit) for field in OVER_TIME if (limit := own.of(field)) is not None]
    for (field, limit), (longer, lower) in pairwise(given):
        if 0 < lower < limit:
            yield Effect(Surprise.LONGER_IS_LOWER, field, limit, longer, lower)


def _not_allowed(settings: GuildSettings, subject: RuleSubject, own: Allowances) -> Iterator[Effect]:
    is_elsewhere = subject.scope is RuleScope.CHANNEL and not settings.choices.allows(
        ChannelId(subject.id), None
    )
    for field in FIELDS if is_elsewhere else ():
        if (limit := own.of(field)) is not None:
            yield Effect(Surprise.CHANNEL_NOT_ALLOWED, field, limit, field, limit)
            return
