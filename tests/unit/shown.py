"""All that is read on what the presenter shows, and what Discord would refuse about it."""

from bot.chat.presenter.elements.message import ChoiceField, Form, Link, Message, Select
from tests.unit.message_limits import form_problems, problems

Shown = Message | Form


def refused(shown: Shown) -> list[str]:
    """What Discord would refuse about it, also where it is shown without what members wrote."""
    if isinstance(shown, Form):
        return form_problems(shown)
    return [*problems(shown), *problems(shown.without_words())]


def texts(shown: Shown) -> str:
    """All that a member reads there, and all that can be chosen."""
    if isinstance(shown, Form):
        choices = [one for part in shown.fields if isinstance(part, ChoiceField) for one in part.options]
        return "\n".join(one.value for one in choices)
    parts = [
        shown.text,
        shown.body,
        *(value for _, value in shown.fields),
        *(one.body for one in shown.items),
    ]
    for row in shown.rows:
        for part in row:
            if isinstance(part, Select):
                parts += [one.value for one in part.options]
            elif isinstance(part, Link):
                parts.append(part.url)
    return "\n".join(parts)
