"""The promises, each as a sentence if it is broken. Looked at from the outside, money and limits apart."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.money import MICROUSD
from standins.fake_discord.model import Message
from standins.fake_discord.world import World
from standins.fake_segmind.records import Bill
from tests.journeys.town import text_of
from tests.matrix.books import Books
from tests.matrix.moderators import Moderators, posts_in
from tests.matrix.wishes import Wish, is_for_members, pictures_in

#: How the lines begin that tell the operator of a trouble, its end, or a loss.
BEGINS, ENDS, LOSS = "🔴", "🟢", "🟠"
#: By the fast clock: for a request that had left when the block began. No second look takes so little time.
ON_ITS_WAY = timedelta(seconds=20)


def complaints(
    world: World, bills: Sequence[Bill], wishes: Sequence[Wish], books: Books, *, extra: int = 0
) -> list[str]:
    """Empty once all is as promised; while the bot is at work, that is not so yet.

    `extra`: how many bills there have to be beside those of the pictures in Discord.
    """
    return [
        *_about_pictures(world, wishes),
        *_about_bills(world, bills, wishes, extra),
        *_about_cards(world, wishes),
        *_about_notices(world),
        *_about_welcomes(world),
        *_about_operator(world),
        *_about_kept(bills, wishes, books),
        *_about_books(world, bills, wishes, books),
        *([f"{books.extra} bills are booked beside jobs"] if books.extra != extra else []),
    ]


def own_bills(bills: Sequence[Bill], wishes: Sequence[Wish]) -> list[Bill]:
    """Others may use the same account."""
    prompts = {wish.prompt for wish in wishes}
    return [bill for bill in bills if bill.prompt in prompts]


def _about_pictures(world: World, wishes: Sequence[Wish]) -> Iterator[str]:
    for wish in wishes:
        card, shown = wish.card(world), wish.pictures(world)
        wanted = 0 if card is None or wish.is_gone else wish.count - wish.taken_away
        if wish.is_refused and card is not None:
            yield f"{wish.prompt!r} is taken, though its member is blocked"
        if wish.is_pending:
            yield f"{wish.prompt!r} is not answered yet"
        if len(shown) != wanted:
            yield f"{len(shown)} pictures of {wish.prompt!r} instead of {wanted}"
        places = {message for message, _ in shown}
        if card is not None and not wish.is_locked and places - {card}:
            yield f"a picture of {wish.prompt!r} is not on its card"
        if len(places) > 1:
            yield f"the pictures of {wish.prompt!r} are in {len(places)} messages"
    times = Counter(attachment.filename.split(".")[0] for _, attachment in pictures_in(world))
    yield from (f"{name} is in Discord {count} times" for name, count in times.items() if count > 1)


def _about_bills(world: World, bills: Sequence[Bill], wishes: Sequence[Wish], extra: int) -> Iterator[str]:
    for wish in _standing(wishes):
        billed = sum(bill.prompt == wish.prompt for bill in bills) - extra
        shown = len(wish.pictures(world))
        if billed and wish.is_refused:
            yield f"{wish.prompt!r} is paid, though its member is blocked"
        elif billed != shown + wish.taken_away:
            yield f"{billed} bills for {shown} pictures of {wish.prompt!r}"


def _standing(wishes: Sequence[Wish]) -> list[Wish]:
    return [wish for wish in wishes if not wish.is_gone]


def _about_kept(bills: Sequence[Bill], wishes: Sequence[Wish], books: Books) -> Iterator[str]:
    """Whatever had no place any more was either never paid, or is kept."""
    billed = len(own_bills(bills, wishes)) - len(own_bills(bills, _standing(wishes)))
    if billed != books.kept:
        yield f"{billed} bills for {books.kept} pictures that are kept"


def _about_cards(world: World, wishes: Sequence[Wish]) -> Iterator[str]:
    locked = [wish.card(world) for wish in wishes if wish.is_locked or wish.is_gone]
    for message in world.messages.values():
        is_card = is_for_members(world, message) and not message.is_ephemeral and message not in locked
        others = (_is_notice, _is_welcome, _is_for_operator)
        is_notice = any(is_other(world, message) for is_other in others)
        if is_card and not is_notice and not _is_final(message):
            yield f"a card is not in a final state: {_labels(message)}"


def _about_notices(world: World) -> Iterator[str]:
    times = Counter(message.reply_to_id for message in world.messages.values() if _is_notice(world, message))
    yield from (f"card {card} is announced {count} times" for card, count in times.items() if count > 1)


def _about_welcomes(world: World) -> Iterator[str]:
    times = Counter(
        message.channel.guild.name for message in world.messages.values() if _is_welcome(world, message)
    )
    yield from (f"{name} is welcomed {count} times" for name, count in times.items() if count > 1)


def _about_operator(world: World) -> Iterator[str]:
    """Whatever trouble there was, its end is announced last."""
    told = [text_of(message) for message in world.messages.values() if _is_for_operator(world, message)]
    lines = [line for text in told for line in text.splitlines() if line.startswith((BEGINS, ENDS))]
    if lines and not lines[-1].startswith(ENDS):
        yield f"the operator waits for the end of a trouble: {lines[-1]}"


def _is_for_operator(world: World, message: Message) -> bool:
    return message.author is world.app.user and text_of(message).strip().startswith((BEGINS, ENDS, LOSS))


def _is_welcome(world: World, message: Message) -> bool:
    return message.author is world.app.user and _labels(message) == ["Server settings"]


def _is_notice(world: World, message: Message) -> bool:
    """Return whether it replies to a message of the bot itself, which may have been deleted since."""
    if message.author is not world.app.user or message.reply_to_id is None:
        return False
    card = world.messages.get(message.reply_to_id)
    return card is None or card.author is world.app.user


def _is_final(card: Message) -> bool:
    labels = _labels(card)
    return ("Details" in labels and "Cancel" not in labels) or "Removed by a moderator" in text_of(card)


def _labels(message: Message) -> list[str]:
    return [str(part.get("label")) for part in message.parts()]


def about_posts(moderators: Moderators) -> Iterator[str]:
    """Each thing has one post in their channel, which says how it ended, and nothing was seen too early."""
    yield from moderators.broken
    posts = list(posts_in(moderators.world))
    times = Counter(about for about, _ in posts)
    for about in times.keys() | moderators.posts.keys():
        if times[about] != 1 or about not in moderators.posts:
            yield f"{times[about]} posts for moderators: {about}"
    for about, message in posts:
        if moderators.posts.get(about, "") not in text_of(message):
            yield f"a post does not say how it ended: {about}"


def about_blocks(moderators: Moderators, bills: Sequence[Bill]) -> Iterator[str]:
    """What was on its way when its member was blocked may be paid then, but not later."""
    for prompt, at in moderators.blocked_at.items():
        for bill in bills:
            if bill.prompt == prompt and bill.accepted_at > at + ON_ITS_WAY:
                yield f"{prompt!r} is paid {bill.accepted_at - at} after its member was blocked"


def _about_books(world: World, bills: Sequence[Bill], wishes: Sequence[Wish], books: Books) -> Iterator[str]:
    shown = sum(1 for _ in pictures_in(world)) + sum(wish.taken_away for wish in wishes)
    spent = sum(round(bill.cost_usd * MICROUSD) for bill in bills)
    if books.open:
        yield f"jobs are still open: {books}"
    if books.due:
        yield f"{books.due} cards are behind"
    if books.held_microusd:
        yield f"{books.held_microusd} micro-USD are still held"
    if books.spent_microusd != spent:
        yield f"{books.spent_microusd} micro-USD are booked, {spent} were billed"
    given_back = sum(wish.given_back for wish in wishes)
    if books.counted != shown + books.kept - given_back:
        yield f"{books.counted} pictures count towards limits, {shown} were made, {books.kept} kept"
