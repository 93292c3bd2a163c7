"""What is written about hosts as a whole: their robots.txt, and that we leave them alone."""

from dataclasses import asdict

from crawler.items import Reason, RobotsFile
from crawler.storage.crawl import CrawlDatabase


def store_robots(database: CrawlDatabase, file: RobotsFile) -> None:
    """Keeps an answer for robots.txt."""
    with database.db.atomic():
        database.db.table("robots").insert({"run": database.run, **asdict(file)}, replace=True)


def give_up(database: CrawlDatabase, hostname: str, country: str, reason: Reason, detail: str) -> int:
    """Everything that waits on a host becomes a failure with this reason, in one transaction; the number of addresses."""
    waiting = "FROM frontier WHERE host = ? AND state = 'PENDING'"
    with database.db.atomic():
        connection = database.db.conn
        connection.execute(
            "INSERT OR REPLACE INTO failure (run, url, portal, country, reason, detail)"
            f" SELECT ?, url, portal, ?, ?, ? {waiting} AND kind <> 'file'",
            [database.run, country, reason, detail, hostname],
        )
        connection.execute(
            f"UPDATE distribution SET reason = ? WHERE run = ? AND url IN (SELECT url {waiting} AND kind = 'file')",
            [reason, database.run, hostname],
        )
        cursor = connection.execute(
            "UPDATE frontier SET state = 'FAILED', reason = ? WHERE host = ? AND state = 'PENDING'", [reason, hostname]
        )
    return int(cursor.rowcount)
