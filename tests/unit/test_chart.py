"""The chart: drawn for any days, with enough contrast to be read on any ground."""

import asyncio
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from bot.chat.reports import chart
from bot.chat.reports.chart import Day, Words, draw
from bot.chat.reports.warm_up import warm_up_charts
from bot.words.language import LANGUAGES, speaking
from standins.clock import VirtualClock


def days(*counts: tuple[int, int]) -> list[Day]:
    return [
        Day(date(2026, 2, 20) + timedelta(days=at), made, failed) for at, (made, failed) in enumerate(counts)
    ]


def drawn(counts: list[Day]) -> Image.Image:
    return Image.open(io.BytesIO(draw(counts))).convert("RGB")


def pixels(picture: Image.Image, color: str) -> int:
    wanted = ImageColor.getrgb(color)
    return sum(count for count, found in picture.getcolors(10**6) or [] if found == wanted)


def test_bars_are_as_high_as_there_are_pictures() -> None:
    all_made = pixels(drawn(days((10, 0), (10, 0))), chart.MADE)
    half_made = pixels(drawn(days((5, 5), (5, 5))), chart.MADE)
    assert half_made == pytest.approx(all_made / 2, rel=0.05)


@pytest.mark.parametrize("counts", [[(0, 0)], [(0, 0)] * 30, [(10**9, 1)], [(1, 0)] * 400])
def test_any_days_can_be_drawn(counts: list[tuple[int, int]]) -> None:
    picture = drawn(days(*counts))
    assert picture.size == (800, 400)
    assert picture.getpixel((2, 2)) == ImageColor.getrgb(chart.GROUND)


async def test_the_warm_up_finds_the_fonts_for_later_charts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    await warm_up_charts(VirtualClock(auto_advance=True))
    found = await asyncio.to_thread(lambda: [*tmp_path.glob("fontlist-*.json")])
    assert len(found) == 1


# --- in the reader's language ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_letters(language: str) -> None:
    """Matplotlib warns of each that would be a box, and a warning fails a test."""
    with speaking(language):
        assert draw(days(*[(1, 1)] * 300))


def test_the_days_are_written_in_the_readers_language() -> None:
    with speaking("de"):
        assert Words.about(days((1, 0), (1, 0))).dates == {0: "20. Feb.", 1: "21. Feb."}


def luminance(color: str) -> float:
    def linear(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, ImageColor.getrgb(color)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("color", "least"), [(chart.TEXT, 4.5), (chart.MADE, 3.0), (chart.FAILED, 3.0)])
def test_the_colors_stand_out_from_the_ground(color: str, least: float) -> None:
    """WCAG's contrast for text and for graphics; the chart brings its ground along into either look."""
    assert (luminance(color) + 0.05) / (luminance(chart.GROUND) + 0.05) >= least
