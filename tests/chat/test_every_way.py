"""Whatever Discord refuses about an answer, the member gets one in some form: at every door, by every way."""

from collections.abc import Callable, Iterator

import pytest

from bot.chat.access.bot_permissions import ALL
from bot.chat.presenter.wording.refusals import mishap
from bot.domain.errors import ServicePaused
from standins.fake_discord.asks import Ask
from standins.fake_discord.faults import Fault
from standins.fake_discord.model import AnswerKind, CommandKind, Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from tests.chat.counter import POST
from tests.chat.presses import press_forged, submit_forged
from tests.chat.studio import Studio, text_of
from tests.chat.test_every_door import custom_ids, filled_in, subcommands, told

#: What AutoMod forbids: all prompts here hold it.
WORD = "fox"
ANSWERS = ("POST /interactions/*", "POST /webhooks/*", "PATCH /webhooks/*")


def asks(studio: Studio, card: Message) -> Iterator[tuple[str, Callable[[], Ask]]]:
    """All that a member can do with an interaction: each command, button, list and dialogue."""
    otto = studio.person("otto")
    for command in studio.world.commands.values():
        if command.kind is CommandKind.SLASH:
            for name, options in subcommands(command):
                given = filled_in(studio, options)
                yield f"/{name}", lambda name=name, given=given: otto.slash("pictures", name, **given)  # type: ignore[misc]  # bound at once
    for action, custom_id in custom_ids(card).items():
        send = submit_forged if action.endswith("-form") else press_forged
        yield action, lambda send=send, id_=custom_id: send(studio, card, id_, "otto")  # type: ignore[misc]  # bound at once


async def card_of(studio: Studio) -> Message:
    """One finished picture; from now on nobody is let in, so that all answers are about that one."""
    card = await studio.imagine("otto", prompt=f"a {WORD} in the snow")
    studio.admission.error = ServicePaused()
    return card


async def answered(studio: Studio, ask: Ask) -> str:
    """What the member reads: also a dialogue, and a message that changed under their press, say something."""
    told_them = await told(studio, ask)
    answer = await ask.answer()
    if answer.kind is AnswerKind.THINKING and answer.message is not None:
        told_them += text_of(answer.message)
    is_other = answer.kind not in (AnswerKind.NONE, AnswerKind.MESSAGE, AnswerKind.THINKING)
    return told_them or ("(a dialogue or a change)" if is_other else "")


async def test_what_automod_refuses_is_answered_without_the_words(studio: Studio) -> None:
    card = await card_of(studio)
    studio.discord.faults.forbid_word(WORD)
    for what, ask in asks(studio, card):
        text = await answered(studio, ask())
        assert text, what
        assert mishap().body not in text, what
        assert WORD not in text, what


@pytest.mark.parametrize("code", [200000, 200001, 240000, 50013, 40333, 99_999])
async def test_an_answer_that_is_refused_once_is_given_in_another_form(studio: Studio, code: int) -> None:
    card = await card_of(studio)
    studio.world.answer_within_seconds = 30.0  # the machine may be busy
    for what, ask in asks(studio, card):
        faults = [studio.discord.faults.add(one, status=403, code=code, times=1) for one in ANSWERS]
        assert await answered(studio, ask()), what
        for fault in faults:
            studio.discord.faults.remove(fault)


async def test_a_first_answer_that_may_not_be_public_is_told_to_the_member_alone(studio: Studio) -> None:
    refusals = [studio.discord.faults.add("POST /interactions/*", status=403, code=50001, times=1)]
    ask = studio.person("ada").slash("pictures", "imagine", prompt="a fox")
    message = await ask.message()
    assert message.is_ephemeral
    assert "This didn't count toward your limit." in text_of(message)
    assert [fault.hits for fault in refusals] == [1]
    assert studio.asked == []


# --- those who write messages ---


async def reply(studio: Studio, said: Message) -> Message:
    """What was posted since."""

    def found() -> Message | None:
        return next((one for one in studio.sent_by_bot() if one.id > said.id), None)

    return await studio.world.until(lambda _: found(), within_seconds=30)


async def signed(studio: Studio, said: Message) -> None:
    await studio.until(lambda: said.reactions == ["⚠️"])


def deny(studio: Studio, permissions: Permissions) -> None:
    channel = studio.world.channel("pictures")
    studio.world.set_overwrite(channel, everyone_role(channel.guild), deny=permissions)


@pytest.mark.parametrize("text", ["@lantern make it night", "@lantern"])
async def test_without_history_the_answer_is_no_reply(studio: Studio, text: str) -> None:
    card = await studio.imagine()
    deny(studio, Permissions.READ_MESSAGE_HISTORY)
    said = studio.person("ada").say("pictures", text, reply_to=card)
    message = await reply(studio, said)
    assert message.reply_to_id is None
    assert text_of(message)


