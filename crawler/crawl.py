"""Running crawls: from a country code to findings in the survey."""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import DatabaseError
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings

from crawler import __version__, manifest
from crawler.collector import spare
from crawler.fetch.archive import ArchiveWriter, cut
from crawler.fetch.browser import ADVICE, find_browser, scrapy_settings
from crawler.fetch.courtesy import Courtesy
from crawler.fetch.egress import Egress
from crawler.fetch.night import night
from crawler.fetch.stops import StopList
from crawler.finding import find
from crawler.focus import Focus
from crawler.items import EgovError, Seed, Stop
from crawler.job import Budget, Job, now, runs_directory
from crawler.logs import Log
from crawler.politeness import courteous
from crawler.readers import Readers
from crawler.rubric import Rubric
from crawler.seeds import Scope, countries, scope_of, seeds_for
from crawler.stopping import Stopping
from crawler.stops import told_of
from crawler.storage import CrawlDatabase, SurveyDatabase
from crawler.storage.counts import count
from crawler.storage.lock import RunLock
from crawler.storage.retries import Retries, hosts_of_home_pages

LOG = "crawl.log"
"""What the crawler had to say, JSON lines; people read the progress instead."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wish:
    """What the user asked for. `resume`: go on with unfinished runs; `retry`: only what failed in the latest run.

    `vantage`: exit country and network as declared, 'DE, university network'; "" is undeclared.
    """

    out: Path
    rubric: Rubric
    budget: Budget
    contact: str
    allow_private: bool = False
    use_browser: bool = True
    resume: bool = False
    vantage: str = ""
    retry: bool = False
    night: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    """Scrapy's settings that are to differ, say shorter time-outs."""
    thorough: bool = False
    seed: int = 0


def crawl(countries_seeds: Sequence[tuple[str, list[Seed]]], wish: Wish) -> list[str]:
    """Crawls each country in turn, then finds and merges; the ids of the runs. Raises EgovError."""
    if not wish.contact and not wish.allow_private:
        raise EgovError(
            "who visits public servers says who they are: give --contact or set EGOV_CONTACT to a web or e-mail address"
        )
    if not manifest.vantage(wish.vantage)["declared"] and not wish.allow_private:
        print("vantage undeclared: --vantage 'DE, university network' tells from where this was seen", file=sys.stderr)
    StopList.of(wish.out)
    for country, _ in countries_seeds:
        if wish.night:
            night(wish.night, country)
    SurveyDatabase(wish.out).close()
    browser = find_browser() if wish.use_browser else None
    if wish.use_browser and browser is None:
        print(ADVICE, file=sys.stderr)
    crawls = _Crawls(iter(countries_seeds), wish, browser)
    try:
        crawls.run()
    finally:
        crawls.log.close()
        crawls.readers.close()
    for job in crawls.jobs:
        _conclude(job, wish)
    if crawls.refused:
        raise crawls.refused
    return [job.run for job in crawls.jobs]


def settings(wish: Wish, browser: str | None) -> Settings:
    """Scrapy's settings for this wish."""
    found = Settings()
    found.setmodule("crawler.settings", priority="project")
    changed: dict[str, Any] = {
        "USER_AGENT": user_agent(wish),
        "DOWNLOAD_DELAY": wish.budget.delay_s,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1 if wish.budget.delay_s else 8,
        "EGOV_EGRESS": Egress(wish.allow_private),
        "LOG_INSTALL_ROOT_HANDLER": False,
    }
    if browser:
        handlers = scrapy_settings(browser, (changed | wish.settings)["EGOV_EGRESS"])
        handlers["DOWNLOAD_HANDLERS"] = found.getdict("DOWNLOAD_HANDLERS") | handlers["DOWNLOAD_HANDLERS"]
        handlers["PLAYWRIGHT_ABORT_REQUEST"] = courteous(handlers["PLAYWRIGHT_ABORT_REQUEST"], StopList.of(wish.out))
        changed |= handlers
    found.setdict(changed | wish.settings, priority="cmdline")
    return found


def user_agent(wish: Wish) -> str:
    """What servers are told about who asks."""
    return f"egov/{__version__} (+{wish.contact})" if wish.contact else f"egov/{__version__}"


