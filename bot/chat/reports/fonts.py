"""The fonts of a chart: matplotlib's own, which has Latin letters, and one with Japanese ones."""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from matplotlib.font_manager import fontManager, get_font

#: matplotlib brings it along.
LATIN = "DejaVu Sans"


@cache
def families() -> Sequence[str]:
    """Each has what those before it lack."""
    return [LATIN, _japanese()]


def _japanese() -> str:
    # The package is found, but not imported: it would change the fonts of all figures.
    package = find_spec("matplotlib_fontja")
    assert package is not None, "a dependency"
    assert package.origin is not None, "a package of files"
    path = str(Path(package.origin).with_name("fonts") / "ipaexg.ttf")
    fontManager.addfont(path)
    return get_font(path).family_name
