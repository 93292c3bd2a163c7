"""One process works on a run at a time: a lock that ends with its process, however that ends."""

import fcntl
import os
import time
from pathlib import Path

from crawler.items import EgovError

FILE = "lock"
PATIENCE_S = 2.0
"""A look at the lock by `egov status` lasts far shorter than this."""
# A record lock, not flock: worker processes do not inherit it, so none of them can hold it after the crawl was killed.
# It would be lost if this process opened and closed the file once more; hence the list of what is held.
_held: dict[Path, int] = {}


class RunLock:
    """Holds a run's directory until `release` or the end of the process. Raises EgovError where another one has it."""

    def __init__(self, directory: Path, patience_s: float = PATIENCE_S) -> None:
        self.path = (directory / FILE).absolute()
        refused = EgovError(
            f"{directory.name}: another process is at work on this run; 'egov status' shows it; wait for its end or stop it"
        )
        if self.path in _held:
            raise refused
        try:
            directory.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise EgovError(f"{directory}: cannot be written: {error.strerror or error}") from None
        until = time.monotonic() + patience_s
        while not _taken(file, fcntl.LOCK_EX):
            if time.monotonic() >= until:
                os.close(file)
                raise refused
            time.sleep(0.02)
        _held[self.path] = file

    def release(self) -> None:
        """Lets others at the run; may be called again."""
        if (file := _held.pop(self.path, None)) is not None:
            os.close(file)


def is_locked(directory: Path) -> bool:
    """Is a process at work on the run?"""
    path = (directory / FILE).absolute()
    if path in _held:
        return True
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _taken(file, fcntl.LOCK_SH)
    finally:
        os.close(file)


def _taken(file: int, kind: int) -> bool:
    try:
        fcntl.lockf(file, kind | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
