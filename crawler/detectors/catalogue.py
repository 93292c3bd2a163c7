"""Detectors of data catalogues: in pages, and in the answers of their interfaces."""

from collections.abc import Iterator

from crawler.detectors.view import QUOTE_LENGTH, Concept, Hit, Names, Pattern, View
from crawler.items import Strength
from crawler.page.datasets import MACHINE_READABLE, is_open
from crawler.page.parts import Link
from crawler.page.patterns import found_in_lines, lines_with
from crawler.page.terms import Term

DATA_FILE = (
    r"\.(?:csv|tsv|xlsx?|ods|json|geojson|xml|rdf|ttl|parquet|zip)(?:$|[?#&])|format=(?:csv|json|xlsx?)|/download/?$"
)
"""Addresses of files of data."""


def dataset_list(view: View, *, href: Pattern, at_least: int = 5) -> Iterator[Hit]:
    """At least so many distinct links to dataset pages outside menus."""
    found: dict[str, Link] = {}
    for number in lines_with(href, view.document.addresses_of_links):
        part = view.document.links[number]
        if part.text and not view.document.in_frame(part.node):
            found.setdefault(part.href, part)
    if len(found) >= at_least:
        first = next(iter(found.values()))
        yield Hit(first.node, first.text[:QUOTE_LENGTH], Strength.HERE)


def described_dataset(view: View, *, terms: Concept, at_least: int = 2) -> Iterator[Hit]:
    """On a page with a data file, at least so many different labels that name `terms`, outside menus and footer."""
    if not found_in_lines(DATA_FILE, view.document.addresses_of_links):
        return
    found: dict[str, Hit] = {}
    for one in view.blocks.get(terms, ()):
        if one.words <= 8 and not view.document.in_frame(one.part.node):
            found.setdefault(one.term.phrase, view.hit(one, Strength.HERE))
    if len(found) >= at_least:
        yield from found.values()


def catalogue_sector(view: View, *, terms: Concept) -> Iterator[Hit]:
    """A dataset of the answer whose title or theme names `terms` and that has a file programs can read."""
    for one in view.datasets:
        if any(file.format in MACHINE_READABLE for file in one.files):
            term = next((found for text in (one.title, *one.themes) if (found := view.term(text, terms))), None)
            if term:
                yield from _at(view, one.title, one.place, term)


def catalogue_files(view: View, *, formats: Names) -> Iterator[Hit]:
    """A file of the answer in one of the formats."""
    for one in view.datasets:
        for file in one.files:
            if file.format in formats:
                yield from _at(view, f"{one.title}: {file.format.upper()}", file.place)


def catalogue_datasets(view: View, *, at_least: int = 1) -> Iterator[Hit]:
    """The answer lists at least so many datasets."""
    if len(view.datasets) >= at_least:
        yield from _at(view, f"{len(view.datasets)} datasets, first: {view.datasets[0].title}", view.datasets[0].place)


def catalogue_licence(view: View, *, named: bool = False) -> Iterator[Hit]:
    """A dataset of the answer whose licence is open to anybody; `named`: any licence that is named."""
    for one in view.datasets:
        if one.licence and (named or is_open(one.licence)):
            yield from _at(view, f"{one.title}: {one.licence}", one.place)


def catalogue_described(view: View) -> Iterator[Hit]:
    """A dataset of the answer with at least two of description, publisher and date."""
    for one in view.datasets:
        if sum(map(bool, (one.description, one.publisher, one.modified))) >= 2:
            yield from _at(view, f"{one.title}: {one.description or one.publisher}", one.place)


def catalogue_dated(view: View) -> Iterator[Hit]:
    """A dataset of the answer with the day of its change or its rhythm."""
    for one in view.datasets:
        if told := one.modified or one.frequency:
            yield from _at(view, f"{one.title}: {told}", one.place)


def catalogue_standard(view: View) -> Iterator[Hit]:
    """The answer is itself in a standard for harvesting: DCAT as JSON, or data.json."""
    if view.answer and view.answer.api in ("data.json", "dcat") and view.datasets:
        yield from _at(view, f"{len(view.datasets)} datasets", view.datasets[0].place)


def _at(view: View, quote: str, place: str, term: Term | None = None) -> Iterator[Hit]:
    node = view.document.root
    if node is not None:
        named = (term.phrase, term.language) if term else ("", "")
        yield Hit(node, quote[:QUOTE_LENGTH], Strength.HERE, *named, place=place)
