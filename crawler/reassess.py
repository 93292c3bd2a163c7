"""Assessing archived pages without network: ours or anyone's WARC, with today's rubric."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any

import pycountry

from crawler.assess import judge_page
from crawler.collector import spare
from crawler.fetch.archive import check_readable, read_pages
from crawler.finding import find
from crawler.items import AssessedPage, EgovError, Page
from crawler.job import now, runs_directory
from crawler.page.urls import host
from crawler.rubric import Rubric
from crawler.seeds import country_code, country_of_host, registry
from crawler.storage import CrawlDatabase, SurveyDatabase
from crawler.storage.clicks import places_beside

UNKNOWN = ""
"""The country of a page of which nothing is known: it is assessed, but stands for no country."""
_NAMES = ("url", "country")


def assess_archives(
    warcs: Sequence[Path],
    out: Path,
    rubric: Rubric,
    country: str | None = None,
    countries_file: Path | None = None,
    seen: Callable[[int], None] | None = None,
) -> tuple[str, int, int]:
    """Assesses every HTML page of the archives; run id, pages captured, pages read.

    `country` holds for all pages; `countries_file` (CSV or JSONL with url and country) for those it
    names; else a page's own metadata, the seed registry or its country domain decide. `seen` is
    called with the number of pages so far. Raises EgovError before anything is written to the
    survey where a file cannot be read.
    """
    names = [path.name for path in warcs]
    if doubled := next((name for name in names if names.count(name) > 1), None):
        raise EgovError(f"{doubled}: two archives of this name were given; evidence points to archives by name")
    given = read_countries(countries_file) if countries_file else {}
    check_readable(warcs)
    rubric.index  # noqa: B018
    spare()
    run = f"assess-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    directory = runs_directory(out) / run
    SurveyDatabase(out).close()
    database = CrawlDatabase(directory, run)
    try:
        told = {"warcs": [str(path) for path in warcs], "country": country, "countries": str(countries_file or "")}
        database.begin("assess", rubric.id, rubric.version, now(), told)
        for path in warcs:
            database.add_archive(path.name, str(path.resolve()))
        captured = 0
        shortest = {path.name: places_beside(path) for path in warcs}
        for captured, one in enumerate(read_pages(warcs), 1):
            page = placed(one.page, country, given)
            if known := shortest[one.record.warc].get(one.record.offset):
                page = replace(page, depth=known[0], path=known[1])
            database.store_page(page, one.record, one.length, judge_page(page, one.record, rubric))
            if seen:
                seen(captured)
        _find(database, rubric)
        read = database.pages_read()
        database.close()
        survey = SurveyDatabase(out)
        survey.merge(directory)
        survey.close()
    except (EgovError, OSError, OperationalError) as error:
        # Half an assessment is none: the archives are still there to be read again.
        database.close()
        shutil.rmtree(directory, ignore_errors=True)
        raise EgovError(
            f"{error}" if isinstance(error, EgovError) else f"{directory}: cannot be written: {error}"
        ) from None
    return run, captured, read


def _find(database: CrawlDatabase, rubric: Rubric) -> None:
    """Findings of each country that the pages belong to."""
    by_country: dict[str, list[AssessedPage]] = {}
    for assessed in database.assessed_pages():
        by_country.setdefault(assessed.country, []).append(assessed)
    for iso3, pages in sorted(by_country.items()):
        if iso3 != UNKNOWN:
            database.store_findings(find(iso3, rubric, pages))
    database.finish(now())


def placed(page: Page, country: str | None, given: dict[str, str]) -> Page:
    """The page with its country, and with its portal and languages where the seed registry knows them."""
    iso3 = country or given.get(page.url) or page.country or country_of_host(host(page.url))
    if page.languages or page.country:
        return replace(page, country=iso3)
    seed = next((one for one in registry() if host(one.url) == host(page.url)), None)
    if seed is None:
        return replace(page, country=iso3)
    return replace(page, country=iso3, portal=seed.url, languages=seed.languages, official=True)


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
