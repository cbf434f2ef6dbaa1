"""The card in every state: what it says, offers, and how it looks."""

from datetime import timedelta
from typing import Any

from bot.chat.presenter.cards.card import MOST_ON_PHONE, MOST_PROMPT, card, picture_name
from bot.chat.presenter.elements.message import Button, Color, Link, Message
from bot.domain.card import CardView
from bot.domain.failure import Failure, FailureKind, SourceProblem
from bot.domain.ids import AttachmentId, ChannelId, JobId, MessageId, PictureNumber
from bot.domain.job import Job, JobState
from bot.domain.limits import LimitField, LimitOrigin, Rule, Usage
from bot.domain.luma import VARIATION_PROMPT, AspectRatio, Style
from bot.domain.request import PictureLocation, Source
from bot.domain.trouble import Trouble
from tests.builders import MEMBER, NOON, a_card, a_job

SECOND = timedelta(seconds=1)
PER_DAY = Rule(LimitField.PER_DAY, 12, LimitOrigin.OPERATOR_DEFAULT)
SOURCE = Source(location=PictureLocation(ChannelId(5), MessageId(6), AttachmentId(7)))


def drawn(*jobs: Job, arriving: tuple[JobId, ...] = (), **view: Any) -> Message:
    whole = CardView(card=a_card(), jobs=jobs or [a_job()], **view)
    return card(whole, NOON, arriving=arriving)


def labels(message: Message) -> list[str]:
    return [part.label for row in message.rows for part in row if isinstance(part, Button | Link)]


def of(number: int, state: JobState, **fields: Any) -> Job:
    return a_job(id=JobId(number), position=number - 1, state=state, **fields)


def shown(number: int = 1, **fields: Any) -> Job:
    return of(number, JobState.DELIVERED, **{"attachment_id": AttachmentId(900 + number), **fields})


# --- waiting ---


def test_a_waiting_card_tells_the_place_in_line_and_the_usual_time() -> None:
    message = drawn(place=3, usual_seconds=62)
    assert "⏳ **In line** · place 3 · requested <t:1773489600:R> · usually about 1 minute" in message.body
    assert labels(message) == ["Cancel"]
    assert message.color is Color.WAITING


def test_the_first_in_line_is_next() -> None:
    assert "**Next in line**" in drawn(place=1).body


def test_a_place_that_is_not_known_is_not_invented() -> None:
    assert "**In line** · requested" in drawn().body


def test_a_paused_card_says_that_the_place_is_kept() -> None:
    message = drawn(paused_by=Trouble.KEY, place=4)
    assert "⏸️ **Paused**" in message.body
    assert "You keep your place in line." in message.body
    assert "4" not in message.body


def test_the_price_is_on_the_card() -> None:
    assert "1 of 12 in the last 24 hours" in drawn(usage=Usage(PER_DAY, 1)).body


def test_the_price_says_when_the_next_one_is_free() -> None:
    again_at = NOON + timedelta(hours=2)
    assert (
        "12 of 12 in the last 24 hours · next one available <t:1773496800:R>"
        in drawn(usage=Usage(PER_DAY, 12, again_at)).body
    )


def test_what_was_asked_for_is_on_the_card() -> None:
    message = drawn(a_job(aspect_ratio=AspectRatio.TALL_2_3, style=Style.MANGA))
    assert " · 2:3 · manga" in message.body


# --- in the making ---


def test_a_card_in_the_making_counts_the_time_by_itself() -> None:
    job = of(1, JobState.RUNNING, submitted_at=NOON - timedelta(seconds=20))
    message = drawn(job, usual_seconds=90)
    assert "🎨 **Generating** · started <t:1773489580:R> · usually about 2 minutes" in message.body
    assert labels(message) == []
    assert message.color is Color.WORKING


def test_a_card_is_in_line_until_the_provider_has_taken_its_picture() -> None:
    message = drawn(of(1, JobState.SUBMITTING))
    assert "**In line**" in message.body
    assert labels(message) == []  # what is being sent cannot be cancelled


def test_a_late_card_says_that_the_picture_will_still_come() -> None:
    message = drawn(of(1, JobState.RUNNING, submitted_at=NOON - timedelta(minutes=11)))
    assert "**Taking longer than usual**" in message.body
    assert "will appear in this message" in message.body


