"""The lists of the settings panel beyond their ends, and the way back from one of their entries."""

import pytest

from bot.chat.presenter.elements.custom_ids import CustomId
from bot.chat.presenter.elements.message import Button
from bot.chat.presenter.settings.limits_panel import subject_panel
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.settings.settings_panel import Named, panel
from tests.unit.scenes import MANY
from tests.unit.shown import texts
from tests.unit.test_every_list import MEMBERS, SETTINGS, names, pages, view


@pytest.mark.parametrize("one", [View.ROLES, View.MEMBERS, View.CHANNELS])
@pytest.mark.parametrize("page", [MANY, 2**63 - 1])
def test_a_page_that_is_no_more_is_the_last_one(one: View, page: int) -> None:
    named = names(Named.by(SETTINGS, one, page))
    assert panel(SETTINGS, named, one, "", page) == pages(view(one))[-1]


def test_back_from_one_with_limits_leads_to_its_page() -> None:
    for at, one in enumerate(MEMBERS):
        message = subject_panel(SETTINGS, names(Named.of(one)), one)
        (back,) = [part for row in message.rows for part in row if getattr(part, "label", "") == "Back"]
        assert isinstance(back, Button)
        page = int((*CustomId.read(back.custom_id).args, "0")[1])
        listed = panel(SETTINGS, names(Named.by(SETTINGS, View.MEMBERS, page)), View.MEMBERS, "", page)
        assert f"member.{one.id}" in texts(listed), at
