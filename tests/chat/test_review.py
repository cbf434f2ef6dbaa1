"""/review and /usage: who reads what, of which server, in numbers, pages, pictures and files."""

import csv
import io
from datetime import timedelta

import pytest
from PIL import Image

from bot.chat.presenter.cards.csv_columns import exported_jobs
from bot.chat.presenter.moderation.report import exported as exported_message
from bot.domain.administration import RuleSubject
from bot.domain.ids import RoleId
from bot.domain.limits import LimitField
from bot.domain.period import Period
from bot.words.formats import days
from standins.fake_discord.asks import ClientRefusedError
from standins.fake_discord.model import Message
from tests.chat.presses import press_forged
from tests.chat.studio import Studio, labels, text_of

DAY_SECONDS = 86_400


async def review(studio: Studio, command: str, by: str = "mia", /, **options: object) -> Message:
    channel = "lounge" if by == "max" else "pictures"
    ask = studio.person(by).slash(channel, f"review {command}", **options)  # type: ignore[arg-type]  # by name
    return await ask.message()


async def press(studio: Studio, message: Message, button: str, shows: str) -> None:
    """Press it, and wait until the message shows something."""
    await studio.person("mia").press(message, button).answer()
    await studio.until(lambda: shows in text_of(message))


def artist(studio: Studio) -> RoleId:
    roles = studio.world.guild("Lantern Studio").roles.values()
    return RoleId(next(one.id for one in roles if one.name == "Artist"))


async def limit_artists(studio: Studio, everyone: int, artists: int) -> None:
    guild_id, by = studio.guild_id(), studio.member_id("otto")
    set_limits = studio.services.administration.set_limits
    await set_limits(guild_id, by, RuleSubject.everyone(guild_id), {LimitField.PER_DAY: everyone})
    role = RuleSubject.role(guild_id, artist(studio))
    await set_limits(guild_id, by, role, {LimitField.PER_DAY: artists})


# --- who may ---


@pytest.mark.parametrize("who", ["ada", "ben"])
async def test_members_are_not_offered_review(studio: Studio, who: str) -> None:
    assert "review" not in {command.name for command in studio.person(who).commands("pictures")}
    with pytest.raises(ClientRefusedError):
        studio.person(who).slash("pictures", "review usage")


@pytest.mark.parametrize(
    "custom_id",
    [
        "review:20260301:20260314:0:0:0",
        "review-export:20260301:20260314:0:0",
        "review-member:1:0",
        "review-audit:0",
    ],
)
async def test_every_button_asks_for_the_permission_again(studio: Studio, custom_id: str) -> None:
    here = studio.person("ada").say("pictures", "hello")
    answer = await press_forged(studio, here, custom_id, "ada").message()
    assert answer.is_ephemeral
    assert "**Manage Messages**" in text_of(answer)


@pytest.mark.parametrize("who", ["ada", "ben"])
async def test_nobody_else_presses_the_buttons_of_a_moderators_answer(studio: Studio, who: str) -> None:
    await studio.imagine("ben")
    report = await review(studio, "usage")
    for button in ("Day by day", "Export"):
        (custom_id,) = [part["custom_id"] for part in report.parts() if part.get("label") == button]
        answer = await press_forged(studio, report, custom_id, who).message()
        assert answer.is_ephemeral
        assert answer is not report
        assert answer.attachments == []
        assert "Manage Messages" in text_of(answer)
    assert "**1 image** generated" in text_of(report)


@pytest.mark.parametrize(
    "custom_id",
    ["review:1:2:0:0:0", "review:20260314:20260301:0:0:0", "review-export:20260314", "review-member:x:0"],
)
async def test_forged_buttons_of_a_moderator_break_nothing(studio: Studio, custom_id: str) -> None:
    here = studio.person("mia").say("pictures", "hello")
    assert (await press_forged(studio, here, custom_id, "mia").message()).is_ephemeral
    assert studio.metrics.loop_errors.labels(loop="chat")._value.get() == 0


# --- /review usage ---


