"""What we may connect to: public addresses on web ports, unless private ones are allowed.

One policy for Scrapy (`FilteringResolver`, `download`) and for Chromium (`proxy`). It is enforced on the
address that is connected to, not on the name, so that a page cannot lead the crawler into the network it
runs in, whatever its name resolves to at which moment.
"""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies

from scrapy.crawler import Crawler
from scrapy.resolver import HostResolution
from scrapy.utils.datatypes import LocalCache
from twisted.internet.address import IPv4Address as TwistedIPv4
from twisted.internet.address import IPv6Address as TwistedIPv6
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.threads import deferToThread
from zope.interface import implementer

Network = IPv4Network | IPv6Network

PORTS = frozenset([80, 443, 8080, 8443])
REMEMBERED = 10_000
"""Host names whose addresses are kept (Scrapy's DNSCACHE_SIZE)."""
# IPv6 addresses that stand for the IPv4 address in their last 32 bits (RFC 6052, RFC 4291 2.5.5.1).
_EMBEDDING = (ip_network("64:ff9b::/96"), ip_network("::/96"))
# All that IANA has given out as global unicast; site-local, local NAT64 and whatever comes lies outside (RFC 4291, 2.4).
_GLOBAL_UNICAST = ip_network("2000::/3")
# Special by the IANA registries, but not to every Python: documentation (RFC 9637), relays of 6to4 (RFC 7526).
_SPECIAL = (ip_network("3fff::/20"), ip_network("192.88.99.0/24"))
# A host that ends in a number is an IPv4 address, in whatever notation (WHATWG URL, 3.5).
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.I)


class ForbiddenAddressError(Exception):
    """The address is private, reserved or on another port."""


def is_public(address: str) -> bool:
    """Is this literal IP address one of the public internet?

    >>> is_public("93.184.216.34"), is_public("169.254.169.254"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    parsed = _parsed(address)
    if parsed is None or (isinstance(parsed, IPv6Address) and parsed not in _GLOBAL_UNICAST):
        return False
    return parsed.is_global and not parsed.is_multicast and not any(parsed in network for network in _SPECIAL)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """The address that is meant: the IPv4 address that an IPv6 address stands for, else the address itself."""
    try:
        parsed = ip_address(address.strip("[]"))
    except ValueError:
        return None
    if isinstance(parsed, IPv4Address):
        return parsed
    if any(parsed in network for network in _EMBEDDING):
        return IPv4Address(int(parsed) & 0xFFFFFFFF)
    return parsed.ipv4_mapped or parsed.sixtofour or parsed


@dataclass(frozen=True, slots=True)
class Egress:
    """The policy. `also`: networks that are allowed beside the public ones."""

    allow_private: bool = False
    also: frozenset[Network] = frozenset()
    ports: frozenset[int] = PORTS

    def allows(self, address: str) -> bool:
        """May this literal IP address be connected to?"""
        parsed = _parsed(address)
        if parsed is None:
            return False
        return self.allow_private or is_public(address) or any(parsed in network for network in self.also)

    def refusal(self, url: str) -> str:
        """Why the address may not be fetched as far as it tells itself, or ""."""
        try:
            parts = urlsplit(url)
            port = parts.port if parts.port is not None else 443 if parts.scheme == "https" else 80
        except ValueError:
            return "not a valid address"
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return "not an http or https address"
        return self.refusal_of_host(parts.hostname, port)

    def refusal_of_host(self, host: str, port: int) -> str:
        """Why nothing may be asked of this host and port as far as they tell themselves, or ""."""
        if self.allow_private:
            return ""
        if port not in self.ports:
            return f"port {port} is no web port"
        hostname = host.rstrip(".")
        last = hostname.rpartition(".")[2].lower()
        literal = ":" in hostname or _NUMBER.fullmatch(last)
        if (literal and not self.allows(hostname)) or last == "localhost":
            return f"{host} is no public address"
        return ""

    def allowed(self, name: str, addresses: Iterable[str]) -> list[str]:
        """Those of the addresses of a name that may be connected to. Raises ForbiddenAddressError where none is left."""
        known = list(addresses)
        kept = [address for address in known if self.allows(address)]
        if known and not kept:
            raise ForbiddenAddressError(f"{name} resolves to {known[0]}, which is no public address")
        return kept


def look_up(name: str) -> list[str]:
    """All addresses of a host name, in the order of preference; none where there is no such host. Blocks."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def users_proxies() -> dict[str, SplitResult]:
    """The proxies that the user has set (HTTP_PROXY, HTTPS_PROXY), by scheme of the address that is fetched."""
    told = {scheme: getproxies().get(scheme, "") for scheme in ("http", "https")}
    return {scheme: urlsplit(url if "://" in url else f"http://{url}") for scheme, url in told.items() if url}


def port_of(parts: SplitResult) -> int:
    """The port of an address, told or usual."""
    return parts.port or (443 if parts.scheme == "https" else 80)


@implementer(IHostnameResolver)
class FilteringResolver:
    """Scrapy's resolver, for IPv4 and IPv6: gives out allowed addresses only, and remembers what it refused.

    The endpoints connect to the addresses that they get from here, literal ones included, so no name is
    resolved a second time between check and connection.
    """

    def __init__(self, reactor: ReactorBase, policy: Egress, timeout_s: float) -> None:
        self.reactor = reactor
        self.policy = policy
        self.timeout_s = timeout_s
        self.refused: LocalCache[str, str] = LocalCache(REMEMBERED)
        self._known: LocalCache[str, list[str]] = LocalCache(REMEMBERED)
        # Whoever crawls through a proxy in a private network has named it.
        self._proxies = {(parts.hostname, port_of(parts)) for parts in users_proxies().values()}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> "FilteringResolver":
        settings = crawler.settings
        return cls(reactor, policy_of(settings), settings.getfloat("DNS_TIMEOUT"))

    def install_on_reactor(self) -> None:
        """Makes all connections by name of the reactor ask here."""
        self.reactor.installNameResolver(self)  # type: ignore[arg-type]

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: object = None,  # noqa: ARG002, N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Gives the allowed addresses of a name to the receiver; none where there is none or time has run out."""
        resolution = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)

        def give(addresses: list[str]) -> None:
            if addresses:
                self._known[hostName] = addresses
            for address in self._checked(hostName, portNumber, addresses):
                kind: Any = TwistedIPv6 if ":" in address else TwistedIPv4
                resolutionReceiver.addressResolved(kind(transportSemantics, address, portNumber))

        if hostName in self._known:
            give(self._known[hostName])
            resolutionReceiver.resolutionComplete()
            return resolution
        found = deferToThread(look_up, hostName)
        found.addTimeout(self.timeout_s, self.reactor)  # type: ignore[arg-type]
        done: Deferred[Any] = found.addCallbacks(give, lambda _: None)
        done.addBoth(lambda _: resolutionReceiver.resolutionComplete())
        return resolution

    def _checked(self, name: str, port: int, addresses: list[str]) -> list[str]:
        if (name, port) in self._proxies:
            return addresses
        try:
            return self.policy.allowed(name, addresses)
        except ForbiddenAddressError as error:
            self.refused[name] = str(error)
            return []


def policy_of(settings: Any) -> Egress:
    """The policy among Scrapy's settings; the strict one where none is set."""
    found = settings.get("EGOV_EGRESS")
    return found if isinstance(found, Egress) else Egress()