def test_a_card_of_unknown_outcome_says_what_happened_and_how_long_it_can_take() -> None:
    body = drawn(of(1, JobState.UNRESOLVED)).body
    assert "answer was lost <t:" in body
    assert "up to 15 minutes" in body


def test_a_made_picture_is_on_its_way() -> None:
    assert "**Generated** · on the way to this message" in drawn(of(1, JobState.READY)).body


def test_a_kept_picture_names_the_command_that_posts_it() -> None:
    message = drawn(of(1, JobState.READY, parked_at=NOON))
    assert "`/jobs`" in message.body
    assert message.color is Color.PARTLY


# --- done ---


def test_a_delivered_picture_speaks_for_itself() -> None:
    message = drawn(shown(provider_seconds=58.2), usage=Usage(PER_DAY, 1))
    assert message.body == f"> a lighthouse at dawn\n\n-# by <@{MEMBER}> · generated in 58 sec"
    assert labels(message) == ["Edit", "Rerun", "Reword", "Vary", "Details", "Delete"]
    assert message.color is Color.DONE


def test_a_delivered_card_says_that_little_is_left_in_words_that_last() -> None:
    usage = Usage(PER_DAY, 11, resets_at=NOON + timedelta(hours=2))
    assert drawn(shown(), usage=usage).body.endswith("1 left of 12 per day · resets <t:1773496800:f>")
    assert " ago" not in drawn(shown(), usage=usage).body


def test_a_delivered_card_says_when_the_next_one_is_possible() -> None:
    usage = Usage(PER_DAY, 12, NOON + timedelta(hours=2))
    body = drawn(shown(), usage=usage).body
    assert body.endswith("0 left of 12 per day · next one available <t:1773496800:f>")


def test_a_private_card_need_not_say_who_asked() -> None:
    assert "<@" not in card(CardView(card=a_card(is_private=True), jobs=[shown()]), NOON).body


def test_an_edit_links_to_what_it_was_before() -> None:
    message = drawn(shown(source=SOURCE), before=SOURCE.location)
    assert labels(message) == ["Edit", "Rerun", "Reword", "Vary", "Details", "Delete", "Original"]
    (link,) = [part for row in message.rows for part in row if isinstance(part, Link)]
    assert link.url == f"https://discord.com/channels/{a_card().guild_id}/5/6"
    assert " · edit" in message.body


def test_a_picture_that_arrives_is_drawn_as_delivered_and_described() -> None:
    message = drawn(of(1, JobState.READY), arriving=(JobId(1),))
    assert "on the way" not in message.body
    assert message.alt_texts == {JobId(1): "a lighthouse at dawn"}
    assert labels(message)[0] == "Edit"


def test_the_alternative_text_of_an_edit_says_that_it_is_one() -> None:
    message = drawn(of(1, JobState.READY, source=SOURCE), arriving=(JobId(1),))
    assert message.alt_texts[JobId(1)] == "Edit of an image: a lighthouse at dawn"


def test_without_the_members_words_nothing_of_them_is_sent() -> None:
    view = CardView(card=a_card(), jobs=[of(1, JobState.READY)])
    message = card(view, NOON, arriving=[JobId(1)], with_words=False)
    assert "lighthouse" not in message.body + message.alt_texts[JobId(1)]
    assert "The prompt is hidden" in message.body


def test_a_long_prompt_is_clipped_and_stands_behind_a_button() -> None:
    long = "a lighthouse " * 50
    message = drawn(a_job(prompt=long))
    assert labels(message) == ["Cancel", "Full prompt"]
    assert "…" in message.body
    assert len(message.body) < 2 * MOST_PROMPT


def test_a_deleted_card_offers_nothing() -> None:
    message = drawn(shown(deleted_at=NOON))
    assert labels(message) == []
    assert "still counts" in message.body


# --- ended otherwise ---


def test_a_failed_card_says_why_that_it_was_not_counted_and_what_to_do() -> None:
    message = drawn(of(1, JobState.FAILED, failure=Failure(FailureKind.BLOCKED)))
    assert "**Blocked by the content filter**" in message.body
    assert "This didn't count toward your limit." in message.body
    assert "Try rephrasing the prompt." in message.body
    assert labels(message) == ["Rerun", "Change the words", "Details", "Dismiss", "Full prompt"]
    assert message.color is Color.FAILED


BLOCKED = Failure(FailureKind.BLOCKED)


