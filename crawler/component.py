"""What all our components of a running crawl have in common: they know its job."""

from typing import Self

from scrapy.crawler import Crawler

from crawler.job import Job


class OfJob:
    """A component of Scrapy that knows the job of its crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def job(self) -> Job:
        return self.crawler.spider.job  # type: ignore[union-attr, no-any-return]
