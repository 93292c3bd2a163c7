"""robots.txt by RFC 9309: what a host allows us, including when its robots.txt cannot be had."""

from dataclasses import dataclass

from protego import Protego

from crawler.items import Reason

MAX_SIZE = 500 * 1024
"""Bytes of robots.txt that are read (RFC 9309, 2.5: at least 500 KiB)."""
MAX_CRAWL_DELAY_S = 30.0
"""Longest Crawl-delay that is honoured."""


@dataclass(frozen=True)
class RobotsPolicy:
    """The rules of one host. `refusal` is set where its robots.txt forbids everything by failing."""

    rules: Protego | None = None
    refusal: Reason | None = None

    def refuses(self, url: str, user_agent: str) -> Reason | None:
        """Why the address may not be fetched, or None where it may."""
        if self.refusal:
            return self.refusal
        if self.rules is not None and not self.rules.can_fetch(url, user_agent):
            return Reason.ROBOTS_DENIED
        return None

    def crawl_delay_s(self, user_agent: str) -> float:
        """Seconds between requests that the host asks for, up to the cap; 0 where it asks for none."""
        delay = self.rules.crawl_delay(user_agent) if self.rules is not None else None
        return min(float(delay or 0), MAX_CRAWL_DELAY_S)

    def sitemaps(self) -> list[str]:
        """Addresses of sitemaps that the file names."""
        return list(self.rules.sitemaps) if self.rules is not None else []


def policy(status: int, body: bytes) -> RobotsPolicy:
    """The policy that an answer for robots.txt means.

    RFC 9309, 2.3.1: 2xx is parsed, 4xx allows everything, 5xx forbids everything.
    """
    if 200 <= status < 300:
        return RobotsPolicy(Protego.parse(body[:MAX_SIZE].decode("utf-8-sig", "replace")))
    if 300 <= status < 500:
        return RobotsPolicy()
    return RobotsPolicy(refusal=Reason.ROBOTS_UNREACHABLE)


def unreachable(reason: Reason) -> RobotsPolicy:
    """The policy of a host that could not be reached, and why (RFC 9309, 2.3.1.4: forbids everything)."""
    return RobotsPolicy(refusal=reason)
