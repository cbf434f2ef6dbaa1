"""Tables on a terminal."""

from collections.abc import Sequence


def ratio(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f}x"


def print_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *notes: str) -> None:
    """The first column to the left, all others to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    print(f"\n{title}\n")
    for first, *others in (heads, ["-" * width for width in widths], *rows):
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        print("  " + "  ".join(cells))
    for note in notes:
        print(f"  {note}")
