"""No fault point is forgotten: each has its rows, on both databases, and some of them in every test run."""

from bot.fault_points import Point
from tests.matrix.rows import ROWS, Database, Play


def test_every_fault_point_has_a_row_on_each_database() -> None:
    played = {(row.point, database) for row in ROWS for database in row.databases}
    wanted = {(point, database) for point in Point for database in Database}
    assert wanted - played == set()


def test_every_way_to_treat_a_process_is_played_in_ci() -> None:
    assert {row.play for row in ROWS if row.is_in_ci} == set(Play)


def test_no_two_rows_have_one_name() -> None:
    names = [row.name for row in ROWS]
    assert sorted(set(names)) == sorted(names)
