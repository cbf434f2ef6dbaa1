"""Long lists are shown in pages, which count from 0."""


def bounded(page: int, total: int, length: int) -> tuple[int, int]:
    """Return which page to show of a list of `total` entries, and how many there are; an empty list has one.

    A page that is gone, such as after entries were removed, becomes the last one.
    """
    pages = max(1, -(-total // length))
    return min(max(0, page), pages - 1), pages
