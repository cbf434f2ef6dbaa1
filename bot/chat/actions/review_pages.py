"""/review: pages of reports, of a member's pictures and of the audit, and the export, all of one server.

They may take longer than Discord's three seconds, so the response is deferred first.
"""

import asyncio
from dataclasses import replace

import discord

from bot.chat.access.permission_checks import RestrictedCommand
from bot.chat.delivery.sender import keep_promise, promise, promise_to_replace_own
from bot.chat.incoming.payload import guild_of, roles_of
from bot.chat.incoming.periods import PERIODS, chosen_period, from_text, name_of
from bot.chat.incoming.submitted_values import selected, selected_if_any
from bot.chat.presenter.cards.csv_columns import exported_jobs
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.moderation import member_review as member_words
from bot.chat.presenter.moderation.report import exported, has_chart, usage_report
from bot.chat.presenter.settings import audit as audit_words
from bot.chat.presenter.wording.report_query import Query
from bot.chat.reports import chart
from bot.chat.responses.context import Context
from bot.chat.responses.first_response import upload_limit_of
from bot.domain.administration import AuditId
from bot.domain.errors import JobUnknown
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


async def period_chosen(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    name = selected(interaction)[0]
    if name not in PERIODS:
        raise JobUnknown
    period = chosen_period(name, None, None, context.clock.now())
    await _switch(context, interaction, replace(_query(pressed), period=period))


async def member_chosen(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    chosen = [MemberId(as_number(value)) for value in selected_if_any(interaction)]
    await _switch(context, interaction, replace(_query(pressed), member_id=chosen[0] if chosen else None))


async def channel_chosen(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    chosen = [ChannelId(as_number(value)) for value in selected_if_any(interaction)]
    await _switch(context, interaction, replace(_query(pressed), channel_id=chosen[0] if chosen else None))


async def _switch(context: Context, interaction: discord.Interaction, query: Query) -> None:
    await promise_to_replace_own(interaction)
    await _answer(interaction, await _report(context, interaction, query, 0))


async def export(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    query = _query(pressed)
    await _promise(interaction)
    most_bytes = upload_limit_of(interaction)
    rows = context.reports.export(
        guild_of(interaction), query.period, member_id=query.member_id, channel_id=query.channel_id
    )
    file, counts = await exported_jobs(rows, most_bytes)
    await _answer(interaction, exported(query.period, file, counts))


async def _report(context: Context, interaction: discord.Interaction, query: Query, page: int) -> Message:
    report = await context.reports.usage(
        guild_of(interaction), query.period, member_id=query.member_id, channel_id=query.channel_id
    )
    drawn = await _chart(report) if page == 0 and has_chart(report) else None
    return usage_report(query, report, page, drawn, name_of(query.period, context.clock.now()))


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
    await show_member_again(context, interaction, member_id, page)


async def show_member_again(
    context: Context, interaction: discord.Interaction, member_id: MemberId, page: int
) -> None:
    """Send the page of the member, which was promised."""
    role_ids = await context.servers.role_ids(guild_of(interaction), member_id)
    shown = await _member(context, interaction, member_id, page, role_ids or frozenset())
    await _answer(interaction, shown)


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
    return member_words.member_review(
        member_id,
        jobs,
        usage,
        await context.thumbnails.of(jobs.jobs),
        may_set_limits=context.permission_checks.probably_may_use(interaction, RestrictedCommand.CONFIG),
    )


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
