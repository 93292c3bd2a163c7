"""Downloader middlewares: stay in scope and on public addresses, and ask robots.txt first."""

from collections import Counter
from collections.abc import Callable
from sqlite3 import DatabaseError
from time import monotonic

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

from crawler.component import OfJob
from crawler.fetch import robots
from crawler.fetch.archive import sha256
from crawler.fetch.egress import policy_of
from crawler.fetch.errors import Refused, reason_of
from crawler.items import Reason, RobotsFile
from crawler.job import now
from crawler.page.urls import absolute, host
from crawler.storage.courtesy import store_robots
from crawler.storage.crawl import Candidate

SITEMAP_PRIORITY = 1.0
"""A sitemap comes after the links that promise most and before the rest; its entries are candidates like any other."""
_REDIRECTS = (301, 302, 303, 307, 308)


class ScopeMiddleware(OfJob):
    """Refuses private addresses, and redirects that leave the country's web presence."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.policy = policy_of(crawler.settings)

    def process_request(self, request: Request) -> None:
        """Raises Refused, or lets the request pass."""
        job = self.job
        if why := self.policy.refusal(request.url):
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


class RobotsMiddleware(OfJob):
    """Fetches robots.txt of each origin once a day and obeys it (RFC 9309)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.user_agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self.policies: dict[str, tuple[robots.RobotsPolicy, float]] = {}
        self.awaited: dict[str, list[Deferred[None]]] = {}

    async def process_request(self, request: Request) -> None:
        """Raises Refused where robots.txt, or its failing, forbids the address."""
        candidate: Candidate | None = request.meta.get("candidate")
        if candidate is None:
            return
        policy = await self._policy(request, candidate)
        if reason := policy.refuses(request.url, self.user_agent):
            raise Refused(reason, policy.told(request.url, self.user_agent))

    async def _policy(self, request: Request, candidate: Candidate) -> robots.RobotsPolicy:
        parts = urlparse_cached(request)
        origin = f"{parts.scheme}://{parts.netloc}"
        while origin in self.awaited:
            waiting: Deferred[None] = Deferred()
            self.awaited[origin].append(waiting)
            await maybe_deferred_to_future(waiting)
        known = self.policies.get(origin)
        if known is None or monotonic() - known[1] > robots.MAX_AGE_S:
            self.awaited[origin] = []
            try:
                known = self.policies[origin] = await self._fetch(origin), monotonic()
            finally:
                for waiting in self.awaited.pop(origin):
                    waiting.callback(None)
            self._apply(known[0], origin, candidate)
        return known[0]

    async def _fetch(self, origin: str) -> robots.RobotsPolicy:
        response = None
        try:
            response = await self._ask(f"{origin}/robots.txt")
            policy = robots.policy(response.status, response.body)
        except Refused as refused:
            if refused.reason in (Reason.STOPPED_BY_US, Reason.RESTING):
                # That is said of the host, and may be taken back; of its robots.txt nothing is known.
                raise
            policy = robots.unreachable(refused.reason, refused.detail)
        except Exception as error:
            # Whatever kept us from robots.txt keeps us from the host; the reason is told as it is.
            policy = robots.unreachable(reason_of(error), f"{type(error).__name__}: {error}"[:200])
        self._keep(origin, response, policy)
        return policy

    async def _ask(self, url: str) -> Response:
        """The answer, after redirects to wherever they lead."""
        asked = host(url)
        for _ in range(robots.MAX_REDIRECTS + 1):
            try:
                response = await self._download(url)
            except Exception as error:
                if host(url) == asked:
                    raise
                raise Refused(Reason.ROBOTS_UNREACHABLE, f"led to {url}: {reason_of(error)}: {error}"[:300]) from None
            to = absolute((response.headers.get("Location") or b"").decode("utf-8", "replace"), url)
            if response.status not in _REDIRECTS or b"Location" not in response.headers or not to:
                break
            url = to
        return response

    async def _download(self, url: str) -> Response:
        """One answer, of which no more is received than is read."""
        received: Counter[Request] = Counter()
        limit = self.crawler.settings.getint("DOWNLOAD_MAXSIZE")

        def enough(data: bytes, request: Request) -> None:
            if request.meta.get("robots") != url:
                return
            received[request] += len(data)
            # From here on the limit is that of unpacking.
            request.meta["download_maxsize"] = limit
            if received[request] > robots.MAX_SIZE:
                raise StopDownload(fail=False)

        meta = {"dont_redirect": True, "robots": url, "download_maxsize": 0}
        self.crawler.signals.connect(enough, signals.bytes_received)
        try:
            return await self.crawler.engine.download_async(
                Request(url, priority=1000, callback=NO_CALLBACK, dont_filter=True, meta=meta)
            )
        finally:
            self.crawler.signals.disconnect(enough, signals.bytes_received)

    def _keep(self, origin: str, response: Response | None, policy: robots.RobotsPolicy) -> None:
        """Writes the answer down, so that a denial can be checked."""
        body = response.body[: robots.MAX_SIZE] if response is not None else b""
        asked = policy.asked_delay_s(self.user_agent)
        capped = f"Crawl-delay of {asked:g} s is honoured up to {robots.MAX_CRAWL_DELAY_S:g} s"
        file = RobotsFile(
            origin=origin,
            url=response.url if response is not None else f"{origin}/robots.txt",
            fetched_at=now(),
            status=response.status if response is not None else None,
            body=body,
            sha256=sha256(body),
            crawl_delay_s=asked,
            refusal=policy.refusal,
            detail=policy.detail or (capped if asked > robots.MAX_CRAWL_DELAY_S else ""),
        )
        self._write(lambda: store_robots(self.job.database, file))

    def _write(self, rows: Callable[[], object]) -> None:
        """What the database refuses ends the crawl, and is no fault of the host."""
        try:
            rows()
        except DatabaseError as error:
            self.job.refused(error)

    def _apply(self, policy: robots.RobotsPolicy, origin: str, candidate: Candidate) -> None:
        hostname = host(origin)
        if delay := policy.crawl_delay_s(self.user_agent):
            courtesy = self.job.courtesy
            courtesy.paces[hostname] = courtesy.pace(hostname).asks(delay)
        named = [url for text in policy.sitemaps()[:20] if (url := absolute(text, origin))]
        depth = self.job.budget.max_depth
        found = [
            Candidate(url, candidate.portal, depth, (("sitemap", url),), SITEMAP_PRIORITY, "sitemap") for url in named
        ]
        self._write(lambda: self.job.database.store_links(found, None))
