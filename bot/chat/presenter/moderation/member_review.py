"""/review member: a member's pictures for moderators, what they can do with them, and the member's limits."""

from collections.abc import Mapping
from dataclasses import replace

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.cards.card import NOTHING_TO_SEE, jump_url
from bot.chat.presenter.cards.details import details, image_name, link_to_image, state_words
from bot.chat.presenter.cards.job_list import emoji
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import (
    MOST_OPTION,
    Button,
    Color,
    Item,
    Link,
    Look,
    Message,
    Option,
    Row,
    Select,
    with_and_without_words,
)
from bot.chat.presenter.elements.numbers import exactly, relative
from bot.chat.presenter.elements.paging import turning
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.members.own_usage import this_month
from bot.chat.presenter.moderation.block_pages import block_button, unblock_button
from bot.chat.presenter.wording.allowance import limit_and_reason, rule_line
from bot.chat.presenter.wording.block_words import block_line
from bot.chat.presenter.wording.failures import failure_words
from bot.chat.presenter.wording.strike_words import standing_words
from bot.domain.administration import RuleScope
from bot.domain.card import Card
from bot.domain.ids import JobId, MemberId
from bot.domain.job import Job
from bot.domain.reports import MemberJobs, MemberUsage, ReportedJob
from bot.domain.request import PictureLocation
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import money

_MOST_PROMPT = 200


def member_review(
    member_id: MemberId,
    jobs: MemberJobs,
    usage: MemberUsage,
    thumbnails: Mapping[JobId, str],
    *,
    may_set_limits: bool = False,
) -> Message:
    """Draw one page of the pictures. `thumbnails` are URLs of the pictures that Discord can show here."""
    return with_and_without_words(
        lambda shown: replace(
            _member_review(member_id, jobs, usage, thumbnails, with_words=shown),
            rows=_rows(member_id, jobs, usage, may_set_limits=may_set_limits, with_words=shown),
        )
    )


def picture_review(
    job: Job, card: Card, page: int, *, can_be_removed: bool, can_be_given_back: bool
) -> Message:
    """Draw one picture of a member, with what a moderator can do with it."""
    shown = details(job, card, [])
    buttons: list[Button | Link] = []
    if can_be_removed:
        buttons.append(
            Button(_("Delete for everyone"), custom_id(Action.REVIEW_REMOVE, job.id, page), Look.DANGER)
        )
    if can_be_given_back:
        buttons.append(Button(_("Give back"), custom_id(Action.REVIEW_GIVE_BACK, job.id, page)))
    buttons.append(Button(_("Back"), custom_id(Action.REVIEW_MEMBER, job.member_id, page)))
    hint = _("**Give back** means that the image no longer counts toward the member's limits.")
    rows: list[Row] = [buttons, *shown.rows]

    def draw(with_words: bool) -> Message:  # noqa: FBT001  as `with_and_without_words` calls it
        message = shown if with_words else shown.without_words()
        body = f"{message.body}\n\n-# {hint}" if can_be_given_back else message.body
        return replace(message, rows=rows, body=body)

    return with_and_without_words(draw)


def _member_review(
    member_id: MemberId,
    jobs: MemberJobs,
    usage: MemberUsage,
    thumbnails: Mapping[JobId, str],
    *,
    with_words: bool,
) -> Message:
    total = ngettext("{count} image requested in total", "{count} images requested in total", jobs.total)
    heading = _("Limits of this member")
    lines = [
        f"{mention(member_id)} · {total}",
        *_block(usage, with_words=with_words),
        *filter(None, [standing_words(usage.standing)]),
        f"**{heading}**\n{_allowances(usage)}",
        this_month(usage),
    ]
    return Message(
        title=_("Images of a member"),
        body="\n\n".join(lines),
        color=Color.WORKING,
        items=[
            Item(_words(reported, with_words=with_words), thumbnails.get(reported.job.id))
            for reported in jobs.jobs
        ],
    )


def _block(usage: MemberUsage, *, with_words: bool) -> list[str]:
    if usage.block is None:
        return []
    heading, line = _("Blocked here"), block_line(usage.block)
    return [f"🚫 **{heading}** {line if with_words else line.splitlines()[0]}"]


def _allowances(usage: MemberUsage) -> str:
    """Say what is used of each limit, but not across all servers: that would tell about the others."""
    lines = [
        limit_and_reason(each.rule) if each.rule.everywhere else rule_line(each) for each in usage.usages
    ]
    return "\n".join(lines) or _("No limits apply here.")


def _words(reported: ReportedJob, *, with_words: bool) -> str:
    job = reported.job
    prompt = plain(one_line(job.prompt, _MOST_PROMPT)) or _(NOTHING_TO_SEE)
    if not with_words:
        prompt = image_name(job.number)
    facts = [state_words(job), relative(job.created_at)]
    if job.cost_microusd is not None:
        facts.append(money(job.cost_microusd))
    if job.provider_seconds is not None:
        facts.append(_("generated in {duration}", duration=exactly(job.provider_seconds)))
    if job.failure is not None:
        facts.append(failure_words(job.failure).headline)
    return f"{emoji(job)} {prompt}\n-# {' · '.join([*facts, _where(reported)])}"


def _where(reported: ReportedJob) -> str:
    if reported.is_private:
        return _("private")
    if reported.message_id is None or reported.job.deleted_at is not None:
        return f"<#{reported.channel_id}>"
    return link_to_image(
        jump_url(reported.job.guild_id, PictureLocation(reported.channel_id, reported.message_id))
    )


def _rows(
    member_id: MemberId, jobs: MemberJobs, usage: MemberUsage, *, may_set_limits: bool, with_words: bool
) -> list[Row]:
    """Return a list of the images, and the buttons: pages, the block, and for admins the limits."""
    rows: list[Row] = []
    if jobs.jobs:
        options = [_option(reported.job, with_words=with_words) for reported in jobs.jobs]
        pick = custom_id(Action.REVIEW_PICK, jobs.page)
        rows.append([Select(pick, _("Choose an image to delete or give back …"), options)])
    buttons = turning(Action.REVIEW_MEMBER, member_id, page=jobs.page, pages=jobs.pages)
    if may_set_limits:
        id_ = custom_id(Action.SETTINGS_LIMITS, RuleScope.MEMBER, member_id)
        buttons.append(Button(_("Change limits"), id_))
    button = block_button if usage.block is None else unblock_button
    strikes = Button(_("Strikes"), custom_id(Action.REVIEW_STRIKES, member_id, 0))
    about_member = [button(member_id, jobs.page), strikes]
    return [*rows, *([buttons] if buttons else []), about_member]


def _option(job: Job, *, with_words: bool) -> Option:
    words = f"#{job.number} · {job.prompt}" if with_words else image_name(job.number)
    return Option(one_line(words, MOST_OPTION), str(job.id), state_words(job))
