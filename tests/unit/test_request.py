"""What can be asked for, checked before anything is spent."""

import pytest

from bot.domain.errors import CountOutOfRange, PromptEmpty, PromptTooLong, RatioNotForManga
from bot.domain.luma import MANGA_RATIOS, AspectRatio, Style
from bot.domain.request import ImageRequest, Source

NOTHING_TO_SEE = [
    "",
    "   ",
    "\x00",
    "\u200b\u200d",
    "\u0301",
    "\u202e",
    "\ud800",
    "\u3164\u115f\uffa0",
    "\u2800",
]


@pytest.mark.parametrize("prompt", NOTHING_TO_SEE)
def test_a_prompt_that_nobody_can_see_is_empty(prompt: str) -> None:
    with pytest.raises(PromptEmpty):
        ImageRequest.checked(prompt=prompt)


@pytest.mark.parametrize("prompt", ["x", "\N{IZAKAYA LANTERN}", "\u732b", "?", "42"])
def test_anything_visible_will_do(prompt: str) -> None:
    assert ImageRequest.checked(prompt=f" {prompt} ").prompt == prompt


def test_six_thousand_characters_are_the_most() -> None:
    ImageRequest.checked(prompt="x" * 6000)
    with pytest.raises(PromptTooLong) as refusal:
        ImageRequest.checked(prompt="x" * 6001)
    assert (refusal.value.length, refusal.value.most) == (6001, 6000)


@pytest.mark.parametrize("count", [0, -1, 5])
def test_one_to_four_pictures(count: int) -> None:
    with pytest.raises(CountOutOfRange):
        ImageRequest.checked(prompt="x", count=count)


@pytest.mark.parametrize("ratio", sorted(set(AspectRatio) - set(MANGA_RATIOS)))
def test_manga_is_refused_in_a_ratio_that_the_model_refuses(ratio: AspectRatio) -> None:
    with pytest.raises(RatioNotForManga):
        ImageRequest.checked(prompt="x", style=Style.MANGA, aspect_ratio=ratio)


@pytest.mark.parametrize("source", [None, Source(url="https://cdn/a.png")])
def test_manga_without_a_ratio_gets_one_that_it_can_have(source: Source | None) -> None:
    request = ImageRequest.checked(prompt="x", style=Style.MANGA, source=source)
    assert request.aspect_ratio is AspectRatio.TALL_2_3


def test_an_edit_keeps_the_ratio_of_its_source() -> None:
    request = ImageRequest.checked(
        prompt="x", aspect_ratio=AspectRatio.WIDE_3_1, source=Source(url="https://cdn/a.png")
    )
    assert request.aspect_ratio is None


def test_what_no_database_takes_is_left_out_of_a_prompt() -> None:
    assert ImageRequest.checked(prompt="a \x00fox\ud800 \udc00🏮").prompt == "a fox 🏮"


ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "hidden",
    [
        "".join(chr(0xE0000 + ord(letter)) for letter in "a secret wish"),
        "".join(chr(0xE0100 + byte) for byte in b"a secret wish"),
        "\x1b\x07\x9b",
    ],
    ids=["tags", "variation selectors", "controls"],
)
def test_what_no_moderator_can_see_is_not_sent(hidden: str) -> None:
    asked = ImageRequest.checked(prompt=f"a {hidden}fox{hidden}")
    assert asked.sent_prompt == "a fox"


@pytest.mark.parametrize("prompt", [f"{ENGLAND} and 🏴", "辻󠄀 and 葛󠄁", "👩‍🚀 ❤️ 1️⃣", "two\nlines\tand more"])
def test_what_is_seen_is_sent_as_it_is(prompt: str) -> None:
    assert ImageRequest.checked(prompt=prompt).sent_prompt == prompt
