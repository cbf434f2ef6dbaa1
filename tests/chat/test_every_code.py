"""Each code with which Discord can refuse, at each request that decides about a picture or a card.

Final is what is listed, and everything else passes: it is tried again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import discord
import pytest

from bot.chat.delivery.courier import DiscordCourier
from bot.chat.rest.error_codes import FINAL, Verdict, is_final
from bot.chat.rest.invalid_request_limit import LONGEST_PAUSE_SECONDS
from bot.domain.card import Rung
from bot.domain.errors import (
    CardBarred,
    CardGone,
    CardTakenAway,
    CourierError,
    CourierUnavailable,
    PictureTooLarge,
)
from bot.domain.request import PictureLocation
from tests.chat.counter import BY_BOT, BY_TOKEN, POST, Counter, always, picture
from tests.chat.discord_codes import CODES

#: Codes of Discord's, one of nobody's, and a refusal without any.
ALL = (*CODES, 99_999)
#: Traps in which a paid picture was once lost.
PASSING = (0, 40333, 40062, 40004, 130000, 30046)


class Refused:
    """An answer of Discord's with nothing but a status and a code, as far as it is judged by these."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.reason = "refused"


def refusal(status: int, code: int) -> Exception:
    return discord.HTTPException(Refused(status), {"code": code, "message": ""})


def status_of(code: int) -> int:
    """With which Discord sends a code, as a rule."""
    return {1: 404, 4: 403, 5: 403}.get(code // 10_000, 400)


def test_what_is_final_is_documented() -> None:
    assert FINAL.keys() <= set(CODES)
    assert not FINAL.keys() & set(PASSING)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_only_what_is_listed_is_final(status: int) -> None:
    assert {code for code in ALL if is_final(refusal(status, code))} == FINAL.keys()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_no_trouble_of_discords_own_is_final(status: int) -> None:
    assert not [code for code in ALL if is_final(refusal(status, code))]


def prepare(counter: Counter, route: str) -> None:
    """Let a picture come by this request first."""
    if route != BY_TOKEN:
        counter.view = replace(counter.view, card=replace(counter.card, sealed_token=None))
    if route == POST:
        counter.lock()


async def delivered(counter: Counter) -> Rung | Exception:
    try:
        return (await counter.courier.show(counter.view, {counter.job_ids[0]: picture()}, always)).rung
    except (CardGone, CourierUnavailable, PictureTooLarge) as error:
        return error


RUNGS = {BY_TOKEN: Rung.TOKEN, BY_BOT: Rung.EDIT, POST: Rung.MESSAGE}


@pytest.mark.parametrize("route", RUNGS)
async def test_a_picture_is_tried_again_unless_the_refusal_is_final(counter: Counter, route: str) -> None:
    studio = counter.studio
    studio.clock.hold()  # or the token dies on a busy machine
    prepare(counter, route)
    for code in ALL:
        counter.courier = DiscordCourier(
            client=studio.client, token_cipher=studio.token_cipher, clock=studio.clock
        )
        fault = studio.discord.faults.add(route, status=status_of(code), code=code, times=1)
        first = await delivered(counter)
        assert fault.hits == 1, code
        assert isinstance(first, CourierUnavailable) is (code not in FINAL), code
        if code not in FINAL:
            studio.clock.pass_by(LONGEST_PAUSE_SECONDS if code in PASSING else 0)
            assert await delivered(counter) is RUNGS[route], code
        elif isinstance(first, PictureTooLarge):
            assert FINAL[code] is Verdict.TOO_LARGE
        if route != BY_BOT:  # whatever was posted anew makes room for the next
            for message in counter.by_bot():
                if message is not counter.message:
                    studio.world.delete_message(message)
        studio.world.nonces.clear()


# --- requests without a picture ---

FETCH, HISTORY = "GET /channels/*/messages/*", "GET /channels/*/messages"
ORIGINAL, TAKE_AWAY, TAKE_AWAY_BY_BOT = "GET /webhooks/*", "DELETE /webhooks/*", "DELETE /channels/*"
GONE = {code for code, means in FINAL.items() if means in (Verdict.MESSAGE_GONE, Verdict.CHANNEL_GONE)}
WORDS = {code for code, means in FINAL.items() if means is Verdict.WORDS_REFUSED}


@dataclass(frozen=True)
class Ask:
    """A request of the courier's, and what it comes to when Discord refuses it finally, by code."""

    route: str
    call: Callable[[Counter], Awaitable[object]]
    refused: Callable[[int], type[CourierError] | None]


async def show(counter: Counter) -> object:
    return await counter.courier.show(counter.view, {}, always)


async def remove(counter: Counter) -> None:
    await counter.courier.remove(counter.card)


async def find(counter: Counter) -> object:
    return await counter.courier.find(counter.card)


async def fresh_url(counter: Counter) -> object:
    assert counter.card.message_id is not None
    return await counter.courier.fresh_url(PictureLocation(counter.card.channel_id, counter.card.message_id))


async def look(counter: Counter) -> None:
    await counter.courier.look(counter.card)


def nothing(code: int) -> None:
    """Another way leads there, or there is nothing."""


def gone_or_barred(code: int) -> type[CourierError] | None:
    """By the last way that there is: whether the message is gone, or the bot is not let to it."""
    return CardTakenAway if code in GONE else CardBarred


def stands_unless_gone(code: int) -> type[CourierError] | None:
    return CardTakenAway if code in GONE else None


def shown_without_words(code: int) -> type[CourierError] | None:
    return None if code in WORDS else gone_or_barred(code)


def barred_unless_gone(code: int) -> type[CourierError] | None:
    return None if code in GONE else CardBarred


ASKS = {
    "a card by its token": Ask(BY_TOKEN, show, nothing),
    "a card by the bot": Ask(BY_BOT, show, shown_without_words),
    "a message away by its token": Ask(TAKE_AWAY, remove, nothing),
    "a message away by the bot": Ask(TAKE_AWAY_BY_BOT, remove, barred_unless_gone),
    "a first answer by its token": Ask(ORIGINAL, find, nothing),
    "a first answer in its channel": Ask(HISTORY, find, nothing),
    "whether a card stands": Ask(FETCH, look, stands_unless_gone),
    "a picture's new address": Ask(FETCH, fresh_url, nothing),
}


async def outcome(counter: Counter, ask: Ask) -> type[Exception] | None:
    try:
        await ask.call(counter)
    except CourierError as error:
        return type(error)
    return None


@pytest.mark.parametrize("name", ASKS)
async def test_no_other_request_takes_a_passing_refusal_for_a_final_one(counter: Counter, name: str) -> None:
    studio, ask = counter.studio, ASKS[name]
    studio.clock.hold()
    if "webhooks" not in ask.route:
        counter.view = replace(counter.view, card=replace(counter.card, sealed_token=None))
    wrong = {}
    for code in ALL:
        counter.courier = DiscordCourier(
            client=studio.client, token_cipher=studio.token_cipher, clock=studio.clock
        )
        fault = studio.discord.faults.add(ask.route, status=status_of(code), code=code, times=1)
        wanted = ask.refused(code) if code in FINAL else CourierUnavailable
        if (met := await outcome(counter, ask)) is not wanted or fault.hits != 1:
            wrong[code] = (met, fault.hits)
        studio.discord.faults.clear()
    assert wrong == {}
