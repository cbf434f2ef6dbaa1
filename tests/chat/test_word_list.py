"""/config words: the panel, what it refuses at every door, and what a prompt would meet."""

from collections.abc import Awaitable, Callable

import pytest

from bot.domain.word_list import WordAction
from standins.fake_discord.asks import Ask, Upload
from standins.fake_discord.model import Message
from tests.chat.presses import press_forged
from tests.chat.studio import Studio, labels, text_of
from tests.chat.test_complaints import post_of, set_channel
from tests.chat.test_doors import DOORS, by_variations

REFUSED = "This server's word list doesn't allow"


async def add(studio: Studio, lines: str) -> None:
    by = studio.guild_id(), studio.member_id("otto")
    await studio.services.word_lists.add(*by, lines, WordAction.REFUSE)


async def opened_panel(studio: Studio) -> Message:
    return await studio.person("otto").slash("pictures", "config words").message()


async def fill_in(studio: Studio, panel: Message, button: str, text: str, word: str) -> Message:
    """Press a button that opens a dialogue, send it, and wait for the word."""
    modal = await studio.person("otto").press(panel, button).modal()
    field, *_ = modal.fields()
    await studio.person("otto").submit(modal, {field.custom_id: text}).answer()
    await studio.until(lambda: word in text_of(panel))
    return panel


async def texts(studio: Studio) -> list[str]:
    return [entry.text for entry in await studio.services.word_lists.entries(studio.guild_id())]


# --- the panel ---


async def test_an_admin_adds_searches_and_removes_words(studio: Studio) -> None:
    show = await studio.person("otto").slash("pictures", "config show").message()
    await studio.person("otto").press(show, "Words").answer()
    await studio.until(lambda: "Add words" in labels(show))
    assert "The list is empty" in text_of(show)
    await fill_in(studio, show, "Add words", "grape\nred flag\n*berry*\nGRAPE", "Added 3 entries")
    assert "3 words in the list" in text_of(show)
    assert await texts(studio) == ["grape", "red flag", "*berry*"]
    await fill_in(studio, show, "Search", "BERR", "1 word found")
    assert "grape" not in text_of(show).split("disguised")[1].replace("`grape*`", "").split("🚫")[1]
    await studio.person("otto").choose(show, "Remove words …", ["*berry*"]).answer()
    await studio.until(lambda: "Removed: " in text_of(show))
    await studio.person("otto").press(show, "Show all").answer()
    await studio.until(lambda: "2 words in the list" in text_of(show))
    await studio.person("otto").press(show, "Back").answer()
    await studio.until(lambda: "Server settings" in text_of(show))
    assert "2 words in the list" in text_of(show)


async def test_a_long_list_has_pages_and_is_exported_whole(studio: Studio) -> None:
    words = [f"word{number:03}" for number in range(40)]
    await add(studio, "\n".join(words))
    panel = await opened_panel(studio)
    await studio.person("otto").press(panel, "Next").answer()
    await studio.until(lambda: "word015" in text_of(panel))
    assert "Page 2 of 3" in text_of(panel)
    exported = await studio.person("otto").press(panel, "Export").message()
    file = studio.world.attachments[exported.attachments[0].id]
    assert file.data.decode().split() == ["[refuse]", *words]


async def upload(studio: Studio, panel: Message, data: bytes, word: str, lines: str = "") -> None:
    modal = await studio.person("otto").press(panel, "Add words").modal()
    file = Upload("words.txt", data, "text/plain")
    await studio.person("otto").submit(modal, {"file": file, "lines": lines}).answer()
    await studio.until(lambda: word in text_of(panel))


async def test_an_exported_list_can_be_imported_and_lines_can_be_pasted_beside_it(studio: Studio) -> None:
    await add(studio, "grape\n[hold]\nfox\n[tell]\nred flag")
    before = await studio.services.word_lists.entries(studio.guild_id())
    panel = await opened_panel(studio)
    exported = await studio.person("otto").press(panel, "Export").message()
    data = studio.world.attachments[exported.attachments[0].id].data
    by = studio.guild_id(), studio.member_id("otto")
    ids = [id_ for id_, _ in (await studio.services.word_lists.listed(studio.guild_id())).found]
    await studio.services.word_lists.remove(*by, ids)
    await upload(studio, panel, "\ufeff".encode() + data, "Added 4 entries", lines="owl")
    after = await studio.services.word_lists.entries(studio.guild_id())
    assert {(one.text, one.action) for one in after} == {
        *((one.text, one.action) for one in before),
        ("owl", WordAction.REFUSE),
    }


