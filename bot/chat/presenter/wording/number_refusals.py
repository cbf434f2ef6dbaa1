"""The words of refusals of numbers and amounts that somebody typed."""

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.wording.limit_fields import limit_field_name
from bot.domain.errors import NumberUnreadable, ValueOutOfRange
from bot.domain.limits import LimitField
from bot.domain.money import MICROUSD
from bot.words.catalogs import gettext as _
from bot.words.formats import money, number

#: The most characters quoted of what a member typed.
_MOST_QUOTED = 60
CENT = MICROUSD // 100


def number_words(refused: NumberUnreadable) -> str:
    text = quoted(refused.text)
    if refused.is_money:
        return _("“{text}” isn't an amount I can read. Write one like 25 or 12.50.", text=text)
    return _("“{text}” isn't a whole number. Write one like 12, or leave the field empty.", text=text)


def quoted(text: str) -> str:
    return plain(one_line(text, _MOST_QUOTED))


def whole_cents(microusd: int) -> int:
    """Round up: an amount that is just too small must not look like one that is enough."""
    return -(-microusd // CENT) * CENT


_BUDGET, _CHANNELS = "budget_microusd", "channel_ids"


def range_words(refused: ValueOutOfRange) -> str:
    if refused.field == _BUDGET:
        return _budget_range_words(refused)
    least, most = number(refused.least), number(refused.most)
    value = one_line(number(refused.value), _MOST_QUOTED)
    if refused.field == _CHANNELS:
        return _(
            "You can choose {least} to {most} channels, and not {value}.", least=least, most=most, value=value
        )
    if refused.field not in {field.value for field in LimitField}:
        return _(
            "Choose a number from {least} to {most}, and not {value}.", least=least, most=most, value=value
        )
    # Translators: the limit is such as "Images per hour".
    return _(
        "{limit} can be from {least} to {most}, and {value} isn't.",
        limit=limit_field_name(LimitField(refused.field)),
        least=least,
        most=most,
        value=value,
    )


def _budget_range_words(refused: ValueOutOfRange) -> str:
    value = one_line(money(refused.value), _MOST_QUOTED)
    if refused.value >= refused.least:
        return _(
            "{value} is too high: a budget can be at most {most}.", value=value, most=money(refused.most)
        )
    return _(
        "{value} is too low: a budget must cover at least one image ({least}). To turn image generation off, "
        "set limits of 0.",
        value=value,
        least=money(whole_cents(refused.least)),
    )
