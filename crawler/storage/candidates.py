"""Addresses that may be fetched, and those that are being fetched."""

from dataclasses import dataclass

from crawler.items import ClickPath


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be fetched. A higher `priority` comes first.

    `group` and `concepts` are those of the link by which it was found (`crawler.focus.FoundLink`); `worth`: False for
    an address that is only taken down as passed over.
    """

    url: str
    portal: str
    depth: int
    path: ClickPath
    priority: float
    kind: str = "page"
    group: str = ""
    concepts: tuple[str, ...] = ()
    worth: bool = True


@dataclass(frozen=True, slots=True)
class Lease:
    """An address that is being fetched; `id` acknowledges it."""

    id: int
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Visited:
    """What a crawl keeps of a visit beside the page itself, to learn from and to find the shortest click paths.

    `asked`: the address as it was queued; `sketch`: `crawler.focus.signature` of the page; `links`: text and address
    of all links in scope, also of those that were known.
    """

    asked: Candidate
    sketch: bytes
    links: tuple[tuple[str, str], ...]
