"""No fault point is forgotten: each has its rows, on both databases, and some of them in every test run."""

import random

from bot.fault_points import Point
from tests.matrix.rows import ROWS, UNRULY, Database, Play
from tests.matrix.unruly_stories import ACTS, acts_of, block, erase, export, unruly


def test_every_fault_point_has_a_row_on_each_database() -> None:
    played = {(row.point, database) for row in ROWS for database in row.databases}
    wanted = {(point, database) for point in Point for database in Database}
    assert wanted - played == set()


def test_every_way_to_treat_a_process_is_played_in_ci() -> None:
    assert {row.play for row in ROWS if row.is_in_ci} == set(Play)


def test_no_two_rows_have_one_name() -> None:
    names = [row.name for row in ROWS]
    assert sorted(set(names)) == sorted(names)


def test_every_act_of_the_unruly_is_chosen_by_some_seed_and_the_gravest_in_ci() -> None:
    chosen = {seed: acts_of(random.Random(seed)) for seed in UNRULY}
    assert {act for acts in chosen.values() for act in acts} == set(ACTS)
    in_ci = [row.seed for row in ROWS if row.is_in_ci and row.story is unruly]
    assert {act for seed in in_ci for act in chosen[seed]} >= {block, export, erase}