async def test_the_report_sums_up_what_was_made_and_what_it_cost(studio: Studio) -> None:
    await studio.imagine(count=2)
    await studio.imagine("ben")
    message = await review(studio, "usage")
    told = text_of(message)
    assert message.is_ephemeral
    assert "**3 images** generated" in told
    assert f"1. <@{studio.member_id('ada')}> · 2 images · $" in told
    assert f"2. <@{studio.member_id('ben')}> · 1 image · $" in told
    assert "$" in told
    assert "median time " in told


async def test_the_chart_comes_as_a_picture_that_is_described(studio: Studio) -> None:
    await studio.imagine()
    (chart,) = (await review(studio, "usage", period="30 days")).attachments
    assert chart.description
    assert "Generated: 1, failed: 0. Most in one day: 1" in chart.description
    assert Image.open(io.BytesIO(chart.data)).format == "PNG"
    assert (await review(studio, "usage", period="today")).attachments == []


async def test_the_days_are_on_further_pages(studio: Studio) -> None:
    await studio.imagine()
    message = await review(studio, "usage", period="30 days")
    assert labels(message)[-3:] == ["Back", "Day by day", "Export"]
    await press(studio, message, "Day by day", " · **1 image** · $")
    today = studio.clock.now().date()
    before = days(today - timedelta(days=14), today - timedelta(days=1))
    assert f"{before}: none" in text_of(message)
    earlier = f"{days(today - timedelta(days=29), today - timedelta(days=15))}: none"
    await press(studio, message, "Earlier", earlier)
    await press(studio, message, "Back", " · **1 image** · $")
    await press(studio, message, "Back", "**1 image** generated")
    await studio.until(lambda: len(message.attachments) == 1)


async def test_a_report_is_of_one_member_or_one_channel(studio: Studio) -> None:
    await studio.imagine()
    await studio.imagine("ben")
    await studio.picture(await studio.person("ben").slash("general", "imagine", prompt="an owl").message())
    ben, general = studio.world.user("ben"), studio.world.channel("general")
    assert "**2 images** generated" in text_of(await review(studio, "usage", member=ben))
    assert "**1 image** generated" in text_of(await review(studio, "usage", channel=general))
    told = text_of(await review(studio, "usage", channel=general, member=studio.world.user("ada")))
    assert "No images in this period" in told


async def test_dates_choose_the_period(studio: Studio) -> None:
    await studio.imagine()
    today = studio.clock.now().date().isoformat()
    assert "**1 image** generated" in text_of(await review(studio, "usage", **{"from": today, "to": today}))
    assert "**1 image** generated" in text_of(await review(studio, "usage", **{"from": today}))
    assert "No images in this period" in text_of(await review(studio, "usage", to="2020-01-31"))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-03-14", "2026-03-01", "ends (March 1, 2026) before it begins (March 14, 2026)"),
        ("yesterday", "2026-03-01", "“yesterday” isn't a valid date"),
        ("2026-02-30", "2026-03-01", "isn't a valid date"),
        ("2020-01-01", "2026-03-01", "The maximum is 366."),
    ],
)
async def test_bad_periods_are_explained(studio: Studio, first: str, last: str, words: str) -> None:
    answer = await review(studio, "usage", **{"from": first, "to": last})
    assert answer.is_ephemeral
    assert words in text_of(answer)


async def test_a_report_without_rows_says_so(studio: Studio) -> None:
    message = await review(studio, "usage")
    assert "No images in this period" in text_of(message)
    assert message.attachments == []
    assert labels(message) == ["Choose a period …", "All members. Choose one …", "All channels. Choose one …"]


async def test_the_pages_of_a_report_work_after_a_restart(studio: Studio) -> None:
    await studio.imagine()
    message = await review(studio, "usage")
    await studio.restart()
    await press(studio, message, "Day by day", ": none")


# --- Export ---


async def exported(studio: Studio, message: Message, who: str = "mia") -> tuple[Message, list[list[str]]]:
    answer = await studio.person(who).press(message, "Export").message()
    (file,) = answer.attachments
    assert file.data.startswith(b"\xff\xfe")
    text = file.data.decode("utf-16")
    return answer, list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))


