"""Black and white on a finished picture: the manga screen, and the caption."""

from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps

CAPTION_MOST_CHARACTERS = 70
#: A caption smaller than this could not be read.
CAPTION_LEAST_PIXELS = 9
FRAME_SHARE = 80
#: Rows of an ordered dither that grows round dots; brightness below the number turns black.
DOT = (
    (60, 100, 140, 100),
    (100, 190, 230, 190),
    (140, 230, 250, 230),
    (100, 190, 230, 190),
)
DOT_SCALE = 3


@cache
def screen_tile() -> Image.Image:
    tile = Image.new("L", (len(DOT[0]), len(DOT)))
    tile.putdata([level for row in DOT for level in row])
    return tile.resize((tile.width * DOT_SCALE, tile.height * DOT_SCALE), Image.Resampling.NEAREST)


def screen(size: tuple[int, int]) -> Image.Image:
    """The tile, repeated: doubled until it covers `size`."""
    sheet = screen_tile()
    while sheet.width < size[0] or sheet.height < size[1]:
        doubled = Image.new("L", (sheet.width * 2, sheet.height * 2))
        for x in (0, sheet.width):
            for y in (0, sheet.height):
                doubled.paste(sheet, (x, y))
        sheet = doubled
    return sheet.crop((0, 0, *size))


def halftone(picture: Image.Image) -> Image.Image:
    grey = ImageOps.autocontrast(picture.convert("L"))
    dots = ImageChops.subtract(grey, screen(grey.size)).point([0] + [255] * 255)
    frame = max(1, min(dots.size) // FRAME_SHARE)
    ImageDraw.Draw(dots).rectangle((0, 0, dots.width - 1, dots.height - 1), outline=0, width=frame)
    return dots.convert("RGB")


def write_caption(picture: Image.Image, prompt: str) -> None:
    """The prompt's words, set small on a strip along the lower edge, where there is room for one.

    The strip is opaque, so that an edit's words cover those of its source.
    """
    pixels = min(picture.size) // 45
    if pixels < CAPTION_LEAST_PIXELS:
        return
    text = " ".join(prompt.encode(errors="replace").decode().split())[:CAPTION_MOST_CHARACTERS]
    top = picture.height - 2 * pixels
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, top, picture.width, picture.height), fill=strip_colour(picture))
    font = ImageFont.load_default(pixels)
    draw.text((pixels, top + pixels), text, font=font, anchor="lm", fill=(245, 245, 245))


def strip_colour(picture: Image.Image) -> tuple[int, ...]:
    """The picture's own colour on average, and dark enough for white letters."""
    average = picture.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    if not isinstance(average, tuple):
        raise TypeError("a caption goes on a picture in colours")
    return tuple(int(band) // 4 for band in average)
