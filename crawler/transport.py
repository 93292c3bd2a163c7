"""A downloader middleware that learns once per portal host how it is reached, while nothing else asks that host."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from sqlite3 import OperationalError
from urllib.request import getproxies, proxy_bypass

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread

from crawler.component import OfJob
from crawler.fetch.errors import Refused
from crawler.fetch.transport import Manner, facts_of
from crawler.hosts import TransportFacts
from crawler.items import Reason
from crawler.storage.crawl import Candidate

logger = logging.getLogger(__name__)
_NOT_EVEN_A_HANDSHAKE = (Reason.FORBIDDEN_ADDRESS, Reason.OFFSITE, Reason.DNS)


class TransportMiddleware(OfJob):
    """Comes after robots.txt was asked: what it forbids is not asked here either, only the handshake is made."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.user_agent: str = crawler.settings["USER_AGENT"]
        self.seen: set[str] = set()
        self.awaited: dict[str, list[Deferred[None]]] = {}

    async def process_request(self, request: Request) -> None:
        """Holds the requests for a portal's host until the facts are known."""
        waiting = self.awaited.get(urlparse_cached(request).hostname or "")
        if waiting is not None and request.meta.get("candidate") is not None:
            turn: Deferred[None] = Deferred()
            waiting.append(turn)
            await maybe_deferred_to_future(turn)
        await self._look(request, ask_home=True)

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """A host that robots.txt closes to us still shows its certificate."""
        if isinstance(exception, Refused) and exception.reason not in _NOT_EVEN_A_HANDSHAKE:
            await self._look(request, ask_home=False)

    async def _look(self, request: Request, *, ask_home: bool) -> None:
        candidate: Candidate | None = request.meta.get("candidate")
        hostname = urlparse_cached(request).hostname or ""
        if candidate is None or candidate.depth or candidate.kind != "page" or hostname in self.seen:
            return
        self.seen.add(hostname)
        self.awaited[hostname] = []
        job = self.job
        try:
            if job.database.knows_transport(hostname):
                return
            facts = await self._facts(request, hostname, ask_home=ask_home)
            job.database.store_transport(job.country, facts)
        except OperationalError as error:
            job.refused(error)
        except Exception:
            # These facts stand beside the crawl; what a host does to them must not take its pages with it.
            logger.exception("cannot tell how %s is reached", hostname)
        finally:
            for turn in self.awaited.pop(hostname):
                turn.callback(None)

    async def _facts(self, request: Request, hostname: str, *, ask_home: bool) -> TransportFacts:
        job = self.job
        parts = urlparse_cached(request)
        at = datetime.now(UTC)
        if getproxies().get(parts.scheme) and not proxy_bypass(hostname):
            stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
            return TransportFacts(hostname, stamp, detail="not looked at: a proxy stands between")
        engine = self.crawler.engine
        slot = engine.downloader.slots.get(hostname) if engine else None
        delay_s = max(job.budget.delay_s, slot.delay if slot else 0.0)

        def stopped() -> bool:
            return bool(job.stopped) or not self.crawler.crawling

        manner = Manner(
            user_agent=self.user_agent,
            delay_s=delay_s,
            # robots.txt let this address pass, and says nothing here of others.
            path=f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}",
            ask_home=ask_home,
            allow_private=job.allow_private,
            wait=partial(_pause, stopped),
            stopped=stopped,
        )
        ports = {f"{parts.scheme}_port": parts.port} if parts.port else {}
        found: Deferred[TransportFacts] = deferToThread(_after_pause, hostname, manner, at, ports)
        return await maybe_deferred_to_future(found)


def _pause(stopped: Callable[[], bool], seconds: float) -> None:
    """Waits, but not once the crawl has been stopped."""
    until = time.monotonic() + seconds
    while not stopped() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.25))


def _after_pause(hostname: str, manner: Manner, at: datetime, ports: dict[str, int]) -> TransportFacts:
    """The facts, with the delay before and after them: robots.txt was asked just now, the page comes next."""
    manner.wait(manner.delay_s)
    facts = facts_of(hostname, manner, at, **ports)
    manner.wait(manner.delay_s)
    return facts
