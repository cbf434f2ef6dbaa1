"""A server's rules of approval as the text in its row: JSON."""

import json
from functools import lru_cache

from bot.domain.approval import ApprovalRules
from bot.domain.ids import ChannelId, RoleId

#: Texts whose rules are remembered: each request reads those of its server.
MOST_REMEMBERED = 1000


def written(rules: ApprovalRules) -> str | None:
    """Return None for what a server has that has set nothing."""
    if not rules.is_on:
        return None
    named = {"roles": sorted(rules.roles), "channels": sorted(rules.channels)}
    return json.dumps({"is_for_everyone": rules.is_for_everyone, **named})


@lru_cache(MOST_REMEMBERED)
def read(text: str | None) -> ApprovalRules:
    if text is None:
        return ApprovalRules()
    values = json.loads(text)
    return ApprovalRules(
        is_for_everyone=values["is_for_everyone"],
        roles=frozenset(map(RoleId, values["roles"])),
        channels=frozenset(map(ChannelId, values["channels"])),
    )
