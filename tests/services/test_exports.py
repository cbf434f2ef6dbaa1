"""Exports of members' data that end in an unusual way."""

from pathlib import Path

import pytest

from bot.domain.ids import MemberId
from bot.domain.privacy import ExportTooSoon
from bot.services.members.own_data import OwnData
from tests.services.house import House
from tests.services.test_erasures import ada, house

__all__ = ["ada", "house"]


async def test_an_export_that_was_killed_does_not_count(house: House, ada: MemberId, tmp_path: Path) -> None:
    """One that has ended does."""
    folder = tmp_path / "exports"
    killed, next_process = (OwnData(runtime=house.runtime, folder=folder) for _ in range(2))
    some = [MemberId(ada + number) for number in range(3)]
    async with killed.exporting(some[0]), killed.exporting(some[1]):
        async with next_process.exporting(some[2]):
            pass
        await next_process.clear()
        assert not folder.exists()
        for member_id in some[:2]:
            async with next_process.exporting(member_id):
                pass
        with pytest.raises(ExportTooSoon):
            await next_process.exporting(some[2]).__aenter__()
