"""What of a member's words goes to the provider: names for what they mention, and never an id."""

import re
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import PromptEmpty, PromptNamesNothing, PromptTooLong
from bot.domain.plain_words import plain_words
from bot.domain.request import ImageRequest

#: A snowflake that must not be found in anything that is sent.
MARKER = 1_357_924_680_135_792_468
OTHER = 246_801_357_924_680_135


@dataclass(frozen=True)
class Known:
    users: dict[int, str] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)
    channels: dict[int, str] = field(default_factory=dict)

    def user(self, user_id: int) -> str | None:
        return self.users.get(user_id)

    def role(self, role_id: int) -> str | None:
        return self.roles.get(role_id)

    def channel(self, channel_id: int) -> str | None:
        return self.channels.get(channel_id)


def called(name: str) -> Known:
    """Whatever the marker is the id of, it has this name."""
    return Known({MARKER: name}, {MARKER: name}, {MARKER: name})


#: The kinds of "Message Formatting" in Discord's documentation, and the links that its clients make.
TOKENS = {
    f"<@{MARKER}>": "Anna",
    f"<@!{MARKER}>": "Anna",
    f"<@&{MARKER}>": "Anna",
    f"<#{MARKER}>": "Anna",
    "@everyone": "everyone",
    "@here": "here",
    f"<:cat_jam:{MARKER}>": "cat_jam",
    f"<a:cat_jam:{MARKER}>": "cat_jam",
    f"</imagine:{MARKER}>": "imagine",
    f"</config limits:{MARKER}>": "config limits",
    "<t:1618953630>": "20 April 2021, 21:20 UTC",
    "<t:1618953630:R>": "20 April 2021, 21:20 UTC",
    "<t:1618953630:F>": "20 April 2021, 21:20 UTC",
    "<t:1618953630:D>": "20 April 2021",
    "<t:1618953630:t>": "21:20 UTC",
    "<t:9999999999999>": "",
    f"<t:{MARKER}:R>": "",
    "<t:-99999999999999999999:f>": "",
    f"<sound:{OTHER}:{MARKER}>": "",
    "<sound:0:1>": "",
    "<id:customize>": "customize",
    f"<id:linked-roles:{MARKER}>": "linked-roles",
    f"https://discord.com/channels/{MARKER}/{OTHER}/{MARKER}": "",
    f"<https://ptb.discord.com/channels/{MARKER}/{OTHER}>": "",
    f"HTTP://Canary.DiscordApp.COM/channels/{MARKER}": "",
    f"https://ada:pw@discord.com/users/{MARKER}": "",
    f"https://cdn.discordapp.com/attachments/{MARKER}/{OTHER}/me.png?ex=1&is=2": "",
    f"https://media.discordapp.net/attachments/{MARKER}/{OTHER}/me.png": "",
    f"https://discord.com:443/channels/{MARKER}": "",
    "discord.gg/lanterns": "",
    "https://discord.gg/lanterns": "",
    "https://discord.gift/AAAA": "",
    f"discord://-/channels/{MARKER}": "",
    f"https://{MARKER}.discordsays.com/": "",
    f"https://discord-activities.com/{MARKER}": "",
    str(MARKER): "",
}


@pytest.mark.parametrize(("token", "words"), TOKENS.items())
def test_a_token_becomes_its_name_or_nothing(token: str, words: str) -> None:
    sent = plain_words(f"a fox beside {token}, at dawn", called("Anna"))
    assert sent == (f"a fox beside {words}, at dawn" if words else "a fox beside, at dawn")


@pytest.mark.parametrize(
    ("token", "words"),
    [(f"<@{MARKER}>", "someone"), (f"<@&{MARKER}>", ""), (f"<#{MARKER}>", "")],
)
def test_what_has_no_name_here_is_someone_or_left_out(token: str, words: str) -> None:
    assert plain_words(f"a fox {token}").strip() == f"a fox {words}".strip()


