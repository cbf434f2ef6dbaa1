"""What members send as `source` of /edit, chosen or typed, names a picture, or the answer names the list."""

import pytest

from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from tests.chat.studio import Studio, job_id_of, number_of, text_of
from tests.chat.test_edit import jump_url
from tests.chat.test_jobs import listed, panel, post
from tests.services.outsides import png

PROMPT = "a fox in the snow"
NAMES_THE_LIST = "Choose one from the list"


async def source_of(studio: Studio, typed: str, who: str = "ada") -> int:
    """The number of the picture that was edited."""
    ask = studio.person(who).slash("pictures", "edit", prompt="make it night", source=typed)
    job = await studio.job(job_id_of(await studio.picture(await ask.message())))
    assert job.source is not None
    assert job.source.job_id is not None
    return (await studio.job(job.source.job_id)).number


async def answer_to(studio: Studio, typed: str, who: str = "ada") -> str:
    ask = studio.person(who).slash("pictures", "edit", prompt="make it night", source=typed)
    message = await ask.message()
    assert message.is_ephemeral
    return text_of(message)


async def test_a_picture_is_named_by_its_number_its_label_or_a_link(studio: Studio) -> None:
    first = await studio.imagine(prompt=PROMPT)
    await studio.imagine(prompt="an owl")
    wanted, url = number_of(first), jump_url(first)
    (offered,) = await studio.person("ada").autocomplete("pictures", "edit", "source", "fox")
    typed = [str(wanted), offered.name, f"  {PROMPT.upper()} ", url, f"<{url}>"]
    typed += [url.replace("discord.com", host) for host in ("ptb.discord.com", "canary.discord.com")]
    typed += [url.replace("discord.com", "discordapp.com"), url.replace("https://", "")]
    typed += [url.replace("https://", "http://www."), url.upper(), f"{url}/", f"{url}?utm=x", f"{url}#x"]
    assert [await source_of(studio, one) for one in typed] == [wanted] * len(typed)


async def test_labels_of_pictures_with_the_same_prompt_tell_them_apart(studio: Studio) -> None:
    await studio.imagine(prompt=PROMPT, count=3)
    offered = await studio.person("ada").autocomplete("pictures", "edit", "source", "")
    # Which of them is the first is up to Discord's order of the files, since they arrive in any order.
    assert sorted(one.name.split(" · ")[1] for one in offered) == ["1 of 3", "2 of 3", "3 of 3"]
    for one in offered:
        assert one.name.startswith(f"{PROMPT} · ")
        assert one.name.endswith(f" ago · #{one.value}")
    for one in offered:
        assert await source_of(studio, one.name) == int(one.value)


async def test_the_longest_labels_tell_them_apart_too(studio: Studio) -> None:
    await studio.imagine(prompt="🦊 and hare, " * 100, count=2)
    offered = await studio.person("ada").autocomplete("pictures", "edit", "source", "")
    assert len({one.name for one in offered}) == 2
    assert await source_of(studio, offered[1].name) == int(offered[1].value)


async def test_a_number_is_one_of_this_server_and_not_the_bots_own(studio: Studio) -> None:
    first = await studio.imagine()
    for _ in range(3):
        await studio.picture(
            await studio.person("zoe").slash("lounge", "imagine", prompt="a harbour").message()
        )
    assert await source_of(studio, "1") == number_of(first) == 1
    for typed in ("3", "4", str(job_id_of(first)), str(job_id_of(first) + 1)):
        assert NAMES_THE_LIST in await answer_to(studio, typed)


async def test_a_prompt_that_is_a_number_is_found(studio: Studio) -> None:
    first = await studio.imagine(prompt="1984")
    assert await source_of(studio, "1984") == number_of(first)


async def test_a_link_leads_to_anybodys_picture_in_this_channel_and_to_no_other(studio: Studio) -> None:
    here = await studio.imagine("ben")
    assert await source_of(studio, jump_url(here)) == number_of(here)
    ask = studio.person("ben").slash("general", "imagine", prompt="an owl")
    there = await studio.picture(await ask.message())
    private = await studio.imagine("ben", private=True)
    for message in (there, private):
        assert "I don't know this image" in await answer_to(studio, jump_url(message))


async def posted_again(studio: Studio, card: Message) -> Message:
    copy = await post(studio, await panel(studio, await listed(studio), PROMPT))
    await studio.until(lambda: copy.attachments)
    assert job_id_of(copy) == job_id_of(card)
    return copy


@pytest.mark.parametrize("is_private", [True, False])
@pytest.mark.parametrize("who", ["ada", "ben"])
async def test_a_link_leads_to_a_picture_that_was_posted_again(
    studio: Studio, who: str, *, is_private: bool
) -> None:
    card = await studio.imagine(prompt=PROMPT, private=is_private)
    copy = await posted_again(studio, card)
    ask = studio.person(who).slash("pictures", "edit", prompt="make it night", source=jump_url(copy))
    edited = await studio.picture(await ask.message())
    assert not edited.is_ephemeral
    source = (await studio.job(job_id_of(edited))).source
    assert source is not None
    assert source.job_id == job_id_of(card)


async def test_a_link_to_a_message_without_a_picture_of_ours_names_the_list(studio: Studio) -> None:
    card = await studio.imagine(prompt=PROMPT)
    copy = await posted_again(studio, card)
    named = Upload(f"image-{job_id_of(card)}.png", png())
    strange = [
        studio.person("ben").say("pictures", "look", files=[named]),
        studio.person("ben").say("pictures", "hello"),
        studio.person("ben").say("general", "hello"),
    ]
    for message in strange:
        assert NAMES_THE_LIST in await answer_to(studio, jump_url(message))
    away = studio.person("ben").slash("general", "edit", prompt="x", source=jump_url(copy))
    assert NAMES_THE_LIST in text_of(await away.message())
    studio.discord.faults.add("GET /channels/*", status=503)
    assert NAMES_THE_LIST in await answer_to(studio, jump_url(copy))


@pytest.mark.parametrize("typed", ["987654", "a wolf", "https://example.com/fox.png", "9" * 4000, "٣", "-"])
async def test_anything_else_is_answered_with_where_to_choose(studio: Studio, typed: str) -> None:
    await studio.imagine(prompt=PROMPT)
    assert NAMES_THE_LIST in await answer_to(studio, typed)


async def test_a_link_to_another_server_or_to_nothing_names_the_list(studio: Studio) -> None:
    first = await studio.imagine()
    url = jump_url(first)
    guild, channel, message = url.rsplit("/", 3)[1:]
    strange = [url.replace(guild, "1"), url.replace(message, "2"), url.replace(channel, "3"), f"{url}9" * 3]
    for typed in strange:
        assert NAMES_THE_LIST in await answer_to(studio, typed)
