"""The typefaces of a bare Linux, for a browser: DejaVu and Noto Color Emoji, and none of a desktop's."""

from __future__ import annotations

from pathlib import Path

#: Where Debian's fonts-dejavu-core and fonts-noto-color-emoji put them.
INSTALLED = Path("/usr/share/fonts/truetype")
WANTED = (
    "dejavu/DejaVuSans.ttf",
    "dejavu/DejaVuSans-Bold.ttf",
    "dejavu/DejaVuSansMono.ttf",
    "noto/NotoColorEmoji.ttf",
)
#: The system's own rules stay: they say what "sans-serif" is.
CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{folder}</dir>
  <cachedir>{folder}/cache</cachedir>
  <include ignore_missing="yes">/etc/fonts/conf.d</include>
</fontconfig>
"""


def why_no_bare_fonts() -> str | None:
    """Say which are missing on this machine, or None."""
    missing = [name for name in WANTED if not (INSTALLED / name).is_file()]
    if missing:
        return f"no {', '.join(missing)} (install fonts-dejavu-core and fonts-noto-color-emoji)"
    return None


def bare_fonts(folder: Path) -> dict[str, str]:
    """The environment in which a process sees these typefaces alone; empty if one of them is missing."""
    if why_no_bare_fonts():
        return {}
    for name in WANTED:
        (folder / Path(name).name).symlink_to(INSTALLED / name)
    file = folder / "fonts.conf"
    file.write_text(CONFIGURATION.format(folder=folder))
    return {"FONTCONFIG_FILE": str(file)}
