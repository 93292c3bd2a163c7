"""Addresses: joining, normal form, scope."""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import idna
import tldextract

# The list that ships with the package: assessing must not need the network.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

_TRACKING = re.compile(
    r"(?<=[?&;])(?:utm_\w+|fbclid|gclid|mc_[ce]id|phpsessid|jsessionid|sid|sessionid)=[^&#;]*[&;]?", re.I
)
# Written in normal form already: from the root, or absolute with a path; no dot segments, query or port.
_PLAIN = re.compile(r"(?:https?://(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*)?/(?:[\w~%-][\w.~%-]*+(?:/|$))*+", re.A)
_HOST_AND_PORT = re.compile(r"[a-z0-9._-]+(?::\d*)?")
_SESSION_PATH = re.compile(r";jsessionid=[^?#/]*", re.I)
_NOT_PAGES = frozenset(
    "pdf doc docx xls xlsx ppt pptx odt ods csv json xml rdf geojson zip rar 7z gz tar jpg jpeg png gif svg webp ico mp3 mp4"
    " avi mov wmv webm ogg css js woff woff2 ttf eot exe apk dmg rss atom ics epub".split()
)
"""Endings of files that are no HTML pages."""


def absolute(href: str, base: str) -> str:
    """The http(s) address that `href` means on a page at `base`, or "" where it means none.

    >>> absolute("../b?utm_source=x#top", "https://gov.example/a/c/")
    'https://gov.example/a/b'
    >>> absolute("mailto:info@gov.example", "https://gov.example/")
    ''
    """
    href = href.strip().partition("#")[0]
    scheme = href.partition(":")[0].lower()
    if ":" in href[:12] and scheme not in ("http", "https") and scheme.isalpha():
        return ""
    try:
        if _PLAIN.fullmatch(href):
            # Two links of three need neither joining nor cleaning.
            return f"{_origin(base)}{href}" if href.startswith("/") else href
        # Most links are absolute or from the root: what urljoin does for them takes longer than all else.
        if href.startswith("/") and not href.startswith("//") and "/." not in href:
            return normal(_origin(base) + href)
        return normal(href if href.startswith(("https://", "http://")) else urljoin(base, href))
    except ValueError:
        return ""


def host_written(href: str) -> str:
    """The host that an address names as it stands, in lower case; "" where it names none.

    >>> host_written("//WWW.Gov.example:8080/a?b"), host_written("/a")
    ('www.gov.example', '')
    """
    before, slashes, rest = href[:2048].partition("//")
    if not slashes or (before not in _WEB and before.strip().lower() not in _WEB):
        return ""
    for mark in "/?#\\":
        rest = rest.partition(mark)[0]
    name = rest.rpartition("@")[2].partition(":")[0].lower()
    try:
        return name if name.isascii() else ascii_host(name)
    except ValueError:
        return ""


_WEB = ("https:", "http:", "")


_GOVERNMENT = re.compile(
    r"(?:^|\.)(?:(?:gov|gob|gouv|govt|gub|govern|gv|mil)(?:\.[a-z]{2})?|(?:go|gc|gok|gon|gos|egov|govmu|government)\.[a-z]{2,3}"
    r"|admin\.ch|bund\.de|europa\.eu|public\.lu|etat\.lu|stjornarrad\.is|island\.is|rks-gov\.net|gouvernement\.[a-z]{2}"
    r"|[a-z-]+\.gov\.[a-z]{2}|regjeringen\.no|dep\.no|kommune\.no|regeringen\.se|riksdagen\.se|overheid\.nl|rijksoverheid\.nl"
    r"|belgium\.be|fgov\.be|suomi\.fi|gov\.cymru|gov\.wales|gov\.scot|fed\.us|va|gov\.eng)$"
)


@lru_cache(maxsize=4_096)
def is_government(host: str) -> bool:
    """Does the host lie under a suffix that is kept for governments?

    Second-level names for governments as registries list them (public suffix list; data of the corpus of
    government domains), and the domains that states without such a name use.

    >>> is_government("www.health.gov.uk"), is_government("salud.gob.pe"), is_government("government.example.com")
    (True, True, False)
    """
    return bool(_GOVERNMENT.search(host))


