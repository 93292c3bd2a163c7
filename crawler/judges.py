"""Judging pages in several processes: the same results, in the order of the pages, whatever their number."""

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import TypeVar

from crawler.assess import judge_page
from crawler.collector import spare
from crawler.items import AssessedPage, Page, Reason, Record
from crawler.page.language import detect
from crawler.rubric import Rubric, load
from crawler.workers import FORKS, workers

Item = TypeVar("Item")
Judged = tuple[Page, Record]

BATCH = 8
"""Pages handed to a process at a time: about half a megabyte, and 50 ms of work."""
BATCH_BYTES = 1024 * 1024
"""Bytes of pages beyond which a batch is full: hostile archives hold nothing but huge pages."""
AHEAD = 3
"""Batches that wait per process: enough that none idles, few enough that memory stays flat."""

logger = logging.getLogger(__name__)


class Judges:
    """So many processes that judge pages; with one, the pages are judged here. Use it in a `with`."""

    def __init__(self, rubric: Rubric, jobs: int) -> None:
        self._rubric, self._jobs = rubric, jobs
        rubric.index  # noqa: B018
        # Profiles of languages are loaded once, before the processes part.
        detect("the words of a page " * 20)
        spare()
        self._pool = self._start() if jobs > 1 else None

    def __enter__(self) -> "Judges":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def judge(self, items: Iterable[tuple[Item, Judged | None]]) -> Iterator[tuple[Item, AssessedPage | None]]:
        """Each item with what was judged of its page, in their order; None where it has no page."""
        items = iter(items)
        if self._pool is None:
            for item, page in items:
                yield item, judge_page(*page, self._rubric) if page else None
            return
        waiting: deque[tuple[list[tuple[Item, Judged | None]], Future[list[AssessedPage]]]] = deque()
        while batch := _batch(items):
            waiting.append((batch, self._pool.submit(_judge, [page for _, page in batch if page])))
            if len(waiting) > AHEAD * self._jobs:
                yield from self._results(*waiting.popleft())
        while waiting:
            yield from self._results(*waiting.popleft())

    def _results(
        self, batch: list[tuple[Item, Judged | None]], future: Future[list[AssessedPage]]
    ) -> Iterator[tuple[Item, AssessedPage | None]]:
        try:
            results = iter(future.result())
        except BrokenProcessPool:
            results = (self._alone(page) for _, page in batch if page)
        for item, page in batch:
            yield item, next(results) if page else None

    def _alone(self, page: Judged) -> AssessedPage:
        """One page by itself, after a process died: a page that kills its process must not take others with it."""
        for _ in range(2):
            try:
                assert self._pool is not None
                return self._pool.submit(_judge, [page]).result()[0]
            except BrokenProcessPool:
                # The first fault may be the old pool's, broken by another page.
                self._pool = self._start()
        told = page[0]
        logger.error("a process died of %s", told.url)
        return AssessedPage(told.url, told.portal, told.country, told.depth, Reason.INTERNAL_ERROR)

    def _start(self) -> ProcessPoolExecutor:
        # What is loaded is shared where processes can be forked.
        pool = workers(self._jobs, _begin, (self._rubric if FORKS else self._rubric.directory,))
        # They have started before a database is open that they would inherit.
        pool.submit(_judge, []).result()
        return pool


def _batch(items: Iterator[tuple[Item, Judged | None]]) -> list[tuple[Item, Judged | None]]:
    batch = []
    size = 0
    for item, page in islice(items, BATCH):
        batch.append((item, page))
        size += len(page[0].body) if page else 0
        if size > BATCH_BYTES:
            break
    return batch


_rubric: Rubric | None = None


def _begin(rubric: Rubric | Path) -> None:
    global _rubric
    if isinstance(rubric, Path):
        rubric = load(str(rubric))
        spare()
    _rubric = rubric


def _judge(pages: list[Judged]) -> list[AssessedPage]:
    assert _rubric is not None
    return [judge_page(page, record, _rubric) for page, record in pages]