@pytest.mark.parametrize(
    "data", [b"grape\0", b"gr\xe4pe", b"grape\n" * 200_000], ids=["NUL", "Latin-1", "long"]
)
async def test_a_file_that_is_no_list_is_refused_and_changes_nothing(studio: Studio, data: bytes) -> None:
    await upload(studio, await opened_panel(studio), data, "couldn't read that file")
    assert await texts(studio) == []


async def test_an_empty_dialogue_adds_nothing(studio: Studio) -> None:
    panel = await opened_panel(studio)
    modal = await studio.person("otto").press(panel, "Add words").modal()
    await studio.person("otto").submit(modal, {}).answer()
    await studio.until(lambda: "Nothing was added" in text_of(panel))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("...", "1 line has no letter, digit or emoji"),
        ("\u200f\u202e", "1 line has no letter, digit or emoji"),
        ("a*", "1 line would find nearly every word"),
        ("x" * 101, "1 line is too long"),
        (".*grape.*", "Regular expressions are read as plain text"),
        ("🍇", "Added 1 entry"),
    ],
)
async def test_odd_lines_are_explained(studio: Studio, line: str, words: str) -> None:
    await fill_in(studio, await opened_panel(studio), "Add words", line, words)


async def test_an_admin_chooses_what_happens_and_the_panel_the_file_and_a_trial_say_it(
    studio: Studio,
) -> None:
    panel, otto = await opened_panel(studio), studio.person("otto")
    for word, action in (("grape", "refuse"), ("fox", "hold"), ("owl", "tell")):
        modal = await otto.press(panel, "Add words").modal()
        await otto.submit(modal, {"lines": word, "action": [action]}).answer()
        await studio.until(lambda word=word: word in text_of(panel).split("too.")[1])  # type: ignore[misc]  # bound now
    shown = text_of(panel)
    assert "🛡️ fox\n🚫 grape\n📣 owl" in shown
    exported = await otto.press(panel, "Export").message()
    file = studio.world.attachments[exported.attachments[0].id]
    assert file.data.decode().split() == ["[refuse]", "grape", "[hold]", "fox", "[tell]", "owl"]
    for prompt, words in {
        "an owl, a fox, a grape": "is refused because of 1 entry",
        "an owl and a fox": "waits for approval because of 1 entry",
        "an owl": "moderators learn of this prompt because of 1 entry",
    }.items():
        modal = await otto.press(panel, "Try a prompt").modal()
        answer = await otto.submit(modal, {"prompt": prompt}).message()
        await studio.until(lambda answer=answer: not answer.is_thinking)  # type: ignore[misc]  # bound now
        assert words in text_of(answer)


async def test_moderators_are_told_of_a_word_with_prompt_member_and_word(studio: Studio) -> None:
    await set_channel(studio)
    await add(studio, "[tell]\nfox")
    card = await studio.imagine(prompt="a fox in the snow")
    post = await post_of(studio)
    assert "A prompt has a word of your list" in text_of(post)
    assert "a fox in the snow" in text_of(post)
    assert "word list: **fox**" in text_of(post)
    assert f"<@{studio.member_id('ada')}>" in text_of(post)
    assert "fox" in text_of(card)
    told = await studio.person("mia").press(post, "Details").message()
    await studio.until(lambda: "Image 1" in text_of(told))
    assert "Delete for everyone" in labels(told)


async def test_the_post_of_a_picture_on_hold_says_the_word_and_its_card_does_not(studio: Studio) -> None:
    await set_channel(studio)
    await add(studio, "[hold]\nfox")
    card = await studio.person("ada").slash("pictures", "imagine", prompt="a fox in the snow").message()
    await studio.until(lambda: "Waiting for a moderator's approval" in text_of(card))
    assert "word list: **fox**" in text_of(await post_of(studio))
    assert "fox" not in text_of(card)


