"""/review: pages of reports, of a member's pictures and of the audit, and the export, all of one server.

They may take longer than Discord's three seconds, so the response is deferred first.
"""

import asyncio

import discord

from bot.chat.delivery.sender import keep_promise, promise, promise_to_replace_own
from bot.chat.incoming.payload import guild_of, roles_of
from bot.chat.incoming.periods import from_text
from bot.chat.presenter import audit as audit_words
from bot.chat.presenter import member_review as member_words
from bot.chat.presenter.csv_columns import exported_jobs
from bot.chat.presenter.custom_ids import CustomId
from bot.chat.presenter.message import Message
from bot.chat.presenter.report import Query, exported, has_chart, usage_report
from bot.chat.reports import chart
from bot.chat.responses.context import Context
from bot.chat.responses.first_response import upload_limit_of
from bot.domain.administration import AuditId
from bot.domain.ids import ChannelId, MemberId, RoleId
from bot.domain.period import Period
from bot.domain.reports import UsageReport

# --- /review usage ------------------------------------------------------------------------------------


async def show_report(context: Context, interaction: discord.Interaction, query: Query) -> None:
    await _promise(interaction)
    await _answer(interaction, await _report(context, interaction, query, 0))


async def turn_report(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    query = _query(pressed)
    await promise_to_replace_own(interaction)
    await _answer(interaction, await _report(context, interaction, query, pressed.number(4)))


async def export(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    query = _query(pressed)
    await _promise(interaction)
    most_bytes = upload_limit_of(interaction)
    rows = context.reports.export(
        guild_of(interaction), query.period, member_id=query.member_id, channel_id=query.channel_id
    )
    file = await exported_jobs(rows, most_bytes)
    await _answer(interaction, exported(query.period, file))


async def _report(context: Context, interaction: discord.Interaction, query: Query, page: int) -> Message:
    report = await context.reports.usage(
        guild_of(interaction), query.period, member_id=query.member_id, channel_id=query.channel_id
    )
    drawn = await _chart(report) if page == 0 and has_chart(report) else None
    return usage_report(query, report, page, drawn)


async def _chart(report: UsageReport) -> bytes:
    days = [chart.Day(day.day, day.pictures, day.failed) for day in report.days]
    return await asyncio.to_thread(chart.draw, days)


def _query(pressed: CustomId) -> Query:
    member_id, channel_id = pressed.number(2), pressed.number(3)
    return Query(
        Period.between(from_text(pressed.text(0)), from_text(pressed.text(1))),
        MemberId(member_id) if member_id else None,
        ChannelId(channel_id) if channel_id else None,
    )


# --- /review member -----------------------------------------------------------------------------------


async def show_member(
    context: Context, interaction: discord.Interaction, who: discord.User | discord.Member
) -> None:
    await _promise(interaction)
    await _answer(interaction, await _member(context, interaction, MemberId(who.id), 0, roles_of(who)))


async def turn_member(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    member_id, page = MemberId(pressed.number(0)), pressed.number(1)
    await promise_to_replace_own(interaction)
    role_ids = await context.servers.role_ids(guild_of(interaction), member_id)
    await _answer(interaction, await _member(context, interaction, member_id, page, role_ids))


async def _member(
    context: Context,
    interaction: discord.Interaction,
    member_id: MemberId,
    page: int,
    role_ids: frozenset[RoleId],
) -> Message:
    guild_id = guild_of(interaction)
    jobs = await context.reports.member_jobs(guild_id, member_id, page)
    usage = await context.gallery.usages(guild_id, member_id, role_ids)
    thumbnails = await context.thumbnails.of(jobs.jobs)
    return member_words.member_review(member_id, jobs, usage, thumbnails)


# --- /review audit ------------------------------------------------------------------------------------


async def show_audit(context: Context, interaction: discord.Interaction) -> None:
    await _promise(interaction)
    await _answer(interaction, await _audit(context, interaction, None))


async def turn_audit(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    before = pressed.number(0)
    await promise_to_replace_own(interaction)
    await _answer(interaction, await _audit(context, interaction, AuditId(before) if before else None))


async def _audit(context: Context, interaction: discord.Interaction, before: AuditId | None) -> Message:
    """Read one entry more than is shown, to know whether there are older ones."""
    most = audit_words.PAGE_LENGTH
    entries = await context.administration.audit(guild_of(interaction), limit=most + 1, before=before)
    return audit_words.audit(entries[:most], has_older=len(entries) > most, is_newest=before is None)


# --- answering ----------------------------------------------------------------------------------------


async def _promise(interaction: discord.Interaction) -> None:
    await promise(interaction, is_new=True)


async def _answer(interaction: discord.Interaction, message: Message) -> None:
    await keep_promise(interaction, message)
