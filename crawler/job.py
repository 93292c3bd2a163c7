"""One crawl of one country: what it was told, what it has, what it hands from part to part."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import DatabaseError

from crawler.fetch.archive import ArchiveWriter, Captured
from crawler.fetch.courtesy import Courtesy
from crawler.focus import Focus, FoundLink
from crawler.items import ClickPath, Distribution, Failure, Page, Seed, Stop
from crawler.page.language import expected
from crawler.page.urls import host
from crawler.readers import Readers, Reading
from crawler.rubric import Rubric
from crawler.seeds import Scope
from crawler.stops import stop_of, told_of
from crawler.storage import CrawlDatabase
from crawler.storage.crawl import Candidate, Visited
from crawler.storage.lock import RunLock
from crawler.storage.retries import Retries

REMEMBERED = 100_000
"""Addresses kept in memory so as not to offer them to the frontier again and again."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a crawl may spend. Pages are counted when they could be read."""

    max_pages: int = 300
    max_depth: int = 5
    max_seconds: float = 3600.0
    delay_s: float = 1.0


@dataclass
class Progress:
    """What has happened so far, for people to watch."""

    started: float = field(default_factory=time.monotonic)
    read: int = 0
    captured: int = 0
    hosts: set[str] = field(default_factory=set)
    features: dict[str, set[str]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass
class Job:
    """A crawl under way."""

    run: str
    country: str
    seeds: tuple[Seed, ...]
    scope: Scope
    focus: Focus
    readers: Readers
    rubric: Rubric
    budget: Budget
    database: CrawlDatabase
    archive: ArchiveWriter
    allow_private: bool = False
    browser: str | None = None
    courtesy: Courtesy = field(default_factory=Courtesy)
    progress: Progress = field(default_factory=Progress)
    stopped: str = ""
    stop: Stop | None = None
    lock: RunLock | None = None
    retrying: Retries | None = None
    _queued: dict[str, int] = field(default_factory=dict)

    def halt(self, stop: Stop, told: str) -> None:
        """Stops the crawl so that it can be resumed; what was told first stands."""
        if not self.stopped:
            self.stop, self.stopped = stop, told

    def refused(self, error: OSError | DatabaseError, path: Path | None = None) -> None:
        """Stops the crawl because a file, or the database where `path` is None, refused."""
        self.halt(stop_of(error), told_of(error, str(path or self.database.directory)))

    def portal_of(self, url: str, default: str) -> str:
        """The seed on whose host the address lies, else the portal through which it was found."""
        hostname = host(url)
        return next((seed.url for seed in self.seeds if host(seed.url) == hostname), default)

    def languages_of(self, portal: str) -> tuple[str, ...]:
        """Languages of a portal as its seed row says."""
        return next((seed.languages for seed in self.seeds if seed.url == portal), ())

    def languages_at(self, portal: str) -> frozenset[str]:
        """Languages in which words count on every page of a portal."""
        return expected(self.country, self.languages_of(portal))

    def candidate(self, link: FoundLink, portal: str, depth: int, path: ClickPath) -> Candidate:
        """A link as an address that may be fetched, with what the focus thinks of it now."""
        priority, worth = self.focus.priority(link, depth), self.focus.pays_for(link.url)
        return Candidate(link.url, portal, depth, path, priority, "page", link.group, link.concepts, worth)

    def is_news(self, url: str, depth: int) -> bool:
        """Is this address new, or nearer to the home page than known so far? Spares the frontier most repetitions."""
        known = self._queued.get(url)
        if known is not None and known <= depth:
            return False
        if len(self._queued) >= REMEMBERED:
            self._queued.clear()
        self._queued[url] = depth
        return True

    def role_of(self, portal: str) -> str:
        """The role of a portal as its seed row says, "" where it is none."""
        return next((seed.role for seed in self.seeds if seed.url == portal), "")

    def widen(self, hostname: str) -> None:
        """Takes a host into the scope: a seed redirected to it."""
        self.scope = Scope(self.scope.sites | {hostname}, self.scope.suffixes)

    def seconds_left(self) -> float:
        """Seconds of the time budget that are left."""
        return self.budget.max_seconds - (time.monotonic() - self.progress.started)


@dataclass(repr=False)
class Visit:
    """One fetched page on its way through the pipelines: read, then archived, then stored.

    `asked`: the address by which it was queued; None for the answer of a catalogue.
    """

    page: Page
    lease: int | None
    asked: Candidate | None = None
    links: list[Candidate] = field(default_factory=list)
    sent: tuple[tuple[str, str], ...] = ()
    reading: Reading | None = None
    captured: Captured | None = None
    sample: tuple[Distribution, ...] = ()
    visited: Visited | None = None


@dataclass
class LinksOnly:
    """What is no page: the addresses it named, if any (a sitemap), and its acknowledgement."""

    links: list[Candidate]
    lease: int | None


@dataclass
class Checked:
    """A file of a data catalogue that was asked for, and its acknowledgement."""

    distribution: Distribution
    lease: int | None


@dataclass
class Missed:
    """An address that could not be read as a page."""

    failure: Failure
    lease: int | None


def now() -> str:
    """The time in UTC, to the second, as WARC writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def runs_directory(out: Path) -> Path:
    """Where the runs of a results directory lie."""
    return out / "runs"
