"""Shared parts of the lists of reports and of approvals: the line about their channel, and the select."""

from bot.chat.incoming.text import one_line
from bot.chat.presenter.cards.details import image_name
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import MOST_OPTION, Option, Row, Select
from bot.chat.presenter.elements.paging import turning
from bot.domain.moderation import PostPage
from bot.words.catalogs import gettext as _


def place_line(page: PostPage, *, without: str, posted: str) -> str:
    """Return `without` if no moderators' channel is set, and `posted` if the bot posts there."""
    if page.channel_id is None:
        return f"-# {without}"
    if page.is_refused:
        return _(
            "⚠️ I can't post in {channel}. Allow me **View Channel**, **Send Messages** and **Embed Links** "
            "there, or choose another channel in `/config show`.",
            channel=f"<#{page.channel_id}>",
        )
    return f"-# {posted}"


def list_rows(page: PostPage, pick: Action, turn: Action) -> list[Row]:
    """Return the select of the page's images, and the buttons that turn pages."""
    jobs = [view.job for view in page.views if view.job is not None]
    rows: list[Row] = []
    if jobs:
        options = [Option(one_line(image_name(job.number), MOST_OPTION), str(job.id)) for job in jobs]
        rows.append([Select(custom_id(pick, page.page), _("Choose an image to decide on …"), options)])
    buttons = turning(turn, page=page.page, pages=page.pages, labels=(_("Previous"), _("Next")))
    return [*rows, buttons] if buttons else rows
