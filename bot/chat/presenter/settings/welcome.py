"""The message with which the bot introduces itself to a server."""

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Button, Color, Look, Message
from bot.chat.presenter.settings.limits_panel import allowances_of
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.settings.settings_words import budget_words
from bot.chat.presenter.wording.limit_fields import limit_amount
from bot.domain.administration import GuildSettings, RuleSubject
from bot.domain.limits import OVER_TIME, LimitField, ServerRules
from bot.words.catalogs import gettext as _
from bot.words.formats import money, with_commas


def welcome(settings: GuildSettings) -> Message:
    settings_button = Button(_("Server settings"), custom_id(Action.SETTINGS, View.ALL), Look.PRIMARY)
    return Message(
        title=_("Hello! I generate images"),
        body=_(
            "Describe what you want to see with `/imagine`, or change an image with `/edit`. `/help` shows "
            "what else I can do."
        ),
        fields=[
            (_("Costs"), _costs(settings)),
            (_("Budget"), budget_words(settings)),
            (_("Limits"), _limits(settings)),
        ],
        color=Color.WORKING,
        rows=[[settings_button]],
    )


def _costs(settings: GuildSettings) -> str:
    price = money(settings.price_microusd)
    if settings.max_price_microusd is None:
        words = _("One image costs about {price}.", price=price)
    else:
        dearer = money(settings.max_price_microusd)
        words = _("One image costs about {price}, in max quality about {dearer}.", price=price, dearer=dearer)
    payer = _("The bot's owner pays for it.")
    return f"{words} {payer}"


def _limits(settings: GuildSettings) -> str:
    default = allowances_of(settings, RuleSubject.everyone(settings.guild_id))
    limits: dict[LimitField, int] = {}
    for rule in settings.operator.rules(ServerRules(default=default)):
        limits[rule.field] = min(rule.limit, limits.get(rule.field, rule.limit))
    shown = [field for field in (LimitField.RUNNING, *OVER_TIME) if field in limits]
    amounts = with_commas(limit_amount(field, limits[field]) for field in shown)
    each = _("No limits are set.")
    if amounts:
        each = _("Each member can generate: **{limits}**.", limits=amounts)
    who = _("Admins can change this, also for single roles, members and channels.")
    return f"{each} {who}"
