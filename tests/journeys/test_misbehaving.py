"""F1 to F15, as members see them: each card ends well, and nothing is paid twice or lost."""

import io
from pathlib import Path

import pytest
from PIL import Image

from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from standins.fake_discord.options import OptionValue
from standins.fake_discord.permissions import Permissions
from tests.imaging.files import a_bomb
from tests.journeys.town import PATIENCE_SECONDS, Town, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def asked(town: Town, **options: OptionValue) -> Message:
    prompt = str(options.pop("prompt", "a lighthouse"))
    return await town.person("ada").slash("pictures", "imagine", prompt=prompt, **options).message()


async def test_after_the_token_has_died_the_bot_token_edits_the_same_message(town: Town) -> None:
    town.segmind.latency = 1.0
    message = await asked(town)
    town.discord.faults.expire_tokens()
    await town.until_picture(message)
    assert town.messages_of_the_bot() == [message]
    dead = [one for one in town.discord.requests.matching("PATCH /webhooks/*") if one.status == 401]
    assert len(dead) <= 1


async def test_if_the_message_cannot_be_edited_a_new_one_mentions_the_member(town: Town) -> None:
    town.segmind.latency = 1.0
    message = await asked(town)
    town.discord.faults.expire_tokens()
    route = f"PATCH /channels/{message.channel.id}/messages/{message.id}"
    town.discord.faults.add(route, status=400, code=50083)
    await town.until(lambda: any(len(one.attachments) == 1 for one in town.messages_of_the_bot()))
    (new,) = [one for one in town.messages_of_the_bot() if one is not message]
    assert town.person("ada").user in new.mentions


async def test_a_card_that_a_moderator_took_down_is_posted_nowhere_else(town: Town) -> None:
    town.segmind.latency = 1.0
    message = await asked(town)
    await town.segmind.until(lambda: town.bills, 30)
    town.person("mia").delete(message)
    await town.until_logged("kept for its member")
    assert town.messages_of_the_bot() == []
    listed = await town.person("ada").slash("pictures", "jobs").message()
    assert "a lighthouse" in text_of(listed)
    assert len(town.bills) == 1


async def test_a_private_picture_whose_token_died_is_kept_for_jobs(town: Town) -> None:
    town.segmind.latency = 1.0
    await asked(town, prompt="a secret garden", private=True)
    town.discord.faults.expire_tokens()
    await town.until_asked("output")
    ada = town.person("ada")
    await town.until_logged("kept for its member")
    listed = await ada.slash("pictures", "jobs").message()
    ada.choose(listed, "Choose an image to cancel, post or edit …", ["a secret garden"])
    await town.until(lambda: any(part.get("label") == "Post here" for part in listed.parts()))
    await town.until_picture(await ada.press(listed, "Show me").message())
    assert len(town.bills) == 1


async def test_missing_permissions_are_found_before_anything_is_spent(town: Town) -> None:
    channel = town.world.channel("pictures")
    town.world.set_overwrite(channel, town.world.app.user, deny=Permissions.ATTACH_FILES)
    answer = await asked(town)
    assert answer.is_ephemeral
    assert "Attach Files" in text_of(answer)
    assert town.bills == []


async def test_permissions_lost_meanwhile_do_not_lose_the_picture(town: Town) -> None:
    town.segmind.latency = 1.0
    message = await asked(town)
    channel = town.world.channel("pictures")
    town.world.set_overwrite(channel, town.world.app.user, deny=Permissions.SEND_MESSAGES)
    await town.until_picture(message)


async def test_an_outage_of_discord_while_a_picture_completes(town: Town) -> None:
    town.segmind.latency = 1.0
    message = await asked(town)
    town.discord.faults.start_outage()
    await town.until_asked("output")
    town.discord.faults.end_outage()
    await town.until_picture(message)
    assert len(town.bills) == 1


async def test_automod_refuses_the_words_and_the_picture_comes_all_the_same(town: Town) -> None:
    town.world.forbidden_words.add("grape")
    message = await asked(town, prompt="a grape on a table")
    await town.until_picture(message)
    assert "grape" not in text_of(message)


async def test_an_error_after_the_answer_was_taken_is_success(town: Town) -> None:
    town.discord.faults.add(route="POST /interactions/*", status=500, times=1, after_doing=True)
    message = await asked(town)
    await town.until_picture(message)
    assert len(town.bills) == 1


async def test_a_cut_websocket_is_taken_up_again(town: Town) -> None:
    town.discord.gateway.cut()
    await town.until(lambda: not town.discord.is_connected)
    await town.discord.connected(within_seconds=PATIENCE_SECONDS)
    await town.until_picture(await asked(town))


