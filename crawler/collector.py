"""Sparing the garbage collector, for commands that judge thousands of pages."""

import gc


def spare() -> None:
    """Keeps what is loaded out of the collector's way, and lets it run once a page rather than ten times.

    The rubric's terms live as long as the process; a page makes thousands of small objects that end with it, and
    Python's default of 700 new objects would walk all young ones again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
