"""/jobs as a gallery: thumbnails, search, and buttons that keep to it after a restart."""

from functools import partial

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from standins.fake_discord.model import Message
from standins.fake_discord.permissions import Permissions
from tests.chat.studio import Studio, labels, text_of

CHOOSE = "Choose an image to cancel, post or edit …"


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
    await studio.person("ada").choose(message, CHOOSE, [choice]).answer()
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
        assert shows(await listed(studio, search=search), "None of these images has all of these words")
    assert shows(await listed(studio, search=" FOX "), "a fox")


async def test_the_list_is_shown_where_a_rule_blocks_the_words_of_a_search(studio: Studio) -> None:
    await studio.imagine(prompt="a fox")
    studio.world.forbidden_words.add("fox")
    message = await listed(studio, search="fox")
    assert shows(message, "Your images", "Image 1")
    assert not shows(message, "fox")


async def press(studio: Studio, who: str, message: Message, label: str) -> None:
    await studio.person(who).press(message, label).answer()


async def details(studio: Studio, who: str, card: Message) -> Message:
    return await studio.person(who).press(card, "Details").message()


async def star(studio: Studio, who: str, card: Message) -> Message:
    message = await details(studio, who, card)
    await press(studio, who, message, "⭐ Add to favourites")
    await studio.until(lambda: "Remove from favourites" in labels(message))
    return message


async def favourites(studio: Studio, who: str, channel: str = "pictures") -> Message:
    return await studio.person(who).slash(channel, "jobs", favourites=True).message()


async def test_a_star_is_kept_over_a_restart_and_taken_away_again(studio: Studio) -> None:
    card = await studio.imagine(prompt="a fox")
    await studio.imagine(prompt="an owl")
    message = await star(studio, "ben", card)
    await studio.restart()
    shown = await favourites(studio, "ben")
    assert shows(shown, "Your favourites", "a fox", f"by {studio.world.user('ada').mention}")
    assert "owl" not in text_of(shown)
    assert "thumbnail" in entry(shown, "a fox")
    assert shows(await favourites(studio, "ada"), "Nothing here yet")
    await press(studio, "ben", message, "Remove from favourites")
    await studio.until(lambda: "⭐ Add to favourites" in labels(message))
    assert shows(await favourites(studio, "ben"), "Nothing here yet")


async def test_a_star_in_the_list_of_own_pictures(studio: Studio) -> None:
    await studio.imagine(prompt="a fox", private=True)
    message = await listed(studio)
    await studio.person("ada").choose(message, CHOOSE, ["a fox"]).answer()
    await studio.until(lambda: "⭐ Add to favourites" in labels(message))
    await press(studio, "ada", message, "⭐ Add to favourites")
    await studio.until(lambda: "Remove from favourites" in labels(message))
    await press(studio, "ada", message, "Back")
    await studio.until(partial(shows, message, "⭐ a fox"))
    await press(studio, "ada", message, "⭐ Favourites")
    await studio.until(partial(shows, message, "Your favourites", "a fox", "🔒"))
    await press(studio, "ada", message, "All images")
    await studio.until(partial(shows, message, "Your images"))


async def test_anothers_favourite_has_its_details_and_nothing_that_is_its_owners(studio: Studio) -> None:
    await star(studio, "ben", await studio.imagine(prompt="a fox"))
    message = await favourites(studio, "ben", "general")
    await studio.person("ben").choose(message, CHOOSE, ["a fox"]).answer()
    await studio.until(lambda: "Back" in labels(message))
    assert labels(message) == ["Back", "Go to image", "Remove from favourites"]
    await press(studio, "ben", message, "Remove from favourites")
    await studio.until(partial(shows, message, "Your favourites", "Nothing here yet"))


async def test_a_favourite_is_hidden_while_its_channel_is(studio: Studio) -> None:
    await star(studio, "ben", await studio.imagine(prompt="a fox"))
    await studio.eventually(lambda: finds_nothing(studio, nothing=False))
    open_list = await favourites(studio, "ben", "general")
    channel, ben = studio.world.channel("pictures"), studio.world.user("ben")
    studio.world.set_overwrite(channel, ben, deny=Permissions.VIEW_CHANNEL)
    await studio.eventually(lambda: finds_nothing(studio))
    await studio.person("ben").choose(open_list, CHOOSE, ["a fox"]).answer()
    await studio.until(lambda: any(shows(one, "I don't know this image") for one in studio.sent_by_bot()))
    studio.world.set_overwrite(channel, ben)
    await studio.eventually(lambda: finds_nothing(studio, nothing=False))


async def finds_nothing(studio: Studio, *, nothing: bool = True) -> bool:
    """The bot hears of the change in its own time."""
    message = await studio.person("ben").slash("general", "jobs", favourites=True, search="fox").message()
    return shows(message, "None of these images") is nothing


async def test_a_deleted_picture_is_gone_from_the_favourites(studio: Studio) -> None:
    card = await studio.imagine(prompt="a fox")
    await star(studio, "ben", card)
    question = await studio.person("ada").press(card, "Delete").message()
    await press(studio, "ada", question, "Delete image")
    await studio.until(lambda: card.is_deleted)
    assert shows(await favourites(studio, "ben"), "Nothing here yet")


async def test_a_picture_that_is_not_made_has_no_star(studio: Studio) -> None:
    studio.services.account.pacer.pause(10_000)
    await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    message = await listed(studio)
    await studio.person("ada").choose(message, CHOOSE, ["a fox"]).answer()
    await studio.until(lambda: "Back" in labels(message))
    assert "⭐ Add to favourites" not in labels(message)


def thumbnail(message: Message, words: str) -> str:
    picture = entry(message, words)["thumbnail"]
    assert isinstance(picture, dict)
    return str(picture["url"])


async def test_a_private_picture_has_a_small_copy_also_after_a_restart(studio: Studio) -> None:
    await studio.imagine(prompt="a secret", private=True)
    await studio.restart()
    message = await listed(studio)
    name = thumbnail(message, "a secret").removeprefix("attachment://")
    assert [one.filename for one in message.attachments] == [name] == ["thumbnail-1.jpg"]
    assert message.is_ephemeral
    assert len(message.attachments[0].data) < 20_000
    await studio.person("ada").choose(message, CHOOSE, ["a secret"]).answer()
    await studio.until(lambda: "Back" in labels(message))
    assert message.attachments == []


async def test_a_private_picture_whose_file_is_gone_has_no_thumbnail(studio: Studio) -> None:
    await studio.imagine(prompt="a secret", private=True)
    studio.provider.on_download.append(FileRefused(SourceProblem.GONE))
    message = await listed(studio)
    assert "thumbnail" not in entry(message, "a secret")
    assert message.attachments == []


async def test_a_private_spoiler_has_no_small_copy(studio: Studio) -> None:
    await studio.imagine(prompt="a secret", private=True, spoiler=True)
    message = await listed(studio)
    assert "thumbnail" not in entry(message, "a secret")
    assert shows(message, "spoiler")
