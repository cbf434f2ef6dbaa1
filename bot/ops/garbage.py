"""Python's collector of cyclic garbage, for a process that imports much and then runs for weeks."""

import gc

#: Containers made between two collections; Python's own is 700. While a thousand pictures wait, most of what
#: is younger is in use, and would only be looked at again and again.
YOUNG = 10_000


def spare_what_is_loaded() -> None:
    """Call this once all modules are loaded: the collector never looks at them again.

    They are 160,000 objects. To go through them took the event loop 100 ms each time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
