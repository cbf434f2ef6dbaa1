"""/jobs as a gallery: thumbnails, search, and buttons that keep to it after a restart."""

from functools import partial

from standins.fake_discord.model import Message
from tests.chat.studio import Studio, labels, text_of


async def listed(studio: Studio, **options: str | bool) -> Message:
    return await studio.person("ada").slash("pictures", "jobs", **options).message()


def entry(message: Message, words: str) -> dict[str, object]:
    return next(one for one in message.embeds if words in str(one.get("description")))


def shows(message: Message, *words: str) -> bool:
    return all(word in text_of(message) for word in words)


async def test_public_pictures_have_thumbnails_and_each_message_is_read_once(studio: Studio) -> None:
    card = await studio.imagine(prompt="a fox", count=4)
    message = await listed(studio)
    urls = {str(one["thumbnail"]["url"]) for one in message.embeds}
    assert len(urls) == 4
    assert all(url.startswith(studio.discord.cdn_url) for url in urls)
    path = f"/channels/{card.channel.id}/messages/{card.id}"
    read = [one for one in studio.discord.requests if one.method == "GET" and one.path.endswith(path)]
    assert len(read) == 1
    assert shows(message, "2 of 4", "#3")


async def test_a_private_picture_is_marked_and_has_no_link(studio: Studio) -> None:
    await studio.imagine(prompt="a secret", private=True)
    description = str(entry(await listed(studio), "a secret")["description"])
    assert "🔒 only you can see it" in description
    assert "Go to image" not in description


async def test_a_thumbnail_that_cannot_be_read_is_left_out(studio: Studio) -> None:
    card = await studio.imagine(prompt="a fox")
    studio.discord.faults.add(f"GET /channels/*/messages/{card.id}", status=403, code=50001)
    message = await listed(studio)
    assert "thumbnail" not in entry(message, "a fox")
    assert "Go to image" in text_of(message)


async def test_running_pictures_stand_first(studio: Studio) -> None:
    studio.services.account.pacer.pause(10_000)
    await studio.person("ada").slash("pictures", "imagine", prompt="waits").message()
    message = await listed(studio)
    assert "⏳ waits" in str(message.embeds[0]["description"])


async def test_a_search_finds_words_in_any_case_and_keeps_to_them_after_a_restart(studio: Studio) -> None:
    studio.services.account.pacer.pause(10_000)
    for _ in range(3):
        await studio.person("ada").slash("pictures", "imagine", prompt="A Fox in the SNOW", count=4).message()
    await studio.person("ada").slash("pictures", "imagine", prompt="an owl in the snow").message()
    await studio.person("ben").slash("pictures", "imagine", prompt="ben's snow fox").message()
    message = await listed(studio, search="snow fox")
    assert shows(message, "Search: “snow fox” · 12 images", "Page 1 of 2")
    assert not shows(message, "owl")
    assert not shows(message, "ben's")
    await studio.restart()
    studio.services.account.pacer.pause(10_000)
    await studio.person("ada").press(message, "Older").answer()
    await studio.until(partial(shows, message, "Search: “snow fox”", "Page 2 of 2"))
    choice = "A Fox in the SNOW"
    await studio.person("ada").choose(message, "Choose an image to cancel, post or edit …", [choice]).answer()
    await studio.until(lambda: "Back" in labels(message))
    assert "Search" not in text_of(message)
    await studio.person("ada").press(message, "Cancel").answer()
    await studio.until(partial(shows, message, "cancelled"))
    await studio.person("ada").press(message, "Back").answer()
    await studio.until(partial(shows, message, "Search: “snow fox”", "Page 2 of 2"))
    await studio.person("ada").press(message, "All images").answer()
    await studio.until(partial(shows, message, "an owl in the snow"))
    assert "Search" not in text_of(message)


async def test_wildcards_and_markup_are_searched_as_they_are(studio: Studio) -> None:
    await studio.imagine(prompt="a fox")
    for search in ("f%x", "f_x", "%", "*", "'; DROP TABLE jobs; --", "**fox**"):
        assert shows(await listed(studio, search=search), "None of your images has all of these words")
    assert shows(await listed(studio, search=" FOX "), "a fox")


async def test_the_list_is_shown_where_a_rule_blocks_the_words_of_a_search(studio: Studio) -> None:
    await studio.imagine(prompt="a fox")
    studio.world.forbidden_words.add("fox")
    message = await listed(studio, search="fox")
    assert shows(message, "Your images", "Image 1")
    assert not shows(message, "fox")
