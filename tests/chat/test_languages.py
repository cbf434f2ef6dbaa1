"""Who is spoken to in which language."""

from tests.chat.studio import Studio, labels
from tests.chat.test_jobs import listed, panel, post
from tests.chat.test_replies import reply_to


async def test_a_card_that_all_see_is_in_the_servers_language_also_when_a_worker_draws_it(
    studio: Studio,
) -> None:
    studio.world.guild("Lantern Studio").locale = "de"
    studio.world.user("ada").locale = "ja"
    message = await studio.imagine()
    assert labels(message) == ["Bearbeiten", "Noch mal", "Details", "Löschen"]


async def test_a_private_card_is_in_its_members_language(studio: Studio) -> None:
    studio.world.guild("Lantern Studio").locale = "de"
    studio.world.user("ada").locale = "ja"
    message = await studio.imagine(private=True)
    assert labels(message) == ["編集", "もう一度", "詳細", "削除"]


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
