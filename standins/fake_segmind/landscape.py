"""The colours and shapes for the words of a prompt. Knows nothing of jobs."""

import colorsys
import math
import random
import re

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Size = tuple[int, int]

#: Where on the colour wheel a word stands.
HUES = {
    "red": 0.0,
    "fire": 0.04,
    "autumn": 0.06,
    "orange": 0.08,
    "desert": 0.1,
    "sunset": 0.04,
    "gold": 0.13,
    "yellow": 0.15,
    "forest": 0.33,
    "green": 0.34,
    "sea": 0.5,
    "ocean": 0.53,
    "winter": 0.56,
    "snow": 0.56,
    "blue": 0.6,
    "night": 0.64,
    "purple": 0.76,
    "pink": 0.9,
    "rose": 0.95,
}
DARK_WORDS = frozenset({"night", "dark", "midnight", "moon", "moonlight", "stars", "storm", "evening"})
HILLS = 4
ORBS = 7
STARS = 90
#: The share of the new light in an edited picture.
EDIT_STRENGTH = 0.42
NIGHT_SHADE = (70, 80, 125)


def words_of(prompt: str) -> list[str]:
    return re.findall(r"[a-z]+", prompt.lower())


def is_dark(prompt: str) -> bool:
    return not DARK_WORDS.isdisjoint(words_of(prompt))


def hue_of(prompt: str, rng: random.Random) -> float:
    named = [HUES[word] for word in words_of(prompt) if word in HUES]
    return named[0] if named else rng.random()


def colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, min(1.0, saturation), max(0.0, min(1.0, value)))
    return round(red * 255), round(green * 255), round(blue * 255)


def paint(size: Size, prompt: str, rng: random.Random) -> Image.Image:
    """Sky, sun or moon, hills and floating lights."""
    hue, dark = hue_of(prompt, rng), is_dark(prompt)
    picture = sky(size, hue, dark=dark)
    if dark:
        add_stars(picture, rng)
    add_sun(picture, hue, rng, dark=dark)
    add_hills(picture, hue, rng, dark=dark)
    add_orbs(picture, hue, rng)
    return picture


def sky(size: Size, hue: float, *, dark: bool) -> Image.Image:
    stops = (
        [colour(hue, 0.75, 0.12), colour(hue + 0.04, 0.6, 0.34), colour(hue + 0.12, 0.5, 0.55)]
        if dark
        else [colour(hue + 0.08, 0.5, 0.86), colour(hue, 0.34, 0.97), colour(hue - 0.1, 0.3, 1.0)]
    )
    column = Image.new("RGB", (1, len(stops)))
    column.putdata(stops)
    return column.resize(size, Image.Resampling.BICUBIC)


def add_stars(picture: Image.Image, rng: random.Random) -> None:
    draw = ImageDraw.Draw(picture)
    for _ in range(STARS):
        x, y = rng.randrange(picture.width), rng.randrange(max(1, picture.height * 2 // 3))
        shade = rng.randrange(140, 256)
        draw.point((x, y), fill=(shade, shade, min(255, shade + 20)))


def add_sun(picture: Image.Image, hue: float, rng: random.Random, *, dark: bool) -> None:
    x, y = picture.width * rng.uniform(0.2, 0.8), picture.height * rng.uniform(0.18, 0.45)
    radius = min(picture.size) * rng.uniform(0.08, 0.16)
    shine = (238, 240, 255) if dark else colour(hue - 0.12, 0.25, 1.0)
    for spread, strength in ((2.2, 60), (1.5, 90), (1.0, 255)):
        mask = Image.new("L", picture.size)
        reach = radius * spread
        ImageDraw.Draw(mask).ellipse((x - reach, y - reach, x + reach, y + reach), fill=strength)
        if spread > 1.0:
            mask = mask.filter(ImageFilter.GaussianBlur(radius / 3))
        picture.paste(shine, mask=mask)


def add_hills(picture: Image.Image, hue: float, rng: random.Random, *, dark: bool) -> None:
    draw = ImageDraw.Draw(picture)
    for layer in range(HILLS):
        nearness = (layer + 1) / HILLS
        value = (0.42 if dark else 0.88) - (0.32 if dark else 0.55) * nearness
        draw.polygon(
            ridge(picture.size, 0.5 + 0.42 * nearness * rng.uniform(0.75, 1.0), rng),
            fill=colour(hue + 0.03 * layer, 0.35 + 0.35 * nearness, value),
        )


def ridge(size: Size, level: float, rng: random.Random) -> list[tuple[float, float]]:
    """The outline of a hill: three waves, one on another, down to the lower edge."""
    width, height = size
    waves = [
        (rng.uniform(0.6, 1.6) * frequency, rng.uniform(0, math.tau), 0.06 / frequency)
        for frequency in (1, 2, 5)
    ]
    step = max(1, width // 120)
    outline = [
        (
            float(x),
            height
            * (level - sum(size * math.sin(math.tau * f * x / width + phase) for f, phase, size in waves)),
        )
        for x in range(0, width + step, step)
    ]
    return [(0.0, float(height)), *outline, (float(width), float(height))]


def add_orbs(picture: Image.Image, hue: float, rng: random.Random) -> None:
    for _ in range(ORBS):
        radius = min(picture.size) * rng.uniform(0.01, 0.05)
        x, y = picture.width * rng.random(), picture.height * rng.uniform(0.1, 0.9)
        mask = Image.new("L", picture.size)
        ImageDraw.Draw(mask).ellipse((x - radius, y - radius, x + radius, y + radius), fill=150)
        picture.paste(colour(hue + rng.choice((0.5, 0.42, 0.58)), 0.45, 1.0), mask=mask)


def light_of(size: Size, prompt: str, rng: random.Random) -> Image.Image:
    """The layer that an edit puts over its source."""
    light = sky(size, hue_of(prompt, rng), dark=is_dark(prompt))
    add_orbs(light, hue_of(prompt, rng), rng)
    if is_dark(prompt):
        add_stars(light, rng)
    return light


def relight(picture: Image.Image, light: Image.Image, prompt: str) -> Image.Image:
    if is_dark(prompt):
        shaded = ImageChops.multiply(picture, Image.new("RGB", picture.size, NIGHT_SHADE))
        return ImageChops.lighter(shaded, ImageChops.multiply(light, light))
    return Image.blend(picture, light, EDIT_STRENGTH)
