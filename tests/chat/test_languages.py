"""Who is spoken to in which language, and how servers choose theirs."""

from bot.domain.ids import MemberId
from tests.chat.presses import press_forged
from tests.chat.studio import Studio, labels, text_of
from tests.chat.test_config import config, settings
from tests.chat.test_jobs import kept_picture, listed, panel, post
from tests.chat.test_replies import reply_to

IN_GERMAN = ["Bearbeiten", "Noch einmal", "Umformulieren", "Variieren", "Details", "Löschen"]


async def choose(studio: Studio, language: str) -> None:
    """As an admin does by /config language; Discord says Japanese, and members read English."""
    studio.world.guild("Lantern Studio").locale = "ja"
    administration = studio.services.administration
    await administration.set_language(studio.guild_id(), MemberId(1), language)


async def test_a_card_that_all_see_is_in_the_servers_language_also_when_a_worker_draws_it(
    studio: Studio,
) -> None:
    studio.world.guild("Lantern Studio").locale = "de"
    studio.world.user("ada").locale = "ja"
    message = await studio.imagine()
    assert labels(message) == IN_GERMAN


async def test_a_private_card_is_in_its_members_language(studio: Studio) -> None:
    studio.world.guild("Lantern Studio").locale = "de"
    studio.world.user("ada").locale = "ja"
    message = await studio.imagine(private=True)
    assert labels(message) == ["編集", "もう一度作成", "言い換え", "バリエーション", "詳細", "削除"]


async def test_the_answer_to_a_reply_is_in_the_servers_language(studio: Studio) -> None:
    studio.world.guild("Lantern Studio").locale = "de"
    said = studio.person("ada").say("pictures", "@lantern make it night", reply_to=await studio.imagine())
    card = await studio.picture(await reply_to(studio, said))
    assert labels(card)[0] == "Bearbeiten"


async def test_an_image_that_is_posted_again_is_in_the_servers_language(studio: Studio) -> None:
    await studio.imagine()
    studio.world.guild("Lantern Studio").locale = "de"
    message = await panel(studio, await listed(studio), "a fox in the snow")
    posted = await post(studio, message)
    await studio.until(lambda: posted.attachments)
    assert labels(posted) == ["Bearbeiten", "Löschen"]


async def test_the_language_that_the_server_has_chosen_goes_before_discords(studio: Studio) -> None:
    await choose(studio, "de")
    assert labels(await studio.imagine()) == IN_GERMAN
    said = studio.person("ada").say("pictures", "@lantern make it night", reply_to=await studio.imagine())
    assert labels(await studio.picture(await reply_to(studio, said)))[0] == "Bearbeiten"


async def test_a_kept_picture_is_posted_in_the_language_that_the_server_has_chosen(studio: Studio) -> None:
    await kept_picture(studio)
    message = await panel(studio, await listed(studio, channel="general"), "a fox in the snow")
    await choose(studio, "de")
    posted = await post(studio, message, "Post here")
    await studio.picture(posted)
    await studio.until(lambda: labels(posted) == IN_GERMAN)


# --- /config language ---


async def test_the_language_is_set_by_option_and_by_choice(studio: Studio) -> None:
    assert "Saved: I use Deutsch on this server" in text_of(await config(studio, "language", language="de"))
    assert (await settings(studio)).choices.language == "de"
    assert "Language Deutsch" in text_of(await config(studio, "show"))
    message = await config(studio, "language")
    assert "Language: **Deutsch**" in text_of(message)
    await studio.person("otto").choose(message, "Choose a language …", ["discord"]).answer()
    await studio.until(lambda: "the language that this server has in Discord" in text_of(message))
    assert (await settings(studio)).choices.language is None
    audited = text_of(await studio.person("mia").slash("pictures", "review audit").message())
    assert "Language: Deutsch → **As set in Discord**" in audited


async def test_no_other_language_is_taken(studio: Studio) -> None:
    message = await config(studio, "language")
    forged = await press_forged(studio, message, "settings-language", "otto", values=("xx",)).message()
    assert "Saved" not in text_of(forged)
    assert await studio.services.administration.audit(studio.guild_id(), 5) == []
