"""What becomes of a picture: of sources for the provider, of results for Discord."""

import struct
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.luma import PICTURE_PIXELS, SENT_SOURCE_MOST_BYTES
from bot.imaging.drawing import LEAST_SIDE, MOST_SIDE
from tests.imaging.files import (
    EXIF_ORIENTATION,
    ODD,
    a_bomb,
    clear_grey_png,
    encoded,
    heic,
    long_profile,
    noise,
    scene,
    tiff,
    wide_gamut_profile,
)
from tests.imaging.shared import looks_like, made_of, near, opened, prepared, problem_of
from tests.telling_pictures import icc_profile, telling_pictures, what_it_tells

DISCORDS_LIMIT = 10 * 1024 * 1024


# --- shape --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("JPEG", (300, 200)),
        ("PNG", (300, 200)),
        ("WEBP", (300, 200)),
        ("TIFF", (300, 200)),
        ("JPEG", (4600, 2800)),
    ],
)
def test_a_photo_is_turned_upright_and_forgets_where_it_was_taken(
    kind: str, orientation: int, size: tuple[int, int]
) -> None:
    photo = scene(*size)
    exif = photo.getexif()
    exif[EXIF_ORIENTATION] = orientation
    if kind != "TIFF":
        exif.get_ifd(0x8825)[1] = "N"
    sent = encoded(photo, kind, exif=exif)
    upright = turned(photo, orientation)
    made = opened(prepared(sent))
    assert (made.width > made.height) is (upright.width > upright.height)
    assert looks_like(made, upright)
    assert not made.getexif()


def turned(photo: Image.Image, orientation: int) -> Image.Image:
    """By the table of EXIF 2.3: where the first row and the first column of the file belong."""
    ways = Image.Transpose
    way = {
        2: ways.FLIP_LEFT_RIGHT,
        3: ways.ROTATE_180,
        4: ways.FLIP_TOP_BOTTOM,
        5: ways.TRANSPOSE,
        6: ways.ROTATE_270,
        7: ways.TRANSVERSE,
        8: ways.ROTATE_90,
    }
    return photo.transpose(way[orientation]) if orientation in way else photo


def test_heic_becomes_jpeg() -> None:
    made = prepared(heic(640, 480))
    assert made.content_type == "image/jpeg"
    assert looks_like(opened(made), scene(640, 480))


def test_a_photograph_of_twelve_megapixels_keeps_its_size() -> None:
    assert opened(prepared(encoded(scene(4032, 3024), "JPEG"))).size == (4032, 3024)


@pytest.mark.parametrize(
    ("kind", "sent", "size"),
    [
        ("JPEG", (6000, 4000), (3000, 2000)),
        ("JPEG", (12_000, 9_000), (3000, 2250)),
        ("PNG", (5000, 4000), (2291, 1833)),
        ("GIF", (6000, 4000), (2510, 1673)),
    ],
)
def test_a_source_with_many_times_the_models_pixels_is_brought_nearer(
    kind: str, sent: tuple[int, int], size: tuple[int, int]
) -> None:
    made = opened(prepared(encoded(scene(*sent), kind)))
    assert made.size == size
    assert size[0] * size[1] >= PICTURE_PIXELS * 0.99
    assert looks_like(made, scene(600, 400))


@pytest.mark.parametrize(("width", "height"), [(20_000, 150), (150, 20_000), (4096, 32), (8000, 32)])
def test_a_panorama_is_measured_before_it_is_made_small(width: int, height: int) -> None:
    made = opened(prepared(encoded(scene(width, height), "JPEG")))
    assert min(made.size) >= LEAST_SIDE
    assert made.width / made.height == pytest.approx(width / height, rel=0.02)


def test_a_large_source_is_brought_under_the_providers_bounds() -> None:
    made = prepared(encoded(noise(4400, 1000), "PNG"))
    assert max(opened(made).size) <= MOST_SIDE
    assert len(made.data) <= SENT_SOURCE_MOST_BYTES


