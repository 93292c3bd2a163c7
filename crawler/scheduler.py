"""The scheduler: a frontier in SQLite that survives the process and is fair to hosts."""

from collections import Counter, deque
from sqlite3 import DatabaseError
from time import monotonic

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.utils.httpobj import urlparse_cached

from crawler.job import Job
from crawler.storage import CrawlDatabase
from crawler.storage.crawl import Lease
from crawler.storage.retries import Retries

REFRESH = 20
"""Requests after which the list of waiting hosts is read again."""
PATIENCE_S = 5.0
"""Seconds that a request may wait in the downloader for its host's turn; the engine looks here again as often."""

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

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "FrontierScheduler":
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Takes the job of the spider, and the addresses that it is to visit."""
        self.job: Job = spider.job  # type: ignore[attr-defined]
        self.spider = spider
        self.per_host = self.crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self.waiting: CrawlDatabase | Retries = self.job.retrying or self.job.database
        self._refresh()

    def has_pending_requests(self) -> bool:
        """Is there anything left to fetch within the budget?"""
        if self.returned:
            return True
        left = self._budget_left()
        return left > 0 and (self.waiting.has_waiting() or self._has_more(left))

    def _has_more(self, left: int) -> bool:
        """When nothing waits any more: is what was passed over so little that the budget holds it?

        What is found behind it is passed over in its turn, and taken up as long as clicks and budget allow.
        """
        if self._under_way() or self.job.retrying:
            return False
        return self.job.database.take_up(left) > 0

    def enqueue_request(self, request: Request) -> bool:
        """Keeps a redirect or retry for the next turn."""
        self.returned.append(request)
        return True

    def next_request(self) -> Request | None:
        """The next request whose host is not busy, or None."""
        for _ in range(len(self.returned)):
            request = self.returned.popleft()
            if not self._rests(urlparse_cached(request).hostname or ""):
                return request
            self.returned.append(request)
        if self._budget_left() <= self._under_way():
            return None
        self._since_refresh += 1
        if not self.hosts or self._since_refresh >= REFRESH:
            self._refresh()
        try:
            lease = self._lease()
        except DatabaseError as error:
            self.job.refused(error)
            return None
        return self._request(lease) if lease else None

    def _lease(self) -> Lease | None:
        """The best address of the next host that is not busy; hosts without any leave the round."""
        busy = self._under_way_by_host()
        for _ in range(len(self.hosts)):
            hostname = self.hosts[0]
            self.hosts.rotate(-1)
            if busy[hostname] >= self.per_host or self._rests(hostname):
                continue
            lease = self.waiting.lease(hostname)
            if lease is not None:
                self.job.database.mark_leased(lease)
                return lease
            self.hosts.remove(hostname)
        return None

    def _refresh(self) -> None:
        self._since_refresh = 0
        known = set(self.hosts)
        self.hosts.extend(one for one in self.waiting.waiting_hosts() if one not in known)

    def _budget_left(self) -> int:
        if self.job.stopped or self.job.seconds_left() <= 0:
            return 0
        return self.job.budget.max_pages - self.job.progress.read

    def _under_way(self) -> int:
        engine = self.crawler.engine
        return len(engine.downloader.active) + len(engine.scraper.slot.active) if engine and engine.scraper.slot else 0

    def _under_way_by_host(self) -> Counter[str]:
        """Requests by host; also those that still wait for robots.txt, else a slow one would take every place."""
        engine = self.crawler.engine
        active = engine.downloader.active if engine else ()
        return Counter(urlparse_cached(request).hostname or "" for request in active)

    def _rests(self, hostname: str) -> bool:
        """Is the host's next turn so far away that its requests need not take the places of others?"""
        slot = self.crawler.engine.downloader.slots.get(hostname) if self.crawler.engine else None
        return slot is not None and slot.lastseen + slot.delay - monotonic() > PATIENCE_S

    def _request(self, lease: Lease) -> Request:
        candidate = lease.candidate
        meta: dict[str, object] = {"lease": lease.id, "candidate": candidate}
        if candidate.kind == "render":
            meta["playwright"] = True
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
