"""A server that the operator has not chosen: one polite line, whatever somebody tries there."""

from collections.abc import Iterator
from dataclasses import replace

from standins.fake_discord.asks import Ask
from standins.fake_discord.model import CommandKind, Message
from tests.chat.presses import press_forged, submit_forged
from tests.chat.studio import Studio, text_of
from tests.chat.test_every_door import custom_ids, filled_in, subcommands, told

ELSEWHERE = 1
LINE = "only works on servers that its owner has chosen"


async def test_whatever_is_tried_in_a_server_that_is_not_served_reads_one_line(studio: Studio) -> None:
    picture = await studio.imagine("otto")
    await serve_only(studio, ELSEWHERE)
    assert {LINE in await told(studio, ask) for ask in attempts(studio, picture)} == {True}
    assert len(studio.asked) == 1


def attempts(studio: Studio, picture: Message) -> Iterator[Ask]:
    """Everything that a member can do, one after the other: a busy machine could not answer all in time."""
    otto = studio.person("otto")
    for command in studio.world.commands.values():
        if command.kind is CommandKind.SLASH:
            for name, options in subcommands(command):
                yield otto.slash("pictures", name, **filled_in(studio, options))
        else:
            yield otto.menu(picture, command.name)
    for action, custom_id in custom_ids(picture).items():
        forge = submit_forged if action.endswith("-form") else press_forged
        yield forge(studio, picture, custom_id, "otto")


async def test_a_reply_in_a_server_that_is_not_served_reads_it_too(studio: Studio) -> None:
    picture = await studio.imagine("otto")
    await serve_only(studio, ELSEWHERE)
    bot = studio.world.app.user
    studio.person("otto").say("pictures", f"<@{bot.id}> make it night", reply_to=picture)
    await studio.until(lambda: LINE in text_of(list(studio.world.messages.values())[-1]))
    assert len(studio.asked) == 1


async def test_a_server_that_is_served_notices_nothing(studio: Studio) -> None:
    await serve_only(studio, studio.world.guild("Lantern Studio").id)
    assert (await studio.imagine("otto")).attachments


async def serve_only(studio: Studio, guild_id: int) -> None:
    studio.settings = replace(studio.settings, served_guild_ids=frozenset({guild_id}))
    await studio.restart()
