"""/review: what moderators may know of the pictures of their server."""

import discord
from discord import app_commands

from bot.chat.access.permission_checks import RestrictedCommand
from bot.chat.actions import review_pages
from bot.chat.commands.options import PERIODS, Place, chosen_period_name
from bot.chat.commands.restricted_group import RestrictedGroup
from bot.chat.incoming.periods import chosen_period
from bot.chat.presenter import command_words as words
from bot.chat.presenter.report_query import Query
from bot.chat.responses.context import Context
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

    @group.command(name="audit", description=words.REVIEW_AUDIT)
    async def audit(interaction: discord.Interaction) -> None:
        await review_pages.show_audit(context, interaction)

    return group
