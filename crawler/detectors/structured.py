"""Detectors that read structured data and declarations in the head."""

from collections.abc import Iterator

from crawler.detectors.view import QUOTE_LENGTH, Hit, Names, Pattern, View, compiled, found_in_lines
from crawler.items import Strength


def structured(view: View, *, types: Names, link: bool = False) -> Iterator[Hit]:
    """A JSON-LD object of one of the schema.org or DCAT types."""
    node = view.document.tree.css_first("html")
    for thing in view.document.structured:
        named = thing.get("@type", "")
        kinds = named if isinstance(named, list) else [named]
        if node is not None and any(str(kind).rpartition(":")[2] in types for kind in kinds):
            quote = str(thing.get("name") or thing.get("headline") or named)
            yield Hit(node, quote[:QUOTE_LENGTH], Strength.LINK if link else Strength.HERE)


def feed(view: View, *, path: Pattern) -> Iterator[Hit]:
    """A web feed declared in the head, or a link whose address is unmistakably one."""
    for node in view.document.tree.css("link[rel~=alternate][type]"):
        kind = node.attributes.get("type") or ""
        if "rss" in kind or "atom" in kind:
            quote = node.attributes.get("title") or node.attributes.get("href") or kind
            yield Hit(node, quote[:QUOTE_LENGTH], Strength.LINK)
    if not found_in_lines(path, view.document.addresses_of_links):
        return
    for part in view.document.links:
        if compiled(path).search(part.href):
            yield Hit(part.node, (part.text or part.href)[:QUOTE_LENGTH], Strength.LINK)
