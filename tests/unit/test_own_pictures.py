"""What a search takes, and how a place in the list survives in the custom ids of its buttons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.presenter.elements.custom_ids import MOST_CHARACTERS, Action, CustomId, custom_id
from bot.chat.presenter.elements.list_position import ListPosition
from bot.domain.errors import JobUnknown
from bot.domain.own_pictures import MOST_SEARCH_BYTES, PictureFilter
from tests.unit.scenes import FIRST_ID


@pytest.mark.parametrize(
    ("typed", "prompt"),
    [
        ("fox", "A Fox in the snow"),
        ("SNOW fox", "a fox in the snow"),
        ("  fox \n snow ", "a fox in the snow"),
        ("straße", "eine STRASSE im Regen"),
        ("ÉTÉ", "un jour d'été"),
        ("cafe\u0301", "a café at night"),
        ("\uff26\uff2f\uff38", "a fox"),
        ("狐", "雪の中の狐"),
        ("100%", "a 100% yellow wall"),
        ("a_b", "the file a_b"),
        ("", "anything"),
    ],
)
def test_a_search_takes_what_people_mean(typed: str, prompt: str) -> None:
    assert PictureFilter.of(typed).takes(prompt)


@pytest.mark.parametrize("typed", ["fox boat", "f%x", "f_x", "f*x", "f.x", "\\", "foxes", "%", "'"])
def test_a_search_takes_nothing_else(typed: str) -> None:
    assert not PictureFilter.of(typed).takes("a fox in the snow")


@given(st.text(max_size=200), st.integers(0, 10**6))
def test_a_place_in_the_list_is_read_from_its_own_button(typed: str, page: int) -> None:
    position = ListPosition(page, PictureFilter.of(typed))
    for id_, at in (
        (custom_id(Action.JOBS_CANCEL, FIRST_ID, *position.parts), (1, 2)),
        (custom_id(Action.JOBS, page, "newer", position.filter_part), (0, 2)),
    ):
        assert len(id_) <= MOST_CHARACTERS
        assert ListPosition.read(CustomId.read(id_), *at) == position


@given(st.text())
def test_no_search_is_longer_than_a_button_can_carry(typed: str) -> None:
    assert len(PictureFilter.of(typed).words.encode()) <= MOST_SEARCH_BYTES


@pytest.mark.parametrize("old", ["jobs:3", "jobs:3:older", "jobs:3:newer"])
def test_buttons_from_before_the_search_show_the_whole_list(old: str) -> None:
    assert ListPosition.read(CustomId.read(old), 0, 2) == ListPosition(3)


@pytest.mark.parametrize(
    "part", ["x", "aA", "a=", "a-", "a.8", "aAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
)
def test_a_filter_that_no_button_has_is_unknown(part: str) -> None:
    with pytest.raises(JobUnknown):
        ListPosition.read(CustomId("jobs", ("0", "all", part)), 0, 2)  # type: ignore[arg-type]  # any action
