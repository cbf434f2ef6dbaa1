"""/config quality: who may choose max quality on a server, and how many images one counts as."""

from collections.abc import Collection

from bot.chat.presenter.elements.custom_ids import CLEARS, NONE_AT_ALL, Action, custom_id
from bot.chat.presenter.elements.message import (
    MOST_OPTIONS,
    Button,
    Kind,
    Message,
    Option,
    Picker,
    Row,
    Select,
    view_message,
)
from bot.chat.presenter.elements.numbers import pictures
from bot.chat.presenter.wording.settings_names import Names
from bot.domain.administration import COUNTS_AS_MOST, GuildSettings
from bot.words.catalogs import gettext as _
from bot.words.formats import listed, money


def quality_panel(settings: GuildSettings, names: Names, note: str, back: Button) -> Message:
    if settings.max_price_microusd is None:
        unoffered = _("The bot's owner doesn't offer max quality.")
        return view_message(_("Max quality"), [unoffered], "", [[back]])
    chosen = settings.choices
    prices = _(
        "One image in max quality costs about {price}, one in standard quality about {standard}.",
        price=money(settings.max_price_microusd),
        standard=money(settings.price_microusd),
    )
    state = note or max_quality_words(chosen.max_roles, chosen.max_counts_as)
    return view_message(_("Max quality"), [state, prices], note, _rows(settings, names, back))


def _rows(settings: GuildSettings, names: Names, back: Button) -> list[Row]:
    roles, counts_as = settings.choices.max_roles, settings.choices.max_counts_as
    there = [role_id for role_id in sorted(roles or ()) if role_id in names.roles][:MOST_OPTIONS]
    set_roles = custom_id(Action.SETTINGS_QUALITY)
    picker = Picker(set_roles, _("Allow only these roles …"), Kind.ROLES, there, most=MOST_OPTIONS)
    options = [
        Option(pictures(count), str(count), is_chosen=count == counts_as)
        for count in range(1, COUNTS_AS_MOST + 1)
    ]
    counts = Select(custom_id(Action.SETTINGS_COUNTS_AS), _("What one image counts as …"), options)
    buttons: list[Button] = []
    if roles is not None:
        buttons.append(Button(_("Allow everyone"), custom_id(Action.SETTINGS_QUALITY, CLEARS)))
    if roles is None or roles:
        buttons.append(Button(_("Allow no one"), custom_id(Action.SETTINGS_QUALITY, NONE_AT_ALL)))
    return [[picker], [counts], [*buttons, back]]


def quality_saved(settings: GuildSettings) -> str:
    chosen = settings.choices
    return _("✅ Saved: {rule}", rule=max_quality_words(chosen.max_roles, chosen.max_counts_as))


def max_quality_words(roles: Collection[int] | None, counts_as: int) -> str:
    """Return who may choose max quality (None: everyone), and what an image of it counts as."""
    if roles is None:
        who = _("Everyone")
    elif roles:
        who = listed([f"<@&{role_id}>" for role_id in sorted(roles)])
    else:
        who = _("No one")
    # Translators: who may choose max quality; {images} is, for example, "2 images".
    return _("{who} · counts as {images}", who=who, images=pictures(counts_as))
