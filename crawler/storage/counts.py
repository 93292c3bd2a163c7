"""What a run counts: the same figures for the manifest, for `egov status` and for the end of a crawl."""

from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection, DatabaseError, connect
from typing import Any

from crawler.items import EgovError
from crawler.storage.crawl import DATABASE

_UNREAD = (
    "SELECT reason, url, portal FROM failure WHERE run = :run UNION ALL"
    " SELECT reason, url, portal FROM page WHERE run = :run AND reason IS NOT NULL"
    " AND url NOT IN (SELECT url FROM page WHERE run = :run AND reason IS NULL)"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of a run. `reasons`: what could not be read, by typed reason; `addresses`: by state of the frontier."""

    pages_read: int
    pages_archived: int
    hosts: int
    evidence: int
    features: int
    reasons: dict[str, int]
    addresses: dict[str, int]


@dataclass(frozen=True, slots=True)
class RunHead:
    """How a run began, and the first address that could not be read, by reason."""

    kind: str
    rubric: str
    rubric_version: str
    started_at: str
    finished_at: str
    examples: dict[str, str]


def count(connection: Connection, run: str) -> Counts:
    """Counts what the database of a run holds."""

    def one(sql: str) -> int:
        return int(connection.execute(sql, {"run": run}).fetchone()[0])

    def by(sql: str) -> dict[str, int]:
        return {str(key): int(number) for key, number in connection.execute(sql, {"run": run}).fetchall()}

    return Counts(
        pages_read=one("SELECT count(*) FROM page WHERE run = :run AND reason IS NULL"),
        pages_archived=one("SELECT count(*) FROM page WHERE run = :run"),
        hosts=one("SELECT count(DISTINCT substr(url, 1, instr(substr(url, 9), '/') + 8)) FROM page WHERE run = :run"),
        evidence=one("SELECT count(*) FROM evidence WHERE run = :run"),
        features=one("SELECT count(DISTINCT feature) FROM evidence WHERE run = :run"),
        reasons=by(f"SELECT reason, count(*) FROM ({_UNREAD}) GROUP BY reason ORDER BY 2 DESC, 1"),
        addresses=by("SELECT state, count(*) FROM frontier GROUP BY state ORDER BY state"),
    )


def look(directory: Path) -> tuple[RunHead, Counts] | None:
    """Head and counts of a run without changing anything in it; None where it has not begun. Raises EgovError."""
    path = directory / DATABASE
    if not path.exists():
        return None
    try:
        connection = connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'failure'").fetchone():
                return None
            head = _head(connection, directory.name)
            return (head, count(connection, directory.name)) if head else None
        finally:
            connection.close()
    except DatabaseError as error:
        raise EgovError(f"{path}: cannot be read: {error}; 'egov verify' looks it over") from None


def _head(connection: Connection, run: str) -> RunHead | None:
    told: tuple[Any, ...] | None = connection.execute(
        "SELECT kind, rubric, rubric_version, started_at, coalesce(finished_at, '') FROM run WHERE id = ?", [run]
    ).fetchone()
    if told is None:
        return None
    examples = connection.execute(f"SELECT reason, min(url) FROM ({_UNREAD}) GROUP BY reason", {"run": run}).fetchall()
    kind, rubric, rubric_version, started_at, finished_at = told
    return RunHead(kind, rubric, rubric_version, started_at, finished_at, dict(examples))
