"""Ctrl-C and SIGTERM: once, pages under way are finished; twice, the crawl stops at once; both can be resumed."""

import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from scrapy.crawler import CrawlerProcess

from crawler.items import Stop
from crawler.job import Job

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def resuming(job: Job) -> str:
    """The command that goes on with a job."""
    return f"egov recrawl --failed {job.country}" if job.retrying else f"egov crawl {job.country} --resume"


class Stopping:
    """Takes the signals while crawls run. `jobs` grows while it watches; the last one is under way."""

    def __init__(self, process: CrawlerProcess, jobs: Sequence[Job]) -> None:
        self.process = process
        self.jobs = jobs

    def __enter__(self) -> "Stopping":
        for one in _SIGNALS:
            signal.signal(one, self._first)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    # A signal may arrive in the middle of anything: what is to be done is done by the reactor.

    def _first(self, *_: object) -> None:
        for one in _SIGNALS:
            signal.signal(one, self._second)
        _in_reactor(self._finish)

    def _second(self, *_: object) -> None:
        # Should even stopping hang, a third one ends the process; a killed run can be resumed as well.
        for one in _SIGNALS:
            signal.signal(one, signal.SIG_DFL)
        _in_reactor(self._leave)

    def _finish(self) -> None:
        job = self.jobs[-1]
        told = f"stopped; '{resuming(job)}' goes on from here"
        job.halt(Stop.INTERRUPTED, told)
        print(f"finishing the pages under way; Ctrl-C again stops at once; {told}", file=sys.stderr, flush=True)
        self.process.stop()

    def _leave(self) -> None:
        from twisted.internet import reactor

        job = self.jobs[-1]
        job.stop, job.stopped = Stop.AT_ONCE, f"stopped at once; '{resuming(job)}' goes on from here"
        with suppress(RuntimeError):
            # It may be stopping already.
            reactor.stop()  # type: ignore[misc]


def _in_reactor(act: Any) -> None:
    from twisted.internet import reactor

    reactor.callFromThread(act)