@lru_cache(maxsize=4_096)
def _origin(url: str) -> str:
    """Scheme and host of an http(s) address in normal form; raises ValueError for any other."""
    if not (found := normal(url)):
        raise ValueError(url)
    return "/".join(found.split("/", 3)[:3])


@lru_cache(maxsize=65_536)
def normal(url: str) -> str:
    """The address without fragment, session and tracking parameters, its host in lower case.

    Returns "" for what is not an http(s) address with a host; raises ValueError for a broken one.
    """
    parts = urlsplit(url.replace("\n", "").replace("\r", "").replace("\t", "").replace(" ", "%20"))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    query = _TRACKING.sub("", "?" + parts.query)[1:].rstrip("&;") if parts.query else ""
    path = _SESSION_PATH.sub("", parts.path) or "/"
    netloc = parts.netloc.rpartition("@")[2].lower()
    if "%" in netloc or not netloc.isascii():
        name, colon, port = unquote(netloc).partition(":")
        netloc = ascii_host(name) + colon + port
        if not _HOST_AND_PORT.fullmatch(netloc):
            raise ValueError(f"'{name}' is no host name")
    if netloc.endswith((":80", ":443")) and parts.port == (443 if parts.scheme == "https" else 80):
        netloc = netloc.rpartition(":")[0]
    return urlunsplit((parts.scheme, netloc, path, query, ""))


@lru_cache(maxsize=65_536)
def host(url: str) -> str:
    """The host of an address in lower case and A-labels, without port; "" where there is none."""
    try:
        return ascii_host((urlsplit(url).hostname or "").rstrip("."))
    except ValueError:
        return ""


def ascii_host(hostname: str) -> str:
    """The host in lower case and A-labels, the one form in which hosts are compared and asked (UTS 46, RFC 5891).

    Raises ValueError for what is no host name.

    >>> ascii_host("www.правительство.РФ"), ascii_host("Gov.example")
    ('www.xn--80aealotwbjpid2k.xn--p1ai', 'gov.example')
    """
    lowered = hostname.lower()
    return lowered if lowered.isascii() else idna.encode(lowered, uts46=True).decode()


def may_be_page(url: str) -> bool:
    """Could this address, in its normal form, hold an HTML page, as far as its path tells?"""
    return url.partition("?")[0].rpartition(".")[2].lower() not in _NOT_PAGES


@lru_cache(maxsize=65_536)
def site(hostname: str) -> str:
    """The registrable domain of a host (`www.gov.uk` gives `www.gov.uk`, as gov.uk is a public suffix)."""
    found = _suffixes(hostname)
    return found.top_domain_under_public_suffix or hostname


@lru_cache(maxsize=65_536)
def among(hostname: str, suffixes: tuple[str, ...]) -> bool:
    """Is the host one of the suffixes or below one?"""
    return any(under(hostname, suffix) for suffix in suffixes)


def parents(hostname: str) -> Iterator[str]:
    """The host and the domains above it, down to two labels.

    >>> list(parents("a.b.example.org"))
    ['a.b.example.org', 'b.example.org', 'example.org']
    """
    while "." in hostname:
        yield hostname
        hostname = hostname.partition(".")[2]


def under(hostname: str, suffix: str) -> bool:
    """Is the host the suffix itself or below it?

    >>> under("www.gob.pe", "gob.pe"), under("notgob.pe", "gob.pe")
    (True, False)
    """
    return hostname == suffix or hostname.endswith("." + suffix)


def first_path_tokens(url: str) -> list[str]:
    """The lower-case parts of host and path that may name a language, in order.

    >>> first_path_tokens("https://fr.gov.example/en/x")[:3]
    ['fr', 'en', 'x']
    """
    parts = urlsplit(url)
    label = (parts.hostname or "").split(".")[0]
    return [label, *[token.lower() for token in parts.path.split("/") if token][:3]]
