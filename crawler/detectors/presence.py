"""Detectors of a government's presence as a whole: whose site it is, where it leads, who serves whom."""

from collections.abc import Iterator

from crawler.detectors.services import ONLINE
from crawler.detectors.view import QUOTE_LENGTH, Concept, Concepts, Hit, Named, View
from crawler.items import Strength
from crawler.page.parts import Link
from crawler.page.urls import host_written, is_government


def official_host(view: View) -> Iterator[Hit]:
    """The host lies under a suffix that only governments get (gov.uk, gob.pe, go.ke, admin.ch ...)."""
    host = host_written(view.page.url)
    node = view.document.root
    if node is not None and is_government(host):
        yield Hit(node, host, Strength.HERE)


def frame_text(view: View, *, terms: Concept, words: int = 25) -> Iterator[Hit]:
    """A text in the header, footer or banner that names `terms`."""
    for found in view.blocks.get(terms, ()):
        if found.words <= words and view.document.in_frame(found.part.node):
            yield view.hit(found, Strength.HERE)


def outlinks(view: View, *, terms: Concept, at_least: int = 2) -> Iterator[Hit]:
    """Links to at least so many other sites that name `terms`, or stand under a heading that does."""
    found: dict[str, Hit] = {}
    for host, links in view.document.links_by_host.items():
        if host == host_written(view.page.url):
            continue
        for part in links:
            term = view.term(part.heading, terms) or view.term(part.text, terms)
            if term and part.text:
                found.setdefault(
                    host, Hit(part.node, part.text[:QUOTE_LENGTH], Strength.HERE, term.phrase, term.language)
                )
    if len(found) >= at_least:
        yield from found.values()


def sector_links(view: View, *, terms: Concept, sectors: Concepts, at_least: int = 4) -> Iterator[Hit]:
    """Links to other hosts that name `terms` (a ministry) and, together, at least so many of the sectors."""
    own = host_written(view.page.url)
    found: dict[str, Named[Link]] = {}
    for link in view.links.get(terms, ()):
        if host_written(link.part.href) not in ("", own):
            for sector in sectors:
                if view.term(link.text, sector):
                    found.setdefault(sector, link)
    if len(found) >= at_least:
        for link in found.values():
            yield view.hit(link, Strength.HERE)


def sector_documents(view: View, *, terms: Concept, sectors: Concepts, words: int = 16) -> Iterator[Hit]:
    """A link that names `terms`, itself or by its heading, and one of the sectors: a document on a sector."""
    for sector in sectors:
        for link in view.links.get(sector, ()):
            named = view.term(link.text, terms) or view.term(link.part.heading, terms)
            if named and link.words <= words and not view.names_any(link.text, ["news-about"]):
                yield view.hit(link, Strength.LINK)


def service_hosts(view: View, *, services: Concepts, at_least: int = 5) -> Iterator[Hit]:
    """Links to named services on at least so many different hosts: one entry to many agencies."""
    found: dict[str, Named[Link]] = {}
    for concept in services:
        for link in view.links.get(concept, ()):
            host = host_written(link.part.href)
            under = bool(link.part.heading) and view.names_any(link.part.heading, ["online-services-heading"])
            if host and link.words <= 12 and (under or view.term(link.text, ONLINE)):
                found.setdefault(host, link)
    if len(found) >= at_least:
        for link in found.values():
            yield view.hit(link, Strength.HERE)
