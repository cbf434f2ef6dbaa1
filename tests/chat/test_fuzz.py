"""Interactions, dialogues and messages of any content and shape: nothing raises, nobody is left waiting.

A few examples in every run of the tests; `make fuzz` goes on for ten minutes.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from bot.chat.presenter.cards.forms import FILE, PICTURES, PROMPTS, STYLE
from bot.chat.presenter.elements.custom_ids import Action
from standins.fake_discord.asks import Upload
from standins.fake_discord.model import AnswerKind, CommandKind, InteractionKind, Json
from standins.fake_discord.resolved import Resolved
from tests import junk
from tests.chat.fuzzed import Fuzzed, fuzzed_at
from tests.chat.studio import PICTURES_ELSEWHERE, Studio
from tests.services.outsides import png

pytestmark = pytest.mark.fuzz

#: The studio is the same for all examples of a test: `tidy_up` brings it back.
many = settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # Without explanations of what failed: they can exceed Python's recursion.
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


@pytest.fixture
async def fuzzed(studio: Studio) -> Fuzzed:
    return await fuzzed_at(studio)


#: The picture that there is, and its card.
FIRST = str(PICTURES_ELSEWHERE + 1)
people = st.sampled_from(["ada", "mia", "otto"])


# --- custom ids -----------------------------------------------------------------------------------------

#: These would take the picture away from the examples to come.
TAKES_AWAY = (Action.DELETE_ONE, Action.DELETE_THESE, Action.REMOVE_COPY, Action.REVIEW_REMOVE)
args = (
    st.sampled_from([FIRST, "1", "2", "0", "auto", "guild", "role", "member", "all", "20260301", "x", ""])
    | st.integers(-5, 2**70).map(str)
    | st.from_regex(r"[A-Za-z0-9.-]{0,40}", fullmatch=True)
)
known_ids = st.builds(
    lambda action, rest: ":".join([action, *rest]), st.sampled_from(list(Action)), st.lists(args, max_size=6)
)
selections = st.lists(args | junk.texts, max_size=3)


def is_harmless(custom_id: str, values: Any = ()) -> bool:
    return not (custom_id.startswith(TAKES_AWAY) and FIRST in [*custom_id.split(":"), *(values or ())])


@many
@given(custom_id=known_ids | junk.texts, values=st.none() | selections, who=people)
async def test_every_press_is_answered(fuzzed: Fuzzed, custom_id: str, values: Any, who: str) -> None:
    assume(is_harmless(custom_id, values))
    data: Json = {"component_type": 2 if values is None else 3, "custom_id": custom_id, "id": 99}
    if values is not None:
        data["values"] = values
    await answered(fuzzed, InteractionKind.COMPONENT, data, who=who, on_message=True)


async def answered(fuzzed: Fuzzed, kind: InteractionKind, data: Json, **how: Any) -> None:
    """Whatever it holds, it is of the right shape, so that it is answered, and by foresight."""
    before = fuzzed.bugs
    interaction = await fuzzed.interact(kind, data, **how)
    fuzzed.check()
    assert interaction.answer is not None
    assert interaction.answer.kind is not AnswerKind.NONE
    assert fuzzed.bugs == before
    await fuzzed.tidy_up()


# --- dialogues ------------------------------------------------------------------------------------------

forms = st.sampled_from(
    [
        f"edit-form:{FIRST}:77",
        "menu-form:{message}:{picture}:77",
        "menu-form:{message}::77",
        "upload-form:auto:1:0:77",
        "upload-form:manga:4:1:77",
        "limits-form:guild:{guild}:77",
        "limits-form:member:1:77",
        "budget-form:77",
    ]
)
FIELDS = (*PROMPTS, STYLE, *PICTURES, FILE, "per_hour", "per_day", "running", "budget")
filled = st.dictionaries(st.sampled_from(FIELDS), junk.texts | st.lists(junk.texts, max_size=2), max_size=6)


@many
@given(form=forms | known_ids, fields=filled, with_file=st.booleans(), who=people)
async def test_every_dialogue_is_answered(
    fuzzed: Fuzzed,
    form: str,
    fields: dict[str, str | list[str]],
    with_file: bool,  # noqa: FBT001  drawn by name
    who: str,
) -> None:
    assume(is_harmless(form))
    message = fuzzed.message
    custom_id = (
        form.replace("{message}", str(message.id))
        .replace("{picture}", str(message.attachments[0].id))
        .replace("{guild}", str(message.channel.guild.id))
    )
    resolved = Resolved(fuzzed.studio.world, message.channel, fuzzed.studio.world.user(who))
    if with_file:
        fields = fields | {FILE: [resolved.upload(Upload("fox.png", png()))]}
    data = resolved.into({"custom_id": custom_id, "components": [*map(component, fields.items())]})
    await answered(fuzzed, InteractionKind.MODAL_SUBMIT, data, who=who, on_message=True)


def component(field: tuple[str, str | list[str]]) -> Json:
    name, value = field
    filled_in = {"value": value} if isinstance(value, str) else {"values": value}
    return {"type": 18, "component": {"type": 4, "custom_id": name} | filled_in}


# --- commands -------------------------------------------------------------------------------------------

STRING, INTEGER, BOOLEAN = 3, 4, 5
of_type = {STRING: junk.texts, INTEGER: st.integers(-(2**53), 2**53), BOOLEAN: st.booleans()}


@many
@given(pick=st.integers(0, 1000), who=people, source=st.data())
async def test_every_command_is_answered(fuzzed: Fuzzed, pick: int, who: str, source: st.DataObject) -> None:
    """Options of the right types hold anything, whether they are offered as choices or not."""
    name, path, described = offered(fuzzed)[pick % len(offered(fuzzed))]
    options = [
        {"name": one["name"], "type": one["type"], "value": source.draw(of_type[one["type"]])}
        for one in described
        if one["type"] in of_type and (one.get("required") or source.draw(st.booleans()))
    ]
    assume(all(one["type"] in of_type for one in described if one.get("required")))
    for part in reversed(path):
        options = [{"name": part, "type": 1, "options": options}]
    data = {"id": "1", "name": name, "type": 1, "options": options}
    await answered(fuzzed, InteractionKind.COMMAND, data, who=who)


def offered(fuzzed: Fuzzed) -> list[tuple[str, list[str], list[Json]]]:
    """Name, path below it, and options of every slash command."""
    found = []
    for command in fuzzed.studio.world.commands.values():
        options = command.definition.get("options") or []
        below = [
            (command.name, [one["name"]], one.get("options") or []) for one in options if one["type"] == 1
        ]
        if command.kind is CommandKind.SLASH:
            found += below or [(command.name, [], options)]
    return sorted(found, key=str)


@many
@given(typed=junk.texts, others=st.dictionaries(st.sampled_from(["prompt", "style"]), junk.texts))
async def test_whatever_is_typed_suggestions_come(fuzzed: Fuzzed, typed: str, others: dict[str, str]) -> None:
    options: list[Json] = [{"name": name, "type": STRING, "value": value} for name, value in others.items()]
    focused = {"name": "source", "type": STRING, "value": typed, "focused": True}
    data = {"id": "1", "name": "edit", "type": 1, "options": [*options, focused]}
    await answered(fuzzed, InteractionKind.AUTOCOMPLETE, data)


# --- shapes ---------------------------------------------------------------------------------------------

SEEDS: list[tuple[InteractionKind, Json]] = [
    (
        InteractionKind.COMMAND,
        {
            "id": "1",
            "name": "imagine",
            "type": 1,
            "options": [{"name": "prompt", "type": 3, "value": "a fox"}],
        },
    ),
    (
        InteractionKind.COMMAND,
        {
            "id": "1",
            "name": "config",
            "type": 1,
            "options": [
                {"name": "limits", "type": 1, "options": [{"name": "per_day", "type": 4, "value": 3}]}
            ],
        },
    ),
    (
        InteractionKind.COMMAND,
        {"id": "1", "name": "Edit image", "type": 3, "target_id": "1", "resolved": {"messages": {}}},
    ),
    (
        InteractionKind.AUTOCOMPLETE,
        {
            "id": "1",
            "name": "edit",
            "type": 1,
            "options": [{"name": "source", "type": 3, "value": "fox", "focused": True}],
        },
    ),
    (InteractionKind.COMPONENT, {"component_type": 2, "custom_id": f"details:{FIRST}", "id": 99}),
    (
        InteractionKind.COMPONENT,
        {"component_type": 3, "custom_id": "jobs-pick:0", "id": 99, "values": [FIRST]},
    ),
    (
        InteractionKind.MODAL_SUBMIT,
        {
            "custom_id": f"edit-form:{FIRST}:77",
            "components": [{"type": 18, "component": {"type": 4, "custom_id": "prompt", "value": "night"}}],
        },
    ),
]


@pytest.mark.parametrize("lost", ["member", "user", "channel", "guild_id", "token", "data", "locale"])
@pytest.mark.parametrize("seed", range(len(SEEDS)))
async def test_an_interaction_that_lacks_a_part_harms_nobody(fuzzed: Fuzzed, seed: int, lost: str) -> None:
    kind, data = SEEDS[seed]
    whole = fuzzed.interaction_json(kind, data, on_message=True)
    await fuzzed.dispatch(
        "INTERACTION_CREATE", {name: value for name, value in whole.items() if name != lost}
    )
    fuzzed.check_forged()
    await fuzzed.tidy_up()


@many
@given(seed=st.sampled_from(range(len(SEEDS))), todo=junk.changes(), on_message=st.booleans())
async def test_an_interaction_of_any_shape_harms_nobody(
    fuzzed: Fuzzed,
    seed: int,
    todo: list[tuple[int, str, Any]],
    on_message: bool,  # noqa: FBT001  drawn by name
) -> None:
    """Something is missing, new, null or of another type, anywhere in it."""
    kind, data = SEEDS[seed]
    if data.get("target_id"):
        of_message = {str(fuzzed.message.id): fuzzed.message_json(fuzzed.message)}
        data = data | {"target_id": str(fuzzed.message.id), "resolved": {"messages": of_message}}
    told = fuzzed.interaction_json(kind, data, on_message=on_message)
    await fuzzed.dispatch("INTERACTION_CREATE", junk.spoilt(told, todo))
    fuzzed.check_forged()
    await fuzzed.tidy_up()


@many
@example(words="", todo=[(360, "replace", None)])  # no content at all
@given(words=junk.texts, todo=junk.changes() | st.just([]))
async def test_a_message_of_any_shape_harms_nobody(
    fuzzed: Fuzzed, words: str, todo: list[tuple[int, str, Any]]
) -> None:
    """A reply to the picture that mentions the bot, and what is left of it."""
    told = fuzzed.reply_json(words)
    await fuzzed.dispatch("MESSAGE_CREATE", junk.spoilt(told, todo))
    fuzzed.check_forged()
    await fuzzed.tidy_up()


@many
@given(
    name=st.sampled_from(["GUILD_CREATE", "GUILD_UPDATE", "CHANNEL_UPDATE", "GUILD_ROLE_UPDATE", "X"]),
    data=junk.values,
)
async def test_any_other_dispatch_harms_nobody(fuzzed: Fuzzed, name: str, data: Any) -> None:
    await fuzzed.dispatch(name, data)
    fuzzed.check_forged()