async def test_the_export_has_a_row_for_each_picture_as_text(studio: Studio) -> None:
    await studio.imagine(prompt='=HYPERLINK("http://x")')
    await studio.imagine("ben", private=True)
    answer, (head, first, second) = await exported(studio, await review(studio, "usage"))
    assert answer.is_ephemeral
    assert answer.attachments[0].filename.endswith(".csv")
    row = dict(zip(head, first, strict=True))
    assert row["prompt"] == '\'=HYPERLINK("http://x")'
    assert row["member_id"] == f"'{studio.member_id('ada')}"
    assert row["state"] == "delivered"
    assert row["message"].startswith("https://discord.com/channels/")
    assert int(row["cost_microusd"]) > 0
    assert row["asked_at"].endswith("Z")
    private = dict(zip(head, second, strict=True))
    assert (private["private"], private["message"]) == ("yes", "")


async def test_an_export_that_is_too_large_ends_early_and_says_so(studio: Studio) -> None:
    await studio.imagine(prompt="a fox " * 20, count=4)
    period = Period.today(studio.clock.now())
    file, counts = await exported_jobs(studio.services.reports.export(studio.guild_id(), period), 2200)
    assert 1 <= file.rows < 4
    assert counts == {"made": file.rows}
    assert "The file is as large as Discord allows here" in exported_message(period, file, counts).body


# --- /review member ---


async def test_a_members_pictures_come_with_thumbnails_prompts_costs_and_links(studio: Studio) -> None:
    first = await studio.imagine("ben", prompt="an *owl* at noon")
    await studio.imagine("ben", prompt="a secret", private=True)
    await studio.imagine("ada", prompt="a fox")
    message = await review(studio, "member", who=studio.world.user("ben"))
    _, secret, owl = message.embeds
    assert "an \\*owl\\* at noon" in owl["description"]
    assert f"/{first.channel.id}/{first.id})" in owl["description"]
    assert "posted" in owl["description"]
    assert "$" in owl["description"]
    assert owl["thumbnail"]["url"].startswith(studio.discord.cdn_url)
    assert "a secret" in secret["description"]
    assert "private" in secret["description"]
    assert "thumbnail" not in secret
    assert "fox" not in text_of(message)


async def test_a_members_limits_are_explained_with_their_roles(studio: Studio) -> None:
    await limit_artists(studio, 5, 12)
    await studio.imagine("ben")
    told = text_of(await review(studio, "member", who=studio.world.user("ben")))
    assert "**11 left** · 1 of 12 in the last 24 hours" in told
    assert f"12 per day (<@&{artist(studio)}> role; server default: 5)" in told


async def test_a_members_pictures_come_in_pages(studio: Studio) -> None:
    await limit_artists(studio, 5, 12)
    for number in range(2):
        await studio.imagine("ben", prompt=f"owl {number}", count=3)
    message = await review(studio, "member", who=studio.world.user("ben"))
    assert len(message.embeds) == 1 + 5
    await press(studio, message, "Older", "6 images requested in total")
    await studio.until(lambda: len(message.embeds) == 1 + 1)
    assert "server default: 5" in text_of(message)
    await press(studio, message, "Newer", "owl 1")


async def test_of_a_member_who_has_left_there_is_still_all(studio: Studio) -> None:
    await studio.imagine("ben", count=3)
    await studio.imagine("ben", count=3)
    ben = studio.world.user("ben")
    message = await review(studio, "member", who=ben)
    del studio.world.guild("Lantern Studio").members[ben.id]
    await press(studio, message, "Older", "6 images requested in total")


# --- /review audit ---


async def test_the_audit_tells_who_changed_what(studio: Studio) -> None:
    otto = studio.person("otto")
    await otto.slash("pictures", "config limits", per_day=5).message()
    await otto.slash("pictures", "config limits", per_day=9, running=2).message()
    await otto.slash("pictures", "config budget", usd="25").message()
    told = text_of(await review(studio, "audit"))
    assert f"<@{studio.member_id('otto')}>" in told
    assert "Images per day (everyone): not set → **5**" in told
    assert "Images at once (everyone): not set → **2**\nImages per day (everyone): 5 → **9**" in told
    assert "Budget: none → **$25.00**" in told


