"""A small soak of `make soak`, in a hurried time: what is lost or doubled under trouble shows here first."""

from pathlib import Path

import pytest

from tests.soak.plan import Plan
from tests.soak.soaking import soak

#: Killed on both sides of a submit, so that one of them is looked for until it is surely absent.
SMALL = Plan(
    pictures=300,
    members=30,
    servers=6,
    minutes=3,
    asking_share=0.15,
    kills=2,
    speed=8.0,
    pictures_a_trouble=8,
    outage_seconds=2.0,
)


@pytest.mark.timeout(SMALL.minutes * 60 + 60)
async def test_nothing_is_lost_or_doubled_in_three_hundred_troubled_pictures(tmp_path: Path) -> None:
    soaked = await soak(SMALL, tmp_path)
    bad = [verdict for verdict in soaked.verdicts if not verdict.is_good and not verdict.needs]
    assert bad == [], soaked.tally
    assert soaked.troubles["killed"] == SMALL.kills
    assert len(soaked.troubles) > 4
