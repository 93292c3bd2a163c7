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

from crawler.component import OfJob
from crawler.items import Reason
from crawler.job import Job
from crawler.progress import Rate, Waits, Watching, budget_left, told

BLOCKED = (
    Reason.BLOCKED, Reason.CAPTCHA, Reason.LOGIN_WALL, Reason.CONSENT_WALL, Reason.ROBOTS_DENIED,
    Reason.ROBOTS_UNREACHABLE, Reason.RESTING, Reason.STOPPED_BY_US,
)  # fmt: skip
PLAIN_EVERY_S = 10.0
"""Seconds between lines where stderr is no terminal."""


class Watch(OfJob):
    """Shows the progress of the job: a live table on a terminal, plain lines elsewhere."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.console = Console(stderr=True)
        self.live: Live | None = None
        self.rate = Rate()
        self.watching = Watching()
        self.loop = LoopingCall(self.show)
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.closed, signals.spider_closed)

    def opened(self) -> None:
        """Begins to show."""
        self.rate.look(time.monotonic(), self.job.progress.captured)
        if self.console.is_terminal:
            self.live = Live(console=self.console, transient=True, refresh_per_second=4)
            self.live.start()
        self.loop.start(0.5 if self.live else PLAIN_EVERY_S, now=False)

    def closed(self) -> None:
        """Ends with one line that stays."""
        if self.loop.running:
            self.loop.stop()
        if self.live:
            self.live.stop()
        print(summary(self.job, self._rate()), file=sys.stderr)
        for line in spared(self.job):
            print(line, file=sys.stderr)

    def show(self) -> None:
        """Shows the state of now."""
        engine = self.crawler.engine
        waits = self.watching.look(engine.downloader, self.job, time.monotonic()) if engine else Waits()
        if self.live:
            self.live.update(table(self.job, self._rate(), told(waits)))
        else:
            waiting = f"; waiting for {told(waits)}" if told(waits) else ""
            print(f"{summary(self.job, self._rate())}; {budget_left(self.job)} left{waiting}", file=sys.stderr)

    def _rate(self) -> str:
        rate, span = self.rate.look(time.monotonic(), self.job.progress.captured)
        return f"{rate:.1f} pages/s in the last {span:.0f} s"


def summary(job: Job, rate: str) -> str:
    """The progress in one line."""
    progress = job.progress
    found = sum(len(features) for features in progress.features.values())
    blocked = sum(progress.reasons[reason] for reason in BLOCKED)
    errors = sum(progress.reasons.values()) - blocked
    return (
        f"{job.country}: {progress.read} of at most {job.budget.max_pages} pages read, {rate},"
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


def table(job: Job, rate: str, waiting: str) -> Any:
    """The progress as a live table: totals, evidence by sub-index, reasons, budget left, what is waited for."""
    progress = job.progress
    totals = Table.grid(padding=(0, 2))
    blocked = sum(progress.reasons[reason] for reason in BLOCKED)
    errors = sum(progress.reasons.values()) - blocked
    totals.add_row("pages", f"{progress.read} of {job.budget.max_pages}", "blocked", str(blocked))
    totals.add_row("rate", rate, "not readable", str(errors))
    totals.add_row("hosts", str(len(progress.hosts)), "budget left", budget_left(job))
    evidence = Table("sub-index", "features with evidence", box=None)
    of_subindex: dict[str, int] = {}
    for feature in job.rubric.features.values():
        of_subindex[feature.subindex] = of_subindex.get(feature.subindex, 0) + 1
    for subindex, number in of_subindex.items():
        evidence.add_row(subindex, f"{len(progress.features.get(subindex, ()))} of {number}")
    bar = ProgressBar(total=job.budget.max_pages, completed=progress.read, width=60)
    last = Text(f"waiting for {waiting}" if waiting else "", style="dim")
    return Group(Text(f"egov crawl {job.country}", style="bold"), bar, totals, evidence, last)