async def test_a_blocked_prompt_is_told_plainly_and_not_counted(town: Town) -> None:
    town.segmind.faults.add("submit", "blocked", times=1)
    message = await asked(town)
    text = await town.until_text(message, "This didn't count toward your limit")
    assert "filter" in text.lower()


@pytest.mark.parametrize("fault", ["reset_after", "without_id"])
async def test_a_lost_answer_is_paid_once(town: Town, fault: str) -> None:
    town.segmind.faults.add("submit", fault, times=1)
    message = await asked(town)
    await town.until_picture(message)
    assert len(town.bills) == 1


@pytest.mark.parametrize("fault", ["bad_gateway", "gateway_timeout", "html_200", "unknown_word", "lost"])
async def test_a_bad_poll_loses_nothing(town: Town, fault: str) -> None:
    town.segmind.faults.add("status", fault, times=2)
    message = await asked(town)
    await town.until_picture(message)
    assert len(town.bills) == 1


@pytest.mark.parametrize("fault", ["text", "truncated", "gone", "bad_gateway"])
async def test_a_bad_file_is_fetched_again(town: Town, fault: str) -> None:
    town.segmind.faults.add("output", fault, times=1)
    await town.until_picture(await asked(town))


@pytest.mark.parametrize(("route", "most_bytes"), [("status", 20e6), ("result", 200e6), ("output", 200e6)])
async def test_a_body_of_a_gigabyte_is_given_up_and_memory_stays_low(
    town: Town, route: str, most_bytes: float
) -> None:
    before = peak_memory_bytes(town)
    town.segmind.faults.add(route, "huge", times=2)
    await town.until_picture(await asked(town))
    assert len(town.bills) == 1
    assert peak_memory_bytes(town) - before < most_bytes


def peak_memory_bytes(town: Town) -> int:
    """The most that the bot's process has ever had in memory."""
    status = Path(f"/proc/{town.bot.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


async def test_an_endless_prompt_breaks_nothing(town: Town) -> None:
    prompt = "`*_~|>@everyone <@1> ](https://x) 🏮 " * 150
    message = await asked(town, prompt=prompt)
    await town.until_picture(message)
    assert town.paid[0].prompt == ("`*_~|>everyone someone ](https://x) 🏮 " * 150).strip()
    assert message.mentions == []


async def test_manga_with_a_wrong_ratio_is_refused_before_anything_is_spent(town: Town) -> None:
    answer = await asked(town, style="manga", aspect_ratio="16:9")
    assert answer.is_ephemeral
    assert "2:3" in text_of(answer)
    assert town.requests_to("submit") == []


def one_pixel() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1, 1)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("words.png", b"these are words"),
        ("empty.png", b""),
        ("one-pixel.png", one_pixel()),
        ("bomb.png", a_bomb()),
    ],
    ids=["words", "empty", "one pixel", "bomb"],
)
async def test_what_is_no_picture_is_told_and_not_counted(town: Town, name: str, data: bytes) -> None:
    ask = town.person("ada").slash("pictures", "edit", prompt="x", image=Upload(name, data))
    await town.until_text(await ask.message(), "This didn't count toward your limit")
    assert town.bills == []


async def test_a_source_whose_url_is_dead_is_told_and_not_counted(town: Town) -> None:
    town.discord.faults.add("GET /*attachments/*", status=404)
    ask = town.person("ada").slash("pictures", "edit", prompt="x", image=Upload("a.png", one_pixel()))
    await town.until_text(await ask.message(), "This didn't count toward your limit")
    assert town.bills == []


async def test_a_source_of_sixty_megabytes_is_refused_at_once(town: Town) -> None:
    guild = town.world.guild("Lantern Studio")
    town.world.set_premium_tier(guild, 3)
    huge = Upload("huge.png", bytes(60_000_000))
    answer = await town.person("ada").slash("pictures", "edit", prompt="x", image=huge).message()
    town.world.set_premium_tier(guild, 0)
    assert answer.is_ephemeral
    assert "50 MB" in text_of(answer)


async def test_an_empty_prompt_is_refused(town: Town) -> None:
    answer = await asked(town, prompt="   ")
    assert answer.is_ephemeral
    assert town.bills == []


async def test_no_secret_is_in_the_log(town: Town) -> None:
    await town.until_picture(await asked(town))
    tokens = [interaction.token for interaction in town.world.interactions.values()]
    for secret in (town.world.app.token, town.segmind.key, "owner%40", *tokens):
        assert secret not in town.log
