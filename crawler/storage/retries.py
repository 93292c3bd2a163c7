"""What failed in a run and is tried again: the same addresses, in the same run.

A waiting address that carries a reason failed before; one that waits for the browser is a page not read yet. What is
known of a failure stands until the new result replaces it, in the transaction of that result, so that a retry that is
cut short never makes a failure unknown.
"""

import json
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from crawler.items import Reason
from crawler.page.urls import host

if TYPE_CHECKING:
    from crawler.storage.crawl import CrawlDatabase, Lease

_RETRIED = "state = 'PENDING' AND (reason IS NOT NULL OR kind = 'render')"
_UNREAD = (
    "SELECT url, rendered, reason, path, depth FROM page WHERE run = :run AND reason IS NOT NULL"
    " AND url NOT IN (SELECT url FROM page WHERE run = :run AND reason IS NULL)"
)


class Retries:
    """The part of a frontier that failed before: the scheduler takes its addresses from here instead."""

    def __init__(self, database: "CrawlDatabase") -> None:
        self.database = database

    def begin(self) -> int:
        """Failed addresses, pages that could not be read and files that did not answer wait again; their number."""
        from crawler.storage.crawl import fingerprint

        db, run = self.database.db, self.database.run
        with db.atomic():
            db.conn.execute("UPDATE frontier SET state = 'PENDING' WHERE state = 'FAILED'")
            unread = list(db.query(_UNREAD, {"run": run}))
            db.conn.executemany(
                "UPDATE frontier SET state = 'PENDING', reason = ?, path = ?, depth = ?"
                " WHERE fingerprint = ? AND state = 'DONE'",
                [
                    (row["reason"], row["path"], row["depth"],
                     fingerprint(row["url"], "render" if row["rendered"] else "page"))
                    for row in unread
                ],
            )  # fmt: skip
            silent = db.conn.execute(
                "SELECT reason, url FROM distribution WHERE run = ? AND reason IS NOT NULL AND reason != ?",
                [run, Reason.BUDGET],
            ).fetchall()
            db.conn.executemany(
                "UPDATE frontier SET state = 'PENDING', reason = ? WHERE fingerprint = ? AND state = 'DONE'",
                [(reason, fingerprint(url, "file")) for reason, url in silent],
            )
        return int(db.conn.execute(f"SELECT count(*) FROM frontier WHERE {_RETRIED}").fetchone()[0])

    def waiting_hosts(self) -> list[str]:
        """Hosts with addresses to be tried again."""
        return [row[0] for row in self.database.db.execute(f"SELECT DISTINCT host FROM frontier WHERE {_RETRIED}")]

    def has_waiting(self) -> bool:
        """Is any address still to be tried again?"""
        return self.database.db.execute(f"SELECT 1 FROM frontier WHERE {_RETRIED} LIMIT 1").fetchone() is not None

    def lease(self, hostname: str) -> "Lease | None":
        """The best address of a host that is to be tried again."""
        from crawler.storage.crawl import Candidate, Lease

        row = self.database.db.conn.execute(
            f"SELECT id, url, portal, depth, path, priority, kind FROM frontier WHERE host = ? AND {_RETRIED}"
            " ORDER BY priority DESC, id LIMIT 1",
            [hostname],
        ).fetchone()
        if row is None:
            return None
        path = tuple((text, url) for text, url in json.loads(row[4]))
        return Lease(row[0], Candidate(row[1], row[2], row[3], path, row[5], kind=row[6]))


def forget_earlier(db: Database, run: str, lease: int | None) -> None:
    """Inside the transaction of a new result: what is known of the address's earlier failure goes."""
    if lease is None:
        return
    row = db.conn.execute("SELECT url, kind, reason FROM frontier WHERE id = ?", [lease]).fetchone()
    if row is None or row[2] is None:
        return
    url, kind, _ = row
    db.conn.execute("DELETE FROM failure WHERE run = ? AND (url = ? OR address = ?)", [run, url, url])
    unread = db.conn.execute(
        "SELECT warc, offset FROM page WHERE run = ? AND url = ? AND reason IS NOT NULL AND rendered = ?",
        [run, url, int(kind == "render")],
    ).fetchall()
    for place in unread:
        for table in ("evidence", "fault", "dataset", "catalogue", "page"):
            db.conn.execute(f"DELETE FROM {table} WHERE run = ? AND warc = ? AND offset = ?", [run, *place])


def asked_for(db: Database, lease: int | None, failed: str) -> dict[str, Any]:
    """The address that was asked for, where a redirect failed at another one; for the failure's row."""
    if lease is None:
        return {"address": failed}
    row = db.conn.execute("SELECT url FROM frontier WHERE id = ?", [lease]).fetchone()
    return {"address": row[0] if row else failed}


def hosts_of_home_pages(db: Database, run: str) -> set[str]:
    """Hosts at which the home pages of the run were found: a portal that moved has another one than its seed."""
    return {host(row[0]) for row in db.execute("SELECT url FROM page WHERE run = ? AND depth = 0", [run])}
