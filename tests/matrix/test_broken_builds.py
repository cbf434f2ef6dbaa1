"""A build that breaks a promise does not pass the matrix."""

from pathlib import Path

from bot.fault_points import Point
from tests.matrix import stories
from tests.matrix.playing import play
from tests.matrix.rows import LOST, Database, Play, Row


async def test_a_blind_second_post_is_caught(tmp_path: Path) -> None:
    row = Row(play=Play.LEFT_ALONE, troubles=(LOST,))
    played = await play(row, Database.SQLITE, tmp_path, build="blind-second-post")
    assert "2 bills for 1 pictures of 'a lighthouse'" in played.complaints


async def test_a_delivery_without_a_check_is_caught(tmp_path: Path) -> None:
    row = Row(point=Point.POST_AFTER, story=stories.moved)
    played = await play(row, Database.SQLITE, tmp_path, build="unchecked-delivery")
    assert "2 pictures of 'a windmill' instead of 1" in played.complaints
