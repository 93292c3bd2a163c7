"""How a host is reached, as facts: certificate, redirect to https, headers that protect visitors, IPv6, DNSSEC.

The crawl itself reads pages whatever their certificate. These facts come from connections of their own, one after
the other, to addresses that the egress policy allows and that are looked up once.
"""

import http.client
import re
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from crawler.fetch import dnssec
from crawler.fetch.egress import is_public
from crawler.fetch.handshake import Handshake, accepts_old, connect, limited, unverified, verified
from crawler.hosts import Certificate, Known, TransportFacts

LONGEST = 300
"""Characters of a header that are kept."""
_WORD = re.compile(r"[a-z-]+", re.I)
_STAMP = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Manner:
    """How a host is asked. `path`: that of its home page; `ask_home`: it may be asked for (robots.txt).

    `stopped` ends between two steps; `resolver`: that of the system where None.
    """

    user_agent: str = "egov"
    delay_s: float = 1.0
    timeout_s: float = 10.0
    path: str = "/"
    ask_home: bool = True
    allow_private: bool = False
    trusted: ssl.SSLContext | None = None
    wait: Callable[[float], None] = time.sleep
    stopped: Callable[[], bool] = lambda: False
    resolver: str | None = None


def facts_of(host: str, manner: Manner, at: datetime, *, https_port: int = 443, http_port: int = 80) -> TransportFacts:
    """What is known of the host; takes up to four connections with the delay before each but the first."""
    facts = TransportFacts(host, at.strftime(_STAMP))
    try:
        found = addresses(host)
    except OSError as error:
        return replace(facts, detail=str(error))
    allowed = [one for one in found if manner.allow_private or is_public(one)]
    if not allowed:
        return replace(facts, detail="no public address")
    # IPv4 first, as the crawl connects.
    allowed.sort(key=lambda one: ":" in one)
    facts = replace(facts, address=allowed[0])
    facts = _with_tls(facts, manner, at, https_port)
    if manner.ask_home and not manner.stopped():
        manner.wait(manner.delay_s)
        facts = _with_redirect(facts, manner, http_port)
    if facts.protocol and not manner.stopped():
        manner.wait(manner.delay_s)
        facts = replace(facts, old_tls=accepts_old(host, facts.address, https_port, manner.timeout_s))
    return _with_names(facts, manner, found, allowed, (https_port, http_port))


def addresses(host: str) -> list[str]:
    """The addresses of a host, looked up once; a literal one is its own. Raises OSError."""
    if is_literal(host):
        return [host.strip("[]")]
    try:
        told = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(str(error)) from None
    return list(dict.fromkeys(str(one[4][0]) for one in told))


def is_literal(host: str) -> bool:
    """Is the host an IP address, not a name?"""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _with_tls(facts: TransportFacts, manner: Manner, at: datetime, port: int) -> TransportFacts:
    seen, connection = verified(facts.host, facts.address, port, manner.timeout_s, manner.trusted)
    if connection is None:
        if seen.certificate is not Certificate.NONE and not manner.stopped():
            manner.wait(manner.delay_s)
            seen = unverified(facts.host, facts.address, port, manner.timeout_s, seen)
        return _shown(facts, seen, at)
    facts = _shown(facts, seen, at)
    with connection:
        if not manner.ask_home:
            return facts
        answer = _asked(connection, facts.host, port, 443, manner)
    return facts if answer is None else _with_headers(facts, answer, "https")


def _shown(facts: TransportFacts, seen: Handshake, at: datetime) -> TransportFacts:
    return replace(
        facts,
        certificate=seen.certificate,
        detail=seen.detail[:LONGEST],
        protocol=seen.protocol,
        cipher=seen.cipher,
        issuer=seen.issuer,
        not_after=seen.not_after.strftime(_STAMP) if seen.not_after else "",
        days_left=(seen.not_after - at.astimezone(UTC)).days if seen.not_after else None,
    )


def _asked(
    connection: socket.socket, host: str, port: int, usual: int, manner: Manner
) -> http.client.HTTPResponse | None:
    """The head of the answer for the home page; its body is not read. None where there is no good answer."""
    name = f"[{host}]" if ":" in host else host
    lines = (
        f"GET {manner.path} HTTP/1.1",
        f"Host: {name if port == usual else f'{name}:{port}'}",
        f"User-Agent: {manner.user_agent}",
        "Accept: text/html,*/*;q=0.5",
        "Connection: close",
    )
    try:
        with limited(connection, manner.timeout_s):
            connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"))
            answer = http.client.HTTPResponse(connection, method="HEAD")
            answer.begin()
    except (OSError, http.client.HTTPException):
        return None
    return answer


