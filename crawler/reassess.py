"""Assessing archived pages without network: ours or anyone's WARC, with today's rubric."""

import csv
import hashlib
import io
import json
import platform
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any

import pycountry

from crawler import __version__
from crawler.fetch.containers import Source, sources
from crawler.fetch.reading import Reader, check_readable
from crawler.fetch.records import Account, Captured, Unread
from crawler.finding import find
from crawler.items import AssessedPage, ClickPath, EgovError, Failure, Page, Record, Seed
from crawler.job import now, runs_directory
from crawler.judges import Judges
from crawler.page.urls import host
from crawler.rubric import Rubric
from crawler.seeds import country_code, country_of_host, registry
from crawler.storage import CrawlDatabase, SurveyDatabase
from crawler.storage.clicks import places_beside

UNKNOWN = ""
"""The country of a page of which nothing is known: it is assessed, but stands for no country."""
MANIFEST = "manifest.json"
COMMITTED = 50
"""Pages of one transaction: the archive is the source, a killed assessment is repeated from it."""
_NAMES = ("url", "country")


@dataclass(frozen=True, slots=True)
class Wish:
    """What to assess. `country` holds for all pages; `countries_file` (CSV or JSONL with url and country) for those it
    names; else a page's own metadata, the seed registry or its country domain decide."""

    archives: Sequence[Path]
    out: Path
    country: str | None = None
    countries_file: Path | None = None
    jobs: int = 1


