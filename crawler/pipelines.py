"""What happens to a fetched page: archived, then assessed, then stored. The order keeps every promise:

the row that points into the archive is written after the record is on the disk, and page, evidence,
links and acknowledgement are one transaction.
"""

import asyncio
import errno
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from sqlite3 import OperationalError
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.assess import judge_page
from crawler.fetch.archive import Captured
from crawler.items import AssessedPage, Page, Record
from crawler.job import Checked, Job, LinksOnly, Missed, Visit
from crawler.page.catalogues import question
from crawler.page.urls import host
from crawler.storage.crawl import Candidate

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
    """Writes the page to the WARC file, on a thread of its own: compressing and syncing need no Python."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive")

    async def process_item(self, item: Visit | LinksOnly | Checked | Missed) -> Any:
        if not isinstance(item, Visit):
            return item
        try:
            captured = await asyncio.get_running_loop().run_in_executor(self.writer, self._write, item)
        except OSError as error:
            raise self.stop(told(error, str(self.job.archive.path))) from None
        item.record, item.length = captured.record, captured.length
        return item

    def _write(self, item: Visit) -> Captured:
        if item.page.rendered:
            return self.job.archive.write_rendered(item.page, Record("", 0, ""))
        via = item.page.path[-2][1] if len(item.page.path) > 1 else item.page.portal
        return self.job.archive.write(item.page, sent=item.sent, via=via)

    def close_spider(self) -> None:
        """Ends the thread when the last page is written."""
        self.writer.shutdown()


class AssessPipeline(_Stage):
    """Judges the page by the rubric: the same function that reads archives."""

    def process_item(self, item: Visit | LinksOnly | Checked | Missed) -> Any:
        if isinstance(item, Visit) and item.record is not None:
            item.assessed = judge_page(item.page, item.record, self.job.rubric, item.document)
            item.links.extend(self._interfaces(item.page, item.assessed))
        return item

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
    """Writes what is known of the address, in one transaction."""

    def process_item(self, item: Visit | LinksOnly | Checked | Missed) -> Any:
        try:
            if isinstance(item, LinksOnly):
                self.job.database.store_links(item.links, item.lease)
            elif isinstance(item, Checked):
                self.job.database.store_checked(item.distribution, item.lease)
            elif isinstance(item, Missed):
                self.job.database.store_failure(item.failure, item.lease)
                self.job.progress.reasons[item.failure.reason] += 1
            elif item.record is not None and item.assessed is not None:
                self.job.database.store_page(
                    item.page,
                    item.record,
                    item.length,
                    item.assessed,
                    item.links,
                    item.lease,
                    item.sample,
                    item.visited,
                )
                self._count(item)
        except OperationalError as error:
            raise self.stop(
                f"{self.job.database.directory}: the database refused: {error}; go on with --resume"
            ) from None
        return item

    def _count(self, item: Visit) -> None:
        progress, assessed = self.job.progress, item.assessed
        progress.captured += 1
        if assessed is None or assessed.reason is not None:
            progress.reasons[assessed.reason if assessed and assessed.reason else "empty"] += 1
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
