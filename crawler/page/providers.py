"""Providers and platforms: whose software or scheme a page uses, told by its marks, never by a bare word.

A provider is found by the host of a link, frame or form, by the address of a script, by the generator
that the page declares, or by an element that only its software makes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ahocorasick_rs import AhoCorasick
from selectolax.lexbor import LexborNode

from crawler.page.document import Document
from crawler.page.parts import tidy
from crawler.page.urls import host_written, parents


@dataclass(frozen=True, slots=True)
class Provider:
    """One scheme, service or software, as `rubrics/providers/*.yaml` describes it.

    `scripts` are pieces of a script's or frame's address, `generators` pieces of the generator's name,
    both in lower case; `marks` are CSS selectors; `names` count only beside words of signing in.
    `api` is the interface of a data portal (crawler/page/catalogues.py), "" where it has none we know.
    """

    id: str
    name: str
    kind: str
    countries: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    generators: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    api: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A provider met on a page. `by` is "link", "form", "frame", "script", "generator" or "mark"."""

    provider: Provider
    by: str
    node: LexborNode
    quote: str


class ProviderIndex:
    """All providers, ready to be looked for on a page."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self.providers = tuple(providers)
        self._by_host: dict[str, Provider] = {host: one for one in self.providers for host in one.hosts}
        scripts = [(piece.lower(), one) for one in self.providers for piece in one.scripts]
        generators = [(piece.lower(), one) for one in self.providers for piece in one.generators]
        self._scripts = [one for _, one in scripts]
        self._generators = [one for _, one in generators]
        self.marks = {mark: one for one in self.providers for mark in one.marks}
        self._script_pieces = AhoCorasick([piece for piece, _ in scripts])
        self._generator_pieces = AhoCorasick([piece for piece, _ in generators])

    def of_host(self, host: str) -> Provider | None:
        """The provider that the host belongs to, or a parent domain of it."""
        return next((known for parent in parents(host) if (known := self._by_host.get(parent))), None)

    def on_page(self, document: Document, possible: Collection[str]) -> list[Sighting]:
        """Every provider met on the page, what makes the page before what it links to.

        `possible`: the selectors that may match the page (crawler.page.marks).
        """
        return [
            *self._by_generator(document),
            *self._by_mark(document, possible),
            *self._by_source(document),
            *self._by_form(document),
            *self._by_link(document),
        ]

    def _by_generator(self, document: Document) -> Iterator[Sighting]:
        name = document.meta.get("generator", "")
        for found, _, _ in self._generator_pieces.find_matches_as_indexes(name.lower()) if name else ():
            for node in document.tree.css("meta[name=generator i]")[:1]:
                yield Sighting(self._generators[found], "generator", node, name)

    def _by_mark(self, document: Document, possible: Collection[str]) -> Iterator[Sighting]:
        for mark, provider in self.marks.items():
            if mark in possible and (node := document.tree.css_first(mark)) is not None:
                html = node.html or ""
                yield Sighting(provider, "mark", node, tidy(html[: html.find(">") + 1]))

    def _by_source(self, document: Document) -> Iterator[Sighting]:
        root = document.root
        sources = [("script", root, source) for source in document.script_sources]
        for frame in document.frames:
            source = frame.attributes.get("src") or frame.attributes.get("data-src") or ""
            sources.append(("frame", frame, source))
            if (provider := self.of_host(host_written(source))) is not None:
                yield Sighting(provider, "frame", frame, source)
        for by, node, source in sources:
            for found, _, _ in self._script_pieces.find_matches_as_indexes(source.lower()):
                if node is not None:
                    yield Sighting(self._scripts[found], by, node, source)

    def _by_form(self, document: Document) -> Iterator[Sighting]:
        for form in document.forms:
            target = form.node.attributes.get("action") or ""
            if (provider := self.of_host(host_written(target))) is not None:
                yield Sighting(provider, "form", form.node, target)

    def _by_link(self, document: Document) -> Iterator[Sighting]:
        own = host_written(document.url)
        for host, links in document.links_by_host.items():
            if host != own and (provider := self.of_host(host)) is not None:
                yield from (Sighting(provider, "link", link.node, link.text or link.href) for link in links)

    @cached_property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Kind of provider to the names under which people know its schemes."""
        kinds = {one.kind for one in self.providers if one.names}
        return {kind: tuple(name for one in self.providers if one.kind == kind for name in one.names) for kind in kinds}
