"""A new SECRET_KEY, and a lost one, while a picture is on its way."""

from cryptography.fernet import Fernet

from standins.fake_discord.model import Message
from tests.journeys.town import Town


async def asked_then_killed(town: Town, key: str, *, is_private: bool) -> Message:
    """Killed while the picture is made: what finds its message again is in the database, sealed."""
    await town.open(SECRET_KEY=key)
    town.segmind.latency = 2.0
    ask = town.person("ada").slash("pictures", "imagine", prompt="a lighthouse", private=is_private)
    message = await ask.message()
    await town.until_asked("status")
    await town.kill()
    return message


async def asked_and_waiting(town: Town, key: str) -> Message:
    """Killed while the picture waits in line: its prompt is in the database alone, encrypted."""
    town.segmind.faults.add("submit", "no_credit")
    await town.open(SECRET_KEY=key)
    message = await town.person("ada").slash("pictures", "imagine", prompt="a lighthouse").message()
    await town.until_text(message, "paused")
    await town.kill()
    town.segmind.faults.clear()
    return message


def new_key() -> str:
    return Fernet.generate_key().decode()


async def test_after_a_change_of_keys_a_private_picture_still_arrives(closed_town: Town) -> None:
    """Nothing but its token leads to a message that one member alone sees."""
    old = new_key()
    message = await asked_then_killed(closed_town, old, is_private=True)
    await closed_town.open(SECRET_KEY=f"{new_key()},{old}")
    await closed_town.until_picture(message)
    await closed_town.until_logged("rung=token")


async def test_after_a_change_of_keys_a_waiting_prompt_can_still_be_sent(closed_town: Town) -> None:
    old = new_key()
    message = await asked_and_waiting(closed_town, old)
    await closed_town.open(SECRET_KEY=f"{new_key()},{old}")
    await closed_town.until_picture(message)
    assert [bill.prompt for bill in closed_town.paid] == ["a lighthouse"]


async def test_without_the_old_key_a_waiting_prompt_ends_unpaid(closed_town: Town) -> None:
    message = await asked_and_waiting(closed_town, new_key())
    await closed_town.open(SECRET_KEY=new_key())
    await closed_town.until_text(message, "Something went wrong")
    assert "add their old key to SECRET_KEY" in closed_town.log
    assert closed_town.paid == []


async def test_without_the_old_key_the_bots_own_token_delivers(closed_town: Town) -> None:
    message = await asked_then_killed(closed_town, new_key(), is_private=False)
    await closed_town.open(SECRET_KEY=new_key())
    await closed_town.until_picture(message)
    await closed_town.until_logged("rung=edit")
    assert len(closed_town.paid) == 1


async def test_without_the_old_key_a_private_picture_waits_in_the_list(closed_town: Town) -> None:
    message = await asked_then_killed(closed_town, new_key(), is_private=True)
    await closed_town.open(SECRET_KEY=new_key())
    await closed_town.until_logged("kept for its member")
    listed = await closed_town.person("ada").slash("pictures", "jobs").message()
    closed_town.person("ada").choose(listed, "Choose an image to cancel, post or edit …", ["#1"])
    await closed_town.until(lambda: any(part.get("label") == "Post here" for part in listed.parts()))
    assert message.attachments == []
    assert len(closed_town.paid) == 1
