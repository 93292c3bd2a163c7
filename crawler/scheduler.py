"""The scheduler: a frontier in SQLite that survives the process and is fair to hosts."""

from collections import deque
from sqlite3 import OperationalError

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from crawler.job import Job
from crawler.storage.crawl import Lease

REFRESH = 20
"""Requests after which the list of waiting hosts is read again."""

_PARSERS = {
    "page": "parse", "render": "parse_rendered", "sitemap": "parse_sitemap", "catalogue": "parse_catalogue",
    "file": "parse_file",
}  # fmt: skip


class FrontierScheduler(BaseScheduler):
    """Gives out the best address of each host in turn, as long as the budget lasts.

    Links never come through here: the storage pipeline writes them to the frontier together with
    the page they stand on. What comes back are redirects and retries, which stay in memory under
    the lease of their first request.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.returned: deque[Request] = deque()
        self.hosts: deque[str] = deque()
        self._since_refresh = 0
        self._completed = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "FrontierScheduler":
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Takes the job of the spider; gives back what an earlier process had leased."""
        self.job: Job = spider.job  # type: ignore[attr-defined]
        self.spider = spider
        self.per_host = self.crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self.job.database.release_leases()
        self._refresh()

    def has_pending_requests(self) -> bool:
        """Is there anything left to fetch within the budget?"""
        if self.returned:
            return True
        left = self._budget_left()
        return left > 0 and (self.job.database.has_waiting() or self._has_more(left))

    def _has_more(self, left: int) -> bool:
        """Once, when nothing waits any more: is what was passed over so little that the budget holds it?"""
        if self._completed or self._under_way():
            return False
        self._completed = True
        return self.job.database.take_up(left) > 0

    def enqueue_request(self, request: Request) -> bool:
        """Keeps a redirect or retry for the next turn."""
        self.returned.append(request)
        return True

    def next_request(self) -> Request | None:
        """The next request whose host is not busy, or None."""
        if self.returned:
            return self.returned.popleft()
        if self._budget_left() <= self._under_way():
            return None
        self._since_refresh += 1
        if not self.hosts or self._since_refresh >= REFRESH:
            self._refresh()
        try:
            lease = self._lease()
        except OperationalError as error:
            self.job.stopped = (
                self.job.stopped or f"{self.job.database.directory}: the database refused: {error}; go on with --resume"
            )
            return None
        return self._request(lease) if lease else None

    def _lease(self) -> Lease | None:
        """The best address of the next host that is not busy; hosts without any leave the round."""
        for _ in range(len(self.hosts)):
            hostname = self.hosts[0]
            self.hosts.rotate(-1)
            if self._busy(hostname):
                continue
            lease = self.job.database.lease(hostname)
            if lease is not None:
                self.job.database.mark_leased(lease)
                return lease
            self.hosts.remove(hostname)
        return None

    def _refresh(self) -> None:
        self._since_refresh = 0
        known = set(self.hosts)
        self.hosts.extend(one for one in self.job.database.waiting_hosts() if one not in known)

    def _budget_left(self) -> int:
        if self.job.stopped or self.job.seconds_left() <= 0:
            return 0
        return self.job.budget.max_pages - self.job.progress.read

    def _under_way(self) -> int:
        engine = self.crawler.engine
        return len(engine.downloader.active) + len(engine.scraper.slot.active) if engine and engine.scraper.slot else 0

    def _busy(self, hostname: str) -> bool:
        engine = self.crawler.engine
        slot = engine.downloader.slots.get(hostname) if engine else None
        return slot is not None and len(slot.active) >= self.per_host

    def _request(self, lease: Lease) -> Request:
        candidate = lease.candidate
        meta: dict[str, object] = {"lease": lease.id, "candidate": candidate}
        if candidate.kind == "render":
            meta |= {"playwright": True, "playwright_page_goto_kwargs": {"wait_until": "networkidle"}}
        failed = "file_failed" if candidate.kind == "file" else "failed"
        return Request(
            candidate.url,
            method="HEAD" if candidate.kind == "file" else "GET",
            headers={"Accept": "application/json, */*;q=0.5"} if candidate.kind == "catalogue" else None,
            callback=getattr(self.spider, _PARSERS[candidate.kind]),
            errback=getattr(self.spider, failed),
            meta=meta,
            dont_filter=True,
        )