async def test_without_embeds_the_answer_is_plain_text(studio: Studio) -> None:
    card = await studio.imagine()
    deny(studio, Permissions.EMBED_LINKS)
    said = studio.person("ada").say("pictures", "@lantern make it night", reply_to=card)
    message = await reply(studio, said)
    assert message.embeds == []
    assert "**Embed Links**" in message.content


@pytest.mark.parametrize("code", [50035, 10008, 160002, 200000, 50013, 40333])
@pytest.mark.parametrize("text", ["@lantern make it night", "@lantern"])
async def test_a_message_is_answered_whatever_is_refused_once(studio: Studio, code: int, text: str) -> None:
    card = await studio.imagine()
    fault = studio.discord.faults.add(POST, status=400, code=code, times=1)
    said = studio.person("ada").say("pictures", text, reply_to=card)
    assert text_of(await reply(studio, said))
    assert fault.hits == 1


@pytest.mark.parametrize("code", [50001, 50013, 50083, 160005, 10003])
@pytest.mark.parametrize("text", ["@lantern make it night", "@lantern", "@lantern hello"])
async def test_where_nothing_may_be_posted_there_is_a_sign(studio: Studio, code: int, text: str) -> None:
    card = await studio.imagine()
    fault: Fault = studio.discord.faults.add(POST, status=403, code=code)
    said = studio.person("ada").say("pictures", text, reply_to=card)
    await signed(studio, said)
    assert fault.hits <= 4
    assert len(studio.asked) == 1


async def test_where_it_may_not_write_there_is_a_sign(studio: Studio) -> None:
    card = await studio.imagine()
    bot = studio.world.app.user
    studio.world.set_overwrite(studio.world.channel("pictures"), bot, deny=Permissions.SEND_MESSAGES)
    await signed(studio, studio.person("ada").say("pictures", "@lantern a hat", reply_to=card))


async def test_who_speaks_of_nothing_is_told_how_to_ask(studio: Studio) -> None:
    said = studio.person("ada").say("pictures", "@lantern hello")
    assert "/imagine" in text_of(await reply(studio, said))


async def test_a_reply_that_pings_without_a_mention_is_told_how_to_ask(studio: Studio) -> None:
    card = await studio.imagine()
    ours = await studio.picture(
        await reply(studio, studio.person("ada").say("pictures", "@lantern a hat", reply_to=card))
    )
    said = studio.person("ben").say("pictures", "at night, please", reply_to=ours)
    assert "mention me" in text_of(await reply(studio, said))


@pytest.mark.parametrize("reads_all", [True, False])
async def test_the_mention_of_its_own_role_is_heard(studio: Studio, reads_all: bool) -> None:  # noqa: FBT001  a parameter of pytest's
    studio.world.app.has_message_content = reads_all
    card = await studio.imagine()
    bot = studio.world.app.user
    role = studio.world.add_role(card.channel.guild, "Lantern", Permissions.NONE, bot=bot)
    said = studio.person("ada").say("pictures", f"<@&{role.id}> make it night", reply_to=card)
    message = await reply(studio, said)
    if reads_all:
        await studio.picture(message)
        assert studio.asked[1].prompt == "make it night"
    else:
        assert f"<@{bot.id}>" in text_of(message)


async def test_the_mention_of_its_own_role_is_answered_while_discord_tells_nothing(studio: Studio) -> None:
    card = await studio.imagine()
    role = studio.world.add_role(card.channel.guild, "Lantern", Permissions.NONE, bot=studio.world.app.user)
    await studio.restart()
    studio.discord.faults.add("GET /*", status=403, code=40333)
    said = studio.person("ada").say("pictures", f"<@&{role.id}> make it night", reply_to=card)
    assert "try again in a moment" in text_of(await reply(studio, said))


async def test_the_mention_of_another_role_is_left_alone(studio: Studio) -> None:
    card = await studio.imagine()
    role = studio.world.add_role(card.channel.guild, "Artists", Permissions.NONE)
    studio.person("ada").say("pictures", f"<@&{role.id}> look")
    said = studio.person("ben").say("pictures", "@lantern hello")
    message = await reply(studio, said)
    assert message.reply_to_id == said.id


async def test_who_keeps_asking_gets_a_sign(studio: Studio) -> None:
    studio.clock.hold()
    first = studio.person("ada").say("pictures", "@lantern hello")
    await reply(studio, first)
    await signed(studio, studio.person("ada").say("pictures", "@lantern hello?"))


# --- what the check names ---


@pytest.mark.parametrize("name", ALL)
async def test_the_check_names_each_permission_that_lacks(studio: Studio, name: str) -> None:
    bot = studio.world.app.user
    permission = Permissions[name.upper()]
    studio.world.set_overwrite(studio.world.channel("pictures"), bot, deny=permission)
    message = await studio.person("otto").slash("pictures", "config check").message()
    await studio.until(lambda: not message.is_thinking)
    assert name.replace("_", " ").title().replace(" In ", " in ") in text_of(message)
