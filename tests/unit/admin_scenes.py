"""What admins see of a server, with as much of everything as there can be: see `test_every_list`."""

from collections.abc import Callable, Mapping, Sequence

from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.moderation.report import weekly_summary
from bot.chat.presenter.settings.entitlement import entitlement_panel
from bot.chat.presenter.settings.welcome import welcome
from bot.chat.presenter.wording.warnings import budget_warning
from bot.domain.administration import Entitlement, GuildSettings
from bot.domain.ids import RoleId
from bot.domain.limits import Usage
from bot.domain.reports import UsageReport
from tests.builders import CHANNEL, MEMBER, NOON
from tests.usage_answers import BLOCK

#: Three rules for each of five limits, and the attempts.
MOST_RULES = 16


def admin_scenes(
    settings: GuildSettings, report: UsageReport, usage: Usage, roles: Sequence[int]
) -> Mapping[str, Callable[[], Message]]:
    entitlement = Entitlement(
        member_id=MEMBER,
        channel_id=CHANNEL,
        settings=settings,
        is_server_blocked=True,
        is_member_blocked=True,
        block=BLOCK,
        usages=[usage] * MOST_RULES,
        max_roles=frozenset(map(RoleId, roles)),
    )
    return {
        "report.weekly_summary": lambda: weekly_summary(report),
        "welcome.welcome": lambda: welcome(settings),
        "entitlement.entitlement_panel": lambda: entitlement_panel(entitlement, is_here=False),
        "warnings.budget_warning": lambda: budget_warning(
            percent=100, cap_microusd=10**12, used_microusd=10**12, resets_at=NOON
        ),
    }
