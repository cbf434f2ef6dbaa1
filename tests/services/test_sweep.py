"""Once a minute everything is looked after, whatever went wrong the minute before."""

import os
from pathlib import Path

import pytest

from bot.domain.job import JobState
from tests.services.house import House

LONG_AGO = 1_000_000


async def state_of_an_answer_that_never_left(house: House) -> JobState:
    """Only the sweep ends its card."""
    view = await house.admit()
    await house.advance(300)
    (job,) = await house.jobs(view)
    return job.state


async def test_a_bug_in_the_sweep_is_not_its_end(house: House) -> None:
    house.database.read_refusals.extend([ValueError("a bug")] * 1_000)  # other loops read as well
    await house.advance(70)
    house.database.read_refusals.clear()
    assert await state_of_an_answer_that_never_left(house) is JobState.CANCELLED
    assert 'bot_loop_errors_total{loop="sweep"}' in house.metrics.as_text().decode()


async def test_what_a_killed_process_left_of_a_result_is_deleted(house: House, tmp_path: Path) -> None:
    results = tmp_path / "results"
    results.mkdir(exist_ok=True)
    old, new = results / "1-1.result", results / "2-1.posted"
    for path in (old, new):
        path.write_bytes(b"")
    os.utime(old, (LONG_AGO, LONG_AGO))
    await house.advance(70)
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.parametrize("kind", ["vanished", "folder"])
async def test_a_source_that_cannot_be_deleted_holds_up_nothing(
    house: House, tmp_path: Path, kind: str
) -> None:
    odd = tmp_path / "sources" / "odd"
    odd.parent.mkdir(exist_ok=True)
    if kind == "vanished":
        odd.symlink_to(tmp_path / "nowhere")  # listed, but no longer there when it is looked at
    else:
        odd.mkdir()
        os.utime(odd, (LONG_AGO, LONG_AGO))
    unused = odd.with_name("unused")
    unused.write_bytes(b"")
    await house.advance(70)
    os.utime(unused, (LONG_AGO, LONG_AGO))
    assert await state_of_an_answer_that_never_left(house) is JobState.CANCELLED
    told = house.metrics.as_text().decode()
    assert 'loop="sweep"' not in told
    assert ('bot_loop_errors_total{loop="sources"}' in told) == (kind == "folder")
    assert kind == "folder" or not unused.exists()
