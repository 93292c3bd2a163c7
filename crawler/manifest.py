"""The manifest of a run: how it was made, from where, with what; where it stands and what it counted.

Written whole or not at all: first when the run begins, again when the process ends in an orderly way. Only a manifest
that says `finished` makes a run finished; that is written after everything else.
"""

import hashlib
import json
import os
import platform
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crawler import __version__
from crawler.items import EgovError, Seed
from crawler.seeds import country_code
from crawler.storage.lock import is_locked

MANIFEST = "run.json"
UNDECLARED: dict[str, Any] = {"country": "", "network": "", "declared": False}
_PARTS = ("scrapy", "twisted", "scrapy-playwright", "playwright", "selectolax", "warcio", "sqlite-utils")


class State(StrEnum):
    """Where a run stands. A killed run says `running`, but nobody holds its lock: it is interrupted."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"


def versions() -> dict[str, str]:
    """Versions of the program and of what it rests on."""
    known = {"egov": __version__, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    return known | {name: version(name) for name in _PARTS}


def seeds_digest(seeds: Iterable[Seed]) -> str:
    """SHA-256 of the seeds, whatever their order."""
    rows = sorted(json.dumps(asdict(one), sort_keys=True, ensure_ascii=False) for one in seeds)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def seeds(told: Mapping[str, Any]) -> list[Seed]:
    """The seeds that a manifest tells; none where an earlier version wrote it."""
    rows: list[dict[str, Any]] = [one for one in told.get("seeds", ()) if isinstance(one, dict)]
    return [Seed(**{**one, "languages": tuple(one["languages"]), "hosts": tuple(one["hosts"])}) for one in rows]


def vantage(told: str) -> dict[str, Any]:
    """Exit country (alpha-3) and network as the user declares them: 'DE, university network'; "" means undeclared.

    Raises EgovError where it does not begin with a country.
    """
    if not told.strip():
        return dict(UNDECLARED)
    code, _, network = told.partition(",")
    try:
        country = country_code(code.strip())
    except EgovError:
        raise EgovError(
            f"--vantage {told}: begins with no country; the country of exit comes first: 'DE, university network'"
        ) from None
    return {"country": country, "network": network.strip(), "declared": True}


def read(directory: Path) -> dict[str, Any]:
    """The manifest of a run, {} where there is none. Raises EgovError where it cannot be read."""
    path = directory / MANIFEST
    try:
        told = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise EgovError(f"{path}: cannot be read as a manifest: {error}") from None
    if not isinstance(told, dict):
        raise EgovError(f"{path}: cannot be read as a manifest: an object is expected")
    return told


def write(directory: Path, told: Mapping[str, Any]) -> None:
    """Replaces the manifest, whole or not at all. Raises OSError where the disk refuses."""
    path = directory / MANIFEST
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


def state_of(directory: Path) -> State:
    """Where a run stands; what a process is at work on is running, whatever the manifest says."""
    if is_locked(directory):
        return State.RUNNING
    return State.FINISHED if was_finished(read(directory)) else State.INTERRUPTED


def was_finished(told: Mapping[str, Any]) -> bool:
    """Does a manifest say that its run is finished? Those of earlier versions were written at the end only."""
    return told.get("state") == State.FINISHED or ("state" not in told and bool(told.get("finished_at")))
