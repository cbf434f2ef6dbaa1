"""Discord's limits for messages and dialogues, held against the presenter's values. Counts UTF-16 units."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.chat.incoming.text import units
from bot.chat.presenter.elements.message import (
    Button,
    ChoiceField,
    FileField,
    Form,
    Link,
    Message,
    Option,
    Picker,
    Select,
    TextField,
)


def problems(message: Message) -> list[str]:
    """What Discord would refuse about it."""
    return list(_problems(message))


def form_problems(form: Form) -> list[str]:
    return list(_form_problems(form))


def _problems(message: Message) -> Iterator[str]:
    yield from _length("content", message.text, 2000)
    yield from _length("title", message.title, 256)
    has_frame = bool(message.title or message.body or message.fields or not message.items)
    yield from _length("description", message.body, 4096, least=int(has_frame))
    for name, value in message.fields:
        yield from _length("field name", name, 256, least=1)
        yield from _length("field value", value, 1024, least=1)
    if len(message.fields) > 25:
        yield "too many fields"
    for item in message.items:
        yield from _length("item", item.body, 4096, least=1)
    if has_frame + len(message.items) > 10:
        yield "too many embeds"
    total = units(message.title + message.body) + sum(units(one + two) for one, two in message.fields)
    total += sum(units(item.body) for item in message.items)
    if total > 6000:
        yield f"the embeds have {total} in all"
    if message.drawing is not None:
        yield from _length("alternative text", message.drawing.alt_text, 1024, least=1)
    for text in message.alt_texts.values():
        yield from _length("alternative text", text, 1024, least=1)
    yield from _row_problems(message)


def _row_problems(message: Message) -> Iterator[str]:
    if len(message.rows) > 5:
        yield "too many rows"
    for row in message.rows:
        has_select = any(isinstance(part, Select | Picker) for part in row)
        if not 1 <= len(row) <= (1 if has_select else 5):
            yield f"a row of {len(row)}"
        for part in row:
            yield from _part_problems(part)
    used = Counter(part.custom_id for row in message.rows for part in row if not isinstance(part, Link))
    yield from (f"{custom_id} is used twice" for custom_id, count in used.items() if count > 1)


def _part_problems(part: Button | Link | Select | Picker) -> Iterator[str]:
    match part:
        case Link():
            yield from _length("label", part.label, 80, least=1)
            yield from _length("url", part.url, 512, least=1)
        case Button():
            yield from _length("label", part.label, 80, least=1)
            yield from _length("custom_id", part.custom_id, 100, least=1)
        case Select():
            yield from _length("custom_id", part.custom_id, 100, least=1)
            yield from _length("placeholder", part.placeholder, 150)
            yield from _option_problems(part.options)
            if not 1 <= part.most <= len(part.options):
                yield f"{part.most} of {len(part.options)} options"
        case Picker():
            yield from _length("custom_id", part.custom_id, 100, least=1)
            yield from _length("placeholder", part.placeholder, 150)
            if not len(part.chosen) <= part.most <= 25:
                yield f"{len(part.chosen)} chosen of {part.most}"


def _option_problems(options: Sequence[Option]) -> Iterator[str]:
    if not 1 <= len(options) <= 25:
        yield f"{len(options)} options"
    if len({option.value for option in options}) < len(options):
        yield "an option's value is used twice"
    for option in options:
        yield from _length("option label", option.label, 100, least=1)
        yield from _length("option value", option.value, 100, least=1)
        yield from _length("option description", option.description, 100)


def _form_problems(form: Form) -> Iterator[str]:
    yield from _length("title", form.title, 45, least=1)
    yield from _length("custom_id", form.custom_id, 100, least=1)
    if not 1 <= len(form.fields) <= 5:
        yield f"{len(form.fields)} fields"
    for field in form.fields:
        yield from _length("label", field.label, 45, least=1)
        match field:
            case TextField():
                yield from _length("placeholder", field.placeholder, 100)
                yield from _length("value", field.value, 4000)
            case ChoiceField():
                yield from _option_problems(field.options)
            case FileField():
                yield from _length("hint", field.hint, 100)


def _length(what: str, text: str, most: int, *, least: int = 0) -> Iterator[str]:
    if not least <= units(text) <= most:
        yield f"{what} has {units(text)} of {most}"
