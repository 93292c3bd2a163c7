"""Sparing the garbage collector and the allocator, for commands that judge thousands of pages."""

import ctypes
import gc
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of glibc's mallopt."""
_KEPT_BYTES = 32 * 1024 * 1024


def spare() -> None:
    """Keeps what is loaded out of the collector's way, and lets it run once a page rather than ten times.

    The rubric's terms live as long as the process; a page makes thousands of small objects that end with it, and
    Python's default of 700 new objects would walk all young ones again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    _keep_memory()


def _keep_memory() -> None:
    """The tree of one page makes room for the next: given back to the system and asked for again, it costs a tenth."""
    if sys.platform == "linux":
        try:
            libc = ctypes.CDLL("libc.so.6")
            libc.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES * 4)
            libc.mallopt(_MMAP_THRESHOLD, _KEPT_BYTES)
        except (OSError, AttributeError):
            # Another C library manages its memory its own way.
            return
