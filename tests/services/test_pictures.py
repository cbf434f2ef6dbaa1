"""Strangers' bytes, and our own that are too large."""

import io
import random
import struct
import zlib
from contextlib import suppress

import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.provider import Picture
from bot.services import pictures
from tests.telling_pictures import icc_profile, telling_pictures, what_it_tells


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(0).randbytes(width * height * 3))


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.data))


def problem_of(data: bytes) -> SourceProblem:
    with pytest.raises(FileRefused) as refused:
        pictures.prepare_source(data)
    return refused.value.problem


def a_bomb() -> bytes:
    """A PNG of a few hundred bytes that says it is 60,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_a_photo_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    photo = Image.new("RGB", (300, 200), "white")
    exif = photo.getexif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"
    prepared = opened(pictures.prepare_source(encoded(photo, "JPEG", exif=exif)))
    assert prepared.size == (200, 300)
    assert not prepared.getexif()


def test_heic_becomes_jpeg() -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(noise(128, 96)).save(out)
    prepared = pictures.prepare_source(out.getvalue())
    assert (prepared.content_type, prepared.width, prepared.height) == ("image/jpeg", 128, 96)


def test_of_a_moving_gif_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    gif = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    pixel = opened(pictures.prepare_source(gif)).convert("RGB").getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200 > pixel[2]


def test_transparency_is_kept() -> None:
    prepared = pictures.prepare_source(encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "PNG"))
    assert prepared.content_type == "image/png"
    assert opened(prepared).mode == "RGBA"


def test_a_large_source_is_brought_under_the_providers_bounds() -> None:
    prepared = pictures.prepare_source(encoded(noise(4400, 1000), "PNG"))
    assert max(prepared.width, prepared.height) <= pictures.MOST_SOURCE_SIDE
    assert len(prepared.data) <= pictures.MOST_SOURCE_BYTES


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_a_source_with_many_times_the_models_pixels_is_brought_nearer(kind: str) -> None:
    """Each corner keeps its colour, and nothing is cut off or turned."""
    large = Image.new("RGB", (6000, 4000), "white")
    large.paste("red", (0, 0, 600, 400))
    large.paste("blue", (5400, 3600, 6000, 4000))
    data = encoded(large, kind)
    sent = Image.open(io.BytesIO(data)).convert("RGB")
    prepared = opened(pictures.prepare_source(data))
    assert prepared.size == (3000, 2000)
    for x, y in ((5, 5), (2990, 5), (5, 1990), (2990, 1990), (1500, 1000)):
        assert near(prepared.getpixel((x, y)), sent.getpixel((2 * x, 2 * y)))


def test_a_turned_source_is_upright_also_when_it_is_made_smaller() -> None:
    photo = Image.new("RGB", (6000, 3000), "white")
    photo.paste("red", (0, 0, 600, 300))
    exif = photo.getexif()
    exif[0x0112] = 6  # turned by a quarter: what is at the top left belongs to the top right
    for kind in ("JPEG", "PNG"):
        prepared = opened(pictures.prepare_source(encoded(photo, kind, exif=exif)))
        assert prepared.size == (1500, 3000)
        assert near(prepared.getpixel((1490, 5)), (255, 0, 0))


@pytest.mark.parametrize(
    ("profile", "pixel"),
    [(None, (200, 100, 50)), (b"a profile", (200, 100, 50)), (icc_profile("a screen"), (216, 93, 25))],
    ids=["none", "broken", "wide"],
)
def test_a_source_keeps_the_colours_that_its_profile_means(
    profile: bytes | None, pixel: tuple[int, int, int]
) -> None:
    wide = Image.new("RGB", (4600, 100), (200, 100, 50))
    prepared = opened(pictures.prepare_source(encoded(wide, "PNG", icc_profile=profile)))
    assert prepared.size == (4096, 89)
    assert near(prepared.getpixel((50, 50)), pixel)


@pytest.mark.parametrize("kind", telling_pictures())
def test_of_a_source_nothing_is_left_but_its_pixels(kind: str) -> None:
    told = telling_pictures()[kind]
    assert what_it_tells(told)
    assert what_it_tells(pictures.prepare_source(told).data) == []


def test_the_transparency_of_a_large_source_is_kept() -> None:
    cut_out = Image.new("RGBA", (4800, 3600), (0, 200, 0, 255))
    cut_out.paste((0, 0, 0, 0), (0, 0, 2400, 3600))
    prepared = pictures.prepare_source(encoded(cut_out, "PNG", compress_level=1))
    assert (prepared.content_type, prepared.width, prepared.height) == ("image/png", 2400, 1800)
    alpha = opened(prepared).getchannel("A")
    assert (alpha.getpixel((1190, 900)), alpha.getpixel((1210, 900))) == (0, 255)


def test_a_transparent_source_that_is_too_long_as_png_has_no_more_pixels_than_the_model_makes() -> None:
    cut_out = noise(1000, 1000).resize((2000, 2000), Image.Resampling.NEAREST)
    cut_out.putalpha(Image.linear_gradient("L").resize(cut_out.size))
    prepared = pictures.prepare_source(encoded(cut_out, "PNG", compress_level=1))
    assert prepared.content_type == "image/webp"
    assert prepared.width * prepared.height <= pictures.MODEL_PIXELS * 1.01
    assert len(prepared.data) <= pictures.MOST_SOURCE_BYTES


def near(pixel: object, colour: object) -> bool:
    assert isinstance(pixel, tuple)
    assert isinstance(colour, tuple)
    return all(abs(one - other) < 12 for one, other in zip(pixel, colour, strict=True))


def test_sixteen_bits_of_grey_are_scaled_not_cut_off() -> None:
    row = struct.pack("<32H", *[3000] * 32) + struct.pack("<32H", *[40000] * 32)
    scan = Image.frombytes("I;16", (64, 64), row * 64)
    prepared = opened(pictures.prepare_source(encoded(scan, "PNG"))).convert("L").tobytes()
    assert prepared[5] == pytest.approx(3000 / 257, abs=4)
    assert prepared[60] == pytest.approx(40000 / 257, abs=4)


def test_inks_keep_no_profile_that_says_nothing_about_rgb() -> None:
    inks = Image.new("CMYK", (64, 64), (255, 0, 0, 0))
    sent = encoded(inks, "JPEG", icc_profile=b"a profile for inks")
    prepared = opened(pictures.prepare_source(sent))
    assert "icc_profile" not in prepared.info


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"these are words, whatever the file's name says", SourceProblem.NOT_A_PICTURE),
        (b"", SourceProblem.NOT_A_PICTURE),
        (encoded(noise(64, 64), "PNG")[:500], SourceProblem.NOT_A_PICTURE),
        (encoded(noise(64, 64), "JPEG")[:200], SourceProblem.NOT_A_PICTURE),
        (a_bomb(), SourceProblem.TOO_MANY_PIXELS),
        (encoded(Image.new("RGB", (1, 1)), "PNG"), SourceProblem.TOO_SMALL),
        (encoded(Image.new("RGB", (500, 4)), "PNG"), SourceProblem.TOO_SMALL),
        (encoded(Image.new("RGB", (33, 9000)), "PNG"), SourceProblem.TOO_SMALL),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n", SourceProblem.NOT_A_PICTURE),
    ],
    ids=[
        "text",
        "empty",
        "half a png",
        "half a jpeg",
        "bomb",
        "one pixel",
        "a line",
        "a thread",
        "a program",
    ],
)
def test_what_cannot_be_edited_is_refused(data: bytes, problem: SourceProblem) -> None:
    assert problem_of(data) is problem


@pytest.mark.fuzz
@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    for start in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\x10\0\0\0WEBPVP8 "):
        with suppress(FileRefused):
            assert pictures.identify(start + data).width


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_known_by_their_bytes(kind: str) -> None:
    found = pictures.identify(encoded(noise(40, 50), kind))
    assert (found.content_type, found.width, found.height) == (f"image/{kind.lower()}", 40, 50)


def test_a_small_enough_picture_is_left_as_it_is() -> None:
    made = pictures.identify(encoded(noise(64, 64), "PNG"))
    assert pictures.fit(made, len(made.data)) is made


@pytest.mark.parametrize("most_bytes", [400_000, 60_000, 9_000])
def test_a_picture_above_the_upload_limit_is_made_to_fit(most_bytes: int) -> None:
    made = pictures.identify(encoded(noise(600, 500), "PNG"))
    fitted = pictures.fit(made, most_bytes)
    assert len(fitted.data) <= most_bytes
    assert fitted.content_type == "image/jpeg"
