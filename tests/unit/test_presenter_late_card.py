"""What messages say that cannot follow their pictures any more, or that their cards have left."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.presenter.cards.card import card
from bot.chat.presenter.elements.message import Link
from bot.domain.card import CardView
from bot.domain.ids import ChannelId, MessageId
from bot.domain.job import Job, JobState
from bot.domain.request import PictureLocation
from tests.builders import NOON, a_card
from tests.unit.test_presenter_card import of, shown

ELSEWHERE = PictureLocation(ChannelId(5), MessageId(6))


def view_of(job: Job) -> CardView:
    return CardView(card=a_card(), jobs=[job])


def private(view: CardView, seconds_left: float) -> CardView:
    """So long before its token ends."""
    ends_at = NOON + timedelta(seconds=seconds_left)
    return replace(view, card=replace(view.card, is_private=True, token_expires_at=ends_at))


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.UNRESOLVED, JobState.READY])
def test_a_private_message_says_when_it_can_follow_no_longer(state: JobState) -> None:
    view = view_of(of(1, state, submitted_at=NOON - timedelta(minutes=11)))
    assert "`/jobs`" not in card(private(view, 151), NOON).body
    body = card(private(view, 150), NOON).body
    assert "can no longer be updated: use `/jobs`" in body
    assert "will appear in this message" not in body


def test_a_private_message_that_shows_its_picture_says_nothing_of_that() -> None:
    assert "/jobs" not in card(private(view_of(shown()), 10), NOON).body


# --- left for another message ---


@pytest.mark.parametrize("state", JobState)
def test_a_message_that_its_card_has_left_promises_nothing(state: JobState) -> None:
    message = card(replace(view_of(of(1, state)), is_left=True, moved_to=ELSEWHERE), NOON)
    assert message.body == "> a lighthouse at dawn\n\n↪️ **Continued in another message**"
    (link,) = [part for row in message.rows for part in row]
    assert link == Link("Go there", f"https://discord.com/channels/{a_card().guild_id}/5/6")
    assert "lighthouse" not in message.without_words().body


def test_it_leads_to_no_message_that_others_cannot_see() -> None:
    message = card(replace(view_of(shown()), is_left=True), NOON)
    assert "**Continued elsewhere**" in message.body
    assert "`/jobs`" in message.body
    assert message.rows == []
