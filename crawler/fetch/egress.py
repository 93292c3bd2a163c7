"""What we may connect to: public addresses on web ports, unless private ones are allowed.

The policy is enforced on the address that a name resolved to, not on the name, so that a page
cannot lead the crawler into the network it runs in.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred

PORTS = frozenset([80, 443, 8080, 8443])
# IPv6 addresses that stand for the IPv4 address in their last 32 bits (RFC 6052, RFC 4291 2.5.5.1).
_EMBEDDING = (ip_network("64:ff9b::/96"), ip_network("::/96"))
# A host that ends in a number is an IPv4 address, in whatever notation (WHATWG URL, 3.5).
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.I)


class ForbiddenAddressError(Exception):
    """The address is private, reserved or on another port."""


def is_public(address: str) -> bool:
    """Is this literal IP address one of the public internet?

    >>> is_public("93.184.216.34"), is_public("169.254.169.254"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.strip("[]"))
    except ValueError:
        return False
    parsed = _meant(parsed)
    return parsed.is_global and not parsed.is_multicast


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if any(address in network for network in _EMBEDDING):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def forbidden(url: str, *, allow_private: bool = False) -> str:
    """Why the address may not be fetched as far as it tells itself, or ""."""
    try:
        parts = urlsplit(url)
        port = parts.port if parts.port is not None else 443 if parts.scheme == "https" else 80
    except ValueError:
        return "not a valid address"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "not an http or https address"
    if allow_private:
        return ""
    if port not in PORTS:
        return f"port {port} is no web port"
    hostname = parts.hostname.rstrip(".")
    last = hostname.rpartition(".")[2]
    literal = ":" in hostname or _NUMBER.fullmatch(last)
    if (literal and not is_public(hostname)) or last == "localhost":
        return f"{parts.hostname} is no public address"
    return ""


class FilteringResolver(CachingThreadedResolver):
    """Scrapy's resolver, which refuses names that resolve to private addresses."""

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float, allow_private: bool = False) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.allow_private = allow_private

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> "FilteringResolver":
        settings = crawler.settings
        size = settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0
        return cls(reactor, size, settings.getfloat("DNS_TIMEOUT"), settings.getbool("EGOV_ALLOW_PRIVATE"))

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802
        """The address of a host; fails with ForbiddenAddressError for a private one."""
        found: Deferred[str] = super().getHostByName(name, timeout)
        return found.addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if not self.allow_private and not is_public(address):
            raise ForbiddenAddressError(f"{name} resolves to {address}, which is no public address")
        return address
