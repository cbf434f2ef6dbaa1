"""/config show for a member: what they can generate in a channel, and why."""

from collections.abc import Iterable, Iterator

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Button, Color, Kind, Look, Message, Picker
from bot.chat.presenter.elements.numbers import pictures
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.settings.settings_words import age_words
from bot.chat.presenter.wording.allowance import limit_and_reason
from bot.chat.presenter.wording.block_words import block_line
from bot.domain.administration import Entitlement, RuleScope
from bot.domain.ids import ChannelId, RoleId
from bot.domain.limits import Usage
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import listed


def entitlement_panel(
    entitlement: Entitlement,
    *,
    is_here: bool = True,
    is_age_restricted: bool | None = None,
    needs_approval: bool = False,
) -> Message:
    """`is_here` is False for people who are not, or no longer, on the server.

    `is_age_restricted` is about the channel; None: unknown, or of no matter.
    """
    member_id, channel_id = entitlement.member_id, entitlement.channel_id
    in_the_way = list(_obstacles(entitlement, is_age_restricted=is_age_restricted))
    result = "\n".join(in_the_way) or _("✅ Nothing on this server keeps this member from it.")
    heading = f"{mention(member_id)} · <#{channel_id}>"
    absent = "" if is_here else _("Not on this server, so without roles.")
    approval = _("Their images here need a moderator's approval.") if needs_approval else ""
    rules = [age_words(entitlement.settings.choices), approval]
    title = _("Limits")
    limits = "\n".join(map(_limit, entitlement.usages)) or _("No limits apply here.")
    is_offered = entitlement.settings.max_price_microusd is not None
    change = custom_id(Action.SETTINGS_LIMITS, RuleScope.MEMBER, member_id)
    back = Button(_("Back"), custom_id(Action.SETTINGS, View.MEMBERS))
    return Message(
        title=_("What a member can generate"),
        body="\n".join(filter(None, [heading, absent, result, *rules, f"\n**{title}**", limits])),
        fields=[(_("Max quality"), _quality(entitlement))] if is_offered else (),
        color=Color.PARTLY if in_the_way else Color.DONE,
        rows=[[member_picker(channel_id)], [Button(_("Change limits"), change, Look.PRIMARY), back]],
    )


def member_picker(channel_id: ChannelId | None = None) -> Picker:
    """Return the list that opens this panel: for the channel, or for the one in which it is used."""
    id_ = custom_id(Action.SETTINGS_MEMBER, channel_id or 0)
    return Picker(id_, _("See what a member can generate …"), Kind.MEMBERS)


def entitlement_button(member_id: int) -> Button:
    """Return the button that opens this panel for one member, in the channel in which it is pressed."""
    return Button(_("What they can generate"), custom_id(Action.SETTINGS_MEMBER, 0, member_id))


def _obstacles(entitlement: Entitlement, *, is_age_restricted: bool | None) -> Iterator[str]:
    """Yield all that keeps the member from generating an image now."""
    settings = entitlement.settings
    if entitlement.is_server_blocked:
        yield _("⛔ The bot's owner has blocked this server.")
    if entitlement.is_member_blocked:
        yield _("⛔ The bot's owner has blocked this member.")
    if entitlement.block is not None:
        heading = _("Blocked here")
        yield f"⛔ **{heading}** {block_line(entitlement.block)}"
    if not settings.choices.allows(entitlement.channel_id, None):
        yield _("⛔ Images can't be generated in this channel (see `/config channels`).")
    if settings.choices.only_age_restricted and is_age_restricted is False:
        yield _("⛔ This channel is not age-restricted (see `/config channels`).")
    if settings.is_budget_used_up:
        yield _("⛔ This server's budget for this month is used up (see `/config budget`).")
    if any(not (usage.left or usage.rule.everywhere) for usage in entitlement.usages):
        yield _("⛔ A limit is reached.")


def _limit(usage: Usage) -> str:
    """Say also what is left, but not across all servers: what is made on others is no matter of this one."""
    words = limit_and_reason(usage.rule)
    if usage.rule.everywhere:
        return words
    return f"{words} · " + ngettext("**{count} left**", "**{count} left**", usage.left)


def _quality(entitlement: Entitlement) -> str:
    choices = entitlement.settings.choices
    if choices.max_roles is None:
        who = _("Yes: everyone can choose it.")
    elif entitlement.max_roles:
        who = _("Yes, because of {roles}.", roles=_roles(entitlement.max_roles))
    elif choices.max_roles:
        who = _("No: only {roles} can choose it.", roles=_roles(choices.max_roles))
    else:
        return _("No: no one can choose it.")
    # Translators: {images} is, for example, "2 images".
    counts = _("It counts as {images}.", images=pictures(choices.max_counts_as))
    return f"{who} {counts}"


def _roles(role_ids: Iterable[RoleId]) -> str:
    return listed([f"<@&{role_id}>" for role_id in sorted(role_ids)])
