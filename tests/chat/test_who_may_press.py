"""Every button, list and dialogue, by who presses it and where: the table of who may do what.

All presses are forged, since a tampered client may send any of them to any message that it can see. An action
without a row fails.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.chat.access.permission_checks import RestrictedCommand
from bot.chat.events.components import COMPONENTS
from bot.chat.presenter.cards.card import picture_name
from bot.chat.presenter.elements.custom_ids import Action
from bot.domain.administration import RuleSubject
from bot.domain.limits import LimitField
from bot.store.pictures import landings
from standins.fake_discord.asks import Upload
from standins.fake_discord.permissions import Permissions
from tests.chat.onlookers import (
    ADMIN,
    BLOCKED,
    ELSEWHERE,
    EVERYBODY,
    MEMBER,
    MODERATOR,
    OPEN,
    OWNER,
    Word,
    remembered,
)
from tests.chat.press_scene import (
    ADMINS_ONLY,
    ASKED,
    MODERATORS_ONLY,
    NO_PICTURE,
    NOT_MINE,
    NOT_YOURS,
    OWN,
    UNKNOWN,
    YES,
    Row,
    Scene,
    Subject,
)
from tests.chat.studio import Studio
from tests.services.outsides import png


def owners(proof: str, others: Word, **more: object) -> Row:
    return replace(Row(proof=proof, member=others, moderator=others, admin=others), **more)  # type: ignore[arg-type]  # fields of a Row


def deleting(args: str, proof: str, **more: object) -> Row:
    return replace(Row(proof=proof, member=NOT_YOURS, args=args), **more)  # type: ignore[arg-type]  # fields of a Row


#: Walked in test_late_pictures.py: these take a picture that was paid twice.
OF_SECOND_BILLS = {Action.LATE}
ABOUT_PICTURES: Mapping[Action, Row] = {
    Action.CANCEL: owners(
        "**Cancelled**",
        NOT_YOURS,
        args=":{card}",
        subject=Subject.WAITING,
        is_final=True,
        owner_anywhere=UNKNOWN,
    ),
    Action.AGAIN: Row(args=":{card}", proof=ASKED),
    Action.REWORD: Row(args=":{card}", proof="reword-form:"),
    Action.REWORD_FORM: Row(args=":{card}:77", proof=ASKED),
    Action.VARY: Row(args=":{card}", proof="vary-form:"),
    Action.VARY_FORM: Row(args=":{card}:77", proof=ASKED),
    Action.DISMISS: deleting(
        ":{card}", "(gone)", subject=Subject.FAILED, is_final=True, owner_anywhere=UNKNOWN
    ),
    Action.PROMPT: Row(args=":{card}", proof="Full prompt"),
    Action.DETAILS: Row(args=":{card}", proof="**Requested by:**"),
    Action.DETAILS_OF: Row(values=("{job}",), proof="**Requested by:**"),
    Action.EDIT: Row(args=":{job}", proof="edit-form:", is_for_copies=True),
    Action.EDIT_FORM: Row(args=":{job}:77", proof=ASKED, is_for_copies=True),
    Action.DELETE: deleting(":{card}", "Delete this image for everyone?"),
    Action.DELETE_ONE: deleting(":{job}", "Deleted 1 image.", is_final=True),
    Action.DELETE_THESE: deleting("", "Deleted 1 image.", values=("{job}",), is_final=True),
    Action.JOBS_PICK: owners("**Status:** posted", UNKNOWN, args=":0", values=("{job}",)),
    Action.JOBS_CANCEL: owners(
        "cancelled · doesn't count toward the limit",
        NOT_YOURS,
        args=":{job}:0",
        subject=Subject.WAITING,
        is_final=True,
    ),
    Action.STAR: Row(args=":{job}:1", proof="Remove from favourites"),
    Action.SHOW: owners("picture-{number}-", UNKNOWN, args=":{job}"),
    Action.POST: owners("Everyone there will see", UNKNOWN, args=":{job}"),
    Action.POST_PUBLICLY: owners("picture-{number}-", UNKNOWN, args=":{job}"),
    Action.REMOVE_COPY: deleting(
        ":{job}",
        "(gone)",
        subject=Subject.COPIED,
        is_final=True,
        owner_anywhere=UNKNOWN,
        is_for_copies=True,
    ),
}


def setting_up(proof: str, proof_elsewhere: str = "", **more: object) -> Row:
    row = Row(proof=proof, owner=ADMINS_ONLY, member=ADMINS_ONLY, moderator=ADMINS_ONLY)
    row = replace(row, stranger=ADMINS_ONLY, foreign_admin=YES, proof_elsewhere=proof_elsewhere)
    return replace(row, **more)  # type: ignore[arg-type]  # fields of a Row


def moderating(proof: str, proof_elsewhere: str, args: str, **more: object) -> Row:
    row = Row(proof=proof, args=args, owner=MODERATORS_ONLY, member=MODERATORS_ONLY)
    row = replace(row, stranger=MODERATORS_ONLY, foreign_admin=YES, proof_elsewhere=proof_elsewhere)
    return replace(row, **more)  # type: ignore[arg-type]  # fields of a Row


def moderating_one(proof: str, **more: object) -> Row:
    """About a picture, which is unknown on another server."""
    return moderating(proof, "", **{"args": ":{job}:0", "foreign_admin": UNKNOWN, **more})  # type: ignore[arg-type]  # by name


OF_HELD: dict[str, Any] = {"subject": Subject.HELD, "args": ":{job}:0:post"}
OF_REJECTED: dict[str, Any] = {"subject": Subject.HELD, "args": ":{job}:0:post:77"}
#: A preset is unknown on another server.
OF_A_PRESET: dict[str, Any] = {"subject": Subject.PRESET, "proof_elsewhere": "has been removed"}

ABOUT_OTHER_THINGS: Mapping[Action, Row] = {
    # A dialogue about a message of the channel in which it is sent. Each member reports a picture once.
    Action.REPORT_FORM: Row(
        args=":{message}:77",
        proof="will look at",
        owner=OWN,
        stranger=NOT_MINE,
        foreign_admin=NOT_MINE,
        texts={"reason": "it is ugly"},
    ),
    Action.JOBS: Row(args=":0", proof="Your images", stranger=YES, foreign_admin=YES),
    # A dialogue about a message, which is read again by the bot in the channel of the press.
    Action.MENU_FORM: Row(
        args=":{message}:{attachment}:77", proof=ASKED, stranger=NO_PICTURE, foreign_admin=NO_PICTURE
    ),
    Action.UPLOAD_FORM: Row(args=":auto:1:0:77", proof=ASKED, stranger=YES, foreign_admin=YES),
    Action.SETTINGS: setting_up("Limits", args=":all"),
    Action.SETTINGS_PICK: setting_up("50 per day", "not set", args=":member", values=("{ada}",)),
    Action.SETTINGS_KNOWN: setting_up("50 per day", "not set", values=("member.{ada}",)),
    Action.SETTINGS_MEMBER: setting_up(
        "50 per day** (personal limit)", "Not on this server", args=":0", values=("{ada}",)
    ),
    Action.SETTINGS_LIMITS: setting_up("limits-form:", args=":member:{ada}"),
    Action.SETTINGS_CLEAR: setting_up("removed", args=":member:{ada}"),
    Action.SETTINGS_BUDGET: setting_up("budget-form:"),
    Action.SETTINGS_NO_BUDGET: setting_up("budget"),
    # The channel belongs to the picture's server: nobody may have the bot write there from another one.
    Action.SETTINGS_CHANNELS: setting_up("Saved", values=("{channel}",), foreign_admin=UNKNOWN),
    Action.SETTINGS_REMOVE: setting_up("Saved", args=":0", values=("{channel}",)),
    Action.SETTINGS_AGE: setting_up("only in age-restricted channels", args=":1"),
    Action.SETTINGS_LOG: setting_up("<#{channel}>", values=("{channel}",), foreign_admin=UNKNOWN),
    Action.SETTINGS_MODERATORS: setting_up("<#{channel}>", values=("{channel}",), foreign_admin=UNKNOWN),
    Action.SETTINGS_FEED: setting_up("<#{channel}>", values=("{channel}",), foreign_admin=UNKNOWN),
    Action.SETTINGS_SUMMARY: setting_up("Saved, but there is no log channel", args=":1"),
    Action.SETTINGS_LANGUAGE: setting_up("Deutsch", values=("de",)),
    Action.SETTINGS_QUALITY: setting_up(
        "The bot's owner doesn't offer max quality", values=("{role}",), foreign_admin=UNKNOWN
    ),
    Action.SETTINGS_COUNTS_AS: setting_up("The bot's owner doesn't offer max quality", values=("2",)),
    Action.SETTINGS_HIDING: setting_up("3 reports is hidden", values=("3",)),
    Action.SETTINGS_RETENTION: setting_up("deleted after 7 days", values=("7",)),
    Action.SETTINGS_NOTICES: setting_up("After more than 1 min", values=("60",)),
    Action.SETTINGS_PRESET: setting_up("thick paint", **OF_A_PRESET, values=("{preset}",)),
    Action.PRESET_OPEN: setting_up("preset-form:", **OF_A_PRESET, args=":{preset}"),
    Action.PRESET_REMOVE: setting_up("Removed: **Oil**", **OF_A_PRESET, args=":{preset}", is_final=True),
    Action.PRESET_FORM: setting_up(
        "Saved: **Chalk**", **OF_A_PRESET, args=":{preset}:77", texts={"name": "Chalk", "words": "dusty"}
    ),
    Action.PRIVACY_DELETE: Row(
        args=":0", proof="Your data is", stranger=YES, foreign_admin=YES, is_final=True
    ),
    Action.NOTIFY: Row(values=("never",), proof="Your usage", stranger=YES, foreign_admin=YES),
    Action.WORDS: setting_up("No words in the list", args=":0"),
    Action.WORDS_ADD: setting_up("words-add-form:"),
    Action.WORDS_ADD_FORM: setting_up("Added 1 entry", args=":77", texts={"lines": "grape"}, has_file=False),
    Action.WORDS_REMOVE: setting_up("not in the list any more", args=":0:", values=("1",)),
    Action.WORDS_SEARCH: setting_up("words-find-form:"),
    Action.WORDS_FIND_FORM: setting_up("0 words found", args=":77", texts={"search": "grape"}),
    Action.WORDS_TRY: setting_up("words-try-form:"),
    Action.WORDS_TRY_FORM: setting_up("contains none", args=":77", texts={"prompt": "grape"}),
    Action.WORDS_EXPORT: setting_up("No words in the list"),
    Action.WORDS_NAMED: setting_up("refusals say which word", args=":1"),
    Action.LIMITS_FORM: setting_up("5 per day", args=":guild:1:77", texts={"per_day": "5"}),
    Action.BUDGET_FORM: setting_up("$25", args=":77", texts={"budget": "25"}),
    Action.REVIEW: moderating("<@{ada}>", "No images in this period", ":{today}:{today}:0:0:0"),
    Action.REVIEW_EXPORT: moderating(".csv", "Nothing to export", ":{today}:{today}:0:0"),
    Action.REVIEW_PERIOD: moderating(
        "<@{ada}>", "No images in this period", ":{today}:{today}:0:0", values=("30 days",)
    ),
    Action.REVIEW_OF_MEMBER: moderating(
        "by <@{ada}>", "No images in this period", ":{today}:{today}:0:0", values=("{ada}",)
    ),
    Action.REVIEW_IN_CHANNEL: moderating(
        "in <#{channel}>", "No images in this period", ":{today}:{today}:0:0", values=("{channel}",)
    ),
    Action.REVIEW_PICK: moderating_one(OPEN, args=":0", values=("{job}",)),
    Action.REVIEW_REMOVE: moderating_one("remove-form:"),
    Action.REVIEW_GIVE_BACK: moderating_one("give-back-form:"),
    Action.REMOVE_FORM: moderating_one(
        "deleted · still counts", args=":{job}:0::77", texts={"reason": "it is ugly"}, is_final=True
    ),
    Action.GIVE_BACK_FORM: moderating_one(
        "posted · doesn't count toward the limit", args=":{job}:0::77", texts={}, is_final=True
    ),
    Action.REVIEW_DISMISS: moderating_one(
        "Dismissed: **Image", args=":{job}", subject=Subject.REPORTED, is_final=True
    ),
    Action.REVIEW_REASONS: moderating_one("it is ugly", args=":{job}", subject=Subject.REPORTED),
    Action.REVIEW_REPORTS: moderating(OPEN, "No reports are open", ":0", subject=Subject.REPORTED),
    Action.REVIEW_REPORTS_PICK: moderating_one(
        "it is ugly", args=":0", values=("{job}",), subject=Subject.REPORTED
    ),
    Action.REVIEW_MEMBER: moderating(OPEN, "0 images requested", ":{ada}:0"),
    Action.REVIEW_BLOCK: moderating("review-block-form:", "review-block-form:", ":{ada}:0"),
    Action.REVIEW_BLOCK_FORM: moderating(
        "**Blocked here**",
        "**Blocked here**",
        ":{ada}:0:77",
        texts={"other-length": "2 days", "reason": "spam"},
    ),
    Action.REVIEW_UNBLOCK: moderating("This member isn't blocked here", "isn't blocked", ":{ada}:0"),
    Action.REVIEW_STRIKES: moderating("Strikes are off", "Strikes are off", ":{ada}:0"),
    Action.REVIEW_FORGIVE: moderating("no strike left", "no strike left", ":{ada}:0", values=("1",)),
    Action.REVIEW_FORGIVE_ALL: moderating("no strike left", "no strike left", ":{ada}:0"),
    Action.REVIEW_STRIKE: moderating("review-strike-form:", "review-strike-form:", ":{ada}:0"),
    Action.REVIEW_STRIKE_FORM: moderating(
        "Strikes are off", "Strikes are off", ":{ada}:0:77", texts={"reason": "spam"}
    ),
    Action.STRIKES: setting_up("Strikes are **o"),
    Action.STRIKES_ON: setting_up("Strikes are **on**", args=":1"),
    Action.STRIKES_CAUSES: setting_up("Saved", values=("words",)),
    Action.STRIKES_STEPS: setting_up("strikes-form:"),
    Action.STRIKES_FORM: setting_up(
        "2 strikes within 1 day", args=":77", texts={"step-1": "2, 1 day, 1 hour"}
    ),
    Action.REVIEW_BLOCKED: moderating("<@{rex}> · permanently", "No one is blocked here", ":0"),
    Action.REVIEW_UNBLOCK_ONE: moderating(
        "This member isn't blocked here", "isn't blocked", ":0", values=("{ada}",)
    ),
    Action.REVIEW_IMAGE: moderating_one(OPEN),
    Action.REVIEW_APPROVALS: moderating(OPEN, "No image waits", ":0", subject=Subject.HELD),
    Action.APPROVALS_PICK: moderating_one(OPEN, args=":0", values=("{job}",), subject=Subject.HELD),
    Action.REVIEW_APPROVE: moderating_one("Approved: **Image", **OF_HELD, is_final=True),
    Action.REVIEW_REJECT: moderating_one("reject-form:", **OF_HELD),
    Action.REVIEW_REJECT_BLOCK: moderating_one("reject-block-form:", **OF_HELD),
    Action.REJECT_FORM: moderating_one(
        "Rejected: no one sees", **OF_REJECTED, texts={"reason": "it is ugly"}, is_final=True
    ),
    Action.REJECT_BLOCK_FORM: moderating_one(
        "Rejected: no one sees",
        **OF_REJECTED,
        texts={"other-length": "2 days", "reason": "spam"},
        is_final=True,
    ),
    Action.APPROVAL_ALL: setting_up("**Everyone's** images", args=":1"),
    Action.APPROVAL_ROLES: setting_up("<@&{role}>", values=("{role}",), foreign_admin=UNKNOWN),
    Action.APPROVAL_CHANNELS: setting_up("<#{channel}>", values=("{channel}",), foreign_admin=UNKNOWN),
    Action.FEED_PICK: moderating_one(OPEN, args="", values=("{job}",)),
    Action.REVIEW_AUDIT: moderating("<@{ada}>", "No settings have been changed", ":0"),
}


def test_every_action_has_one_row() -> None:
    assert {*ABOUT_PICTURES, *ABOUT_OTHER_THINGS, *OF_SECOND_BILLS} == set(COMPONENTS)
    assert not {*ABOUT_PICTURES} & {*ABOUT_OTHER_THINGS}


NEEDED = {MODERATORS_ONLY: RestrictedCommand.REVIEW, ADMINS_ONLY: RestrictedCommand.CONFIG}


@pytest.mark.parametrize("action", [*ABOUT_PICTURES, *ABOUT_OTHER_THINGS])
def test_the_command_that_a_press_needs_is_declared(action: Action) -> None:
    row = {**ABOUT_PICTURES, **ABOUT_OTHER_THINGS}[action]
    assert COMPONENTS[action].needs is NEEDED.get(row.member)


@pytest.mark.parametrize("action", ABOUT_PICTURES)
async def test_who_may_press_below_a_picture(studio: Studio, action: Action) -> None:
    row = ABOUT_PICTURES[action]
    scene = Scene(studio, row)
    message = await scene.set_up()
    for who in EVERYBODY:
        expected = row.word_for(who)
        pressed = scene.own_words(who) if who in ELSEWHERE else message
        await scene.check(action, who, pressed, expected)
        if expected is YES and row.is_final and who != EVERYBODY[-1]:
            message = await scene.set_up()


@pytest.mark.parametrize("action", ABOUT_PICTURES)
async def test_a_private_picture_is_its_owners_and_unknown_to_everybody_else(
    studio: Studio, action: Action
) -> None:
    scene = Scene(studio, ABOUT_PICTURES[action], is_private=True)
    await scene.set_up()
    for who in EVERYBODY:
        expected = scene.row.owner_anywhere if who == OWNER else UNKNOWN
        await scene.check(action, who, scene.own_words(who), expected)


@pytest.mark.parametrize("action", ABOUT_PICTURES)
async def test_a_picture_in_another_channel_is_unknown_here_except_to_its_owner(
    studio: Studio, action: Action
) -> None:
    """Also to moderators: nothing in the press tells whether they may look into that channel."""
    general = studio.world.channel("general")
    for who in (BLOCKED, MEMBER, MODERATOR):
        studio.world.set_overwrite(general, studio.world.user(who), deny=Permissions.VIEW_CHANNEL)
    scene = Scene(studio, ABOUT_PICTURES[action], channel="general")
    await scene.set_up()
    for who in EVERYBODY:
        expected = scene.row.owner_anywhere if who == OWNER else UNKNOWN
        await scene.check(action, who, scene.own_words(who), expected)


@pytest.mark.parametrize("action", ABOUT_PICTURES)
@pytest.mark.parametrize("is_private", [False, True], ids=["elsewhere", "private"])
async def test_a_copy_gives_the_picture_and_nothing_else_of_its_card(
    studio: Studio, action: Action, *, is_private: bool
) -> None:
    """Nor to moderators of the copy's channel: the card stands where they may see nothing."""
    row = ABOUT_PICTURES[action]
    scene = Scene(studio, row, is_private=is_private, channel="pictures" if is_private else "general")
    await scene.set_up()
    copy = await scene.copied()
    for who in (BLOCKED, MEMBER, MODERATOR, ADMIN, OWNER):
        expected = row.owner_anywhere if who == OWNER else UNKNOWN
        if row.is_for_copies:
            expected = row.word_for(who)
        await scene.check(action, who, copy, expected)
        if copy.is_deleted and who != OWNER:
            await scene.set_up()
            copy = await scene.copied()


