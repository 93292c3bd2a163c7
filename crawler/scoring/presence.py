"""A country's web presence as a whole: who links to whom, who stands apart, where people sign in, what is offered how far.

The indicators follow the Survey's whole-of-government questions (one entry to all services, links from the
portal to sector ministries, one sign-on); their names are ours.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crawler.detectors.levels import LEVELS
from crawler.items import AssessedPage, Evidence, Strength
from crawler.page.urls import host

NATIONAL = "national"
"""The role of the portal from which one stop is measured."""


@dataclass(frozen=True, slots=True)
class PortalFacts:
    """One portal in the linkage graph.

    `linked_from`: hosts of other portals with a link to it; `orphan`: there are none though others were read.
    `updated`: latest day of publication or change on its pages, ISO, or "".
    """

    url: str
    role: str
    pages: int
    linked_from: tuple[str, ...]
    orphan: bool
    languages: tuple[str, ...]
    sign_in: tuple[str, ...]
    updated: str


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """One service of the inventory at the furthest level found, with the page that shows it."""

    feature: str
    level: str
    url: str
    quote: str
    pages: int


@dataclass(frozen=True, slots=True)
class WebPresence:
    """`one_stop`: share of the other portals that the national one links to, None where it was not read.

    `links`: (from host, to host, pages with such a link) between portals; `shared_sign_on`: scheme to the hosts
    that use it, two at least.
    """

    portals: tuple[PortalFacts, ...]
    links: tuple[tuple[str, str, int], ...]
    one_stop: float | None
    shared_sign_on: Mapping[str, tuple[str, ...]]
    services: tuple[ServiceFacts, ...]


def web_presence(portals: Sequence[tuple[str, str]], pages: Iterable[AssessedPage]) -> WebPresence:
    """The presence that the pages of one country show; `portals` are (address, role) pairs."""
    read = [page for page in pages if page.reason is None]
    by_host: dict[str, list[AssessedPage]] = {}
    for page in read:
        by_host.setdefault(host(page.url), []).append(page)
    known = {host(url) for url, _ in portals}
    links = _links(by_host, known)
    told = tuple(_portal(url, role, by_host, links) for url, role in portals)
    return WebPresence(
        portals=told,
        links=tuple(sorted((one, other, number) for (one, other), number in links.items())),
        one_stop=_one_stop(portals, by_host, links),
        shared_sign_on=_shared(by_host),
        services=_services(piece for page in read for piece in page.evidence),
    )


def _links(by_host: Mapping[str, list[AssessedPage]], known: set[str]) -> Counter[tuple[str, str]]:
    """Pages of one portal's host that link to another's. "www." and the bare name are one host."""
    names = {_bare(name): name for name in known}
    found: Counter[tuple[str, str]] = Counter()
    for source in known & by_host.keys():
        for page in by_host[source]:
            linked = {names[bare] for one in (page.facts.hosts if page.facts else ()) if (bare := _bare(one)) in names}
            found.update((source, target) for target in linked if target != source)
    return found


def _bare(name: str) -> str:
    return name.removeprefix("www.")


def _portal(
    url: str, role: str, by_host: Mapping[str, list[AssessedPage]], links: Counter[tuple[str, str]]
) -> PortalFacts:
    name = host(url)
    pages = by_host.get(name, [])
    linked_from = tuple(sorted({source for source, target in links if target == name}))
    facts = [page.facts for page in pages if page.facts]
    others_read = any(other != name for other in by_host)
    return PortalFacts(
        url=url,
        role=role,
        pages=len(pages),
        linked_from=linked_from,
        orphan=others_read and not linked_from and role != NATIONAL,
        languages=tuple(sorted({code for one in facts for code in one.languages if code})),
        sign_in=tuple(sorted({scheme for one in facts for scheme in one.sign_in})),
        updated=max((one.updated for one in facts), default=""),
    )


def _one_stop(
    portals: Sequence[tuple[str, str]], by_host: Mapping[str, list[AssessedPage]], links: Counter[tuple[str, str]]
) -> float | None:
    national = {host(url) for url, role in portals if role == NATIONAL}
    others = {host(url) for url, _ in portals} - national
    if not others or not national & by_host.keys():
        return None
    return len({target for source, target in links if source in national} & others) / len(others)


def _shared(by_host: Mapping[str, list[AssessedPage]]) -> Mapping[str, tuple[str, ...]]:
    hosts: dict[str, set[str]] = {}
    for name, pages in by_host.items():
        for scheme in {scheme for page in pages if page.facts for scheme in page.facts.sign_in}:
            hosts.setdefault(scheme, set()).add(name)
    return {scheme: tuple(sorted(names)) for scheme, names in sorted(hosts.items()) if len(names) >= 2}


def _services(pieces: Iterable[Evidence]) -> tuple[ServiceFacts, ...]:
    """The furthest level of each service: shown on the page itself before promised by a link."""
    best: dict[str, Evidence] = {}
    number: Counter[str] = Counter()
    for piece in pieces:
        if piece.service_level and piece.feature.startswith("service-"):
            number[piece.feature] += 1
            known = best.get(piece.feature)
            if known is None or _reach(piece) > _reach(known):
                best[piece.feature] = piece
    return tuple(
        ServiceFacts(feature, piece.service_level, piece.url, piece.quote, number[feature])
        for feature, piece in sorted(best.items())
    )


def _reach(piece: Evidence) -> tuple[int, bool, int]:
    return LEVELS.index(piece.service_level), piece.strength is Strength.HERE, -piece.depth