async def test_the_audit_has_pages(studio: Studio) -> None:
    by = studio.member_id("otto")
    for number in range(1, 13):
        await studio.services.administration.set_budget(studio.guild_id(), by, number * 1_000_000)
    message = await review(studio, "audit")
    assert "**$12.00**" in text_of(message)
    assert labels(message) == ["Older"]
    await press(studio, message, "Older", "none → **$1.00**")
    assert labels(message) == ["Newest"]
    await press(studio, message, "Newest", "**$12.00**")


async def test_an_audit_without_changes_says_so(studio: Studio) -> None:
    assert "No settings have been changed yet" in text_of(await review(studio, "audit"))


# --- only this server's ---


async def test_a_moderator_of_another_server_sees_nothing_of_this_one(studio: Studio) -> None:
    await limit_artists(studio, 5, 12)
    await studio.imagine("ben", prompt="an owl")
    ben, here = studio.world.user("ben"), await review(studio, "usage", "max")
    assert "No images in this period" in text_of(here)
    assert "No settings have been changed" in text_of(await review(studio, "audit", "max"))
    today = studio.clock.now().strftime("%Y%m%d")
    export = await press_forged(studio, here, f"review-export:{today}:{today}:{ben.id}:0", "max").message()
    assert "Nothing to export" in text_of(export)
    await press_forged(studio, here, f"review:{today}:{today}:{ben.id}:0:0", "max").answer()
    await studio.until(lambda: f"by <@{ben.id}>" in text_of(here))
    assert "No images in this period" in text_of(here)
    await press_forged(studio, here, f"review-member:{ben.id}:0", "max").answer()
    await studio.until(lambda: "0 images requested in total" in text_of(here))
    assert "owl" not in text_of(here)


# --- /usage ---


async def test_members_read_what_is_left_and_why(studio: Studio) -> None:
    await limit_artists(studio, 1, 12)
    await studio.imagine("ben", count=2)
    message = await studio.person("ben").slash("pictures", "usage").message()
    told = text_of(message)
    assert message.is_ephemeral
    assert "**10 left** · 2 of 12 in the last 24 hours" in told
    assert f"12 per day (<@&{artist(studio)}> role; server default: 1)" in told
    assert "2 images, $" in told


async def test_members_read_when_the_next_becomes_free(studio: Studio) -> None:
    await limit_artists(studio, 1, 12)
    await studio.imagine()
    told = text_of(await studio.person("ada").slash("pictures", "usage").message())
    assert "**0 left** · 1 of 1 in the last 24 hours · next one available <t:" in told
    refused = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    assert "**1 per day** (server default). Used: 1." in text_of(refused)


async def test_the_card_says_because_of_which_role(studio: Studio) -> None:
    await limit_artists(studio, 0, 1)
    card = await studio.imagine("ben")
    await studio.until(lambda: f"0 left of 1 per day (<@&{artist(studio)}> role)" in text_of(card))


async def test_a_reply_counts_by_the_members_roles_too(studio: Studio) -> None:
    await limit_artists(studio, 0, 12)
    picture = await studio.imagine("ben")
    mention = f"@{studio.world.app.user.username}"
    studio.person("ben").say("pictures", f"{mention} make it night", reply_to=picture)
    await studio.until(lambda: len([one for one in studio.sent_by_bot() if one.attachments]) == 2)
    studio.person("ada").say("pictures", f"{mention} make it day", reply_to=picture)
    await studio.until(lambda: "You can't generate images here" in text_of(studio.sent_by_bot()[-1]))


async def test_without_limits_usage_says_so(studio: Studio) -> None:
    told = text_of(await studio.person("ada").slash("pictures", "usage").message())
    assert "No limits apply here." in told


# --- /help ---


async def test_help_tells_of_duties_to_those_who_have_them(studio: Studio) -> None:
    told = {
        who: text_of(await studio.person(who).slash("pictures", "help").message())
        for who in ("ada", "mia", "otto")
    }
    assert "/usage" in told["ada"]
    assert "/review" not in told["ada"]
    assert "/review" in told["mia"]
    assert "/config" not in told["mia"]
    assert "/config" in told["otto"]