def test_the_rows_of_a_large_source_have_no_seams() -> None:
    """A slope stays a slope, wherever one strip ends and the next begins."""
    slope = Image.linear_gradient("L").resize((3000, 5000), Image.Resampling.BILINEAR)
    made = opened(prepared(encoded(slope, "PNG"))).convert("L")
    column = made.crop((100, 0, 101, made.height)).tobytes()
    assert all(abs(one - other) <= 3 for one, other in pairwise(column))


# --- colours ------------------------------------------------------------------------------------------


def grey_16(mode: str = "I;16") -> Image.Image:
    row = struct.pack("<32H", *[3000] * 32) + struct.pack("<32H", *[40000] * 32)
    return Image.frombytes(mode, (64, 64), row * 64)


def floating(dark: float, bright: float) -> Image.Image:
    return Image.frombytes("F", (64, 64), struct.pack("<64f", *[dark] * 32, *[bright] * 32) * 64)


LEFT_GREY, RIGHT_GREY = (12, 12, 12), (156, 156, 156)
RED, GREEN, CLEAR_GREEN = (200, 30, 30), (30, 200, 30), (30, 200, 30, 0)


def halves(mode: str, left: Any, right: Any) -> Image.Image:
    image = Image.new(mode, (64, 64), left)
    image.paste(right, (32, 0, 64, 64))
    return image


def palette(**options: object) -> bytes:
    return encoded(halves("RGB", RED, GREEN).convert("P", palette=Image.Palette.ADAPTIVE), "PNG", **options)


def inks() -> bytes:
    return encoded(halves("CMYK", (0, 255, 255, 40), (255, 0, 255, 40)), "JPEG", quality=95)


def wide(mode: str, kind: str) -> bytes:
    colours = halves("RGB", RED, GREEN).convert(mode, palette=Image.Palette.ADAPTIVE)
    return encoded(colours, kind, icc_profile=wide_gamut_profile(), quality=95)


BLUE_FOR_RED = (30, 30, 200)

#: Files, and the colours of their left and right half.
MODES: dict[str, tuple[bytes, Any, Any]] = {
    "16 bits of grey": (encoded(grey_16(), "PNG"), LEFT_GREY, RIGHT_GREY),
    "16 bits of grey, tiff": (encoded(grey_16(), "TIFF"), LEFT_GREY, RIGHT_GREY),
    "floating, to 1": (encoded(floating(12 / 255, 156 / 255), "TIFF"), LEFT_GREY, RIGHT_GREY),
    "floating, to 255": (encoded(floating(12.0, 156.0), "TIFF"), LEFT_GREY, RIGHT_GREY),
    "floating, to 65535": (encoded(floating(3000.0, 40000.0), "TIFF"), LEFT_GREY, RIGHT_GREY),
    "floating, of any": (encoded(floating(-7.0, 1e9), "TIFF"), (0, 0, 0), (255, 255, 255)),
    "floating, not a number": (encoded(floating(float("nan"), 1.0), "TIFF"), None, None),
    "1 bit": (encoded(halves("1", 0, 1), "PNG"), (0, 0, 0), (255, 255, 255)),
    "grey": (encoded(halves("L", 12, 156), "PNG"), LEFT_GREY, RIGHT_GREY),
    "grey with alpha": (
        encoded(halves("LA", (12, 255), (156, 0)), "PNG"),
        (*LEFT_GREY, 255),
        (*RIGHT_GREY, 0),
    ),
    "opaque alpha": (encoded(halves("RGBA", (*RED, 255), (*GREEN, 255)), "PNG"), RED, GREEN),
    "alpha": (encoded(halves("RGBA", (*RED, 255), CLEAR_GREEN), "PNG"), (*RED, 255), CLEAR_GREEN),
    "alpha, webp": (
        encoded(halves("RGBA", (*RED, 255), (*GREEN, 90)), "WEBP", lossless=True),
        (*RED, 255),
        (*GREEN, 90),
    ),
    "palette": (palette(), RED, GREEN),
    "palette with one clear colour": (
        encoded(halves("RGB", RED, GREEN), "PNG", transparency=GREEN),
        (*RED, 255),
        CLEAR_GREEN,
    ),
    "inks": (inks(), (215, 0, 0), (0, 215, 0)),
    "inks, tiff": (
        encoded(halves("CMYK", (0, 255, 255, 40), (255, 0, 255, 40)), "TIFF"),
        (215, 0, 0),
        (0, 215, 0),
    ),
    "YCbCr, tiff": (encoded(halves("RGB", RED, GREEN).convert("YCbCr"), "TIFF"), RED, GREEN),
    "wide gamut": (wide("RGB", "PNG"), BLUE_FOR_RED, GREEN),
    "wide gamut, jpeg": (wide("RGB", "JPEG"), BLUE_FOR_RED, GREEN),
    "wide gamut, palette": (wide("P", "PNG"), BLUE_FOR_RED, GREEN),
    "wide gamut, alpha": (wide("RGBA", "WEBP"), BLUE_FOR_RED, GREEN),
    "wide gamut, a profile of 3 MB": (
        encoded(halves("RGB", RED, GREEN), "PNG", icc_profile=long_profile(3_000_000)),
        BLUE_FOR_RED,
        GREEN,
    ),
    "a profile for inks on grey": (
        encoded(halves("L", 12, 156), "JPEG", icc_profile=wide_gamut_profile()),
        LEFT_GREY,
        RIGHT_GREY,
    ),
    "a profile of nonsense": (
        encoded(halves("RGB", RED, GREEN), "PNG", icc_profile=b"a profile"),
        RED,
        GREEN,
    ),
}


