"""/config approval: whose images a moderator looks at before anyone sees them."""

from bot.chat.presenter.elements.custom_ids import CLEARS, Action, custom_id
from bot.chat.presenter.elements.message import Button, Kind, Look, Message, Picker, Row, view_message
from bot.chat.presenter.wording.settings_names import Names
from bot.domain.administration import GuildSettings
from bot.domain.approval import NAMED_MOST, WAITS_FOR, ApprovalRules
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import with_commas


def approval_panel(settings: GuildSettings, names: Names, note: str, back: Button) -> Message:
    rules, moderators = settings.choices.approval, settings.choices.moderation_channel_id
    days = WAITS_FOR.days
    hints = [
        _(
            "A moderator looks at these images before anyone sees them, private ones, too. Until then, "
            "others can't read the prompt either. Changes apply to new requests."
        ),
        ngettext(
            "What no one has looked at after {count} day is rejected, since its file is deleted soon.",
            "What no one has looked at after {count} days is rejected, since its file is deleted soon.",
            days,
        ),
        _place(moderators, names),
    ]
    state = approval_words(rules, names)
    return view_message(_("Approval"), [note, state, *hints], note, _rows(rules, names, back))


def _place(channel_id: int | None, names: Names) -> str:
    if channel_id is None:
        return _("No moderators' channel is set: what waits is only listed in `/review approvals`.")
    channel = names.channel(channel_id)
    return _("What waits is posted in {channel}, and listed in `/review approvals`.", channel=channel)


def _rows(rules: ApprovalRules, names: Names, back: Button) -> list[Row]:
    roles = [role_id for role_id in sorted(rules.roles) if role_id in names.roles]
    channels = [channel_id for channel_id in sorted(rules.channels) if channel_id in names.channels]
    pickers = [
        Picker(
            custom_id(Action.APPROVAL_ROLES),
            _("Members with these roles …"),
            Kind.ROLES,
            roles,
            most=NAMED_MOST,
        ),
        Picker(
            custom_id(Action.APPROVAL_CHANNELS),
            _("Images for these channels …"),
            Kind.CHANNELS,
            channels,
            most=NAMED_MOST,
        ),
    ]
    buttons = [
        Button(_("Not for everyone"), custom_id(Action.APPROVAL_ALL, 0))
        if rules.is_for_everyone
        else Button(_("For everyone"), custom_id(Action.APPROVAL_ALL, 1), Look.PRIMARY)
    ]
    if rules.roles:
        buttons.append(Button(_("For no roles"), custom_id(Action.APPROVAL_ROLES, CLEARS)))
    if rules.channels:
        buttons.append(Button(_("For no channels"), custom_id(Action.APPROVAL_CHANNELS, CLEARS)))
    return [*([picker] for picker in pickers), [*buttons, back]]


def approval_words(rules: ApprovalRules, names: Names) -> str:
    """Return whose images need it, with all names."""
    if not rules.is_on:
        return _("No images need approval.")
    lines = [_("**Everyone's** images need approval.")] if rules.is_for_everyone else []
    if rules.roles:
        roles = with_commas(f"<@&{role_id}>" for role_id in sorted(rules.roles))
        lines.append(_("Of members with one of these roles: {roles}", roles=roles))
    if rules.channels:
        channels = with_commas(names.channel(channel_id) for channel_id in sorted(rules.channels))
        lines.append(_("For these channels and their threads: {channels}", channels=channels))
    return "\n".join(lines)


def approval_state(rules: ApprovalRules) -> str:
    """Return the same in short, without names."""
    if rules.is_for_everyone:
        return _("For everyone")
    parts = []
    if rules.roles:
        parts.append(ngettext("For {count} role", "For {count} roles", len(rules.roles)))
    if rules.channels:
        parts.append(ngettext("For {count} channel", "For {count} channels", len(rules.channels)))
    return with_commas(parts) if parts else _("No images need approval.")


def approval_saved() -> str:
    return _("✅ Saved.")
