"""How often a host is asked: never more often than our floor and its Crawl-delay, less often where it is slow or fails.

Pure: times come in as arguments. Seconds everywhere; moments are on any clock that only goes forward.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_CRAWL_DELAY_S = 30.0
"""Longest Crawl-delay that is honoured (Apache Nutch, `fetcher.max.crawl.delay`); beyond it the host is asked at the cap."""
MAX_DELAY_S = 60.0
"""Longest delay that a slow or failing host gets (Scrapy, `AUTOTHROTTLE_MAX_DELAY`)."""
MAX_RETRY_AFTER_S = 300.0
"""Longest Retry-After that is waited for; a host that asks for more rests until the crawl's end.

A crawl of a country has an hour by default: who waits longer for one host gets nothing else done.
"""
_TOO_MANY = 429
_UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class Pace:
    """How one host is asked. `floor_s`: our own least delay, 0 where hosts are our own and need no courtesy;
    `delay_s`: seconds between requests now; `not_before`: moment before which it is not asked; `rests`: why it is not
    asked again in this crawl, "" where it is.
    """

    floor_s: float
    crawl_delay_s: float = 0.0
    delay_s: float = 0.0
    not_before: float = 0.0
    rests: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "delay_s", max(self.delay_s, self.least_s))

    @property
    def least_s(self) -> float:
        """The delay below which this host is never asked."""
        return max(self.floor_s, self.crawl_delay_s)

    def asks(self, crawl_delay_s: float) -> "Pace":
        """After robots.txt was read; of several origins of a host the slowest counts."""
        return replace(self, crawl_delay_s=max(self.crawl_delay_s, min(crawl_delay_s, MAX_CRAWL_DELAY_S)))

    def answered(self, latency_s: float, status: int) -> "Pace":
        """After an answer: Scrapy's AutoThrottle for one request at a time.

        The new delay is the mean of the old one and the latency, at once the latency where that is longer. Errors come
        quickly and must not make us faster: 429 and 5xx double the delay.
        """
        if status == _TOO_MANY or status >= 500:
            return self.failed()
        if not self.floor_s:
            return self
        wanted = max(latency_s, (self.delay_s + latency_s) / 2)
        if status != 200 and wanted <= self.delay_s:
            return self
        return replace(self, delay_s=min(wanted, max(MAX_DELAY_S, self.least_s)))

    def failed(self) -> "Pace":
        """After an answer that did not come, or an error: twice the delay."""
        return replace(self, delay_s=min(2 * self.delay_s, max(MAX_DELAY_S, self.least_s))) if self.floor_s else self

    def told_to_wait(self, status: int, seconds: float, moment: float) -> "Pace":
        """After a 429 or 503 with Retry-After (RFC 9110, 10.2.3; RFC 6585, 4)."""
        if status not in (_TOO_MANY, _UNAVAILABLE):
            return self
        if seconds > MAX_RETRY_AFTER_S:
            return replace(self, rests=f"HTTP status {status}, Retry-After {seconds:.0f} s")
        return replace(self, not_before=max(self.not_before, moment + seconds))


def retry_after_s(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header means: a number or an HTTP date; None where it is neither.

    >>> retry_after_s("120", datetime(2024, 1, 1, tzinfo=UTC))
    120.0
    >>> retry_after_s("Mon, 01 Jan 2024 00:01:00 GMT", datetime(2024, 1, 1, tzinfo=UTC))
    60.0
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)
