"""Why a crawl stopped before its end, and the sentence that tells how to go on."""

import errno
import sqlite3

from crawler.items import Stop

DATABASE_STOPS = (Stop.DATABASE_LOCKED, Stop.DATABASE_REFUSED)
"""After these nothing more is written to the database of the run by this process."""


def stop_of(error: OSError | sqlite3.Error) -> Stop:
    """The type of what a file or the database refused."""
    if isinstance(error, OSError):
        return Stop.DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else Stop.NOT_WRITABLE
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return Stop.DATABASE_REFUSED
    # Extended codes carry the primary one in their lowest byte.
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return Stop.DISK_FULL
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Stop.DATABASE_LOCKED
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY:
            return Stop.NOT_WRITABLE
        case _:
            return Stop.DATABASE_REFUSED


def told_of(error: OSError | sqlite3.Error, path: str) -> str:
    """The sentence that a person needs: what refused, what to do, how to go on."""
    match stop_of(error):
        case Stop.DISK_FULL:
            return f"{path}: the disk is full; make room, then go on with --resume"
        case Stop.DATABASE_LOCKED:
            return f"{path}: another program keeps the database locked; end it, then go on with --resume"
        case Stop.NOT_WRITABLE:
            why = error.strerror if isinstance(error, OSError) and error.strerror else error
            return f"{path}: cannot be written: {why}; mend that, then go on with --resume"
        case _:
            return f"{path}: the database refused: {error}; 'egov verify' looks it over; go on with --resume"