@pytest.mark.parametrize("name", MODES)
def test_every_mode_and_profile_comes_out_right(name: str) -> None:
    sent, left, right = MODES[name]
    made = opened(prepared(sent))
    assert "icc_profile" not in made.info
    if left is None:
        return
    assert made.mode == ("RGBA" if len(left) == 4 else "RGB")
    assert near(made.getpixel((10, 30)), left)
    if len(right) == 3 or right[3]:
        assert near(made.getpixel((54, 30)), right)
    else:
        assert made.getchannel("A").getpixel((54, 30)) == 0


@pytest.mark.parametrize("width", [64, 4608], ids=["as it is", "made smaller"])
@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_a_grey_that_is_transparent_is_so_in_any_number_of_bits(bits: int, width: int) -> None:
    alpha = opened(prepared(clear_grey_png(bits, width))).getchannel("A")
    assert (alpha.getpixel((5, 20)), alpha.getpixel((alpha.width - 5, 20))) == (255, 0)


@pytest.mark.parametrize(
    ("profile", "pixel"),
    [(None, (200, 100, 50)), (b"a profile", (200, 100, 50)), (icc_profile("a screen"), (216, 93, 25))],
    ids=["none", "broken", "wide"],
)
def test_a_source_keeps_the_colours_that_its_profile_means(
    profile: bytes | None, pixel: tuple[int, int, int]
) -> None:
    wide = Image.new("RGB", (4600, 100), (200, 100, 50))
    made = opened(prepared(encoded(wide, "PNG", icc_profile=profile)))
    assert made.size == (4096, 89)
    assert near(made.getpixel((50, 50)), pixel)


@pytest.mark.parametrize("kind", telling_pictures())
def test_of_a_source_nothing_is_left_but_its_pixels(kind: str) -> None:
    told = telling_pictures()[kind]
    assert what_it_tells(told)
    assert what_it_tells(prepared(told).data) == []


def test_the_transparency_of_a_large_source_is_kept() -> None:
    cut_out = Image.new("RGBA", (4800, 3600), (0, 200, 0, 255))
    cut_out.paste((0, 0, 0, 0), (0, 0, 2400, 3600))
    made = prepared(encoded(cut_out, "PNG", compress_level=1))
    assert made.content_type == "image/png"
    alpha = opened(made).getchannel("A")
    middle = alpha.width // 2
    assert (alpha.getpixel((middle - 10, 900)), alpha.getpixel((middle + 10, 900))) == (0, 255)


def test_a_transparent_source_that_is_too_long_as_png_becomes_webp() -> None:
    cut_out = noise(1000, 1000).resize((2000, 2000), Image.Resampling.NEAREST)
    cut_out.putalpha(Image.linear_gradient("L").resize(cut_out.size))
    made = prepared(encoded(cut_out, "PNG", compress_level=1))
    assert made.content_type == "image/webp"
    assert len(made.data) <= SENT_SOURCE_MOST_BYTES