async def test_a_prompt_is_tried_without_making_anything(studio: Studio) -> None:
    await add(studio, "grape\nred flag")
    panel = await opened_panel(studio)
    modal = await studio.person("otto").press(panel, "Try a prompt").modal()
    tried = studio.person("otto").submit(modal, {"prompt": "a g\u200brape on a RED, flag"})
    answer = await tried.message()
    await studio.until(lambda: not answer.is_thinking)
    assert "**grape** in “a **grape** on a RED, flag”" in text_of(answer)
    assert "**red flag** in “a grape on a **RED, flag**”" in text_of(answer)
    assert studio.asked == []


# --- what members meet ---


@pytest.mark.parametrize(
    "door", [door for door in DOORS if door is not by_variations], ids=lambda door: door.__name__
)
async def test_every_door_refuses_the_words(
    studio: Studio, door: Callable[[Studio, Message], Awaitable[Ask]]
) -> None:
    first = await studio.imagine(prompt="a fox")
    await add(studio, "fox\nhat")
    refusal = await (await door(studio, first)).message()
    assert refusal.is_ephemeral
    assert REFUSED in text_of(refusal)
    assert "This didn't count toward your limit" in text_of(refusal)
    assert "fox" not in text_of(refusal)
    assert len(studio.asked) == 1


async def test_a_reply_is_refused_too(studio: Studio) -> None:
    first = await studio.imagine()
    await add(studio, "hat")
    said = studio.person("ada").say("pictures", "@lantern a h\u0430t", reply_to=first)
    await studio.until(lambda: any(one.reply_to_id == said.id for one in studio.sent_by_bot()))
    (refusal,) = [one for one in studio.sent_by_bot() if one.reply_to_id == said.id]
    assert REFUSED in text_of(refusal)


async def test_variations_have_no_words_of_the_member(studio: Studio) -> None:
    first = await studio.imagine(prompt="a fox")
    await add(studio, "fox\nvariation\nanother\nimage")
    await studio.picture(await (await by_variations(studio, first)).message())


async def test_the_word_is_said_only_if_the_server_says_so(studio: Studio) -> None:
    await add(studio, "*fox")
    panel = await opened_panel(studio)
    await studio.person("otto").press(panel, "Say the word in refusals").answer()
    await studio.until(lambda: "Keep the word secret in refusals" in labels(panel))
    refusal = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    assert "doesn't allow “\\*fox” in a prompt" in text_of(refusal)


async def test_words_of_another_server_refuse_nothing_here(studio: Studio) -> None:
    await add(studio, "fox")
    zoe = studio.person("zoe").slash("lounge", "imagine", prompt="a fox")
    await studio.picture(await zoe.message())


async def test_a_changed_list_holds_at_once_and_after_a_restart(studio: Studio) -> None:
    await add(studio, "fox")
    for _ in range(2):
        refusal = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
        assert REFUSED in text_of(refusal)
        await studio.restart()
    listed = await studio.services.word_lists.listed(studio.guild_id())
    by = studio.guild_id(), studio.member_id("otto")
    await studio.services.word_lists.remove(*by, [id_ for id_, _ in listed.found])
    await studio.imagine(prompt="a fox")


async def test_a_forged_press_removes_nothing_of_another_server(studio: Studio) -> None:
    await add(studio, "fox")
    ((id_, _),) = (await studio.services.word_lists.listed(studio.guild_id())).found
    there = studio.person("max").say("lounge", "hello")
    answer = await press_forged(studio, there, "words-remove:0:", "max", [str(id_)]).message()
    assert "not in the list any more" in text_of(answer)
    assert await texts(studio) == ["fox"]


async def test_the_audit_has_one_line_for_each_change(studio: Studio) -> None:
    await add(studio, "\n".join(f"word{number}" for number in range(50)))
    await add(studio, "word1")  # which changes nothing
    answer = await studio.person("mia").slash("pictures", "review audit").message()
    assert text_of(answer).count(f"<@{studio.member_id('otto')}>") == 1
    assert "Word list: 0 → **50** (word0, word1" in text_of(answer)
