"""The database of one run: frontier, pages, evidence. One transaction per page."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any

from crawler.focus import Focus, FoundLink
from crawler.hosts import TransportFacts
from crawler.items import (
    AssessedPage,
    Distribution,
    Failure,
    Finding,
    Page,
    Reason,
    Record,
    Seed,
)
from crawler.page.urls import host
from crawler.storage.candidates import Candidate, Lease, Visited
from crawler.storage.choosing import Choosing, link_of
from crawler.storage.clicks import shorten, write_visit
from crawler.storage.retries import asked_for, forget_earlier
from crawler.storage.rows import (
    INSERT_CATALOGUE,
    INSERT_DATASET,
    INSERT_DISTRIBUTION,
    INSERT_EVIDENCE,
    INSERT_FAULT,
    INSERT_PAGE,
    assessed_pages,
    catalogue_row,
    dataset_rows,
    distribution_row,
    evidence_row,
    fault_rows,
    page_row,
)
from crawler.storage.schema import crawl_migrations, open_database

DATABASE = "crawl.db"
__all__ = ["DATABASE", "Candidate", "CrawlDatabase", "Lease", "Visited", "fingerprint"]


def fingerprint(url: str, kind: str) -> bytes:
    """Eight bytes by which an address is known: http and https, and a trailing slash, are the same page."""
    plain = url.partition("://")[2].rstrip("/")
    return blake2b(f"{kind} {plain}".encode(), digest_size=8).digest()


class CrawlDatabase:
    """Writes and reads one run's `crawl.db`."""

    def __init__(self, directory: Path, run: str, *, create: bool = True) -> None:
        self.directory = directory
        self.run = run
        self.db = open_database(directory / DATABASE, crawl_migrations, create=create)
        self.choosing = Choosing(self.db)

    def begin(self, kind: str, rubric: str, rubric_version: str, started_at: str, settings: dict[str, Any]) -> None:
        """Writes the head of the run."""
        row = {
            "id": self.run, "kind": kind, "rubric": rubric, "rubric_version": rubric_version,
            "started_at": started_at, "finished_at": None, "settings": json.dumps(settings, sort_keys=True),
        }  # fmt: skip
        self.db.table("run").insert(row, ignore=True)

    def finish(self, finished_at: str) -> None:
        """Marks the run as finished."""
        with self.db.atomic():
            self.db.execute("UPDATE run SET finished_at = ? WHERE id = ?", [finished_at, self.run])

    def add_portals(self, seeds: Iterable[Seed]) -> None:
        """Records the seeds and queues their home pages before everything else."""
        seeds = list(seeds)
        with self.db.atomic():
            self.db.table("portal").insert_all(
                (
                    {
                        "run": self.run,
                        "url": one.url,
                        "country": one.country,
                        "role": one.role,
                        "languages": " ".join(one.languages),
                    }
                    for one in seeds
                ),
                ignore=True,
            )
            self.queue(Candidate(one.url, one.url, 0, (), 100.0) for one in seeds)

    def add_archive(self, name: str, path: str) -> None:
        """Registers a WARC file."""
        self.db.table("archive").insert({"run": self.run, "name": name, "path": path}, ignore=True)

    # ── frontier

    def queue(self, candidates: Iterable[Candidate]) -> None:
        """Adds addresses; a known one that waits gets the shorter of both click paths."""
        rows = []
        for one in candidates:
            hostname = host(one.url)
            rows.append(
                (fingerprint(one.url, one.kind), one.kind, one.url, hostname, one.portal, one.depth,
                 json.dumps(one.path, ensure_ascii=False), one.priority, one.group, " ".join(one.concepts),
                 "PENDING" if one.worth else "PASSED")
            )  # fmt: skip
            if one.worth:
                self.choosing.note(hostname, one.group, one.priority)
        self.db.conn.executemany(
            "INSERT INTO frontier (fingerprint, kind, url, host, portal, depth, path, priority, grp, concepts, state)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (fingerprint) DO UPDATE SET depth = excluded.depth,"
            " path = excluded.path, priority = max(priority, excluded.priority), grp = excluded.grp,"
            " concepts = excluded.concepts WHERE excluded.depth < depth AND state = 'PENDING'",
            rows,
        )

    def follow(self, focus: Focus) -> None:
        """Lets a focus choose from now on; it learns first what this run has learned already, in the same order."""
        rows = self.db.execute("SELECT asked, text, grp, concepts, features, sketch, depth FROM visit ORDER BY id")
        for asked, text, group, concepts, features, sketch, depth in rows:
            found = FoundLink(asked, text, group, tuple(concepts.split()))
            focus.learn(found, features.split(), sketch, depth)
        self.choosing.focus = focus

    def passed_over(self) -> int:
        """Number of addresses that were not worth a fetch."""
        return int(self.db.execute("SELECT count(*) FROM frontier WHERE state = 'PASSED'").fetchone()[0])

    def take_up(self, limit: int) -> int:
        """Takes up what was passed over, if all of it can be read within `limit` pages; how many addresses."""
        with self.db.atomic():
            return self.choosing.take_up(limit)

    def shorten_paths(self) -> int:
        """Gives each page the shortest click path; how many became shorter."""
        return shorten(self.db, self.run, lambda url: fingerprint(url, "page"))

    def waiting_hosts(self) -> list[str]:
        """Hosts with waiting addresses, in order: one step in the index per host, however many addresses wait."""
        first = "SELECT min(host) FROM frontier WHERE state = 'PENDING'"
        rows = self.db.execute(
            f"WITH RECURSIVE waiting (host) AS ({first} UNION ALL SELECT ({first} AND host > waiting.host)"
            " FROM waiting WHERE waiting.host IS NOT NULL) SELECT host FROM waiting WHERE host IS NOT NULL"
        )
        return [row[0] for row in rows.fetchall()]

    def lease(self, hostname: str) -> Lease | None:
        """The next address of a host, by its focus where there is one; `mark_leased` takes it."""
        if not self.db.conn.in_transaction:
            self.db.begin()
        return self.choosing.next(hostname)

    def mark_leased(self, lease: Lease) -> None:
        """Marks the address as being fetched; durable with the next `together`, since a lost lease is a waiting address."""
        if not self.db.conn.in_transaction:
            self.db.begin()
        self.db.conn.execute("UPDATE frontier SET state = 'LEASED' WHERE id = ?", [lease.id])

    def release_leases(self) -> int:
        """Gives back what a killed run had under way; the number of addresses."""
        with self.db.atomic():
            cursor = self.db.conn.execute("UPDATE frontier SET state = 'PENDING' WHERE state = 'LEASED'")
        self.choosing.forget()
        return int(cursor.rowcount)

    def has_waiting(self) -> bool:
        """Is any address waiting?"""
        return self.db.execute("SELECT 1 FROM frontier WHERE state = 'PENDING' LIMIT 1").fetchone() is not None

    # ── results

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is stored within becomes durable at once, at the end, with all leases given out: one sync for many pages."""
        if not self.db.conn.in_transaction:
            self.db.begin()
        try:
            yield
        except BaseException:
            self.db.rollback()
            raise
        self.db.commit()

    def store_page(
        self,
        page: Page,
        record: Record,
        length: int,
        assessed: AssessedPage,
        links: Iterable[Candidate] = (),
        lease: int | None = None,
        sample: Iterable[Distribution] = (),
        visited: Visited | None = None,
    ) -> None:
        """Page, evidence, datasets, new links and acknowledgement in one transaction.

        `sample`: files of a catalogue that will be asked for; until then the budget stands in their way. From `visited`
        the focus learns, if there is one.
        """
        features = [one.feature for one in assessed.evidence]
        with self.db.atomic():
            forget_earlier(self.db, self.run, lease)
            self.db.conn.execute(INSERT_PAGE, page_row(self.run, page, record, length, assessed))
            self.db.conn.executemany(
                INSERT_EVIDENCE, [evidence_row(self.run, one, record) for one in assessed.evidence]
            )
            self.db.conn.executemany(INSERT_FAULT, fault_rows(self.run, page, record, assessed))
            if assessed.catalogue:
                self.db.conn.execute(INSERT_CATALOGUE, catalogue_row(self.run, page, record, assessed.catalogue))
                self.db.conn.executemany(INSERT_DATASET, dataset_rows(self.run, page, record, assessed.catalogue))
            self.db.conn.executemany(INSERT_DISTRIBUTION, [distribution_row(self.run, one) for one in sample])
            self.queue(links)
            # The address that a redirect ended at must not be fetched again under its own name.
            kind = "catalogue" if assessed.catalogue else "render" if page.rendered else "page"
            self.db.conn.execute(
                "INSERT INTO frontier (fingerprint, kind, url, host, portal, depth, path, priority, state)"
                " VALUES (?,?,?,?,?,?,'[]',0,'DONE') ON CONFLICT (fingerprint) DO UPDATE SET state = 'DONE'",
                [fingerprint(page.url, kind), kind, page.url, host(page.url), page.portal, page.depth],
            )
            self._acknowledge(lease, "DONE", None)
            if visited:
                write_visit(self.db, visited, page.url, " ".join(features))
        if visited and self.choosing.focus:
            self.choosing.focus.learn(link_of(visited.asked), features, visited.sketch, visited.asked.depth)

    def store_links(self, links: Iterable[Candidate], lease: int | None) -> None:
        """New addresses from what is no page (a sitemap), and its acknowledgement."""
        with self.db.atomic():
            forget_earlier(self.db, self.run, lease)
            self.queue(links)
            self._acknowledge(lease, "DONE", None)

    def store_checked(self, one: Distribution, lease: int | None) -> None:
        """What a file of the sample answered, and its acknowledgement."""
        values = [one.status, one.content_type, one.length, one.reason, one.checked_at, self.run, one.url]
        with self.db.atomic():
            self.db.conn.execute(
                "UPDATE distribution SET status = ?, content_type = ?, length = ?, reason = ?, checked_at = ?"
                " WHERE run = ? AND url = ?",
                values,
            )
            self._acknowledge(lease, "DONE", None)

    def store_failure(self, failure: Failure, lease: int | None) -> None:
        """A page that could not be had, and its acknowledgement."""
        with self.db.atomic():
            forget_earlier(self.db, self.run, lease)
            row = {"run": self.run, **asdict(failure), **asked_for(self.db, lease, failure.url)}
            self.db.table("failure").insert(row, replace=True)
            self._acknowledge(lease, "FAILED", failure.reason)

    def _acknowledge(self, lease: int | None, state: str, reason: str | None) -> None:
        if lease is not None:
            self.db.conn.execute("UPDATE frontier SET state = ?, reason = ? WHERE id = ?", [state, reason, lease])

    def store_transport(self, country: str, facts: TransportFacts) -> None:
        """How a host is reached; an earlier row of the same run is replaced."""
        with self.db.atomic():
            self.db.table("transport").insert({"run": self.run, "country": country, **asdict(facts)}, replace=True)

    def knows_transport(self, hostname: str) -> bool:
        """Was this host looked at in this run?"""
        sql = "SELECT 1 FROM transport WHERE run = ? AND host = ?"
        return self.db.execute(sql, [self.run, hostname]).fetchone() is not None

    def store_findings(self, findings: Iterable[Finding]) -> None:
        """The findings of the run; earlier ones of the same run are replaced."""
        rows = [
            {**asdict(one), "run": self.run, "searched": json.dumps(asdict(one.searched), ensure_ascii=False)}
            for one in findings
        ]
        with self.db.atomic():
            self.db.table("finding").insert_all(rows, replace=True)

    def assessed_pages(self, country: str | None = None) -> Iterator[AssessedPage]:
        """The pages of the run, or of one country in it, as far as findings need them: with evidence, without votes."""
        return assessed_pages(self.db, self.run, country)

    def countries_of_pages(self) -> list[str]:
        """The countries that pages of the run belong to."""
        rows = self.db.execute("SELECT DISTINCT country FROM page WHERE run = ?", [self.run]).fetchall()
        return [row[0] for row in rows]

    def drop_settled_failures(self) -> list[Failure]:
        """The failures of the run, after those are gone whose page could be read in another capture."""
        with self.db.atomic():
            self.db.conn.execute(
                "DELETE FROM failure WHERE run = ? AND url IN (SELECT url FROM page WHERE run = ? AND reason IS NULL)",
                [self.run, self.run],
            )
        return self.failures()

    def failures(self) -> list[Failure]:
        """All failures of the run."""
        return [
            Failure(row["country"], row["portal"], row["url"], Reason(row["reason"]), row["detail"])
            for row in self.db.query("SELECT * FROM failure WHERE run = ?", [self.run])
        ]

    def archive_end(self, name: str) -> int:
        """The byte after the last acknowledged record of an archive file."""
        row = self.db.execute(
            "SELECT offset, length FROM page WHERE run = ? AND warc = ? ORDER BY offset DESC LIMIT 1", [self.run, name]
        ).fetchone()
        return row[0] + row[1] if row else 0

    def pages_read(self) -> int:
        """Number of pages that could be read."""
        return int(
            self.db.execute("SELECT count(*) FROM page WHERE run = ? AND reason IS NULL", [self.run]).fetchone()[0]
        )

    def settle(self) -> None:
        """Makes durable which addresses were leased since the last `together`."""
        self.db.commit()

    def close(self) -> None:
        """Closes the database."""
        self.db.close()