class _Crawls:
    """The crawls of this process, one country at a time, none after a stop."""

    def __init__(self, waiting: Iterator[tuple[str, list[Seed]]], wish: Wish, browser: str | None) -> None:
        self.waiting, self.wish, self.browser = waiting, wish, browser
        self.jobs: list[Job] = []
        self.refused: EgovError | None = None
        # Before the first thread: the workers of a process with threads take longer to start.
        self.readers = Readers(wish.rubric, wish.rubric.sought)
        try:
            self.log = Log(wish.out / LOG)
        except OSError as error:
            raise EgovError(f"{wish.out / LOG}: cannot be written: {error.strerror or error}") from None
        self.process = CrawlerProcess(settings(wish, browser))

    def run(self) -> None:
        """Crawls until nothing waits or something stops."""
        self._next()
        if not self.jobs:
            return
        # A log that cannot be written must not bury the sentence that says why.
        logging.raiseExceptions = False
        spare()
        with Stopping(self.process, self.jobs):
            self.process.start(install_signal_handlers=False)

    def _next(self) -> None:
        while not (self.jobs and self.jobs[-1].stopped):
            following = next(self.waiting, None)
            if following is None:
                return
            try:
                job = _job(*following, self.wish, self.readers, self.browser)
            except EgovError as error:
                self.refused = error
                return
            if job is not None:
                self.jobs.append(job)
                self.log.about(job.country, job.run)
                logger.info("crawl begins: %d pages read so far", job.progress.read)
                self.process.crawl("portal", job=job).addBoth(lambda _: self._next())
                return


def _job(country: str, seeds: list[Seed], wish: Wish, readers: Readers, browser: str | None) -> Job | None:
    """The crawl of a country, made ready; None where there is nothing to do. Raises EgovError."""
    run = _chosen_run(country, wish)
    if run is None:
        return None
    directory = runs_directory(wish.out) / run
    lock = RunLock(directory)
    try:
        return _opened(lock, run, country, seeds, wish, readers, browser)
    except DatabaseError as error:
        lock.release()
        raise EgovError(told_of(error, str(directory))) from None
    except EgovError:
        lock.release()
        raise


def _opened(
    lock: RunLock, run: str, country: str, seeds: list[Seed], wish: Wish, readers: Readers, browser: str | None
) -> Job:
    directory = lock.path.parent
    database = CrawlDatabase(directory, run)
    told = {"budget": asdict(wish.budget), "contact": wish.contact, "browser": bool(browser), "country": country}
    database.begin("crawl", wish.rubric.id, wish.rubric.version, now(), told)
    database.add_portals(seeds)
    database.release_leases()
    leading = {feature.id: feature.concepts() for feature in wish.rubric.features.values()}
    focus = Focus(leading, seed=wish.seed, thorough=wish.thorough)
    database.follow(focus)
    retrying, budget = None, wish.budget
    if wish.retry:
        retrying = Retries(database)
        number = retrying.begin()
        print(f"{country}: {number} addresses of {run} are tried again", file=sys.stderr)
        budget = replace(budget, max_pages=database.pages_read() + number)
    scope = scope_of(seeds, countries().get(country))
    job = Job(
        run=run,
        lock=lock,
        country=country,
        seeds=tuple(seeds),
        # Where a portal has moved to belongs to the scope, also after a resume.
        scope=Scope(scope.sites | hosts_of_home_pages(database.db, run), scope.suffixes),
        focus=focus,
        readers=readers,
        rubric=wish.rubric,
        budget=budget,
        database=database,
        archive=_archive(directory, run, database),
        allow_private=wish.allow_private,
        browser=browser,
        retrying=retrying,
        courtesy=Courtesy(
            wish.budget.delay_s, StopList.of(wish.out), night(wish.night, country) if wish.night else None
        ),
    )
    job.progress.read = database.pages_read()
    _begin_manifest(job, wish)
    return job


def _begin_manifest(job: Job, wish: Wish) -> None:
    directory = job.database.directory
    earlier = manifest.read(directory)
    was_whole = manifest.was_finished(earlier) or bool(earlier.get("was_finished"))
    given = {
        **asdict(job.budget), "contact": wish.contact, "user_agent": user_agent(wish), "browser": bool(job.browser),
        "allow_private": wish.allow_private, "retry": wish.retry,
    }  # fmt: skip
    begun = {"started_at": now(), "settings": given, "vantage": manifest.vantage(wish.vantage)}
    # A retry does not change how the run was made; the list of processes tells of it.
    made = earlier if wish.retry and "settings" in earlier else begun
    head = {
        "run": job.run, "country": job.country, "state": manifest.State.RUNNING,
        "was_finished": wish.retry and was_whole, "versions": manifest.versions(),
        "rubric": job.rubric.id, "rubric_version": job.rubric.version,
        "settings": made["settings"], "vantage": made["vantage"],
        "seeds": [asdict(one) for one in job.seeds], "seeds_digest": manifest.seeds_digest(job.seeds),
        "started_at": earlier.get("started_at") or begun["started_at"], "finished_at": None,
        "processes": [*earlier.get("processes", ()), begun], "stopped": None, "counts": earlier.get("counts"),
    }  # fmt: skip
    try:
        manifest.write(directory, head)
    except OSError as error:
        raise EgovError(told_of(error, str(directory))) from None


