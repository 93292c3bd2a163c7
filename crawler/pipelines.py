"""What happens to a fetched page: read, then archived, then stored. The order keeps every promise:

the row that points into the archive is written after the record is on the disk, and page, evidence,
links and acknowledgement are one transaction.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sqlite3 import DatabaseError
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.component import OfJob
from crawler.fetch.archive import Captured
from crawler.focus import FoundLink
from crawler.items import AssessedPage, Page, Record
from crawler.job import Checked, LinksOnly, Missed, Visit
from crawler.page.catalogues import question
from crawler.page.urls import host
from crawler.readers import Reading
from crawler.stops import DATABASE_STOPS
from crawler.storage.crawl import Candidate, Visited

logger = logging.getLogger(__name__)

Item = Visit | LinksOnly | Checked | Missed
"""What the spider yields."""
USUAL = ("ckan", "data.json")
"""Interfaces that are tried where an open-data portal does not tell its software."""


class _Stage(OfJob):
    """A pipeline that knows its job."""

    def stop(self, error: OSError | DatabaseError, path: Path | None = None) -> DropItem:
        """Stops the crawl so that it can be resumed: the address at hand stays leased."""
        self.job.refused(error, path)
        return DropItem(self.job.stopped)


class ReadPipeline(_Stage):
    """Has the page read by a worker process, and follows from it: links, a rendering, interfaces of a catalogue."""

    async def process_item(self, item: Item) -> Any:
        if isinstance(item, Visit):
            # Where the page will lie in the archive is known when it has been read.
            item.reading = await self.job.readers.read(item.page, Record("", 0, ""))
            if item.reading.trouble:
                logger.error("cannot read %s\n%s", item.page.url, item.reading.trouble)
            links = [link for link in item.reading.links if self.job.scope.includes(host(link.url))]
            if item.asked:
                told = tuple((link.text[:80], link.url) for link in links)
                item.visited = Visited(item.asked, item.reading.sketch, told)
            item.links.extend(self._following(item.page, item.reading, links))
            if item.reading.refresh and item.reading.shell:
                # Nothing but a redirect that stands in the page.
                return LinksOnly(item.links, item.lease)
        return item

    def _following(self, page: Page, reading: Reading, links: Sequence[FoundLink]) -> Iterator[Candidate]:
        if reading.refresh:
            yield Candidate(reading.refresh, page.portal, page.depth, page.path, 95.0)
        yield from self._links(page, links)
        yield from self._interfaces(page, reading.assessed)
        if reading.shell and not reading.refresh and self.job.browser and page.status == 200 and not page.rendered:
            yield Candidate(page.url, page.portal, page.depth, page.path, 90.0, "render")

    def _links(self, page: Page, links: Sequence[FoundLink]) -> Iterator[Candidate]:
        depth = page.depth + 1
        if depth > self.job.budget.max_depth:
            return
        for link in links:
            if self.job.is_news(link.url, depth):
                yield self.job.candidate(link, page.portal, depth, (*page.path, (link.text[:80], link.url)))

    def _interfaces(self, page: Page, assessed: AssessedPage) -> Iterator[Candidate]:
        """Interfaces of the data catalogue behind the page; of an open-data portal of unknown software, the usual ones."""
        urls = assessed.facts.interfaces if assessed.facts else ()
        if not urls and page.url == page.portal and self.job.role_of(page.portal) == "opendata":
            urls = tuple(question(api, page.url) for api in USUAL)
        for url in urls:
            path = (*page.path, ("(interface)", url))
            if self.job.scope.includes(host(url)):
                yield Candidate(url, page.portal, page.depth + 1, path, 80.0, "catalogue")


class KeepPipeline(_Stage):
    """Archives the page and writes what is known of its address: all of it or nothing.

    What comes while others are written is written together, with one sync of the archive and one of the database.
    Rows are written in the order of the records they point to: what a killed crawl leaves in the archive without a
    row is its tail.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # Compressing and syncing need no Python.
        self.writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive")
        self.waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self.keeping: asyncio.Task[None] | None = None

    async def process_item(self, item: Item) -> Any:
        if self.job.stop in DATABASE_STOPS:
            # Each page in flight would wait for the same lock once more.
            raise DropItem(self.job.stopped)
        kept = asyncio.get_running_loop().create_future()
        self.waiting.append((item, kept))
        if self.keeping is None:
            self.keeping = asyncio.ensure_future(self._keep())
        await kept
        return item

    async def _keep(self) -> None:
        """Writes until nothing waits."""
        while self.waiting:
            batch, self.waiting = self.waiting, []
            if dropped := await self._keep_together([item for item, _ in batch]):
                for _, kept in batch:
                    kept.set_exception(dropped)
                continue
            for item, kept in batch:
                self._count(item)
                kept.set_result(None)
        self.keeping = None

    async def _keep_together(self, items: list[Item]) -> DropItem | None:
        visits = [item for item in items if isinstance(item, Visit)]
        try:
            if visits:
                await asyncio.get_running_loop().run_in_executor(self.writer, self._archive, visits)
            with self.job.database.together():
                for item in items:
                    self._store(item)
        except OSError as error:
            return self.stop(error, self.job.archive.path)
        except DatabaseError as error:
            return self.stop(error)
        return None

    def _archive(self, visits: list[Visit]) -> None:
        archive = self.job.archive
        for visit in visits:
            page = visit.page
            if page.rendered:
                visit.captured = archive.write_rendered(page, Record("", 0, ""))
            else:
                via = page.path[-2][1] if len(page.path) > 1 else page.portal
                visit.captured = archive.write(page, sent=visit.sent, via=via)
        archive.sync()

    def close_spider(self) -> None:
        """Ends the thread; leases that led to nothing are kept as such."""
        self.writer.shutdown()
        try:
            self.job.database.settle()
        except DatabaseError as error:
            self.stop(error)

    def _store(self, item: Item) -> None:
        database = self.job.database
        match item:
            case LinksOnly():
                database.store_links(item.links, item.lease)
            case Checked():
                database.store_checked(item.distribution, item.lease)
            case Missed():
                database.store_failure(item.failure, item.lease)
            case Visit(captured=Captured() as captured, reading=Reading() as reading):
                place, length, lease = captured.record, captured.length, item.lease
                database.store_page(
                    item.page, place, length, reading.assessed, item.links, lease, item.sample, item.visited
                )

    def _count(self, item: Item) -> None:
        progress = self.job.progress
        if isinstance(item, Missed):
            progress.reasons[item.failure.reason] += 1
        if not isinstance(item, Visit) or item.reading is None:
            return
        assessed = item.reading.assessed
        progress.captured += 1
        if assessed.reason is not None:
            progress.reasons[assessed.reason] += 1
            return
        progress.read += 1
        progress.hosts.add(host(item.page.url))
        for piece in assessed.evidence:
            subindex = self.job.rubric.features[piece.feature].subindex
            progress.features.setdefault(subindex, set()).add(piece.feature)
