"""The stand-in's pictures: of the right size and kind, the same for the same words, and edits that show."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from standins.fake_segmind import drawing
from standins.fake_segmind.model import SIZES


def drawn(prompt: str, *, source: bytes | None = None, small: bool = False, **inputs: str) -> drawing.Drawn:
    brief = drawing.Brief.of({"prompt": prompt, **inputs}, source=source, is_small=small)
    return drawing.draw(brief)


def opened(picture: drawing.Drawn) -> Image.Image:
    return Image.open(BytesIO(picture.data))


def png(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, per band, from 0 to 255."""
    bands = ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean
    return sum(bands) / len(bands)


@pytest.mark.parametrize(("ratio", "size"), SIZES.items())
def test_a_picture_has_the_size_of_its_ratio_and_4_megapixels(ratio: str, size: tuple[int, int]) -> None:
    width, height = opened(drawn("a fox", aspect_ratio=ratio)).size
    across, down = map(int, ratio.split(":"))
    assert (width, height) == size
    assert width / height == pytest.approx(across / down, rel=0.05)
    assert 4.0e6 <= width * height <= 4.4e6


def test_the_same_words_give_the_same_picture_and_others_another() -> None:
    fox = drawn("a fox", small=True)
    assert drawn("a fox", small=True).data == fox.data
    assert difference(opened(drawn("a bear", small=True)), opened(fox)) > 5


def test_a_picture_is_jpeg_unless_png_is_asked_for() -> None:
    for prompt, format_name, content_type in (
        ("a fox", "JPEG", "image/jpeg"),
        ("a fox on transparent ground", "PNG", "image/png"),
    ):
        picture = drawn(prompt, small=True)
        assert (opened(picture).format, picture.content_type) == (format_name, content_type)


def test_manga_is_black_and_white() -> None:
    picture = opened(drawn("a fox", style="manga", aspect_ratio="2:3")).convert("L")
    histogram = picture.histogram()
    extremes = sum(histogram[:40]) + sum(histogram[216:])
    assert extremes > 0.85 * picture.width * picture.height


def test_an_edit_keeps_the_size_and_shows_both_source_and_change() -> None:
    source = opened(drawn("a green forest", aspect_ratio="3:2", small=True))
    for prompt in ("make it night", "in pink light"):
        edited = opened(drawn(prompt, source=png(source)))
        assert edited.size == source.size
        assert 10 < difference(edited, source) < 130
    other = opened(drawn("in pink light", source=png(Image.new("RGB", source.size, "white"))))
    assert difference(edited, other) > 10


def test_night_is_darker() -> None:
    source = png(Image.new("RGB", (300, 200), "white"))
    assert ImageStat.Stat(opened(drawn("make it night", source=source)).convert("L")).mean[0] < 150


def test_a_source_is_edited_upright() -> None:
    source = Image.new("RGB", (40, 20), "white")
    exif = source.getexif()
    exif[0x0112] = 6
    buffer = BytesIO()
    source.save(buffer, "JPEG", exif=exif)
    assert opened(drawn("in autumn", source=buffer.getvalue())).size == (20, 40)


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (3000, 2)])
def test_odd_sources_are_edited_too(size: tuple[int, int]) -> None:
    assert opened(drawn("at night", source=png(Image.new("RGBA", size)))).size == size


@pytest.mark.parametrize(
    "data",
    [b"", b"This is no picture.", png(Image.effect_noise((50, 50), 50))[:900]],
    ids=["nothing", "text", "half"],
)
def test_what_is_no_picture_is_refused_in_the_providers_words(data: bytes) -> None:
    with pytest.raises(drawing.NotAPicture, match="corrupt_input"):
        drawn("at night", source=data)


def test_an_unusual_format_is_refused_in_the_providers_words() -> None:
    buffer = BytesIO()
    Image.new("RGB", (9, 9)).save(buffer, "BMP")
    with pytest.raises(drawing.NotAPicture, match="unsupported_format"):
        drawn("at night", source=buffer.getvalue())


@pytest.mark.parametrize("prompt", ["\ud800", "🦊" * 3000, "a\n\nfox", "\x07"])
def test_any_words_can_be_drawn(prompt: str) -> None:
    assert opened(drawn(prompt)).format == "JPEG"
