"""What becomes of finished pictures on their way to Discord."""

import io

import pytest
from PIL import ImageCms

from bot.domain.errors import FileRefused
from tests.imaging.files import ODD, encoded, heic, noise, scene, wide_gamut_profile
from tests.imaging.shared import looks_like, made_of, opened, thumbnail_of

DISCORDS_LIMIT = 10 * 1024 * 1024


@pytest.mark.parametrize("name", ODD)
def test_a_result_with_odd_metadata_or_a_missing_end_is_left_as_it_is(name: str) -> None:
    made = made_of(ODD[name], DISCORDS_LIMIT)
    assert made is None or name.startswith("heic")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_result_that_discord_shows_is_left_as_it_is(kind: str) -> None:
    assert made_of(encoded(scene(300, 200), kind), DISCORDS_LIMIT) is None


CONVERTED = {
    "CMYK, tiff": encoded(scene(300, 200).convert("CMYK"), "TIFF"),
    "YCbCr, tiff": encoded(scene(300, 200).convert("YCbCr"), "TIFF"),
    "bmp": encoded(scene(300, 200), "BMP"),
    "jpeg 2000": encoded(scene(300, 200), "JPEG2000"),
    "heic": heic(300, 200),
    "avif": encoded(scene(300, 200), "AVIF"),
}


@pytest.mark.parametrize("name", CONVERTED)
def test_a_result_that_discord_cannot_show_is_converted(name: str) -> None:
    made = made_of(CONVERTED[name], DISCORDS_LIMIT)
    assert made is not None
    assert made.content_type == "image/png"
    assert looks_like(opened(made), scene(300, 200), 24)


@pytest.mark.parametrize("most_bytes", [400_000, 60_000, 9_000])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_result_above_the_upload_limit_is_made_to_fit(most_bytes: int, kind: str) -> None:
    made = made_of(encoded(noise(600, 500), kind), most_bytes)
    assert made is not None
    assert len(made.data) <= most_bytes
    assert made.content_type == "image/jpeg"


def test_the_models_largest_png_fits_where_discord_takes_little() -> None:
    """Of 2048 by 2048 pixels, as long as a PNG of them can be."""
    made = made_of(encoded(noise(2048, 2048), "PNG", compress_level=0), 1_000_000)
    assert made is not None
    assert len(made.data) <= 1_000_000
    assert opened(made).size[0] > 500


def test_a_profile_is_read_before_a_result_is_made_to_fit() -> None:
    sent = encoded(
        noise(600, 500),
        "PNG",
        icc_profile=ImageCms.ImageCmsProfile(io.BytesIO(wide_gamut_profile())).tobytes(),
    )
    made = made_of(sent, 60_000)
    assert made is not None
    assert "icc_profile" not in opened(made).info


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
@pytest.mark.parametrize("size", [(900, 600), (600, 900), (2048, 1024), (40, 30)])
def test_a_thumbnail_shows_the_same_within_its_size(kind: str, size: tuple[int, int]) -> None:
    small = opened(thumbnail_of(encoded(scene(*size), kind)))
    assert max(small.size) == min(160, *[max(size)])
    assert small.mode == "RGB"
    assert looks_like(small, scene(*size).resize(small.size), 24)


@pytest.mark.parametrize("data", [b"", b"no picture", encoded(scene(300, 200), "PNG")[:500]])
def test_no_thumbnail_is_made_of_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(FileRefused):
        thumbnail_of(data)
