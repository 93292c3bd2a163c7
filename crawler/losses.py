"""What our own program fails at becomes data: an address whose page broke a callback or a pipeline is no lost page."""

import logging
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from crawler.component import OfJob
from crawler.items import Failure, Reason
from crawler.job import Checked, LinksOnly, Missed, Visit
from crawler.storage.crawl import Candidate

logger = logging.getLogger(__name__)


class Losses(OfJob):
    """Acknowledges with `internal-error` what would stay leased for ever, and let a run end as if it were whole."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        crawler.signals.connect(self.broken_callback, signals.spider_error)
        crawler.signals.connect(self.broken_item, signals.item_error)

    def broken_callback(self, failure: TwistedFailure, response: Response) -> None:
        """The spider failed on a response."""
        candidate: Candidate | None = response.meta.get("candidate")
        if candidate is not None:
            self._tell(response.url, candidate.portal, response.meta.get("lease"), failure)

    def broken_item(self, item: Any, response: Response | None, failure: TwistedFailure) -> None:
        """A pipeline failed on what the spider gave."""
        if isinstance(item, Visit):
            self._tell(item.page.url, item.page.portal, item.lease, failure)
        elif isinstance(item, LinksOnly | Checked | Missed) and response is not None:
            self._tell(response.url, "", item.lease, failure)

    def _tell(self, url: str, portal: str, lease: int | None, failure: TwistedFailure) -> None:
        job = self.job
        if job.stopped:
            # It stays leased, and comes again when the run is resumed.
            return
        logger.error("our own error: %s", failure.value, extra={"url": url})
        detail = f"{type(failure.value).__name__}: {failure.value}"[:300]
        job.database.store_failure(Failure(job.country, portal, url, Reason.INTERNAL_ERROR, detail), lease)
        job.progress.reasons[Reason.INTERNAL_ERROR] += 1
