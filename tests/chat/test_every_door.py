"""Every command, button, list and dialogue that there is, walked: none leads past admission to a picture."""

from typing import Any

import pytest

from bot.chat.events.components import COMPONENTS
from bot.chat.presenter.elements.custom_ids import Action, CustomId
from bot.domain.errors import ServicePaused
from standins.fake_discord.asks import Ask, Upload
from standins.fake_discord.model import AnswerKind, Command, CommandKind, Message
from tests.chat.presses import press_forged, submit_forged
from tests.chat.studio import Studio, job_id_of, text_of
from tests.services.outsides import png

SUB_COMMAND, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, ATTACHMENT = 1, 3, 4, 5, 6, 7, 8, 11
#: Doors behind which a picture is asked for, by the refusal that they end with.
DOORS_TO_PICTURES = {
    *("/imagine", "/edit", "again"),
    *("edit-form", "menu-form", "upload-form", "reword-form", "vary-form"),
}
PAUSED = "Image generation is paused"


def subcommands(command: Command) -> list[tuple[str, list[dict[str, Any]]]]:
    options = command.definition.get("options") or []
    found = [
        (f"{command.name} {one['name']}", one.get("options") or [])
        for one in options
        if one["type"] == SUB_COMMAND
    ]
    return found or [(command.name, options)]


def filled_in(studio: Studio, options: list[dict[str, Any]], who: str = "otto") -> dict[str, Any]:
    """Something fitting for each option; of a role, a member and a channel, only the member."""
    is_here = studio.world.user(who).id in studio.world.guild("Lantern Studio").members
    values = {
        STRING: "2026-03-14",
        INTEGER: 1,
        BOOLEAN: False,
        USER: studio.world.user("ada"),
        CHANNEL: studio.world.channel("pictures" if is_here else "lounge"),
        ATTACHMENT: Upload("cat.png", png()),
    }
    given = {one["name"]: values[one["type"]] for one in options if one["type"] in values}
    chosen = {one["name"]: one["choices"][0]["value"] for one in options if one.get("choices")}
    is_about_one = "role" in {one["name"] for one in options}
    left_out = {"source", "preset", *(["channel"] if is_about_one else [])}
    return {name: value for name, value in (given | chosen).items() if name not in left_out}


def custom_ids(message: Message) -> dict[Action, str]:
    """An id of each action that its handler can read, about the one picture that there is."""
    job_id = job_id_of(message)
    args: dict[Action, str] = {
        Action.MENU_FORM: f":{message.id}:{message.attachments[0].id}:77",
        Action.UPLOAD_FORM: ":auto:1:0:77",
        Action.SETTINGS: ":all",
        Action.SETTINGS_PICK: ":role",
        Action.SETTINGS_LIMITS: ":guild:1",
        Action.SETTINGS_CLEAR: ":guild:1",
        Action.LIMITS_FORM: ":guild:1:77",
        Action.BUDGET_FORM: ":77",
        Action.REVIEW: ":20260301:20260314:0:0:0",
        Action.REVIEW_EXPORT: ":20260301:20260314:0:0",
    }
    # Dialogues first, since they need the picture; what takes it away comes last.
    order = sorted(Action, key=lambda one: (not one.endswith("-form"), one.startswith("delete")))
    return {action: f"{action}{args.get(action, f':{job_id}:0')}" for action in order}


async def told(studio: Studio, ask: Ask) -> str:
    """All that was answered, in whichever way."""
    answer = await ask.answer()
    if answer.kind is AnswerKind.MESSAGE:
        return text_of(await ask.message())
    if answer.kind is AnswerKind.THINKING:
        await studio.until(lambda: not (answer.message and answer.message.is_thinking) or ask.followups())
    return "\n".join(text_of(one) for one in ask.followups())


@pytest.fixture
async def picture(studio: Studio) -> Message:
    """The only one that there will be: from now on, admission lets nobody in."""
    message = await studio.imagine("otto")
    studio.admission.error = ServicePaused()
    return message


async def test_every_command_passes_through_admission(studio: Studio, picture: Message) -> None:
    otto, paused = studio.person("otto"), set()
    slash = [one for one in studio.world.commands.values() if one.kind is CommandKind.SLASH]
    for command in slash:
        for name, options in subcommands(command):
            ask = otto.slash("pictures", name, **filled_in(studio, options))
            if PAUSED in await told(studio, ask):
                paused.add(f"/{name}")
    assert paused == {door for door in DOORS_TO_PICTURES if door.startswith("/")}
    assert len(await studio.states("otto")) == 1


async def test_every_button_list_and_dialogue_passes_through_admission(
    studio: Studio, picture: Message
) -> None:
    assert set(COMPONENTS) == set(Action)
    paused = set()
    for action, custom_id in custom_ids(picture).items():
        assert CustomId.read(custom_id).action is action
        if action is Action.PRIVACY_DELETE:  # after which there is nothing to press
            continue
        if action.endswith("-form"):
            ask = submit_forged(studio, picture, custom_id, "otto")
        else:
            ask = press_forged(studio, picture, custom_id, "otto")
        if PAUSED in await told(studio, ask):
            paused.add(action.value)
    assert paused == {door for door in DOORS_TO_PICTURES if not door.startswith("/")}
    assert len(await studio.states("otto")) == 1
    assert len(studio.asked) == 1
