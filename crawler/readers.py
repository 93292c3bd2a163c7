"""Reading pages in worker processes: parse, judge, find links. The crawl's own process fetches and stores.

A worker that dies or does not end takes one page with it, which becomes a page that could not be assessed.
"""

import asyncio
import multiprocessing
import os
import traceback
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from crawler.assess import assess_page
from crawler.collector import spare
from crawler.focus import FoundLink, found_links, signature
from crawler.items import AssessedPage, Page, Reason, Record
from crawler.page.catalogues import read_document
from crawler.page.refresh import refresh_target
from crawler.page.state import is_shell
from crawler.rubric import Rubric, load
from crawler.workers import FORKS, workers

MAX_LINKS = 2_000
"""Links of one page that are kept; more is a trap or a register."""
DEADLINE_S = 60.0
"""Longest time for one page, which takes 5 ms in the median: a page of 12 MB takes a tenth of it."""
MOST_WORKERS = 8
"""One process that fetches cannot feed more."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page says. `shell`: next to nothing until scripts have run; `refresh`: where it sends its readers by itself;
    `sketch`: of its text (`crawler.focus.signature`).

    `trouble`: why it could not be read.
    """

    assessed: AssessedPage
    links: tuple[FoundLink, ...] = ()
    sketch: bytes = b""
    shell: bool = False
    refresh: str = ""
    trouble: str = ""


def read_page(page: Page, record: Record, rubric: Rubric, concepts: frozenset[str]) -> Reading:
    """The reading of a page. Pure; a page that breaks the program is a page that could not be assessed."""
    try:
        document = read_document(page)
        # Judging first: it reads the words of all links at once.
        assessed = assess_page(page, record, rubric, document)
        links = found_links(document, page, rubric.index, concepts, MAX_LINKS) if page.status == 200 else []
        refresh = refresh_target(document) if page.status == 200 and not page.rendered else ""
        return Reading(assessed, tuple(links), signature(document), is_shell(document), refresh)
    except Exception:
        # Nobody can list what a hostile page may break; it must not take the other pages with it.
        return unreadable(page, traceback.format_exc())


def unreadable(page: Page, trouble: str) -> Reading:
    """The reading of a page that broke the program."""
    assessed = AssessedPage(page.url, page.portal, page.country, page.depth, Reason.INTERNAL_ERROR)
    return Reading(assessed, trouble=trouble)


class Readers:
    """Worker processes that read pages by one rubric. To be made before the first thread of the process."""

    def __init__(self, rubric: Rubric, concepts: frozenset[str], number: int | None = None) -> None:
        """`number` of processes; as many as there are cores where it is None."""
        self._concepts = concepts
        self._directory = rubric.directory
        self._workers = number or min(os.cpu_count() or 1, MOST_WORKERS)
        rubric.lookups  # noqa: B018
        # A fork has all words at once.
        self._pool = workers(self._workers, _begin, (rubric if FORKS else rubric.directory, concepts))
        self._alone = asyncio.Lock()

    async def read(self, page: Page, record: Record) -> Reading:
        """The reading of a page, by whichever worker is free."""
        pool = self._pool
        try:
            return await self._ask(pool, page, record)
        except (BrokenProcessPool, TimeoutError):
            self._renew(pool)
        # Which of the pages under way broke the worker shows when each is read alone.
        async with self._alone:
            pool = self._pool
            try:
                return await self._ask(pool, page, record)
            except (BrokenProcessPool, TimeoutError) as error:
                self._renew(pool)
                return unreadable(page, f"{page.url}: the process that read it did not come back: {error!r}")

    async def _ask(self, pool: ProcessPoolExecutor, page: Page, record: Record) -> Reading:
        return await asyncio.wait_for(asyncio.wrap_future(pool.submit(_read, page, record)), DEADLINE_S)

    def _renew(self, broken: ProcessPoolExecutor) -> None:
        """New workers in place of broken or endless ones; who comes second finds it done."""
        if broken is not self._pool:
            return
        for child in multiprocessing.active_children():
            child.kill()
        broken.shutdown(wait=False, cancel_futures=True)
        self._pool = workers(self._workers, _begin, (self._directory, self._concepts), fork=False)

    def close(self) -> None:
        """Ends the workers."""
        self._pool.shutdown(wait=True, cancel_futures=True)


_mine: tuple[Rubric, frozenset[str]] | None = None
"""What this worker reads by."""


def _begin(rubric: Rubric | Path, concepts: frozenset[str]) -> None:
    global _mine
    if isinstance(rubric, Path):
        rubric = load(str(rubric))
        rubric.lookups  # noqa: B018
    _mine = (rubric, concepts)
    spare()


def _read(page: Page, record: Record) -> Reading:
    if _mine is None:
        raise RuntimeError("the worker was not prepared")
    return read_page(page, record, *_mine)
