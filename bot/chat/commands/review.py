"""/review: what moderators may know of the pictures of their server."""

import discord
from discord import app_commands

from bot.chat.access.permission_checks import RestrictedCommand
from bot.chat.actions import approval_pages, block_pages, complaint_pages, review_pages, strike_pages
from bot.chat.commands.options import PERIODS, Place, chosen_period_name
from bot.chat.commands.restricted_group import RestrictedGroup
from bot.chat.incoming.periods import chosen_period
from bot.chat.presenter.wording import command_words as words
from bot.chat.presenter.wording.report_query import Query
from bot.chat.responses.context import Context
from bot.domain.block import MOST_REASON
from bot.domain.ids import MemberId


def review_commands(context: Context) -> app_commands.Group:
    group = RestrictedGroup(context, RestrictedCommand.REVIEW, words.REVIEW)

    @group.command(name="usage", description=words.REVIEW_USAGE)
    @app_commands.describe(**words.REVIEW_USAGE_OPTIONS)
    @app_commands.rename(first="from", last="to")
    @app_commands.choices(period=PERIODS)
    async def usage(
        interaction: discord.Interaction,
        period: str | None = None,
        first: str | None = None,
        last: str | None = None,
        member: discord.User | None = None,
        channel: Place | None = None,
    ) -> None:
        query = Query(
            chosen_period(chosen_period_name(period), first, last, context.clock.now()),
            None if member is None else MemberId(member.id),
            channel,
        )
        await review_pages.show_report(context, interaction, query)

    @group.command(name="member", description=words.REVIEW_MEMBER)
    @app_commands.describe(**words.REVIEW_MEMBER_OPTIONS)
    async def member(interaction: discord.Interaction, who: discord.User) -> None:
        await review_pages.show_member(context, interaction, who)

    @group.command(name="reports", description=words.REVIEW_REPORTS)
    async def reports(interaction: discord.Interaction) -> None:
        await complaint_pages.show_list(context, interaction)

    @group.command(name="approvals", description=words.REVIEW_APPROVALS)
    async def approvals(interaction: discord.Interaction) -> None:
        await approval_pages.show_list(context, interaction)

    _add_blocks(context, group)

    @group.command(name="audit", description=words.REVIEW_AUDIT)
    async def audit(interaction: discord.Interaction) -> None:
        await review_pages.show_audit(context, interaction)

    return group


def _add_blocks(context: Context, group: app_commands.Group) -> None:
    @group.command(name="block", description=words.REVIEW_BLOCK)
    @app_commands.describe(**words.REVIEW_BLOCK_OPTIONS)
    async def block(
        interaction: discord.Interaction,
        member: discord.User,
        duration: str,
        reason: app_commands.Range[str, 0, MOST_REASON] = "",
    ) -> None:
        await block_pages.block(context, interaction, MemberId(member.id), duration, reason)

    @block.autocomplete("duration")
    async def suggest_lengths(
        _interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        return block_pages.suggest_lengths(typed)

    @group.command(name="unblock", description=words.REVIEW_UNBLOCK)
    @app_commands.describe(**words.REVIEW_UNBLOCK_OPTIONS)
    async def unblock(interaction: discord.Interaction, member: discord.User) -> None:
        await block_pages.unblock(context, interaction, MemberId(member.id))

    @group.command(name="strikes", description=words.REVIEW_STRIKES)
    @app_commands.describe(**words.REVIEW_STRIKES_OPTIONS)
    async def strikes(interaction: discord.Interaction, member: discord.User) -> None:
        await strike_pages.show_strikes(context, interaction, MemberId(member.id))

    @group.command(name="blocked", description=words.REVIEW_BLOCKED)
    async def blocked(interaction: discord.Interaction) -> None:
        await block_pages.show_blocked(context, interaction)
