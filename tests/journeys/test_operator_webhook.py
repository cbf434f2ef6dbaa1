"""The operator's webhook and channel, by the whole bot: notices mention nobody, and hold no secret."""

import pytest

from standins.fake_discord.incoming_webhooks import IncomingWebhook, add_webhook
from standins.fake_discord.model import Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from tests.chat.conftest import addresses
from tests.journeys.test_check import CheckedTown, checked
from tests.journeys.town import Town, text_of

__all__ = ["addresses", "checked"]


def webhook_in(town: Town, channel: str = "general") -> IncomingWebhook:
    return add_webhook(town.world, town.world.channel(channel), "Operator")


def url_of(town: Town, webhook: IncomingWebhook) -> str:
    return f"{town.discord.api_url}{webhook.path}"


def notices(town: Town, channel: str = "general") -> list[Message]:
    found = town.world.channel(channel).messages.values()
    return [message for message in found if text_of(message).strip().startswith(("🔴", "🟢"))]


async def test_the_webhook_gets_a_trouble_when_it_begins_and_when_it_ends(closed_town: Town) -> None:
    town = closed_town
    webhook = webhook_in(town)
    town.segmind.faults.add("credits", "no_credit")
    await town.open(OPERATOR_WEBHOOK_URL=url_of(town, webhook))
    await town.until(lambda: notices(town))
    assert "out of credits" in notices(town)[0].content
    assert notices(town)[0].author is webhook.user
    answer = await town.person("ada").slash("pictures", "imagine", prompt="a lighthouse").message()
    assert "has been notified" in text_of(answer)
    town.segmind.faults.clear()
    await town.until(lambda: len(notices(town)) == 2)
    assert notices(town)[1].content.startswith("🟢")
    (sent, _) = town.discord.requests.matching("POST /webhooks/*")
    assert sent.json["allowed_mentions"] == {"parse": []}
    assert webhook.token not in town.log
    assert all(town.segmind.key not in message.content for message in notices(town))


async def test_without_a_place_members_do_not_read_that_the_owner_knows(closed_town: Town) -> None:
    town = closed_town
    town.segmind.faults.add("credits", "no_credit")
    await town.open()
    await town.until_logged("requests are paused")
    answer = await town.person("ada").slash("pictures", "imagine", prompt="a lighthouse").message()
    text = text_of(answer)
    assert "paused" in text
    assert "notified" not in text


async def test_a_webhook_that_is_gone_is_named_once_in_the_log(closed_town: Town) -> None:
    town = closed_town
    webhook = webhook_in(town)
    del town.world.webhooks[webhook.user.id]
    town.segmind.faults.add("credits", "no_credit")
    await town.open(OPERATOR_WEBHOOK_URL=url_of(town, webhook))
    await town.until_logged("OPERATOR_WEBHOOK_URL: 127.0.0.1 does not know it (404)")
    assert webhook.token not in town.log


async def test_the_channel_gets_the_same(closed_town: Town) -> None:
    town = closed_town
    town.segmind.faults.add("credits", "no_credit")
    await town.open(OPERATOR_CHANNEL_ID=str(town.world.channel("general").id))
    await town.until(lambda: notices(town))
    assert notices(town)[0].author is town.world.app.user


@pytest.mark.parametrize(
    ("change", "words"),
    [("none", "answers"), ("token", "refuses its token (401)"), ("gone", "does not know it (404)")],
)
async def test_check_looks_at_the_webhook_and_posts_nothing(
    checked: CheckedTown, change: str, words: str
) -> None:
    town = checked.town
    webhook = webhook_in(town)
    url = url_of(town, webhook)
    if change == "token":
        webhook.token = "another"
    if change == "gone":
        del town.world.webhooks[webhook.user.id]
    found = await checked.check(OPERATOR_WEBHOOK_URL=url)
    assert words in found.of("Notices to you")
    assert ("Notices to you" in found.to_mend) is (change != "none")
    assert all(url.rpartition("/")[2] not in line for line in found.lines)
    assert notices(town) == []


@pytest.mark.parametrize("is_visible", [True, False])
async def test_check_looks_at_the_channel(checked: CheckedTown, *, is_visible: bool) -> None:
    general = checked.town.world.channel("general")
    if not is_visible:
        role = everyone_role(general.guild)
        checked.town.world.set_overwrite(general, role, deny=Permissions.VIEW_CHANNEL)
    found = await checked.check(OPERATOR_CHANNEL_ID=str(general.id))
    assert ("Notices to you" in found.to_mend) is not is_visible


async def test_check_says_that_there_is_no_place(checked: CheckedTown) -> None:
    assert "set OPERATOR_WEBHOOK_URL" in (await checked.check()).of("Notices to you")
