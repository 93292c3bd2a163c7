"""What can be known of a host: how it is reached, beside the pages that lie on it."""

from dataclasses import dataclass
from enum import StrEnum


class Known(StrEnum):
    """What is known of a fact; unknown is what could not be asked, never a no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Certificate(StrEnum):
    """Is the certificate of a host valid, and if not, why not? `none`: the host answers no TLS."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    SELF_SIGNED = "self-signed"
    WRONG_HOST = "wrong-host"
    UNKNOWN_ISSUER = "unknown-issuer"
    OTHER = "other"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TransportFacts:
    """How a host is reached: its certificate, what its home page sets, addresses and names.

    `not_after` in UTC as WARC writes it; `days_left` from `checked_at`; `old_tls`: TLS 1.0 or 1.1 is accepted.
    `headers_from` is "https", "http" or "" where no home page was asked for; the headers of it follow, "" where it has
    none. `hsts_max_age` in seconds, None where the header is missing or cannot be read.
    """

    host: str
    checked_at: str
    address: str = ""
    certificate: Certificate = Certificate.UNKNOWN
    detail: str = ""
    protocol: str = ""
    cipher: str = ""
    issuer: str = ""
    not_after: str = ""
    days_left: int | None = None
    old_tls: Known = Known.UNKNOWN
    redirects_to_https: Known = Known.UNKNOWN
    headers_from: str = ""
    status: int | None = None
    hsts_max_age: int | None = None
    hsts_subdomains: Known = Known.UNKNOWN
    hsts_preload: Known = Known.UNKNOWN
    content_security_policy: str = ""
    content_type_options: str = ""
    frame_options: str = ""
    referrer_policy: str = ""
    permissions_policy: str = ""
    ipv6_address: Known = Known.UNKNOWN
    ipv6_connects: Known = Known.UNKNOWN
    dnssec: Known = Known.UNKNOWN
