"""Downloader middlewares: stay in scope and on public addresses, and ask robots.txt first."""

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

from crawler.fetch import egress, robots
from crawler.fetch.errors import Refused, reason_of
from crawler.items import Reason
from crawler.job import Job
from crawler.storage.crawl import Candidate

SITEMAP_PRIORITY = 1.0
"""A sitemap comes after the links that promise most and before the rest; its entries are candidates like any other."""


class ScopeMiddleware:
    """Refuses private addresses, and redirects that leave the country's web presence."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ScopeMiddleware":
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises Refused, or lets the request pass."""
        job: Job = self.crawler.spider.job  # type: ignore[union-attr]
        if why := egress.forbidden(request.url, allow_private=job.allow_private):
            raise Refused(Reason.FORBIDDEN_ADDRESS, why)
        candidate: Candidate | None = request.meta.get("candidate")
        hostname = urlparse_cached(request).hostname or ""
        if candidate is None or job.scope.includes(hostname) or candidate.kind == "file":
            # The files of an official catalogue may lie anywhere; only whether they are there is asked.
            return
        if candidate.depth == 0:
            # A portal that moved takes its new host into the scope.
            job.widen(hostname)
            return
        raise Refused(Reason.OFFSITE, hostname)


class RobotsMiddleware:
    """Fetches robots.txt of each host once and obeys it (RFC 9309)."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.user_agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self.policies: dict[str, robots.RobotsPolicy] = {}
        self.awaited: dict[str, list[Deferred[None]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsMiddleware":
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises Refused where robots.txt, or its failing, forbids the address."""
        candidate: Candidate | None = request.meta.get("candidate")
        if candidate is None:
            return
        policy = await self._policy(request, candidate)
        if reason := policy.refuses(request.url, self.user_agent):
            raise Refused(reason)

    async def _policy(self, request: Request, candidate: Candidate) -> robots.RobotsPolicy:
        parts = urlparse_cached(request)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin in self.awaited:
            waiting: Deferred[None] = Deferred()
            self.awaited[origin].append(waiting)
            await maybe_deferred_to_future(waiting)
        if origin not in self.policies:
            self.awaited[origin] = []
            try:
                self.policies[origin] = await self._fetch(origin)
            finally:
                for waiting in self.awaited.pop(origin):
                    waiting.callback(None)
            self._apply(self.policies[origin], parts.hostname or "", candidate)
        return self.policies[origin]

    async def _fetch(self, origin: str) -> robots.RobotsPolicy:
        asked = Request(f"{origin}/robots.txt", priority=1000, callback=NO_CALLBACK, dont_filter=True)
        try:
            response = await self.crawler.engine.download_async(asked)
        except Refused as refused:
            return robots.unreachable(refused.reason)
        except Exception as error:
            # Whatever kept us from robots.txt keeps us from the host; the reason is told as it is.
            return robots.unreachable(reason_of(error))
        return robots.policy(response.status, response.body)

    def _apply(self, policy: robots.RobotsPolicy, hostname: str, candidate: Candidate) -> None:
        job: Job = self.crawler.spider.job  # type: ignore[union-attr]
        slot = self.crawler.engine.downloader.slots.get(hostname)
        delay = policy.crawl_delay_s(self.user_agent)
        if slot is not None and delay > slot.delay:
            slot.delay = delay
        job.database.store_links(
            (
                Candidate(url, candidate.portal, job.budget.max_depth, (("sitemap", url),), SITEMAP_PRIORITY, "sitemap")
                for url in policy.sitemaps()[:20]
                if url.startswith("http")
            ),
            None,
        )
