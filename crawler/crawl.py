"""Running crawls: from a country code to findings in the survey."""

import json
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings

from crawler import __version__
from crawler.collector import spare
from crawler.fetch.archive import ArchiveWriter, cut
from crawler.fetch.browser import ADVICE, find_browser, scrapy_settings
from crawler.finding import find
from crawler.focus import Focus
from crawler.items import EgovError, Seed
from crawler.job import Budget, Job, now, runs_directory
from crawler.rubric import Rubric
from crawler.seeds import countries, scope_of
from crawler.storage import CrawlDatabase, SurveyDatabase

MANIFEST = "run.json"
LOG = "crawl.log"
"""What Scrapy has to say; people read the progress instead."""


@dataclass(frozen=True)
class Wish:
    """What the user asked for."""

    out: Path
    rubric: Rubric
    budget: Budget
    contact: str
    allow_private: bool = False
    use_browser: bool = True
    resume: bool = False
    thorough: bool = False
    seed: int = 0


def crawl(countries_seeds: Sequence[tuple[str, list[Seed]]], wish: Wish) -> list[str]:
    """Crawls each country in turn, then finds and merges; the ids of the runs. Raises EgovError."""
    if not wish.contact and not wish.allow_private:
        raise EgovError(
            "who visits public servers says who they are: give --contact or set EGOV_CONTACT to a web or e-mail address"
        )
    SurveyDatabase(wish.out).close()
    browser = find_browser() if wish.use_browser else None
    if wish.use_browser and browser is None:
        print(ADVICE, file=sys.stderr)
    process = CrawlerProcess(settings(wish, browser))
    jobs: list[Job] = []
    _chain(process, iter(countries_seeds), jobs, wish, browser)
    # A log that cannot be written must not bury the sentence that says why.
    logging.raiseExceptions = False
    wish.rubric.index  # noqa: B018
    spare()
    process.start()
    # The process keeps its own handlers after the last crawl; from here Ctrl-C is Python's again.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for job in jobs:
        _conclude(job, wish)
    return [job.run for job in jobs]


def settings(wish: Wish, browser: str | None) -> Settings:
    """Scrapy's settings for this wish."""
    found = Settings()
    found.setmodule("crawler.settings", priority="project")
    agent = f"egov/{__version__} (+{wish.contact})" if wish.contact else f"egov/{__version__}"
    changed: dict[str, Any] = {
        "USER_AGENT": agent,
        "DOWNLOAD_DELAY": wish.budget.delay_s,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1 if wish.budget.delay_s else 8,
        "EGOV_ALLOW_PRIVATE": wish.allow_private,
        "LOG_FILE": str(wish.out / LOG),
        "LOG_FILE_APPEND": True,
    }
    if browser:
        handlers = scrapy_settings(browser, allow_private=wish.allow_private)
        handlers["DOWNLOAD_HANDLERS"] |= {"file": None, "ftp": None, "s3": None, "data": None}
        changed |= handlers
    found.setdict(changed, priority="cmdline")
    return found


def _chain(
    process: CrawlerProcess, waiting: Iterator[tuple[str, list[Seed]]], jobs: list[Job], wish: Wish, browser: str | None
) -> None:
    """Starts the next crawl when one has ended: one country at a time, none after a stop."""
    following = next(waiting, None)
    if following is None or (jobs and jobs[-1].stopped):
        return
    jobs.append(_job(*following, wish, browser))
    ended = process.crawl("portal", job=jobs[-1])
    ended.addBoth(lambda _: _chain(process, waiting, jobs, wish, browser))


def _job(country: str, seeds: list[Seed], wish: Wish, browser: str | None) -> Job:
    run = (_unfinished(country, wish.out) if wish.resume else None) or f"{country}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    directory = runs_directory(wish.out) / run
    known = countries().get(country)
    database = CrawlDatabase(directory, run)
    told = {"budget": asdict(wish.budget), "contact": wish.contact, "browser": bool(browser), "country": country}
    database.begin("crawl", wish.rubric.id, wish.rubric.version, now(), told)
    database.add_portals(seeds)
    archive = _archive(directory, run, database)
    leading = {feature.id: feature.concepts() for feature in wish.rubric.features.values()}
    focus = Focus(leading, seed=wish.seed, thorough=wish.thorough)
    database.follow(focus)
    job = Job(
        run=run,
        country=country,
        seeds=tuple(seeds),
        scope=scope_of(seeds, known),
        focus=focus,
        rubric=wish.rubric,
        budget=wish.budget,
        database=database,
        archive=archive,
        allow_private=wish.allow_private,
        browser=browser,
    )
    job.progress.read = database.pages_read()
    return job


def _archive(directory: Path, run: str, database: CrawlDatabase) -> ArchiveWriter:
    """A new archive file for this process; torn tails of earlier ones are cut."""
    folder = directory / "warc"
    earlier = sorted(folder.glob("*.warc.gz"))
    for path in earlier:
        if end := database.archive_end(path.name):
            cut(path, end)
    name = f"egov-{run}-{len(earlier):05}.warc.gz"
    database.add_archive(name, f"warc/{name}")
    try:
        return ArchiveWriter(folder / name)
    except OSError as error:
        raise EgovError(f"{folder}: cannot be written: {error.strerror or error}") from None


def _unfinished(country: str, out: Path) -> str | None:
    for directory in sorted(runs_directory(out).glob(f"{country}-*"), reverse=True):
        manifest = directory / MANIFEST
        if not manifest.exists():
            return directory.name
    return None


def _conclude(job: Job, wish: Wish) -> None:
    """Findings, merge, manifest. A stopped crawl stays resumable and is merged as far as it came."""
    directory = job.database.directory
    try:
        job.archive.close()
        job.database.shorten_paths()
        job.progress.passed_over = job.database.passed_over()
        findings = find(job.country, job.rubric, job.database.assessed_pages(), job.database.failures())
        job.database.store_findings(findings)
        if not job.stopped:
            job.database.finish(now())
        job.database.close()
        survey = SurveyDatabase(wish.out)
        survey.merge(directory)
        survey.close()
        if not job.stopped:
            _write_manifest(job, directory / MANIFEST)
    except (OSError, OperationalError) as error:
        raise EgovError(
            job.stopped or f"{directory}: cannot be written: {error}; make room, then use --resume"
        ) from None
    if job.stopped:
        raise EgovError(job.stopped)


def _write_manifest(job: Job, path: Path) -> None:
    """The manifest, whole or not at all: a run without one is unfinished."""
    manifest = {
        "run": job.run, "country": job.country, "egov": __version__, "rubric": job.rubric.id,
        "rubric_version": job.rubric.version, "budget": asdict(job.budget), "pages_read": job.progress.read,
        "reasons": dict(job.progress.reasons), "seeds": [seed.url for seed in job.seeds],
        "passed_over": job.progress.passed_over, "left_early": job.database.choosing.left, "finished_at": now(),
    }  # fmt: skip
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")
    draft.replace(path)
