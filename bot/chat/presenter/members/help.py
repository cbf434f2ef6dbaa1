"""/help: all that the bot can do, in short."""

from bot.chat.presenter.elements.message import Color, Message
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.wording.command_words import EDIT_MENU
from bot.words.catalogs import gettext as _


def help_message(
    *,
    bot_id: int,
    has_reply_edits: bool,
    reads_messages: bool = True,
    may_review: bool = False,
    may_configure: bool = False,
) -> Message:
    fields = [
        (_("Create"), _("`/imagine` a fox in the snow, as a woodcut")),
        (_("Edit"), _edits(mention(bot_id) if has_reply_edits else None, reads_messages=reads_messages)),
        (_("Manage"), _managing()),
        (
            _("Good to know"),
            _(
                "`count` generates up to four images at once. `private` shows them only to you, and "
                "`spoiler` blurs them until someone clicks. Images that fail don't count, nor do those "
                "cancelled before they start."
            ),
        ),
    ]
    if may_review:
        fields.append((_("Moderate"), _moderating()))
    if may_configure:
        fields.append((_("Set up"), _setting_up()))
    return Message(
        title=_("How to use the bot"),
        body=_(
            "Describe what you want to see, and I generate it. It usually takes about a minute. My answer to "
            "your command then turns into the image."
        ),
        fields=fields,
        color=Color.WORKING,
    )


def _edits(me: str | None, *, reads_messages: bool) -> str:
    ways = [
        _("`/edit` with a file, with one of your recent images, or with neither: then you can pick a file"),
        _("**Apps ▸ {command}** in the menu of any message with an image", command=EDIT_MENU),
        _("the **{button}** button below each of my images", button=_("Edit")),
    ]
    if me is not None and reads_messages:
        ways.append(_("a reply to any message with an image: {bot} make it night", bot=me))
    elif me is not None:
        ways.append(
            _(
                "a reply to one of my images (I can't read other people's messages): {bot} make it night",
                bot=me,
            )
        )
    return "\n".join(f"• {way}" for way in ways)


def _managing() -> str:
    lines = [
        _("`/jobs` lists your running and recent images, to cancel or to post again."),
        _("`/jobs search:` finds images by words in their prompts, `/jobs favourites:` those with your ⭐."),
        _("`/usage` shows what you have used, what is left, and why."),
        _("`/privacy about` says what I keep about you, why, and for how long."),
        _(
            "**{rerun}** makes the same again, **{reword}** lets you change it first, **{vary}** makes "
            "variations.",
            rerun=_("Rerun"),
            reword=_("Reword"),
            vary=_("Vary"),
        ),
        _(
            "**{details}** shows all about an image, **{delete}** deletes it.",
            details=_("Details"),
            delete=_("Delete"),
        ),
    ]
    return "\n".join(lines)


def _moderating() -> str:
    lines = [
        _("`/review usage` shows what was generated, by whom and at what cost, with a chart and a file."),
        _(
            "`/review approvals` lists images that wait for you, `/review reports` what members have "
            "reported."
        ),
        _("`/review block` blocks a member from generating images here, and `/review blocked` lists who is."),
        _("`/review member` shows the images of a member, and `/review audit` who changed which setting."),
    ]
    return "\n".join(lines)


def _setting_up() -> str:
    lines = [
        _("`/config show` shows all settings of this server, with buttons to change them."),
        _("`/config words` and `/config approval` decide what is refused, and what waits for a moderator."),
        _("`/config language` sets the language of everything that the whole server reads."),
        _("`/config check` finds permissions that I am missing."),
    ]
    return "\n".join(lines)
