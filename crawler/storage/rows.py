"""Nouns as rows of tables, and back."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlite_utils import Database

from crawler.items import (
    AssessedPage,
    CatalogueFacts,
    ClickPath,
    Distribution,
    Evidence,
    Page,
    PageFacts,
    Reason,
    Record,
    Strength,
)

_PAGE_COLUMNS = (
    "run, warc, offset, length, url, portal, country, status, depth, path, title, language, declared_language, votes,"
    " not_applicable, reason, rendered, sha256, captured_at, facts"
)
EVIDENCE_COLUMNS = (
    "warc, offset, feature, country, portal, url, strength, quote, selector, term, language, detector, depth, path,"
    " sha256, captured_at, rubric, rubric_version, tags, service_level"
)
INSERT_PAGE = f"INSERT OR REPLACE INTO page ({_PAGE_COLUMNS}) VALUES ({','.join('?' * 20)})"
INSERT_EVIDENCE = f"INSERT OR REPLACE INTO evidence (run, {EVIDENCE_COLUMNS}) VALUES ({','.join('?' * 21)})"
INSERT_CATALOGUE = f"INSERT OR REPLACE INTO catalogue VALUES ({','.join('?' * 9)})"
INSERT_DATASET = f"INSERT OR REPLACE INTO dataset VALUES ({','.join('?' * 18)})"
INSERT_DISTRIBUTION = f"INSERT OR IGNORE INTO distribution VALUES ({','.join('?' * 12)})"
INSERT_FAULT = f"INSERT OR REPLACE INTO fault VALUES ({','.join('?' * 10)})"


@lru_cache(maxsize=256)
def _path(path: ClickPath) -> str:
    # All evidence of a page has the same.
    return json.dumps(path, ensure_ascii=False)


def page_row(run: str, page: Page, record: Record, length: int, assessed: AssessedPage) -> tuple[object, ...]:
    return (
        run, record.warc, record.offset, length, page.url, page.portal, page.country, page.status, page.depth,
        _path(page.path), assessed.title, assessed.language, assessed.declared_language,
        json.dumps(assessed.votes), " ".join(sorted(assessed.not_applicable)), assessed.reason, int(page.rendered), record.sha256, page.captured_at,
        json.dumps(asdict(assessed.facts), ensure_ascii=False) if assessed.facts else None,
    )  # fmt: skip


def evidence_row(run: str, one: Evidence, record: Record) -> tuple[object, ...]:
    """The row of a piece of evidence whose page lies at `record`."""
    return (
        run, record.warc, record.offset, one.feature, one.country, one.portal, one.url, one.strength, one.quote, one.selector,
        one.term, one.language, one.detector, one.depth, _path(one.path), record.sha256,
        one.captured_at, one.rubric, one.rubric_version, " ".join(one.tags), one.service_level,
    )  # fmt: skip


def fault_rows(run: str, page: Page, record: Record, assessed: AssessedPage) -> list[tuple[object, ...]]:
    place = (run, record.warc, record.offset)
    where = (page.country, page.portal, page.url)
    return [(*place, one.feature, *where, one.selector, one.quote, one.count) for one in assessed.faults]


def catalogue_row(run: str, page: Page, record: Record, facts: CatalogueFacts) -> tuple[object, ...]:
    place = (run, record.warc, record.offset, page.country, page.portal)
    return (*place, page.url, facts.api, facts.total, len(facts.datasets))


def dataset_rows(run: str, page: Page, record: Record, facts: CatalogueFacts) -> list[tuple[object, ...]]:
    place = (run, record.warc, record.offset, page.country, page.portal)
    return [
        (*place, one.place, one.title, one.publisher, one.licence, one.modified, one.frequency, " ".join(one.formats),
         " ".join(one.tags), *one.openness)
        for one in facts.datasets
    ]  # fmt: skip


def distribution_row(run: str, one: Distribution) -> tuple[object, ...]:
    return (
        run, one.url, one.country, one.portal, one.catalogue, one.dataset, one.format, one.status, one.content_type,
        one.length, one.reason, one.checked_at,
    )  # fmt: skip


def facts_from(told: str | None) -> PageFacts | None:
    """Facts of a page as they were, from the column of the table."""
    if told is None:
        return None
    row: dict[str, Any] = json.loads(told)
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return PageFacts(**values)


def assessed_from(row: dict[str, Any], evidence: Iterable[Evidence]) -> AssessedPage:
    """An assessed page as far as findings need it, from its row and its evidence: without votes and faults."""
    return AssessedPage(
        url=row["url"],
        portal=row["portal"],
        country=row["country"],
        depth=row["depth"],
        reason=Reason(row["reason"]) if row["reason"] else None,
        title=row["title"] or "",
        language=row["language"] or "",
        declared_language=row["declared_language"] or "",
        evidence=tuple(evidence),
        not_applicable=frozenset(row["not_applicable"].split()),
        facts=facts_from(row["facts"]),
    )


def assessed_pages(db: Database, run: str, country: str | None = None) -> Iterator[AssessedPage]:
    """The pages of a run, or those of one country in it, in the order of the archive."""
    where, values = ("run = ? AND country = ?", [run, country]) if country else ("run = ?", [run])
    # Both in the order of the archive, side by side: the evidence of a million pages is more than memory holds.
    pieces = db.query(f"SELECT {EVIDENCE_COLUMNS} FROM evidence WHERE {where} ORDER BY warc, offset, feature", values)
    evidence = groupby(pieces, key=itemgetter("warc", "offset"))
    place, group = next(evidence, (None, iter(())))
    for row in db.query(f"SELECT * FROM page WHERE {where} ORDER BY warc, offset", values):
        if place == (row["warc"], row["offset"]):
            yield assessed_from(row, [evidence_from(one) for one in group])
            place, group = next(evidence, (None, iter(())))
        else:
            yield assessed_from(row, ())


def evidence_from(row: dict[str, Any]) -> Evidence:
    """Evidence as it was, from a row of the table."""
    path = tuple((text, url) for text, url in json.loads(row["path"]))
    kept = {key: row[key] for key in Evidence.__slots__ if key not in ("path", "strength", "tags")}
    return Evidence(**kept, path=path, strength=Strength(row["strength"]), tags=tuple(row["tags"].split()))
