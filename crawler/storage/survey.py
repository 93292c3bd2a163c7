"""The survey: what all runs found, and what people said of it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crawler.items import Answer, AssessedPage, EgovError, Evidence, Failure, Finding, Outcome, Reason, Review, Searched
from crawler.ranking import EvidenceGroup, best_first
from crawler.storage.crawl import DATABASE
from crawler.storage.rows import EVIDENCE_COLUMNS, assessed_pages, evidence_from
from crawler.storage.schema import open_database, survey_migrations

FILE = "survey.db"
MERGED = (
    "run",
    "portal",
    "archive",
    "page",
    "evidence",
    "finding",
    "failure",
    "fault",
    "distribution",
    "catalogue",
    "dataset",
    "transport",
)
"""Tables that a run brings into the survey, what is referred to first."""
TABLES = {
    "evidence": "evidence", "findings": "finding", "pages": "page", "faults": "fault", "catalogues": "catalogue",
    "datasets": "dataset", "distributions": "distribution", "transport": "transport",
}  # fmt: skip
"""What can be taken away as rows, and the tables that hold it."""
# The run that stands for a country is the latest that has findings of it.
_CURRENT = (
    "SELECT finding.country AS country, run.id AS run FROM finding JOIN run ON run.id = finding.run"
    " GROUP BY finding.country HAVING run.started_at = max(run.started_at)"
)


class SurveyDatabase:
    """Reads and writes `survey.db`. Safe for several processes: short transactions, WAL."""

    def __init__(self, directory: Path, *, create: bool = True) -> None:
        self.directory = directory
        self.db = open_database(directory / FILE, survey_migrations, create=create)

    def merge(self, run_directory: Path) -> None:
        """Takes over what a run found, in place of what it had found before. May be repeated; reviews are untouched."""
        self.db.attach("shard", run_directory / DATABASE)
        try:
            with self.db.atomic():
                # What the run no longer holds, since a retry replaced it, must not stay here either.
                for table in reversed(MERGED[1:]):
                    self.db.execute(f"DELETE FROM main.{table} WHERE run IN (SELECT id FROM shard.run)")
                for table in MERGED:
                    columns = ", ".join(f'"{column.name}"' for column in self.db.table(table).columns)
                    self.db.execute(
                        f"INSERT OR REPLACE INTO main.{table} ({columns}) SELECT {columns} FROM shard.{table}"
                    )
        finally:
            self.db.execute("DETACH DATABASE shard")

    # ── what the machine found

    def current_runs(self) -> dict[str, str]:
        """Country to the run that stands for it: the latest with findings."""
        return {row["country"]: row["run"] for row in self.db.query(_CURRENT)}

    def run(self, run: str) -> dict[str, Any]:
        """Head of a run; its `settings` parsed."""
        row = next(self.db.query("SELECT * FROM run WHERE id = ?", [run]))
        return {**row, "settings": json.loads(row["settings"])}

    def findings(self, country: str) -> list[Finding]:
        """The findings that stand for a country, in the order in which they were made (that of the rubric)."""
        run = self._run_of(country)
        rows = self.db.query("SELECT * FROM finding WHERE run = ? AND country = ? ORDER BY rowid", [run, country])
        return [finding_from(row) for row in rows]

    def assessed_pages(self, country: str) -> Iterator[AssessedPage]:
        """The pages of the country's run, with their evidence."""
        return assessed_pages(self.db, self._run_of(country), country)

    def evidence_groups(self, country: str, feature: str | None = None) -> list[EvidenceGroup]:
        """Evidence of a country as people look at it: best first, what a template repeats told once."""
        return best_first(self.evidence(country, feature))

    def evidence(self, country: str, feature: str | None = None) -> list[Evidence]:
        """Evidence of a country, one piece per page and feature, `here` before `link`, shallow before deep."""
        where, values = "run = ? AND country = ?", [self._run_of(country), country]
        if feature:
            where, values = where + " AND feature = ?", [*values, feature]
        rows = self.db.query(
            f"SELECT {EVIDENCE_COLUMNS} FROM evidence WHERE {where}"
            " ORDER BY feature, strength, depth, length(url), url",
            values,
        )
        return [evidence_from(row) for row in rows]

    def failures(self, country: str) -> list[Failure]:
        """Pages that could not be had or read, with reasons: fetched in vain, or captured but unreadable."""
        run = self._run_of(country)
        rows = self.db.query(
            "SELECT country, portal, url, reason, detail FROM failure WHERE run = :run AND country = :country"
            " UNION ALL SELECT country, portal, url, reason, 'HTTP status ' || status FROM page"
            " WHERE run = :run AND country = :country AND reason IS NOT NULL AND url NOT IN"
            " (SELECT url FROM page WHERE run = :run AND reason IS NULL)",
            {"run": run, "country": country},
        )
        return [
            Failure(row["country"], row["portal"], row["url"], Reason(row["reason"]), row["detail"] or "")
            for row in rows
        ]

    def portals(self, country: str) -> list[dict[str, Any]]:
        """Seeds of the country's run with pages read, pages not read, evidence."""
        return list(
            self.db.query(
                "SELECT portal.url, portal.role, portal.languages,"
                " (SELECT count(*) FROM page WHERE page.run = portal.run AND page.portal = portal.url AND reason IS NULL) AS pages,"
                " (SELECT count(*) FROM page WHERE page.run = portal.run AND page.portal = portal.url AND reason IS NOT NULL)"
                " + (SELECT count(*) FROM failure WHERE failure.run = portal.run AND failure.portal = portal.url) AS failed,"
                " (SELECT count(*) FROM evidence WHERE evidence.run = portal.run AND evidence.portal = portal.url) AS evidence"
                " FROM portal WHERE run = ? AND country = ? ORDER BY portal.rowid",
                [self._run_of(country), country],
            )
        )

    def datasets(self, country: str) -> Iterator[dict[str, Any]]:
        """What the data catalogues of the country's run say of their datasets."""
        return self.db.query("SELECT * FROM dataset WHERE run = ? AND country = ?", [self._run_of(country), country])

    def distributions(self, country: str) -> Iterator[dict[str, Any]]:
        """The files of these catalogues that were chosen to be asked for."""
        return self.db.query(
            "SELECT * FROM distribution WHERE run = ? AND country = ?", [self._run_of(country), country]
        )

    def page_counts(self, country: str) -> dict[str, int]:
        """Pages read, hosts, deepest click, evidence of the country's run."""
        run = self._run_of(country)
        row = next(
            self.db.query(
                "SELECT count(*) AS pages, count(DISTINCT portal) AS portals, coalesce(max(depth), 0) AS depth,"
                " (SELECT count(*) FROM evidence WHERE run = :run AND country = :country) AS evidence"
                " FROM page WHERE run = :run AND country = :country AND reason IS NULL",
                {"run": run, "country": country},
            )
        )
        return {key: int(value) for key, value in row.items()}

    def archive_path(self, country: str, warc: str) -> Path:
        """Where a WARC file of the country's run lies. Raises EgovError where it is unknown."""
        run = self._run_of(country)
        row = self.db.execute("SELECT path FROM archive WHERE run = ? AND name = ?", [run, warc]).fetchone()
        if row is None:
            raise EgovError(f"{warc}: no such archive in run {run}")
        return self._place(run, row[0])

    def archive_paths(self, country: str) -> list[Path]:
        """Where all WARC files of the country's run lie."""
        run = self._run_of(country)
        rows = self.db.execute("SELECT path FROM archive WHERE run = ? ORDER BY name", [run]).fetchall()
        return [self._place(run, row[0]) for row in rows]

    def _place(self, run: str, told: str) -> Path:
        path = Path(told)
        return path if path.is_absolute() else self.directory / "runs" / run / path

    # ── what people say

    def add_review(self, review: Review) -> None:
        """Adds one answer. Raises EgovError for a feature or country without a finding."""
        run = self.current_runs().get(review.country)
        known = (
            run
            and self.db.execute(
                "SELECT 1 FROM finding WHERE run = ? AND country = ? AND feature = ?",
                [run, review.country, review.feature],
            ).fetchone()
        )
        if not known:
            raise EgovError(f"{review.country}/{review.feature}: there is no such finding to review")
        with self.db.atomic():
            self.db.table("review").insert({**asdict(review), "run": run, "example": int(review.example)})

    def reviews(self, country: str, feature: str | None = None) -> list[Review]:
        """Reviews of the country's current findings, oldest first."""
        where, values = "run = ? AND country = ?", [self._run_of(country), country]
        if feature:
            where, values = where + " AND feature = ?", [*values, feature]
        return [
            Review(
                row["country"], row["feature"], row["reviewer"], Answer(row["answer"]), row["evidence_url"] or "",
                row["note"] or "", row["decided_at"], bool(row["example"]),
            )
            for row in self.db.query(f"SELECT * FROM review WHERE {where} ORDER BY id", values)
        ]  # fmt: skip

    # ── taking it away

    def rows(self, what: str) -> Iterator[dict[str, Any]]:
        """Rows of a table (`TABLES`) of the runs that stand for their countries."""
        table = TABLES[what]
        yield from self.db.query(
            f"SELECT {table}.* FROM {table} JOIN ({_CURRENT}) AS current"
            f" ON current.run = {table}.run AND current.country = {table}.country ORDER BY {table}.rowid"
        )

    def _run_of(self, country: str) -> str:
        run = self.current_runs().get(country)
        if run is None:
            raise EgovError(f"{country}: nothing is known of this country in {self.directory / FILE}")
        return run

    def close(self) -> None:
        """Closes the database."""
        self.db.close()


def finding_from(row: dict[str, Any]) -> Finding:
    """A finding as it was, from a row of the table."""
    searched: dict[str, Any] = json.loads(row["searched"])
    as_tuples: Iterable[tuple[str, Any]] = (
        (key, tuple(map(tuple, value)) if key == "failures" else tuple(value) if isinstance(value, list) else value)
        for key, value in searched.items()
    )
    return Finding(
        row["country"],
        row["feature"],
        Outcome(row["outcome"]),
        Reason(row["reason"]) if row["reason"] else None,
        row["pages_with_evidence"],
        Searched(**dict(as_tuples)),
    )