@pytest.mark.parametrize("action", ABOUT_PICTURES)
async def test_a_file_of_a_member_that_is_named_like_a_picture_gives_nothing_of_it(
    studio: Studio, action: Action
) -> None:
    scene = Scene(studio, ABOUT_PICTURES[action], is_private=True)
    await scene.set_up()
    job = (await studio.services.gallery.recent(studio.guild_id(), studio.member_id(OWNER), 1))[0]
    named = Upload(f"{picture_name(job)}.png", png())
    for who in (BLOCKED, MEMBER, MODERATOR, ADMIN):
        message = studio.person(who).say("pictures", "hello", files=[named])
        await scene.check(action, who, message, UNKNOWN)


@pytest.mark.parametrize("who", [OWNER, MODERATOR])
async def test_a_card_is_no_copy_of_its_picture(studio: Studio, who: str) -> None:
    """Removed as one, it would be gone from Discord and still be there for the bot."""
    scene = Scene(studio, ABOUT_PICTURES[Action.REMOVE_COPY], channel="general")
    card = await scene.set_up()
    await scene.check(Action.REMOVE_COPY, who, card, UNKNOWN)
    assert not card.is_deleted


@pytest.mark.parametrize("who", [BLOCKED, MEMBER, MODERATOR])
async def test_a_dialogue_about_a_message_of_another_channel_finds_no_picture(
    studio: Studio, who: str
) -> None:
    scene = Scene(studio, ABOUT_OTHER_THINGS[Action.MENU_FORM], channel="general")
    await scene.set_up()
    await scene.check(Action.MENU_FORM, who, scene.own_words(who), NO_PICTURE)


async def test_what_the_bot_measures_meanwhile_is_no_effect_of_a_press(studio: Studio) -> None:
    before = await remembered(studio)
    await studio.database.write(landings.keep, timedelta(seconds=2), at=studio.clock.now(), most=10)
    assert await remembered(studio) == before


@pytest.mark.parametrize("action", ABOUT_OTHER_THINGS)
async def test_who_may_press_everything_else(studio: Studio, action: Action) -> None:
    row = ABOUT_OTHER_THINGS[action]
    scene = Scene(studio, row)
    await scene.set_up()
    ada = RuleSubject.member(studio.member_id(OWNER))
    by_admin = studio.guild_id(), studio.member_id(ADMIN)
    await studio.services.administration.set_limits(*by_admin, ada, {LimitField.PER_DAY: 50})
    for who in EVERYBODY:
        theirs = await remembered(studio, but=studio.guild_id("Harbour Club"))
        await scene.check(action, who, scene.own_words(who), row.word_for(who))
        if who in ELSEWHERE:
            assert await remembered(studio, but=studio.guild_id("Harbour Club")) == theirs
        elif row.word_for(who) is YES and row.is_final:
            await scene.set_up()
