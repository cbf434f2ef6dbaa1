"""Draws the report's chart as a PNG: images by day, on a ground of its own, so that both looks suit it.

Takes long enough to hold up everybody else: call `draw` in a thread. matplotlib is loaded with the first
chart, and by nothing else; `warm_up` saves the first moderator from waiting for the disk.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from bot.words.catalogs import pgettext
from bot.words.formats import month_and_day, number


@dataclass(frozen=True, slots=True)
class Day:
    """One day (UTC) of a chart."""

    day: date
    made: int
    failed: int


#: In inches, at so many dots an inch: Discord shows it at about two thirds, where it can still be read.
SIZE, DOTS = (8.0, 4.0), 100
#: Contrast of at least 4.5 to 1 for text and 3 to 1 for bars, on this ground; hatching distinguishes them,
#: too.
GROUND, TEXT, LINES = "#36393f", "#f2f3f5", "#565a63"
MADE, FAILED = "#5b8ff9", "#f0a04b"
_MOST_DATES = 8


@dataclass(frozen=True, slots=True)
class Words:
    made: str
    failed: str
    axis: str
    #: By the place of their bar.
    dates: dict[int, str]

    @classmethod
    def about(cls, days: Sequence[Day]) -> Self:
        step = -(-len(days) // _MOST_DATES)
        return cls(
            made=pgettext("chart", "generated"),
            failed=pgettext("chart", "failed"),
            axis=pgettext("chart", "images per day (UTC)"),
            dates={at: month_and_day(days[at].day) for at in range(0, len(days), step)},
        )


def draw_nothing() -> None:
    """Read all that a chart needs from the disk: the library and its fonts."""
    draw([Day(date.min, 0, 0)])


def draw(days: Sequence[Day]) -> bytes:
    """A bar for each day: what was generated, and above it what failed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  a second of work, in a thread
    from matplotlib.figure import Figure  # noqa: PLC0415  as above

    from bot.chat.reports.fonts import families  # noqa: PLC0415  as above

    figure = Figure(figsize=SIZE, dpi=DOTS, facecolor=GROUND, layout="constrained")
    axes = figure.add_subplot(facecolor=GROUND)
    words = Words.about(days)
    _bars(axes, days, words)
    _scales(axes, days, words)
    legend = _legend(axes)
    for text in (axes.yaxis.label, *axes.get_xticklabels(), *legend.get_texts()):
        text.set_fontfamily(families())
    out = io.BytesIO()
    figure.set_canvas(FigureCanvasAgg(figure))
    figure.savefig(out, format="png")
    return out.getvalue()


def _bars(axes: Any, days: Sequence[Day], words: Words) -> None:
    places, made = range(len(days)), [day.made for day in days]
    axes.bar(places, made, width=0.8, color=MADE, label=words.made)
    failed = [day.failed for day in days]
    axes.bar(
        places,
        failed,
        width=0.8,
        bottom=made,
        color=FAILED,
        edgecolor=GROUND,
        hatch="//",
        label=words.failed,
    )


def _scales(axes: Any, days: Sequence[Day], words: Words) -> None:
    axes.set_xticks(list(words.dates), list(words.dates.values()))
    axes.set_ylim(bottom=0, top=max(1, *(1.05 * (day.made + day.failed) for day in days)))
    axes.set_xlim(-0.6, max(len(days), 4) - 0.4)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.yaxis.set_major_formatter(lambda value, _place: number(round(value)))
    axes.set_ylabel(words.axis, color=TEXT, fontsize=14)
    axes.tick_params(colors=TEXT, labelsize=13, length=0)
    axes.yaxis.grid(visible=True, color=LINES, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)


def _legend(axes: Any) -> Any:
    legend = axes.legend(
        loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, fontsize=13, borderaxespad=0.2
    )
    for text in legend.get_texts():
        text.set_color(TEXT)
    return legend
