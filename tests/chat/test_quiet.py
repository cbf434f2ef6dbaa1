"""A member who is refused often and fast is answered from memory: the database hears nothing of it."""

from bot.domain.errors import ServicePaused
from bot.domain.quiet import MOST_REFUSALS, WITHIN_SECONDS
from standins.fake_discord.model import Message
from tests.chat.studio import Studio, text_of

QUIET = "Too many refused requests."


async def asked(studio: Studio, who: str = "ada") -> Message:
    return await studio.person(who).slash("pictures", "imagine", prompt="a fox").message()


async def refuse_often(studio: Studio) -> None:
    studio.admission.error = ServicePaused()
    for _ in range(MOST_REFUSALS):
        assert "paused" in text_of(await asked(studio))
    studio.admission.error = None


def silent(studio: Studio) -> None:
    """From now on, whatever looks something up fails."""

    async def fail(*_: object, **__: object) -> object:
        raise AssertionError("the database was asked")

    studio.database.read = studio.database.write = fail  # type: ignore[method-assign]  # for this test


async def test_every_door_is_answered_from_memory_until_the_minute_is_over(studio: Studio) -> None:
    first = await studio.imagine()
    await refuse_often(studio)
    await studio.tasks.close()
    silent(studio)
    ada = studio.person("ada")
    for ask in (
        ada.slash("pictures", "imagine", prompt="a fox"),
        ada.slash("pictures", "jobs"),
        ada.press(first, "Rerun"),
        ada.press(first, "Details"),
    ):
        message = await ask.message()
        assert message.is_ephemeral
        assert text_of(message).startswith(QUIET)
    before = len(studio.sent_by_bot())
    ada.say("pictures", "@lantern a hat", reply_to=first)
    await ada.slash("pictures", "help").message()
    assert len(studio.sent_by_bot()) == before + 1


async def test_others_are_served_and_so_is_the_member_after_the_minute(studio: Studio) -> None:
    await refuse_often(studio)
    assert QUIET in text_of(await asked(studio))
    await studio.picture(await asked(studio, "ben"))
    studio.clock.pass_by(WITHIN_SECONDS)
    await studio.picture(await asked(studio))


async def test_refusals_of_slow_members_and_suggestions_do_not_count(studio: Studio) -> None:
    studio.admission.error = ServicePaused()
    for _ in range(MOST_REFUSALS + 5):
        studio.clock.pass_by(WITHIN_SECONDS / MOST_REFUSALS + 1)
        assert "paused" in text_of(await asked(studio))
