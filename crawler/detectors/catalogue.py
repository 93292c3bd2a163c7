"""Detectors of data catalogues by the marks their software leaves in a page."""

from collections.abc import Iterator

from crawler.detectors.view import QUOTE_LENGTH, Hit, Pattern, View, compiled, found_in_lines
from crawler.items import Strength
from crawler.page.parts import Link


def platform(view: View, *, generator: Pattern, body: Pattern = "") -> Iterator[Hit]:
    """The page was made by a known software: its `generator`, or the class or id that it gives to `body`."""
    name = view.document.meta.get("generator", "")
    if name and compiled(generator).search(name):
        node = view.document.tree.css_first("meta[name=generator]") or view.document.tree.css_first("html")
        if node is not None:
            yield Hit(node, name[:QUOTE_LENGTH], Strength.HERE)
    root = view.document.tree.body
    if body and root is not None:
        marks = f"{root.attributes.get('class') or ''} {root.attributes.get('id') or ''}"
        if compiled(body).search(marks):
            yield Hit(root, marks.strip()[:QUOTE_LENGTH], Strength.HERE)


def dataset_list(view: View, *, href: Pattern, at_least: int = 5) -> Iterator[Hit]:
    """At least so many distinct links to dataset pages outside menus."""
    if not found_in_lines(href, view.document.addresses_of_links):
        return
    found: dict[str, Link] = {}
    for part in view.document.links:
        if part.text and compiled(href).search(part.href) and not view.document.in_frame(part.node):
            found.setdefault(part.href, part)
    if len(found) >= at_least:
        first = next(iter(found.values()))
        yield Hit(first.node, first.text[:QUOTE_LENGTH], Strength.HERE)
