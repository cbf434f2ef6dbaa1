"""/review member: a member's pictures for moderators, and how many more the member may make now."""

from collections.abc import Mapping

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.card import NOTHING_TO_SEE, jump_url
from bot.chat.presenter.custom_ids import Action
from bot.chat.presenter.details import image_name, link_to_image, state_words
from bot.chat.presenter.failures import failure_words
from bot.chat.presenter.job_list import emoji
from bot.chat.presenter.message import Color, Item, Message, Row, with_and_without_words
from bot.chat.presenter.numbers import exactly, relative
from bot.chat.presenter.own_usage import allowances, this_month
from bot.chat.presenter.paging import turning
from bot.domain.ids import JobId, MemberId
from bot.domain.reports import MemberJobs, MemberUsage, ReportedJob
from bot.domain.request import PictureLocation
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import money

_MOST_PROMPT = 200


def member_review(
    member_id: MemberId, jobs: MemberJobs, usage: MemberUsage, thumbnails: Mapping[JobId, str]
) -> Message:
    """Draw one page of the pictures. `thumbnails` are URLs of the pictures that Discord can show here."""
    return with_and_without_words(
        lambda shown: _member_review(member_id, jobs, usage, thumbnails, with_words=shown)
    )


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
        f"<@{member_id}> · {total}",
        f"**{heading}**\n{allowances(usage)}",
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
        rows=_rows(member_id, jobs),
    )


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


def _rows(member_id: MemberId, jobs: MemberJobs) -> list[Row]:
    turns = turning(Action.REVIEW_MEMBER, member_id, page=jobs.page, pages=jobs.pages)
    return [turns] if turns else []
