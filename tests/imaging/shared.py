"""The two child processes, shared by all tests of this process: to start one takes a while."""

import io
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.provider import Picture
from bot.imaging.imaging import SLOW, Imaging
from bot.imaging.worker import Worker


@cache
def workers() -> tuple[Worker, Worker]:
    return Worker(), Worker()


def shared_imaging() -> Imaging:
    """As the bot has it; the processes end with this one."""
    return Imaging(*workers())


def made_of(data: bytes, most_bytes: int | None, worker: Worker | None = None) -> Picture | None:
    """What comes of a source, or with `most_bytes` of a result; None if it is to be left as it is."""
    with TemporaryDirectory() as folder:
        path, into = Path(folder, "sent"), Path(folder, "made")
        path.write_bytes(data)
        kind = (worker or workers()[0]).ask(path, into, most_bytes, SLOW)
        return Picture(into.read_bytes(), kind) if kind is not None else None


def thumbnail_of(data: bytes, most_side: int = 160) -> Picture:
    with TemporaryDirectory() as folder:
        path, into = Path(folder, "sent"), Path(folder, "made")
        path.write_bytes(data)
        kind = workers()[0].ask(path, into, None, SLOW, most_side=most_side)
        assert kind is not None
        return Picture(into.read_bytes(), kind)


def prepared(data: bytes) -> Picture:
    """The source as the provider gets it."""
    picture = made_of(data, None)
    assert picture is not None
    return picture


def problem_of(data: bytes, worker: Worker | None = None) -> SourceProblem | None:
    """Why a source is refused; None if it is not."""
    try:
        made_of(data, None, worker)
    except FileRefused as refused:
        return refused.problem
    return None


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.data))


def near(pixel: object, colour: object, by: int = 12) -> bool:
    assert isinstance(pixel, tuple)
    assert isinstance(colour, tuple)
    return all(abs(one - other) <= by for one, other in zip(pixel, colour, strict=True))


def looks_like(made: Image.Image, sent: Image.Image, by: int = 14) -> bool:
    """Compared at nine places, after both were made small."""
    one, other = (image.convert("RGB").resize((30, 30), Image.Resampling.BOX) for image in (made, sent))
    places = [(x, y) for x in (4, 15, 25) for y in (4, 15, 25)]
    return all(near(one.getpixel(place), other.getpixel(place), by) for place in places)
