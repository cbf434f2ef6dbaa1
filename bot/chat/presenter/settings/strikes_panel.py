"""/config strikes: what is a strike on a server, and the ladder that leads from strikes to blocks."""

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import (
    Button,
    Form,
    Look,
    Message,
    Option,
    Row,
    Select,
    TextField,
    view_message,
)
from bot.chat.presenter.wording.strike_words import step_text, step_words
from bot.domain.strikes import STEPS_MOST, SWITCHED, StrikeCause, StrikeRules
from bot.words.catalogs import deferred
from bot.words.catalogs import gettext as _
from bot.words.formats import number, with_commas

#: The ids of the fields of the dialogue, one for each step.
STEPS = tuple(f"step-{place}" for place in range(1, STEPS_MOST + 1))
#: The value of the list that stands for no cause: Discord's lists take at least one.
_MOST_STEP = 60
_CAUSES = {
    StrikeCause.FILTER: deferred("The content filter refuses a request"),
    StrikeCause.WORDS: deferred("The server's word list refuses a request"),
    StrikeCause.REMOVAL: deferred("A moderator removes an image"),
}


def strikes_panel(rules: StrikeRules, back: Button, note: str = "") -> Message:
    state = _("Strikes are **on**.") if rules.is_on else _("Strikes are **off**: this is what they would do.")
    steps = "\n".join(f"• {step_words(step)}" for step in rules.steps)
    hint = _(
        "Each strike is checked against all steps, and the longest block applies. Members read how many they "
        "have, and when they fade. Moderators can give and forgive strikes with `/review strikes`."
    )
    causes = with_commas(_(_CAUSES[cause]) for cause in SWITCHED if cause in rules.causes)
    counted = _("Counted: {causes}", causes=causes or _("only strikes that moderators give"))
    return view_message(_("Strikes"), [note, state, counted, steps, f"-# {hint}"], note, _rows(rules, back))


def _rows(rules: StrikeRules, back: Button) -> list[Row]:
    options = [Option(_(_CAUSES[cause]), cause, is_chosen=cause in rules.causes) for cause in SWITCHED]
    switch = (
        Button(_("Turn off"), custom_id(Action.STRIKES_ON, 0), Look.DANGER)
        if rules.is_on
        else Button(_("Turn on"), custom_id(Action.STRIKES_ON, 1), Look.PRIMARY)
    )
    select = Select(
        custom_id(Action.STRIKES_CAUSES), _("What is a strike? …"), options, most=len(options), least=0
    )
    return [[select], [switch, Button(_("Change steps"), custom_id(Action.STRIKES_STEPS)), back]]


def steps_form(rules: StrikeRules, opening: int) -> Form:
    fields = [
        TextField(
            id_,
            _("Step {number}", number=number(place)),
            placeholder=_("Strikes, within, block: 3, 1 day, 1 hour"),
            value=step_text(rules.steps[place - 1]) if place <= len(rules.steps) else "",
            is_long=False,
            is_required=False,
            most_characters=_MOST_STEP,
        )
        for place, id_ in enumerate(STEPS, start=1)
    ]
    return Form(_("Steps from strikes to blocks"), custom_id(Action.STRIKES_FORM, opening), fields)


def strikes_state(rules: StrikeRules) -> str:
    """Return what stands in the list of all settings."""
    return step_words(rules.steps[0]) if rules.is_on else _("Off")


def strikes_saved() -> str:
    return _("✅ Saved.")
