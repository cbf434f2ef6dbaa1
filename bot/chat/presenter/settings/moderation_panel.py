"""The words and the lists of the settings for moderators: where they learn what they have to decide on."""

from bot.chat.presenter.elements.custom_ids import CLEARS, Action, custom_id
from bot.chat.presenter.elements.message import (
    Button,
    Kind,
    Message,
    Option,
    Picker,
    Row,
    Select,
    view_message,
)
from bot.chat.presenter.wording.settings_names import Names
from bot.domain.administration import GuildChoices
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext

#: The values in the list, and the reports after which an image is hidden.
HIDING_CHOICES = {"never": None, "1": 1, "2": 2, "3": 3, "5": 5, "10": 10}


def moderation_panel(choices: GuildChoices, names: Names, note: str, back: Button) -> Message:
    moderators, feed = choices.moderation_channel_id, choices.feed_channel_id
    rows: list[Row] = [
        [_picker(Action.SETTINGS_MODERATORS, _("Choose a moderators' channel …"), moderators, names)],
        [_picker(Action.SETTINGS_FEED, _("Choose a channel for the feed …"), feed, names)],
    ]
    options = [
        Option(hiding_name(reports), value, is_chosen=reports == choices.hide_after_reports)
        for value, reports in HIDING_CHOICES.items()
    ]
    rows.append([Select(custom_id(Action.SETTINGS_HIDING), _("When reports hide an image …"), options)])
    buttons: list[Button] = []
    if moderators is not None:
        clear = custom_id(Action.SETTINGS_MODERATORS, CLEARS)
        buttons.append(Button(_("Remove moderators' channel"), clear))
    if feed is not None:
        buttons.append(Button(_("Turn off the feed"), custom_id(Action.SETTINGS_FEED, CLEARS)))
    state = note or moderation_words(choices, names)
    hints = [
        _("Choose a channel that only moderators can see. Reports are also listed in `/review reports`."),
        _(
            "The feed shows every image that is made, small, with its prompt, member and cost. Of private "
            "images it shows no picture."
        ),
    ]
    return view_message(_("Moderation"), [state, *hints], note, [*rows, [*buttons, back]])


def hiding_name(reports: int | None) -> str:
    """Return when a reported image is hidden; None: never."""
    if reports is None:
        return _("Never hide an image")
    return ngettext("Hide after {count} report", "Hide after {count} reports", reports)


def hiding_words(reports: int | None) -> str:
    if reports is None:
        return _("Reports hide no image.")
    return ngettext(
        "An image with {count} report is hidden until a moderator decides.",
        "An image with {count} reports is hidden until a moderator decides.",
        reports,
    )


def hiding_saved(reports: int | None) -> str:
    return _("✅ Saved: {rule}", rule=hiding_words(reports))


def _picker(action: Action, label: str, channel_id: int | None, names: Names) -> Picker:
    there = [channel_id] if channel_id is not None and channel_id in names.channels else []
    return Picker(custom_id(action), label, Kind.POST_CHANNELS, there)


def moderation_words(choices: GuildChoices, names: Names) -> str:
    """Return where reports and the feed are posted."""
    moderators, feed = choices.moderation_channel_id, choices.feed_channel_id
    lines = [
        _("No moderators' channel: reports are only listed in `/review reports`.")
        if moderators is None
        else _("I post reports in {channel}.", channel=names.channel(moderators)),
        hiding_words(choices.hide_after_reports),
        _("No feed.") if feed is None else _("I post every image in {channel}.", channel=names.channel(feed)),
    ]
    return "\n".join(lines)


def moderators_saved(channel_id: int | None, *, may_post: bool) -> str:
    if channel_id is None:
        return _("✅ Saved: reports are only listed in `/review reports`.")
    channel = f"<#{channel_id}>"
    return _("✅ Saved: I post reports in {channel}.", channel=channel) if may_post else _barred(channel)


def feed_saved(channel_id: int | None, *, may_post: bool) -> str:
    if channel_id is None:
        return _("✅ Saved: there is no feed.")
    channel = f"<#{channel_id}>"
    if not may_post:
        return _barred(channel)
    return _("✅ Saved: I post every image in {channel} from now on.", channel=channel)


def _barred(channel: str) -> str:
    return _(
        "⚠️ Saved, but I can't post in {channel}. Allow me **View Channel**, **Send Messages** and "
        "**Embed Links** there.",
        channel=channel,
    )