@pytest.mark.parametrize(
    "text",
    [
        "a fox\n  beside a  lighthouse , at 12:30 :)",
        "mail me@here.example, 3 < 4 > 2, <3, </3, #1, a@b",
        "the logo of notdiscord.com and of discord.com.example.org/x",
        "a discord: two people, not one",
        "1234567890123456 lanterns",
    ],
)
def test_all_other_words_stay_as_they_are(text: str) -> None:
    assert plain_words(text) == text


#: What a member may be called, and what is made of it.
NAMES = {
    f"<@{OTHER}>": "someone",
    f"Anna {OTHER}": "Anna",
    "@everyone": "everyone",
    f"https://discord.com/channels/{OTHER}": "someone",
    "a\nb\u202ec\x00d\u2028e": "a b c d e",
    "<><><>": "someone",
    "x" * 500: "x" * 100,
    "": "someone",
}


@pytest.mark.parametrize(("name", "words"), NAMES.items())
def test_a_hostile_name_is_one_line_without_tokens(name: str, words: str) -> None:
    assert plain_words(f"a fox and <@{MARKER}>", called(name)) == f"a fox and {words}"


PIECES = st.sampled_from(
    [*TOKENS, "<@", "<@!", "<#", "<:", "<a:x:", "</a ", ":", ">", "<", "@", " ", "a", "1", "https://", "\n"]
)
WHOLE_TOKEN = re.compile(
    r"<(@[!&]?|#|a?:\w+:|/[^<>:]+:)\d{15,}>|\d{17}|(?<![\w.-])discord(app)?\.(com|gg|net)/\w", re.IGNORECASE
)


@given(st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES, max_size=5).map("".join))
def test_however_tokens_are_nested_no_id_and_no_link_is_left(text: str, name: str) -> None:
    assert not WHOLE_TOKEN.search(plain_words(text, called(name)))


def nested(depth: int) -> str:
    """An emoji in the name of an emoji, and so on: each pass shows the next one."""
    text = "x"
    for _ in range(depth):
        text = f"<a:{text}:1>"
    return text


@pytest.mark.parametrize(
    "text",
    [
        f"@everyonediscord://-/channels/{MARKER}discord.gg/lanterns",
        "1234567890<:1234567890:1>discord.gg/lanterns",
        nested(9),
        nested(200),
    ],
)
def test_what_a_removed_token_leaves_behind_is_removed_as_well(text: str) -> None:
    assert not WHOLE_TOKEN.search(plain_words(text))


def test_a_request_keeps_the_members_words_and_carries_what_is_sent() -> None:
    request = ImageRequest.checked(prompt=f" <@{MARKER}> as a knight ", names=called("Anna"))
    assert (request.prompt, request.sent_prompt) == (f"<@{MARKER}> as a knight", "Anna as a knight")


def test_what_was_sent_before_is_sent_again() -> None:
    request = ImageRequest.checked(prompt=f"<@{MARKER}>", sent_prompt="Anna")
    assert request.sent_prompt == "Anna"


@pytest.mark.parametrize("prompt", [f"<#{MARKER}>", f"https://discord.com/channels/{MARKER}", str(MARKER)])
def test_where_nothing_is_left_nothing_is_asked_for(prompt: str) -> None:
    with pytest.raises(PromptNamesNothing):
        ImageRequest.checked(prompt=prompt)


def test_where_nothing_was_it_is_empty() -> None:
    with pytest.raises(PromptEmpty):
        ImageRequest.checked(prompt=" \u200b ")


def test_the_limit_is_about_what_is_sent() -> None:
    emoji = f"<:x:{MARKER}>"
    assert len(ImageRequest.checked(prompt="x" * 5_990 + emoji).sent_prompt) == 5_991
    with pytest.raises(PromptTooLong):
        ImageRequest.checked(prompt="x" * 5_990 + f"<@{MARKER}>", names=called("y" * 11))
