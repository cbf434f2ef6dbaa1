"""Draws the report's chart as a PNG: pictures by day, on a ground of its own, so that both looks suit it.

Takes long enough to hold up everybody else: call `draw` in a thread. matplotlib is loaded with the first
chart, and by nothing else.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Day:
    """One day (UTC) of a chart."""

    day: date
    made: int
    failed: int


#: In inches, at so many dots an inch: Discord shows it at about two thirds, where it can still be read.
SIZE, DOTS = (8.0, 4.0), 100
#: Contrast of at least 4.5 to 1 for text and 3 to 1 for bars, on this ground; told apart by hatching too.
GROUND, TEXT, LINES = "#1e1f22", "#f2f3f5", "#4e5058"
MADE, FAILED = "#5b8ff9", "#f0a04b"
_MOST_DATES = 8


def draw(days: Sequence[Day]) -> bytes:
    """A bar for each day: what was made, and above it what failed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  a second of work, seldom
    from matplotlib.figure import Figure  # noqa: PLC0415  as above

    figure = Figure(figsize=SIZE, dpi=DOTS, facecolor=GROUND, layout="constrained")
    axes = figure.add_subplot(facecolor=GROUND)
    _bars(axes, days)
    _scales(axes, days)
    _legend(axes)
    out = io.BytesIO()
    figure.set_canvas(FigureCanvasAgg(figure))
    figure.savefig(out, format="png")
    return out.getvalue()


def _bars(axes: Any, days: Sequence[Day]) -> None:
    places, made = range(len(days)), [one.made for one in days]
    axes.bar(places, made, width=0.8, color=MADE, label="made")
    failed = [one.failed for one in days]
    axes.bar(
        places,
        failed,
        width=0.8,
        bottom=made,
        color=FAILED,
        edgecolor=GROUND,
        hatch="//",
        label="failed",
    )


def _scales(axes: Any, days: Sequence[Day]) -> None:
    step = -(-len(days) // _MOST_DATES)
    shown = range(0, len(days), step)
    axes.set_xticks(list(shown), [f"{days[at].day.day} {days[at].day:%b}" for at in shown])
    axes.set_ylim(bottom=0, top=max(1, *(1.05 * (one.made + one.failed) for one in days)))
    axes.set_xlim(-0.6, max(len(days), 4) - 0.4)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_ylabel("pictures a day (UTC)", color=TEXT, fontsize=14)
    axes.tick_params(colors=TEXT, labelsize=13, length=0)
    axes.yaxis.grid(visible=True, color=LINES, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)


def _legend(axes: Any) -> None:
    legend = axes.legend(
        loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, fontsize=13, borderaxespad=0.2
    )
    for text in legend.get_texts():
        text.set_color(TEXT)
