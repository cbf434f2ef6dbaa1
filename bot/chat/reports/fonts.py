"""The machine's fonts that a chart needs beside matplotlib's own, which has Latin letters but no Japanese.

They are looked for by the names of their files: of what a machine calls its fonts, much is out of date.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from matplotlib.font_manager import FontProperties, findSystemFonts, fontManager, get_font

#: matplotlib brings it along.
LATIN = "DejaVu Sans"
#: Best first: those of Linux, then those of macOS and Windows.
_FILES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansJP-Regular.otf",
    "ipaexg.ttf",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "wqy-zenhei.ttc",
    "ヒラギノ角ゴシック W3.ttc",
    "Hiragino Sans GB.ttc",
    "YuGothM.ttc",
    "meiryo.ttc",
    "msgothic.ttc",
)


@cache
def families() -> Sequence[str]:
    """Each has what those before it lack."""
    found = {Path(path).name: path for path in findSystemFonts()}
    return [LATIN, *(_family(found[name]) for name in _FILES if name in found)]


def _family(path: str) -> str:
    fontManager.addfont(path)
    return get_font(path).family_name


def can_show(text: str) -> bool:
    """Return False if some characters would be empty boxes."""
    paths = [fontManager.findfont(FontProperties(family=family)) for family in families()]
    known = set().union(*(get_font(path).get_charmap() for path in paths))
    return known.issuperset(map(ord, text))