def _with_headers(facts: TransportFacts, answer: http.client.HTTPResponse, scheme: str) -> TransportFacts:
    """The facts with what the home page sets. RFC 6797, 7.2: HSTS over plain http means nothing."""
    age, subdomains, preload = hsts(answer.getheader("Strict-Transport-Security") or "") if scheme == "https" else (
        None, Known.UNKNOWN, Known.UNKNOWN,
    )  # fmt: skip
    policy = answer.getheader("Content-Security-Policy") or ""
    # CSP Level 3, 6.4.2: frame-ancestors takes the place of X-Frame-Options.
    ancestors = next(
        (one.strip() for one in policy.split(";") if one.strip().lower().startswith("frame-ancestors")), ""
    )
    return replace(
        facts,
        headers_from=scheme,
        status=answer.status,
        hsts_max_age=age,
        hsts_subdomains=subdomains,
        hsts_preload=preload,
        content_security_policy=policy[:LONGEST],
        content_type_options=(answer.getheader("X-Content-Type-Options") or "")[:LONGEST],
        frame_options=(ancestors or answer.getheader("X-Frame-Options") or "")[:LONGEST],
        referrer_policy=(answer.getheader("Referrer-Policy") or "")[:LONGEST],
        permissions_policy=(answer.getheader("Permissions-Policy") or "")[:LONGEST],
    )


def hsts(value: str) -> tuple[int | None, Known, Known]:
    """Seconds, includeSubDomains and preload of the header (RFC 6797, 6.1); no seconds where it does not hold.

    >>> hsts('max-age="31536000"; includeSubDomains')
    (31536000, <Known.YES: 'yes'>, <Known.NO: 'no'>)
    """
    parts = [part.strip() for part in value.lower().split(";")]
    ages = [part.partition("=")[2].strip().strip('"') for part in parts if part.partition("=")[0].strip() == "max-age"]
    age = int(ages[0]) if len(ages) == 1 and ages[0].isascii() and ages[0].isdigit() and len(ages[0]) < 12 else None
    if age is None:
        return None, Known.NO, Known.NO
    words = {part for part in parts if _WORD.fullmatch(part)}
    return age, _known("includesubdomains" in words), _known("preload" in words)


def _with_redirect(facts: TransportFacts, manner: Manner, port: int) -> TransportFacts:
    """Does the plain address lead to https? It is asked once and nothing is followed."""
    try:
        with connect(facts.address, port, manner.timeout_s) as connection:
            answer = _asked(connection, facts.host, port, 80, manner)
    except OSError:
        # Nothing answers in plain text, or we were kept from it: neither is a "no".
        return facts
    if answer is None:
        return facts
    target = answer.getheader("Location") or ""
    if not facts.headers_from and not 300 <= answer.status < 400:
        facts = _with_headers(facts, answer, "http")
    leads = 300 <= answer.status < 400 and urlsplit(target).scheme.lower() == "https"
    # A refusal or an outage says nothing of what visitors are sent to.
    told = leads or 200 <= answer.status < 400
    return replace(facts, redirects_to_https=_known(leads) if told else Known.UNKNOWN)


def _with_names(
    facts: TransportFacts, manner: Manner, found: list[str], allowed: list[str], ports: tuple[int, int]
) -> TransportFacts:
    if is_literal(facts.host) and ":" not in facts.host:
        return facts
    sixth = [one for one in found if ":" in one]
    reached = Known.UNKNOWN
    for address in [one for one in allowed if ":" in one][:1]:
        for port in ports:
            if reached is Known.UNKNOWN and _reaches(address, port, manner):
                reached = Known.YES
    named = Known.UNKNOWN if is_literal(facts.host) else dnssec.signed(facts.host, manner.resolver)
    return replace(facts, ipv6_address=_known(bool(sixth)), ipv6_connects=reached, dnssec=named)


def _reaches(address: str, port: int, manner: Manner) -> bool:
    """Can a connection be made? Where not, this machine may be the one without IPv6."""
    try:
        connect(address, port, manner.timeout_s).close()
    except OSError:
        return False
    return True


def _known(value: bool) -> Known:
    return Known.YES if value else Known.NO
