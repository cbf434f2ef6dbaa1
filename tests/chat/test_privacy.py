"""/privacy: what members read of their data."""

import asyncio
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.chat.presenter.elements.numbers import relative
from bot.domain.ids import JobId
from bot.domain.privacy import PrivacyFacts
from standins.fake_discord.model import Message
from tests.chat.onlookers import heard
from tests.chat.presses import press_forged
from tests.chat.studio import Studio, job_id_of, labels, text_of
from tests.chat.test_complaints import report, reported
from tests.chat.test_review import review

NAMED = PrivacyFacts(contact="Ada Example, ada@a.example", policy_url="https://a.example/p", prompt_days=7)


async def test_about_says_who_runs_the_bot_and_how_long_prompts_are_kept(studio: Studio) -> None:
    studio.settings = replace(studio.settings, privacy_facts=NAMED)
    await studio.restart()
    message = await studio.person("ada").slash("pictures", "privacy about").message()
    assert message.is_ephemeral
    assert "Ada Example, ada@a.example" in text_of(message)
    assert "deleted after 7 days" in text_of(message)
    assert labels(message) == ["Privacy policy"]


async def test_about_is_in_the_members_language_on_every_server(studio: Studio) -> None:
    studio.world.user("zoe").locale = "fr"
    message = await studio.person("zoe").slash("lounge", "privacy about").message()
    assert message.is_ephemeral
    assert "Tes données" in text_of(message)
    assert "aucun contact" in text_of(message)


# --- export ---


async def export(studio: Studio, who: str = "ada", place: str = "pictures") -> Message:
    message = await studio.person(who).slash(place, "privacy export").message()
    await studio.until(lambda: text_of(message))
    return message


def tables_in(message: Message) -> dict[str, list[dict[str, Any]]]:
    (attachment,) = message.attachments
    with zipfile.ZipFile(io.BytesIO(attachment.data)) as file:
        names = [name for name in file.namelist() if name.endswith(".json")]
        assert all(name.replace(".json", ".csv") in file.namelist() for name in names)
        return {name.removesuffix(".json"): json.loads(file.read(name)) for name in names}


async def test_an_export_has_all_of_the_member_and_nothing_of_others(studio: Studio) -> None:
    message = await studio.imagine("ada", "a moth in the lamplight", private=True)
    mine = job_id_of(message)
    await studio.imagine("ben", "a heron in the reeds")
    await press_forged(studio, message, f"star:{mine}:1").answer()
    message = await export(studio)
    assert message.is_ephemeral
    tables = tables_in(message)
    assert [row["prompt"] for row in tables["requests"]] == ["a moth in the lamplight"]
    assert [row["state"] for row in tables["images"]] == ["delivered"]
    assert [row["job_id"] for row in tables["favourites"]] == [str(mine)]
    assert len(tables["steps"]) > 3
    assert "heron" not in json.dumps(tables)
    assert "sealed_token" not in json.dumps(tables)
    assert {row["member_id"] for row in tables["requests"]} == {str(studio.member_id("ada"))}


async def test_the_log_says_what_was_done_but_not_who_else_did_it(studio: Studio) -> None:
    job = job_id_of(await studio.imagine())
    mia = studio.member_id("mia")
    await studio.services.moderation.remove(JobId(job), studio.guild_id(), mia)
    (entry,) = tables_in(await export(studio))["log"]
    assert (entry["topic"], entry["actor_id"]) == ("removed", None)
    assert str(mia) not in json.dumps(entry)
    (own,) = tables_in(await export(studio, "mia"))["log"]
    assert own["actor_id"] == str(mia)


async def test_one_export_an_hour_over_a_restart_and_the_next_one_is_said(studio: Studio) -> None:
    studio.clock.hold()
    free = relative(studio.clock.now() + timedelta(hours=1))
    assert (await export(studio)).attachments
    await studio.restart()
    studio.clock.pass_by(3590)
    refused = await heard(studio, studio.person("ada").slash("pictures", "privacy export"))
    assert f"once an hour. The next export is possible {free}" in refused
    assert (await export(studio, "zoe", "lounge")).attachments
    studio.clock.pass_by(11)
    assert (await export(studio)).attachments


async def test_an_export_that_discord_did_not_take_does_not_count(studio: Studio) -> None:
    fault = studio.discord.faults.add("PATCH /webhooks/*/messages/@original", status=413, code=40005, times=1)
    ask = studio.person("ada").slash("pictures", "privacy export")
    await studio.until(ask.followups)
    assert fault.times == 0
    assert (await export(studio)).attachments


async def test_no_file_is_left_on_the_disk(studio: Studio) -> None:
    folder = studio.folder / "exports"
    await export(studio)
    await studio.eventually(lambda: asyncio.to_thread(_is_empty, folder))
    (folder / "killed").mkdir()
    await studio.restart()
    assert not folder.exists()


def _is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


# --- deletion, while moderators have something to decide ---


async def deleted_by(studio: Studio, who: str = "ada") -> None:
    """Delete what is kept about a member, but not what they have made."""
    question = await studio.person(who).slash("pictures", "privacy delete").message()
    assert "no moderator has decided on are deleted in any case" in text_of(question)
    await studio.person(who).press(question, "Delete my data").answer()
    await studio.until(lambda: "Your data is deleted" in text_of(question))


async def test_who_deletes_their_data_takes_reported_images_along_and_no_others(studio: Studio) -> None:
    card, post = await reported(studio)
    other = await studio.imagine(prompt="an owl")
    await deleted_by(studio)
    assert card.is_deleted
    assert post.is_deleted
    assert not other.is_deleted
    assert "No reports are open" in text_of(await review(studio, "reports"))


async def test_who_deletes_their_data_leaves_no_card_that_says_a_moderator_will_look(studio: Studio) -> None:
    await studio.services.administration.set_hiding(studio.guild_id(), studio.member_id("otto"), 1)
    card = await studio.imagine()
    await report(studio, card)
    await studio.until(lambda: not card.attachments)
    await deleted_by(studio)
    assert card.is_deleted


async def test_dismissed_reports_take_no_image_along(studio: Studio) -> None:
    card, post = await reported(studio)
    await studio.person("mia").press(post, "Dismiss").answer()
    await studio.until(lambda: "Dismissed" in text_of(post))
    await deleted_by(studio)
    assert not card.is_deleted
