"""The warnings about limits that have no effect, or one that an admin may not expect."""

from bot.chat.presenter.settings.settings_words import allowances_words
from bot.chat.presenter.wording.limit_fields import limit_amount
from bot.domain.administration import GuildSettings, RuleScope, RuleSubject
from bot.domain.rule_effects import Effect, Surprise, capped, effects_of, is_unlimited
from bot.words.catalogs import deferred
from bot.words.catalogs import gettext as _

_WORDS = {
    Surprise.NO_PICTURES: deferred("⚠️ {limit} means no images at all."),
    Surprise.ABOVE_MAXIMUM: deferred(
        "⚠️ {limit} is more than this bot allows: its maximum of {other} applies."
    ),
    Surprise.ROLE_BELOW_EVERYONE: deferred(
        "⚠️ {limit} is less than everyone else has ({other}): members get less with this role than without it."
    ),
    Surprise.CHANNEL_ABOVE_EVERYONE: deferred(
        "⚠️ {limit} has no effect on most members: they reach the limit for everyone ({other}) first."
    ),
    Surprise.LONGER_IS_LOWER: deferred("⚠️ {limit} has no effect: {other} is less, and is reached first."),
    Surprise.CHANNEL_NOT_ALLOWED: deferred(
        "⚠️ This has no effect: images can't be generated in this channel (see `/config channels`)."
    ),
}


def rule_warnings(settings: GuildSettings, subject: RuleSubject) -> list[str]:
    found = [_warning(effect) for effect in effects_of(settings, subject)]
    if subject.scope is RuleScope.GUILD and is_unlimited(settings):
        found.append(
            _("⚠️ Without a limit for everyone, a member can generate as many images as the budget allows.")
        )
    return found


def _warning(effect: Effect) -> str:
    limit = limit_amount(effect.field, effect.limit)
    other = limit_amount(effect.other_field, effect.other_limit)
    return _(_WORDS[effect.surprise], limit=limit, other=other)


def capped_words(settings: GuildSettings) -> str:
    """Say which of the server's limits are capped by the operator; nothing if none is."""
    maximum = capped(settings)
    if not maximum.are_set:
        return ""
    limits = allowances_words(maximum)
    return _(
        "⚠️ Some limits here are higher than this bot allows. Its maximum applies: {limits}.", limits=limits
    )
