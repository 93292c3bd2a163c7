"""How hosts are asked: by GET and HEAD only, each at its own pace, at night where wished, and not at all when stopped."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.internet.task import LoopingCall

from crawler.component import OfJob
from crawler.fetch.errors import Refused
from crawler.fetch.pace import Pace, retry_after_s
from crawler.fetch.stops import StopList
from crawler.items import Reason, Stop
from crawler.page.urls import host
from crawler.storage.courtesy import give_up

METHODS = ("GET", "HEAD")
"""We read. Nothing is submitted to anybody, by whatever way it might come about."""
STOPS_EVERY_S = 0.25
"""Seconds after which the kill switch is looked at where no request asks for it."""
NIGHT_EVERY_S = 5.0


def courteous(abort: Callable[[Any], bool], stops: StopList) -> Callable[[Any], bool]:
    """What a browser must not request either: whatever `abort` says, other methods, and hosts that were stopped."""

    def aborts(request: Any) -> bool:
        if request.method not in METHODS:
            return True
        stops.refresh()
        return bool(stops.lists(host(request.url))) or abort(request)

    return aborts


class CourtesyMiddleware(OfJob):
    """Keeps each host's pace, and refuses what must not be sent."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.loop = LoopingCall(self.look)
        self.seen = 0
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.closed, signals.spider_closed)
        crawler.signals.connect(self.reached, signals.request_reached_downloader)
        crawler.signals.connect(self.answered, signals.response_downloaded)

    def opened(self) -> None:
        """Begins to watch the kill switch."""
        self.loop.start(STOPS_EVERY_S)

    def closed(self) -> None:
        """Ends watching."""
        if self.loop.running:
            self.loop.stop()

    def look(self) -> None:
        """Reads the kill switch again if it changed; whoever is newly stopped is left alone from this moment."""
        stops = self.job.courtesy.stops
        for problem in stops.refresh():
            print(problem, file=sys.stderr)
        if stops.changes == self.seen:
            return
        self.seen = stops.changes
        slots = self.crawler.engine.downloader.slots
        for hostname in {*self.job.database.waiting_hosts(), *slots}:
            if stops.lists(hostname):
                self._leave_alone(hostname)

    def process_request(self, request: Request) -> None:
        """Raises Refused, or lets the request pass."""
        if request.method not in METHODS:
            raise Refused(Reason.INTERNAL_ERROR, f"{request.method}: only {' and '.join(METHODS)} are sent")
        self.look()
        if refused := self.job.courtesy.refuses(host(request.url)):
            raise Refused(*refused)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """A host that fails is asked less often."""
        if not isinstance(exception, IgnoreRequest):
            hostname = host(request.url)
            self._keep(hostname, self.job.courtesy.pace(hostname).failed())

    def reached(self, request: Request) -> None:
        """Gives the downloader's slot the pace of its host: slots are made anew after a minute of rest."""
        hostname = request.meta.get("download_slot", "")
        if pace := self.job.courtesy.paces.get(hostname):
            self._slow(hostname, pace)

    def answered(self, response: Response, request: Request) -> None:
        """Adapts the pace to the answer; whoever waits for the same host's turn hears of the kill switch before it."""
        self.look()
        courtesy = self.job.courtesy
        if not courtesy.floor_s and response.status not in (429, 503):
            return
        hostname = host(request.url)
        pace = courtesy.pace(hostname)
        if (latency := request.meta.get("download_latency")) is not None:
            pace = pace.answered(float(latency), response.status)
        told = (response.headers.get("Retry-After") or b"").decode("latin-1")
        if told and (seconds := retry_after_s(told, datetime.now(UTC))) is not None:
            pace = pace.told_to_wait(response.status, seconds, monotonic())
        self._keep(hostname, pace)
        if pace.rests:
            self._leave_alone(hostname)

    def _keep(self, hostname: str, pace: Pace) -> None:
        self.job.courtesy.paces[hostname] = pace
        self._slow(hostname, pace)

    def _slow(self, hostname: str, pace: Pace) -> None:
        slot = self.crawler.engine.downloader.slots.get(hostname)
        if slot is not None:
            slot.delay = pace.delay_s
            slot.lastseen = max(slot.lastseen, pace.not_before - pace.delay_s)

    def _leave_alone(self, hostname: str) -> None:
        """What waits for the host, in the frontier and in the downloader, is recorded and not asked."""
        refused = self.job.courtesy.refuses(hostname)
        if refused is None:
            return
        number = give_up(self.job.database, hostname, self.job.country, *refused)
        self.job.progress.reasons[refused[0]] += number
        slot = self.crawler.engine.downloader.slots.get(hostname)
        while slot is not None and slot.queue:
            slot.queue.popleft()[1].errback(Refused(*refused))


class NightWatch(OfJob):
    """Lets hosts be asked only within the night window; waits for it where it opens in time, else ends the crawl."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.loop = LoopingCall(self.look)
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.closed, signals.spider_closed)

    def opened(self) -> None:
        """Begins to watch the clock, where a window was wished."""
        if self.job.courtesy.night:
            self.loop.start(NIGHT_EVERY_S)

    def closed(self) -> None:
        """Ends watching."""
        if self.loop.running:
            self.loop.stop()

    def look(self) -> None:
        """Goes on, waits or ends."""
        job, engine, moment = self.job, self.crawler.engine, datetime.now(UTC)
        night = job.courtesy.night
        if engine is None or night is None:
            return
        if night.is_open(moment):
            engine.unpause()
            return
        opens = night.opens_at(moment)
        if (opens - moment).total_seconds() < job.seconds_left():
            if not engine.paused:
                print(f"{job.country}: outside of {night} no host is asked; going on at {opens:%H:%M}", file=sys.stderr)
            engine.pause()
            return
        engine.unpause()
        written = f"{night.start:%H:%M}-{night.end:%H:%M}@{night.zone.key}"
        told = (
            f"outside of {night} no host is asked; go on at {opens:%Y-%m-%d %H:%M} there with"
            f" 'egov crawl {job.country} --resume --night {written}'"
        )
        job.halt(Stop.NIGHT_OVER, told)
