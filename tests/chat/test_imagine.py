"""/imagine, from the option to the picture."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.responses.first_response import MOST_UPLOAD
from bot.domain.errors import CreditSpent
from bot.domain.ids import CardId
from bot.domain.limits import OperatorLimits
from bot.domain.luma import AspectRatio, Style
from bot.domain.request import ImageRequest
from bot.store.driver.database import Database
from standins.fake_discord.events import InteractionCreated
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.server import FakeDiscord
from tests.chat.studio import PICTURES_ELSEWHERE, Studio, labels, opened, text_of


async def test_the_message_that_answers_becomes_the_picture(studio: Studio) -> None:
    ask = studio.person("ada").slash("pictures", "imagine", prompt="a fox in the snow")
    message = await ask.message()
    assert "> a fox in the snow" in text_of(message)
    await studio.picture(message)
    assert [one.description for one in message.attachments] == ["a fox in the snow"]
    assert labels(message) == ["Edit", "Rerun", "Reword", "Vary", "Details", "Delete"]
    assert message.viewer is None


async def test_ratio_and_style_reach_the_provider(studio: Studio) -> None:
    await studio.imagine(prompt="a hero", aspect_ratio="2:3", style="manga")
    (inputs,) = studio.asked
    assert (inputs.prompt, inputs.aspect_ratio, inputs.style) == ("a hero", AspectRatio.TALL_2_3, Style.MANGA)


async def test_four_pictures_come_to_one_message(studio: Studio) -> None:
    message = await studio.imagine(count=4)
    assert len(studio.asked) == 4
    assert len({one.filename for one in message.attachments}) == 4
    await studio.until(lambda: labels(message) == ["Edit", "Rerun", "Reword", "Vary", "Details", "Delete"])


async def test_a_private_picture_is_seen_by_its_member_alone(studio: Studio) -> None:
    message = await studio.imagine(private=True)
    assert message.viewer is studio.world.user("ada")


async def test_a_thread_is_as_good_as_a_channel(studio: Studio) -> None:
    ask = studio.person("ada").slash("night scenes", "imagine", prompt="an owl")
    await studio.picture(await ask.message())


@pytest.mark.parametrize(
    "prompt",
    [
        "**bold** @everyone <@1> <t:0:R> `code` [link](https://evil.example) # heading",
        "```\nfence\n```\n> quote\n-# small",
        "\u202eturned round\u202c and 🦊👩‍👩‍👧‍👦",
        "x" * 6000,
        "🦊 " * 3000,
        "\\" * 6000,
    ],
)
async def test_no_prompt_breaks_the_message(studio: Studio, prompt: str) -> None:
    message = await studio.imagine(prompt=prompt)
    assert studio.asked[0].prompt == ImageRequest.checked(prompt=prompt).sent_prompt
    assert message.mentions == []
    assert len(message.attachments[0].description or "") <= 1024


# --- refusals ---


async def test_manga_in_the_wrong_ratio_is_refused_before_anything_is_spent(studio: Studio) -> None:
    ask = studio.person("ada").slash("pictures", "imagine", prompt="x", aspect_ratio="16:9", style="manga")
    message = await ask.message()
    assert message.is_ephemeral
    assert "Manga only works with tall formats: 2:3" in text_of(message)
    assert await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 5) == []


async def test_an_empty_prompt_is_refused(studio: Studio) -> None:
    message = await studio.person("ada").slash("pictures", "imagine", prompt="   ").message()
    assert message.is_ephemeral
    assert "prompt is empty" in text_of(message)


async def test_permissions_are_missed_before_anything_is_spent(studio: Studio) -> None:
    channel = studio.world.channel("pictures")
    studio.world.set_overwrite(channel, everyone_role(channel.guild), deny=Permissions.ATTACH_FILES)
    message = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    assert message.is_ephemeral
    assert "**Attach Files**" in text_of(message)
    assert studio.asked == []


async def test_in_a_thread_the_threads_permission_counts(studio: Studio) -> None:
    channel = studio.world.channel("pictures")
    everyone = everyone_role(channel.guild)
    studio.world.set_overwrite(channel, everyone, deny=Permissions.SEND_MESSAGES)
    ask = studio.person("ada").slash("night scenes", "imagine", prompt="an owl")
    await studio.picture(await ask.message())
    studio.world.set_overwrite(channel, everyone, deny=Permissions.SEND_MESSAGES_IN_THREADS)
    message = await studio.person("ada").slash("night scenes", "imagine", prompt="an owl").message()
    assert "**Send Messages in Threads**" in text_of(message)


async def test_a_private_picture_needs_no_place_in_the_channel(studio: Studio) -> None:
    channel = studio.world.channel("pictures")
    studio.world.set_overwrite(channel, everyone_role(channel.guild), deny=Permissions.SEND_MESSAGES)
    await studio.imagine(private=True)


async def test_a_limit_holds_for_fifty_at_once_and_explains_itself(
    fake: FakeDiscord, database: Database, tmp_path: Path
) -> None:
    limits = OperatorLimits(per_day=3)
    async with opened(Studio(fake, database, tmp_path, limits=limits)) as studio:
        asks = [studio.person("ada").slash("pictures", "imagine", prompt=f"fox {n}") for n in range(50)]
        messages = await asyncio.gather(*(ask.message() for ask in asks))
        refused = [message for message in messages if message.is_ephemeral]
        assert len(refused) == 47
        assert all("**3 per day** (bot default). Used: 3." in text_of(one) for one in refused)
        assert all("The next one is available <t:" in text_of(one) for one in refused)
        admitted = [message for message in messages if not message.is_ephemeral]
        said = [re.findall("[0-9] of 3 in the last 24 hours", text_of(one)) for one in admitted]
        assert sorted(said) == [[f"{used} of 3 in the last 24 hours"] for used in (1, 2, 3)]


async def test_a_paused_service_refuses_calmly(studio: Studio) -> None:
    studio.services.account.breaker.trip(CreditSpent("empty"))
    message = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    assert message.is_ephemeral
    assert "paused" in text_of(message)


async def test_a_request_that_comes_twice_is_made_once(studio: Studio) -> None:
    """Also after a restart, when only the database knows of the first."""
    ask = studio.person("ada").slash("pictures", "imagine", prompt="a fox")
    message = await studio.picture(await ask.message())
    await studio.restart()
    studio.world.publish(InteractionCreated(ask.interaction))
    await studio.person("ada").slash("pictures", "help").message()
    await studio.eventually(no_command_is_running)
    assert len(studio.asked) == 1
    assert len(message.attachments) == 1
    assert len(studio.discord.requests.matching(f"POST /interactions/{ask.interaction.id}/*")) == 1


async def no_command_is_running() -> bool:
    return all(task.get_name() != "CommandTree-invoker" for task in asyncio.all_tasks())


# --- what is kept with the card ---


async def test_a_members_nitro_counts_as_the_interaction_says(studio: Studio) -> None:
    studio.world.user("ada").has_nitro = True
    await studio.imagine()
    await studio.imagine(private=True)
    public, private = [
        await studio.services.gallery.view(CardId(PICTURES_ELSEWHERE + n), studio.guild_id()) for n in (1, 2)
    ]
    assert (public.card.upload_limit, private.card.upload_limit) == (MOST_UPLOAD, MOST_UPLOAD)


async def test_a_boosted_server_takes_larger_pictures(studio: Studio) -> None:
    guild = studio.world.guild("Lantern Studio")
    studio.world.set_premium_tier(guild, 2)
    await studio.eventually(lambda: knows_tier(studio, guild.id, 2))
    await studio.imagine()
    view = await studio.services.gallery.view(CardId(PICTURES_ELSEWHERE + 1), studio.guild_id())
    assert view.card.upload_limit == MOST_UPLOAD


async def knows_tier(studio: Studio, guild_id: int, tier: int) -> bool:
    guild = studio.client.get_guild(guild_id)
    return guild is not None and guild.premium_tier == tier


async def test_the_interactions_token_is_kept_sealed_and_for_fifteen_minutes(studio: Studio) -> None:
    message = await studio.imagine()
    card = (await studio.services.gallery.view(CardId(PICTURES_ELSEWHERE + 1), studio.guild_id())).card
    assert message.interaction is not None
    assert card.sealed_token is not None
    assert message.interaction.token.encode() not in card.sealed_token
    assert studio.token_cipher.decrypt(card.sealed_token) == message.interaction.token
    assert card.token_expires_at is not None
    assert 0 <= (card.token_expires_at - card.created_at - timedelta(minutes=15)).total_seconds() + 5 < 10


async def test_a_command_that_discord_knows_otherwise_is_out_of_date(studio: Studio) -> None:
    (command,) = [one for one in studio.world.commands.values() if one.name == "help"]
    command.name = command.definition["name"] = "assist"
    message = await studio.person("ada").slash("pictures", "assist").message()
    assert message.is_ephemeral
    assert "has just been updated" in text_of(message)
