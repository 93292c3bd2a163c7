"""Live progress on stderr while a crawl runs: what was done, what was found, what failed, what is left."""

import sys
import time
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text
from scrapy import signals
from scrapy.crawler import Crawler
from twisted.internet.task import LoopingCall

from crawler.items import Reason
from crawler.job import Job

BLOCKED = (Reason.BLOCKED, Reason.CAPTCHA, Reason.LOGIN_WALL, Reason.ROBOTS_DENIED, Reason.ROBOTS_UNREACHABLE)
PLAIN_EVERY_S = 10.0
"""Seconds between lines where stderr is no terminal."""


class Watch:
    """Shows the progress of the job: a live table on a terminal, plain lines elsewhere."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.console = Console(stderr=True)
        self.live: Live | None = None
        self.loop = LoopingCall(self.show)
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Watch":
        return cls(crawler)

    @property
    def job(self) -> Job:
        return self.crawler.spider.job  # type: ignore[union-attr, no-any-return]

    def opened(self) -> None:
        """Begins to show."""
        if self.console.is_terminal:
            self.live = Live(console=self.console, transient=True, refresh_per_second=4)
            self.live.start()
        self.loop.start(0.5 if self.live else PLAIN_EVERY_S, now=False)

    def closed(self, reason: str) -> None:
        """Ends with one line that stays; a crawl that was interrupted can be resumed."""
        if reason == "shutdown":
            told = f"stopped; 'egov crawl {self.job.country} --resume' goes on from here"
            self.job.stopped = self.job.stopped or told
        if self.loop.running:
            self.loop.stop()
        if self.live:
            self.live.stop()
        print(summary(self.job), file=sys.stderr)
        for line in spared(self.job):
            print(line, file=sys.stderr)

    def show(self) -> None:
        """Shows the state of now."""
        if self.live:
            self.live.update(table(self.job))
        else:
            print(summary(self.job), file=sys.stderr)


def summary(job: Job) -> str:
    """The progress in one line."""
    progress = job.progress
    rate = progress.captured / max(time.monotonic() - progress.started, 0.001)
    found = sum(len(features) for features in progress.features.values())
    blocked = sum(progress.reasons[reason] for reason in BLOCKED)
    errors = sum(progress.reasons.values()) - blocked
    return (
        f"{job.country}: {progress.read} of at most {job.budget.max_pages} pages read, {rate:.1f} pages/s,"
        f" {len(progress.hosts)} hosts, {found} features with evidence, {blocked} blocked, {errors} not readable"
    )


def spared(job: Job) -> list[str]:
    """What was not fetched though the budget had allowed it, one sentence each."""
    told = [f"{job.country}: {why}" for _, why in sorted(job.database.choosing.left.items())]
    if number := job.database.passed_over():
        told.append(
            f"{job.country}: {number} addresses were passed over: pages like them had stopped to bring anything new"
            " (--thorough fetches them too); nothing counts as absent for that"
        )
    return told


def table(job: Job) -> Any:
    """The progress as a live table: totals, evidence by sub-index, reasons, time left."""
    progress = job.progress
    spent = time.monotonic() - progress.started
    rate = progress.captured / max(spent, 0.001)
    left = max(min((job.budget.max_pages - progress.read) / rate if rate else 0.0, job.seconds_left()), 0.0)
    totals = Table.grid(padding=(0, 2))
    blocked = sum(progress.reasons[reason] for reason in BLOCKED)
    errors = sum(progress.reasons.values()) - blocked
    totals.add_row("pages", f"{progress.read} of {job.budget.max_pages}", "blocked", str(blocked))
    totals.add_row("pages/s", f"{rate:.1f}", "not readable", str(errors))
    totals.add_row("hosts", str(len(progress.hosts)), "time left", f"at most {left / 60:.0f} min")
    evidence = Table("sub-index", "features with evidence", box=None)
    of_subindex: dict[str, int] = {}
    for feature in job.rubric.features.values():
        of_subindex[feature.subindex] = of_subindex.get(feature.subindex, 0) + 1
    for subindex, number in of_subindex.items():
        evidence.add_row(subindex, f"{len(progress.features.get(subindex, ()))} of {number}")
    bar = ProgressBar(total=job.budget.max_pages, completed=progress.read, width=60)
    return Group(Text(f"egov crawl {job.country}", style="bold"), bar, totals, evidence)