def _archive(directory: Path, run: str, database: CrawlDatabase) -> ArchiveWriter:
    """A new archive file for this process; torn tails of earlier ones are cut, and files without any page go."""
    folder = directory / "warc"
    numbers = [-1]
    try:
        for path in sorted(folder.glob("*.warc.gz")):
            if end := database.archive_end(path.name):
                cut(path, end)
                numbers.append(int(path.name.removesuffix(".warc.gz").rpartition("-")[2]))
            else:
                path.unlink()
        name = f"egov-{run}-{max(numbers) + 1:05}.warc.gz"
        database.add_archive(name, f"warc/{name}")
        return ArchiveWriter(folder / name)
    except OSError as error:
        raise EgovError(f"{folder}: cannot be written: {error.strerror or error}") from None


def _chosen_run(country: str, wish: Wish) -> str | None:
    """The run to work on: a new one, the latest one, or None where the latest one is finished and shall be resumed."""
    earlier = latest_run(country, wish.out)
    if wish.retry and earlier is None:
        raise EgovError(f"{country}: there is no run to be tried again in {wish.out}; 'egov crawl {country}' makes one")
    if wish.retry:
        return earlier.name if earlier else None
    if wish.resume and earlier is not None:
        if manifest.state_of(earlier) is not manifest.State.FINISHED:
            return earlier.name
        print(f"{country}: {earlier.name} is finished, there is nothing to resume", file=sys.stderr)
        return None
    return f"{country}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def seeds_of_latest(country: str, out: Path, file: Path | None = None) -> list[Seed]:
    """The seeds of the country's latest run as its manifest has them, else from the file or the registry."""
    earlier = latest_run(country, out)
    if file is None and earlier is not None and (told := manifest.seeds(manifest.read(earlier))):
        return told
    return seeds_for(country, file)


def latest_run(country: str, out: Path) -> Path | None:
    """The directory of the country's latest crawl, finished or not."""
    return max(runs_directory(out).glob(f"{country}-*"), default=None)


def _conclude(job: Job, wish: Wish) -> None:
    """Findings, merge, manifest. A stopped crawl stays resumable and is merged as far as it came."""
    directory = job.database.directory
    try:
        if job.stop is not Stop.AT_ONCE:
            job.archive.close()
            job.database.shorten_paths()
            findings = find(job.country, job.rubric, job.database.assessed_pages(), job.database.failures())
            job.database.store_findings(findings)
            if not job.stopped:
                job.database.finish(now())
            survey = SurveyDatabase(wish.out)
            survey.merge(directory)
            survey.close()
        _end_manifest(job)
        job.database.close()
    except (OSError, DatabaseError) as error:
        job.refused(error, directory)
        # The manifest still says `running`, which nobody does any more, should this be refused as well.
        with suppress(OSError, DatabaseError):
            _end_manifest(job)
    finally:
        if job.lock:
            job.lock.release()
    if job.stopped:
        raise EgovError(job.stopped)


def _end_manifest(job: Job) -> None:
    directory = job.database.directory
    told = manifest.read(directory)
    # A retry of a run that was broken off leaves it as unfinished as it was.
    whole = not job.stopped and (job.retrying is None or told["was_finished"])
    state = manifest.State.FINISHED if whole else manifest.State.INTERRUPTED
    stopped = {"why": job.stop, "told": job.stopped} if job.stop else None
    counts = asdict(count(job.database.db.conn, job.run))
    spared = {"passed_over": job.database.passed_over(), "left_early": job.database.choosing.left}
    ended = {"finished_at": now() if whole else None, "ended_at": now(), "stopped": stopped, "counts": counts, **spared}
    manifest.write(directory, {**told, "state": state, **ended})
