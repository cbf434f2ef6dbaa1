"""A server's rules of strikes as the text in its row: JSON, with times in whole seconds."""

import json
from datetime import timedelta
from functools import lru_cache

from bot.domain.strikes import StrikeCause, StrikeRules, StrikeStep

#: Texts whose rules are remembered: each request reads those of its server.
MOST_REMEMBERED = 1000
SECOND = timedelta(seconds=1)


def written(rules: StrikeRules) -> str | None:
    """Return None for what a server has that has set nothing."""
    if rules == StrikeRules():
        return None
    steps = [[step.count, step.within // SECOND, step.block and step.block // SECOND] for step in rules.steps]
    return json.dumps({"is_on": rules.is_on, "causes": sorted(rules.causes), "steps": steps})


@lru_cache(MOST_REMEMBERED)
def read(text: str | None) -> StrikeRules:
    if text is None:
        return StrikeRules()
    values = json.loads(text)
    return StrikeRules(
        is_on=values["is_on"],
        causes=frozenset(map(StrikeCause, values["causes"])),
        steps=tuple(
            StrikeStep(
                count=count,
                within=within * SECOND,
                block=None if block is None else block * SECOND,
            )
            for count, within, block in values["steps"]
        ),
    )
