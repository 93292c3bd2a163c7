"""What happens to a fetched page: archived, then read, then stored. The order keeps every promise:

the row that points into the archive is written after the record is on the disk, and page, evidence,
links and acknowledgement are one transaction.
"""

import asyncio
import errno
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from sqlite3 import OperationalError
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.fetch.archive import Captured
from crawler.items import AssessedPage, Page, Record
from crawler.job import Checked, Job, LinksOnly, Missed, Visit
from crawler.page.catalogues import question
from crawler.page.urls import host
from crawler.readers import Reading
from crawler.storage.crawl import Candidate

logger = logging.getLogger(__name__)

TOGETHER = 16
"""Addresses whose results are made durable with one sync."""
TOGETHER_S = 0.05
"""Seconds that a result waits for others: at one page a second it is not noticed, at a hundred it saves 9 syncs of 10."""
USUAL = ("ckan", "data.json")
"""Interfaces that are tried where an open-data portal does not tell its software."""


class _Stage:
    """A pipeline that knows its job."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Any:
        return cls(crawler)

    @property
    def job(self) -> Job:
        return self.crawler.spider.job  # type: ignore[union-attr, no-any-return]

    def stop(self, why: str) -> DropItem:
        """Stops the crawl so that it can be resumed: the address at hand stays leased."""
        self.job.stopped = self.job.stopped or why
        return DropItem(why)


class ArchivePipeline(_Stage):
    """Writes pages to the WARC file, on a thread of its own: compressing and syncing need no Python.

    Pages that come while others are written are written together, with one sync for all.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive")
        self.waiting: list[tuple[Visit, asyncio.Future[None]]] = []
        self.writing: asyncio.Task[None] | None = None

    async def process_item(self, item: Visit | LinksOnly | Checked | Missed) -> Any:
        if isinstance(item, Visit):
            written = asyncio.get_running_loop().create_future()
            self.waiting.append((item, written))
            if self.writing is None:
                self.writing = asyncio.ensure_future(self._write())
            await written
        return item

    async def _write(self) -> None:
        """Writes until nothing waits."""
        loop = asyncio.get_running_loop()
        while self.waiting:
            batch, self.waiting = self.waiting, []
            try:
                captured = await loop.run_in_executor(self.writer, self._append, [item for item, _ in batch])
            except OSError as error:
                dropped = self.stop(told(error, str(self.job.archive.path)))
                for _, written in batch:
                    written.set_exception(dropped)
                continue
            for (item, written), one in zip(batch, captured, strict=True):
                item.record, item.length = one.record, one.length
                written.set_result(None)
        self.writing = None

    def _append(self, items: list[Visit]) -> list[Captured]:
        archive = self.job.archive
        captured = []
        for item in items:
            if item.page.rendered:
                captured.append(archive.write_rendered(item.page, Record("", 0, "")))
            else:
                via = item.page.path[-2][1] if len(item.page.path) > 1 else item.page.portal
                captured.append(archive.write(item.page, sent=item.sent, via=via))
        archive.sync()
        return captured

    def close_spider(self) -> None:
        """Ends the thread when the last page is written."""
        self.writer.shutdown()


class ReadPipeline(_Stage):
    """Has the page read by a worker process, and follows from it: links, a rendering, interfaces of a catalogue."""

    async def process_item(self, item: Visit | LinksOnly | Checked | Missed) -> Any:
        if isinstance(item, Visit) and item.record is not None:
            item.reading = await self.job.readers.read(item.page, item.record)
            if item.reading.trouble:
                logger.error("cannot read %s\n%s", item.page.url, item.reading.trouble)
            item.links.extend(self._following(item.page, item.reading))
        return item

    def _following(self, page: Page, reading: Reading) -> Iterator[Candidate]:
        yield from self._links(page, reading)
        yield from self._interfaces(page, reading.assessed)
        if reading.shell and self.job.browser and page.status == 200 and not page.rendered:
            yield Candidate(page.url, page.portal, page.depth, page.path, 90.0, "render")

    def _links(self, page: Page, reading: Reading) -> Iterator[Candidate]:
        depth = page.depth + 1
        if depth > self.job.budget.max_depth:
            return
        for link in reading.links:
            if self.job.is_news(link.url, depth) and self.job.scope.includes(host(link.url)):
                path = (*page.path, (link.text, link.url))
                yield Candidate(link.url, page.portal, depth, path, self.job.focus.priority(link, depth))

    def _interfaces(self, page: Page, assessed: AssessedPage) -> Iterator[Candidate]:
        """Interfaces of the data catalogue behind the page; of an open-data portal of unknown software, the usual ones."""
        urls = assessed.facts.interfaces if assessed.facts else ()
        if not urls and page.url == page.portal and self.job.role_of(page.portal) == "opendata":
            urls = tuple(question(api, page.url) for api in USUAL)
        for url in urls:
            path = (*page.path, ("(interface)", url))
            if self.job.scope.includes(host(url)):
                yield Candidate(url, page.portal, page.depth + 1, path, 80.0, "catalogue")


class StoragePipeline(_Stage):
    """Writes what is known of an address: all of it or nothing, several addresses with one sync."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.waiting: list[tuple[Visit | LinksOnly | Checked | Missed, asyncio.Future[None]]] = []
        self.timer: asyncio.TimerHandle | None = None

    async def process_item(self, item: Visit | LinksOnly | Checked | Missed) -> Any:
        loop = asyncio.get_running_loop()
        stored = loop.create_future()
        self.waiting.append((item, stored))
        if len(self.waiting) >= TOGETHER:
            self._store()
        elif self.timer is None:
            self.timer = loop.call_later(TOGETHER_S, self._store)
        await stored
        return item

    def _store(self) -> None:
        if self.timer:
            self.timer.cancel()
        batch, self.waiting, self.timer = self.waiting, [], None
        try:
            with self.job.database.together():
                for item, _ in batch:
                    self._write(item)
        except OperationalError as error:
            dropped = self.stop(f"{self.job.database.directory}: the database refused: {error}; go on with --resume")
            for _, stored in batch:
                stored.set_exception(dropped)
            return
        for item, stored in batch:
            self._count(item)
            stored.set_result(None)

    def _write(self, item: Visit | LinksOnly | Checked | Missed) -> None:
        database = self.job.database
        if isinstance(item, LinksOnly):
            database.store_links(item.links, item.lease)
        elif isinstance(item, Checked):
            database.store_checked(item.distribution, item.lease)
        elif isinstance(item, Missed):
            database.store_failure(item.failure, item.lease)
        elif item.record is not None and item.reading is not None:
            assessed = item.reading.assessed
            database.store_page(item.page, item.record, item.length, assessed, item.links, item.lease, item.sample)

    def _count(self, item: Visit | LinksOnly | Checked | Missed) -> None:
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


def told(error: OSError, path: str) -> str:
    """The sentence that a person needs when a file cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{path}: the disk is full; make room, then go on with --resume"
    return f"{path}: cannot be written: {error.strerror or error}"
