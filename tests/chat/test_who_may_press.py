"""Every button, list and dialogue, by who presses it and where: the table of who may do what.

All presses are forged, since a tampered client may send any of them to any message that it can see. An action
without a row fails.
"""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.chat.access.permission_checks import RestrictedCommand
from bot.chat.events.components import COMPONENTS
from bot.chat.presenter.card import picture_name
from bot.chat.presenter.custom_ids import Action
from bot.domain.administration import RuleSubject
from bot.domain.limits import LimitField
from standins.fake_discord.asks import Upload
from standins.fake_discord.permissions import Permissions
from tests.chat.onlookers import (
    ADMIN,
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
    NOT_YOURS,
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


ABOUT_OTHER_THINGS: Mapping[Action, Row] = {
    Action.JOBS: Row(args=":0", proof="Your images", stranger=YES, foreign_admin=YES),
    # A dialogue about a message, which is read again by the bot in the channel of the press.
    Action.MENU_FORM: Row(
        args=":{message}:{attachment}:77", proof=ASKED, stranger=NO_PICTURE, foreign_admin=NO_PICTURE
    ),
    Action.UPLOAD_FORM: Row(args=":auto:1:0:77", proof=ASKED, stranger=YES, foreign_admin=YES),
    Action.SETTINGS: setting_up("Limits", args=":all"),
    Action.SETTINGS_PICK: setting_up("50 per day", "not set", args=":member", values=("{ada}",)),
    Action.SETTINGS_KNOWN: setting_up("50 per day", "not set", values=("member.{ada}",)),
    Action.SETTINGS_LIMITS: setting_up("limits-form:", args=":member:{ada}"),
    Action.SETTINGS_CLEAR: setting_up("removed", args=":member:{ada}"),
    Action.SETTINGS_BUDGET: setting_up("budget-form:"),
    Action.SETTINGS_NO_BUDGET: setting_up("budget"),
    # The channel belongs to the picture's server: nobody may have the bot write there from another one.
    Action.SETTINGS_CHANNELS: setting_up("Saved", values=("{channel}",), foreign_admin=UNKNOWN),
    Action.SETTINGS_REMOVE: setting_up("Saved", args=":0", values=("{channel}",)),
    Action.SETTINGS_LOG: setting_up("<#{channel}>", values=("{channel}",), foreign_admin=UNKNOWN),
    Action.SETTINGS_LANGUAGE: setting_up("Deutsch", values=("de",)),
    Action.SETTINGS_QUALITY: setting_up(
        "The bot's owner doesn't offer max quality", values=("{role}",), foreign_admin=UNKNOWN
    ),
    Action.SETTINGS_COUNTS_AS: setting_up("The bot's owner doesn't offer max quality", values=("2",)),
    Action.SETTINGS_NOTICES: setting_up("After more than 1 min", values=("60",)),
    Action.NOTIFY: Row(values=("never",), proof="Your usage", stranger=YES, foreign_admin=YES),
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
    Action.REVIEW_REMOVE: moderating_one("deleted · still counts", is_final=True),
    Action.REVIEW_GIVE_BACK: moderating_one("posted · doesn't count toward the limit", is_final=True),
    Action.REVIEW_MEMBER: moderating(OPEN, "0 images requested", ":{ada}:0"),
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
    for who in (MEMBER, MODERATOR):
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
    for who in (MEMBER, MODERATOR, ADMIN, OWNER):
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
    for who in (MEMBER, MODERATOR, ADMIN):
        message = studio.person(who).say("pictures", "hello", files=[named])
        await scene.check(action, who, message, UNKNOWN)


@pytest.mark.parametrize("who", [OWNER, MODERATOR])
async def test_a_card_is_no_copy_of_its_picture(studio: Studio, who: str) -> None:
    """Removed as one, it would be gone from Discord and still be there for the bot."""
    scene = Scene(studio, ABOUT_PICTURES[Action.REMOVE_COPY], channel="general")
    card = await scene.set_up()
    await scene.check(Action.REMOVE_COPY, who, card, UNKNOWN)
    assert not card.is_deleted


@pytest.mark.parametrize("who", [MEMBER, MODERATOR])
async def test_a_dialogue_about_a_message_of_another_channel_finds_no_picture(
    studio: Studio, who: str
) -> None:
    scene = Scene(studio, ABOUT_OTHER_THINGS[Action.MENU_FORM], channel="general")
    await scene.set_up()
    await scene.check(Action.MENU_FORM, who, scene.own_words(who), NO_PICTURE)


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
