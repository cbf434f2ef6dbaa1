"""The hostile files of the table, spoilt by chance: each is opened or refused, and the child stays small."""

from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.imaging.worker import Worker
from tests.imaging.files import HOSTILE
from tests.imaging.shared import problem_of
from tests.imaging.test_worker import MOST_MEMORY_KB, Watch, worker

__all__ = ["worker"]

pytestmark = pytest.mark.fuzz

#: The others take seconds to be made.
LARGE = {"as many scans as may be", "108 megapixels", "16 bits of grey", "16 bits of four colours"}
NAMES = [one.name for one in HOSTILE if one.name not in LARGE]
few = settings(
    max_examples=max(5, settings().max_examples // 10),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@cache
def file(name: str) -> bytes:
    (hostile,) = [one for one in HOSTILE if one.name == name]
    return hostile.make()


def spoilt(data: bytes, changes: list[tuple[float, int]], end: float) -> bytes:
    """Other bytes at some places, and cut off behind a share of it."""
    made = bytearray(data)
    for share, byte in changes:
        made[int(share * (len(made) - 1))] = byte
    return bytes(made[: max(1, int(end * len(made)))])


shares = st.floats(0, 1) | st.floats(0, 0.001)  # most of what decides stands at the beginning


@few
@given(
    name=st.sampled_from(NAMES),
    changes=st.lists(st.tuples(shares, st.integers(0, 255)), max_size=8),
    end=st.just(1.0) | shares,
)
def test_a_spoilt_file_of_the_table_is_opened_or_refused(
    worker: Worker, name: str, changes: list[tuple[float, int]], end: float
) -> None:
    data = spoilt(file(name), changes, end)
    with Watch(worker) as watch:
        problem_of(data, worker)
    assert watch.most <= MOST_MEMORY_KB
