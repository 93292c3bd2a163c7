"""robots.txt by RFC 9309: what an origin allows us, including when its robots.txt cannot be had."""

from dataclasses import dataclass

from crawler.fetch.pace import MAX_CRAWL_DELAY_S
from crawler.fetch.rules import MAX_SIZE, Robots, parse
from crawler.items import Reason

MAX_REDIRECTS = 5
"""Redirects that are followed to robots.txt, to other hosts too; more is no robots.txt (RFC 9309, 2.3.1.2)."""
MAX_AGE_S = 24 * 3600.0
"""Seconds after which robots.txt is asked for again (RFC 9309, 2.4)."""
TOO_MANY_REQUESTS = 429

__all__ = ["MAX_AGE_S", "MAX_CRAWL_DELAY_S", "MAX_REDIRECTS", "MAX_SIZE", "RobotsPolicy", "policy", "unreachable"]


@dataclass(frozen=True)
class RobotsPolicy:
    """The rules of one origin. `refusal` is set where its robots.txt forbids everything by failing; `detail` says how."""

    rules: Robots | None = None
    refusal: Reason | None = None
    detail: str = ""

    def refuses(self, url: str, user_agent: str) -> Reason | None:
        """Why the address may not be fetched, or None where it may."""
        if self.refusal:
            return self.refusal
        if self.rules is not None and not self.rules.allows(url, user_agent):
            return Reason.ROBOTS_DENIED
        return None

    def told(self, url: str, user_agent: str) -> str:
        """What a person needs to check a refusal: the rule as it stands in the file, or how the file failed."""
        rule = self.rules.decides(url, user_agent) if self.rules is not None else None
        return f"robots.txt: {rule}" if rule else self.detail

    def asked_delay_s(self, user_agent: str) -> float:
        """Seconds between requests that the host asks for; 0 where it asks for none."""
        group = self.rules.group(user_agent) if self.rules is not None else None
        return (group.crawl_delay_s or 0.0) if group is not None else 0.0

    def crawl_delay_s(self, user_agent: str) -> float:
        """The same, up to the cap."""
        return min(self.asked_delay_s(user_agent), MAX_CRAWL_DELAY_S)

    def sitemaps(self) -> list[str]:
        """Addresses of sitemaps that the file names."""
        return list(self.rules.sitemaps) if self.rules is not None else []


def policy(status: int, body: bytes) -> RobotsPolicy:
    """The policy that an answer for robots.txt means.

    RFC 9309, 2.3.1: 2xx is parsed, 3xx that led nowhere and 4xx allow everything, 5xx forbids everything. 429 is a
    statement about our rate, not about the file (RFC 6585, 4), and is taken like 5xx, as Google's specification does.
    """
    if 200 <= status < 300:
        return RobotsPolicy(parse(body))
    if 300 <= status < 500 and status != TOO_MANY_REQUESTS:
        return RobotsPolicy()
    return RobotsPolicy(refusal=Reason.ROBOTS_UNREACHABLE, detail=f"robots.txt: HTTP status {status}")


def unreachable(reason: Reason, detail: str = "") -> RobotsPolicy:
    """The policy of a host that could not be reached, and why (RFC 9309, 2.3.1.4: forbids everything)."""
    return RobotsPolicy(refusal=reason, detail=f"robots.txt: {detail or reason}")
