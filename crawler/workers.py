"""Worker processes: as many as there are cores, gone when the process that started them is gone."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any

FORKS = sys.platform == "linux"
"""Elsewhere a fork is not safe, and a worker loads for itself what it needs."""


def workers(
    number: int, begin: Callable[..., None], told: tuple[Any, ...], *, fork: bool = FORKS
) -> ProcessPoolExecutor:
    """So many processes, started now; `begin` prepares each with what it is `told`.

    `fork`: they share what is loaded. To be had before the first thread of the process only.
    """
    context = multiprocessing.get_context("fork" if fork else "spawn")
    pool = ProcessPoolExecutor(number, context, _begin, (begin, told))
    for _ in range(number):
        pool.submit(os.getpid)
    return pool


def _begin(begin: Callable[..., None], told: tuple[Any, ...]) -> None:
    # Ctrl-C reaches the whole group; when to stop is for the parent to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    begin(*told)


def _end_with_parent() -> None:
    """A parent that was killed cannot end its processes; they would wait for pages forever."""
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)