def test_what_a_filter_blocked_is_not_shown_to_others() -> None:
    message = drawn(of(1, JobState.FAILED, failure=BLOCKED))
    assert "lighthouse" not in message.body
    assert "the content filter blocked it" in message.body


def test_a_blocked_prompt_stays_on_a_private_card_and_beside_a_picture() -> None:
    blocked = of(1, JobState.FAILED, failure=BLOCKED)
    assert "lighthouse" in card(CardView(card=a_card(is_private=True), jobs=[blocked]), NOON).body
    assert "lighthouse" in drawn(blocked, shown(2)).body


def test_only_a_card_of_which_no_picture_came_can_be_dismissed() -> None:
    failed = of(1, JobState.FAILED, failure=Failure(FailureKind.PROVIDER))
    assert "Dismiss" in labels(drawn(failed, of(2, JobState.CANCELLED)))
    for other in (shown(2), of(2, JobState.RUNNING), of(2, JobState.READY, parked_at=NOON)):
        assert "Dismiss" not in labels(drawn(failed, other))
    private = CardView(card=a_card(is_private=True), jobs=[failed])
    assert "Dismiss" not in labels(card(private, NOON))


def test_a_source_that_failed_says_how() -> None:
    failure = Failure(FailureKind.SOURCE, SourceProblem.TOO_SMALL)
    assert "at least 32 pixels" in drawn(of(1, JobState.FAILED, failure=failure)).body


def test_a_cancelled_card_was_not_counted() -> None:
    message = drawn(of(1, JobState.CANCELLED))
    assert "**Cancelled** · doesn't count toward the limit" in message.body
    assert "Cancel" not in labels(message)


# --- several ---


def test_several_pictures_are_told_by_what_happens_to_them() -> None:
    message = drawn(
        shown(1),
        of(2, JobState.RUNNING, submitted_at=NOON),
        of(3, JobState.QUEUED),
        of(4, JobState.FAILED, failure=Failure(FailureKind.PROVIDER)),
        place=2,
    )
    assert "🖼️ **Ready** · 1 of 4" in message.body
    assert "🎨 **Generating** · 1 of 4 · started <t:" in message.body
    assert "⏳ **In line** · 1 of 4 · place 2 · requested <t:" in message.body
    assert "✖️ **Generation failed** · 1 of 4" in message.body
    assert labels(message) == ["Edit", "Cancel", "Delete"]


def test_each_way_to_fail_is_told_once() -> None:
    blocked = Failure(FailureKind.BLOCKED)
    message = drawn(*(of(number, JobState.FAILED, failure=blocked) for number in (1, 2, 3)))
    assert message.body.count("filter blocked the prompt") == 1
    assert "**Blocked by the content filter** · 3 of 3" in message.body


def test_several_pictures_are_edited_in_the_order_in_which_discord_shows_them() -> None:
    first, second = shown(1, attachment_id=AttachmentId(20)), shown(2, attachment_id=AttachmentId(10))
    edit = drawn(first, second, of(3, JobState.READY), arriving=(JobId(3),)).rows[0][0]
    assert isinstance(edit, Button)
    assert (edit.label, edit.custom_id) == ("Edit", "edit:2:1:3")


def test_the_most_buttons_of_a_card_are_two_rows_on_a_phone() -> None:
    long = "a lighthouse at dawn, " * 20
    jobs = [shown(number, prompt=long, source=SOURCE) for number in (1, 2, 3, 4)]
    rows = drawn(*jobs, before=SOURCE.location).rows
    assert [len(row) for row in rows] == [MOST_ON_PHONE, MOST_ON_PHONE]


def test_a_variation_is_called_one() -> None:
    assert " · variation" in drawn(shown(source=SOURCE, sent_prompt=VARIATION_PROMPT)).body


def test_a_card_that_came_in_part_looks_like_it() -> None:
    failed = of(2, JobState.FAILED, failure=Failure(FailureKind.BLOCKED))
    assert drawn(shown(1), failed).color is Color.PARTLY


def test_a_number_that_is_given_once_more_after_a_restore_names_another_file() -> None:
    before, after = a_job(number=PictureNumber(7)), a_job(number=PictureNumber(7), created_at=NOON + SECOND)
    assert picture_name(before) == "picture-7-20260314-120000"
    assert picture_name(after) != picture_name(before)