# --- what is odd --------------------------------------------------------------------------------------


def of_frames(kind: str, *frames: Image.Image) -> bytes:
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True, duration=100)


CLEAR = Image.new("RGBA", (64, 64), (0, 0, 0, 0))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
@pytest.mark.parametrize(
    ("frames", "colour"),
    [
        ([halves("RGBA", (*RED, 255), (*GREEN, 255)), halves("RGBA", (0, 0, 0, 255), (0, 0, 200, 255))], RED),
        ([CLEAR, CLEAR, halves("RGBA", (*RED, 255), (*GREEN, 255))], RED),
        ([Image.new("RGBA", (64, 64), "black"), halves("RGBA", (*RED, 255), (*GREEN, 255))], RED),
    ],
    ids=["first", "after two clear ones", "after a black one"],
)
def test_of_an_animation_the_first_frame_that_shows_anything_is_taken(
    kind: str, frames: list[Image.Image], colour: tuple[int, ...]
) -> None:
    made = opened(prepared(of_frames(kind, *frames))).convert("RGB")
    assert near(made.getpixel((10, 30)), colour, 20)


def test_an_animation_of_nothing_is_taken_as_it_is() -> None:
    assert opened(prepared(of_frames("GIF", *[Image.new("RGB", (64, 64), "navy")] * 2))).size == (64, 64)


@pytest.mark.parametrize("name", ODD)
def test_odd_metadata_and_missing_ends_do_no_harm(name: str) -> None:
    assert looks_like(opened(prepared(ODD[name])), scene(300, 200))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"these are words, whatever the file's name says", SourceProblem.NOT_A_PICTURE),
        (b"", SourceProblem.NOT_A_PICTURE),
        (encoded(noise(64, 64), "PNG")[:500], SourceProblem.BROKEN),
        (encoded(noise(64, 64), "JPEG")[:200], SourceProblem.BROKEN),
        (encoded(noise(640, 640), "JPEG")[:-90_000], SourceProblem.BROKEN),
        (encoded(noise(64, 64), "WEBP")[:300], SourceProblem.BROKEN),
        (encoded(scene(640, 640), "GIF")[:900], SourceProblem.BROKEN),
        (a_bomb(), SourceProblem.TOO_MANY_PIXELS),
        (encoded(Image.new("RGB", (1, 1)), "PNG"), SourceProblem.TOO_SMALL),
        (encoded(Image.new("RGB", (500, 4)), "PNG"), SourceProblem.TOO_SMALL),
        (encoded(Image.new("RGB", (33, 9000)), "PNG"), SourceProblem.TOO_SMALL),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n", SourceProblem.NOT_A_PICTURE),
        (encoded(scene(64, 64), "PPM"), SourceProblem.NOT_A_PICTURE),
        (tiff(100, 100, {}), SourceProblem.BROKEN),
    ],
    ids=[
        "text",
        "empty",
        "half a png",
        "a jpeg's beginning",
        "half a jpeg",
        "half a webp",
        "half a gif",
        "bomb",
        "one pixel",
        "a line",
        "a thread",
        "a program",
        "of no chat client",
        "a tiff of nothing",
    ],
)
def test_what_cannot_be_edited_is_refused(data: bytes, problem: SourceProblem) -> None:
    assert problem_of(data) is problem


STARTS = (
    b"",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe0",
    b"GIF89a",
    b"RIFF\x10\0\0\0WEBPVP8 ",
    b"II*\0\x08\0\0\0",
    b"\0\0\0\x18ftypheic",
    b"\0\0\0\x18ftypavif",
    b"BM\0\0\0\0\0\0\0\0",
)


@pytest.mark.fuzz
@given(st.sampled_from(STARTS), st.binary(max_size=400))
def test_no_bytes_raise_anything_else(start: bytes, data: bytes) -> None:
    with suppress(FileRefused):
        prepared(start + data)
    with suppress(FileRefused):
        made_of(start + data, DISCORDS_LIMIT)