@dataclass
class Assessment:
    """What an assessment did so far; `seconds` without the start of processes."""

    run: str
    accounts: Sequence[Account]
    pages: int = 0
    read: int = 0
    seconds: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Pages per second."""
        return self.pages / self.seconds if self.seconds else 0.0


def assess_archives(wish: Wish, rubric: Rubric, seen: Callable[[Assessment], None] | None = None) -> Assessment:
    """Assesses every HTML page of the archives; `seen` is called after each transaction.

    Raises EgovError before anything is written to the survey where a file cannot be read.
    """
    given = _sources(wish.archives)
    countries = read_countries(wish.countries_file) if wish.countries_file else {}
    check_readable(given)
    run = f"assess-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    directory = runs_directory(wish.out) / run
    reader = Reader(given)
    assessment = Assessment(run, reader.accounts)
    with Judges(rubric, wish.jobs) as judges:
        SurveyDatabase(wish.out).close()
        database = CrawlDatabase(directory, run)
        try:
            begun = _begin(database, wish, rubric, given)
            shortest = {path.name: places_beside(path) for path in wish.archives}
            pages = (_placed(one, wish.country, countries, shortest) for one in reader.read())
            _store(database, judges.judge(pages), assessment, seen)
            _find(database, rubric)
            database.close()
            _write_manifest(directory / MANIFEST, assessment, wish, rubric, begun)
            survey = SurveyDatabase(wish.out)
            survey.merge(directory)
            survey.close()
        except BaseException as error:
            # Half an assessment is none: the archives are still there to be read again.
            database.close()
            shutil.rmtree(directory, ignore_errors=True)
            if isinstance(error, OSError | OperationalError):
                raise EgovError(f"{directory}: cannot be written: {error}") from None
            raise
    return assessment


def _sources(archives: Sequence[Path]) -> list[Source]:
    names = Counter(path.name for path in archives)
    if doubled := next((name for name, count in names.items() if count > 1), None):
        raise EgovError(f"{doubled}: two archives of this name were given; evidence points to archives by name")
    return [source for path in archives for source in sources(path)]


def _begin(database: CrawlDatabase, wish: Wish, rubric: Rubric, given: Sequence[Source]) -> str:
    begun = now()
    told = {
        "warcs": [str(path) for path in wish.archives],
        "country": wish.country,
        "countries": str(wish.countries_file or ""),
    }
    database.begin("assess", rubric.id, rubric.version, begun, told)
    for source in given:
        database.add_archive(source.name, str(source.address))
    return begun


def _placed(
    one: Captured | Unread,
    country: str | None,
    given: dict[str, str],
    shortest: dict[str, dict[int, tuple[int, ClickPath]]],
) -> tuple[Captured | Unread, tuple[Page, Record] | None]:
    page = placed(one.page, country, given)
    if isinstance(one, Captured) and (known := shortest.get(one.record.warc, {}).get(one.record.offset)):
        page = replace(page, depth=known[0], path=known[1])
    one = replace(one, page=page)
    return one, (one.page, one.record) if isinstance(one, Captured) else None


def _store(
    database: CrawlDatabase,
    judged: Iterator[tuple[Captured | Unread, AssessedPage | None]],
    assessment: Assessment,
    seen: Callable[[Assessment], None] | None,
) -> None:
    started = time.monotonic()
    while batch := list(islice(judged, COMMITTED)):
        with database.together():
            for one, assessed in batch:
                reason = _store_one(database, one, assessed)
                assessment.pages += 1
                assessment.read += reason is None
                if reason:
                    assessment.reasons[reason] += 1
        assessment.seconds = time.monotonic() - started
        if seen:
            seen(assessment)


def _store_one(database: CrawlDatabase, one: Captured | Unread, assessed: AssessedPage | None) -> str | None:
    if isinstance(one, Captured) and assessed:
        database.store_page(one.page, one.record, one.length, assessed)
        return assessed.reason
    if isinstance(one, Unread):
        page = one.page
        database.store_failure(Failure(page.country, page.portal, page.url, one.reason, one.detail), None)
        return one.reason
    return None


def _find(database: CrawlDatabase, rubric: Rubric) -> None:
    """Findings of each country that the pages belong to. A page that could be read in another capture did not fail."""
    failures: dict[str, list[Failure]] = {}
    for failure in database.drop_settled_failures():
        failures.setdefault(failure.country, []).append(failure)
    for iso3 in sorted({*database.countries_of_pages(), *failures} - {UNKNOWN}):
        database.store_findings(find(iso3, rubric, database.assessed_pages(iso3), failures.get(iso3, ())))
    database.finish(now())


def _write_manifest(path: Path, assessment: Assessment, wish: Wish, rubric: Rubric, begun: str) -> None:
    """What was read with what, so that somebody else can repeat it: the same archives, rubric and version."""
    countries = wish.countries_file
    manifest = {
        "run": assessment.run,
        "kind": "assess",
        "egov": __version__,
        "python": platform.python_version(),
        "rubric": rubric.id,
        "rubric_version": rubric.version,
        "country": wish.country,
        "countries_sha256": hashlib.sha256(countries.read_bytes()).hexdigest() if countries else None,
        "started_at": begun,
        "finished_at": now(),
        "pages": assessment.pages,
        "pages_read": assessment.read,
        "reasons": dict(sorted(assessment.reasons.items())),
        "archives": [_of_archive(account) for account in assessment.accounts],
    }
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")
    draft.replace(path)


def _of_archive(account: Account) -> dict[str, Any]:
    source = account.source
    return {
        "name": source.name,
        "path": str(source.address),
        "size_bytes": account.size_bytes,
        "sha256": account.sha256,
        "sha256_stated": source.sha256,
        "records": account.records,
        "pages": account.pages,
        "pages_incomplete": account.unread,
        "passed_over": dict(sorted(account.passed.items())),
        "trouble": account.trouble,
    }


def placed(page: Page, country: str | None, given: dict[str, str]) -> Page:
    """The page with its country, and with its portal and languages where the seed registry knows them."""
    iso3 = country or given.get(page.url) or page.country or country_of_host(host(page.url))
    if page.languages or page.country:
        return replace(page, country=iso3)
    seed = _seeds_by_host().get(host(page.url))
    if seed is None:
        return replace(page, country=iso3)
    return replace(page, country=iso3, portal=seed.url, languages=seed.languages, official=True)


@lru_cache(maxsize=1)
def _seeds_by_host() -> dict[str, Seed]:
    found: dict[str, Seed] = {}
    for seed in registry():
        found.setdefault(host(seed.url), seed)
    return found


def read_countries(path: Path) -> dict[str, str]:
    """Address to alpha-3 code, from CSV or JSONL with `url` and `country`; other codes are left out.

    Raises EgovError that names file and line.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EgovError(f"{path}: cannot be read as text in UTF-8: {error}") from None
    found: dict[str, str] = {}
    first = text.lstrip()[:1]
    rows = _json_rows(path, text) if first == "{" else _csv_rows(path, text)
    for number, row in enumerate(rows, 1):
        if not all(isinstance(row.get(name), str) for name in _NAMES):
            raise EgovError(f"{path.name}, row {number}: 'url' and 'country' are expected")
        code = str(row["country"]).strip().upper()
        known = pycountry.countries.get(alpha_2=code) or pycountry.countries.get(alpha_3=code)
        if known:
            found[str(row["url"])] = country_code(code)
    return found


def _csv_rows(path: Path, text: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        return list(reader)
    except csv.Error as error:
        raise EgovError(f"{path.name}, line {reader.reader.line_num}: not valid CSV: {error}") from None


def _json_rows(path: Path, text: str) -> list[dict[str, Any]]:
    rows = []
    # Not splitlines: JSON allows other line separators inside a text.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise EgovError(f"{path.name}, line {number}: not valid JSON: {error}") from None
            if not isinstance(row, dict):
                raise EgovError(f"{path.name}, line {number}: an object with 'url' and 'country' is expected")
            rows.append(row)
    return rows
