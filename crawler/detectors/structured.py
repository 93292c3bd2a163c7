"""Detectors that read structured data and declarations in the head."""

from collections.abc import Iterator

from crawler.detectors.view import QUOTE_LENGTH, Concept, Hit, Names, Pattern, View
from crawler.items import Strength
from crawler.page.patterns import compiled, lines_with


def structured(
    view: View,
    *,
    types: Names,
    terms: Concept = "",
    property: str = "",
    matches: Pattern = "",
    link: bool = False,
    visible: bool = False,
) -> Iterator[Hit]:
    """A thing of one of the schema.org or DCAT types: JSON-LD, microdata or RDFa.

    `terms` are named by its name or keywords; `property` has a value, which `matches`. `visible`: only what marks
    up the text of the page, and not a script that stands beside it.
    """
    for thing in view.document.things:
        if not thing.types & frozenset(types) or (visible and thing.syntax == "json-ld"):
            continue
        value = thing.value(property) if property else ""
        if (property and not value) or (matches and not compiled(matches).search(value)):
            continue
        name = thing.value("name") or thing.value("headline") or thing.value("title")
        term = view.term(name, terms) or view.term(thing.value("keywords"), terms) if terms else None
        if terms and term is None:
            continue
        quote = value or name or ", ".join(sorted(thing.types))
        found = (term.phrase, term.language) if term else ("", "")
        yield Hit(thing.node, quote[:QUOTE_LENGTH], Strength.LINK if link else Strength.HERE, *found)


def feed(view: View, *, path: Pattern) -> Iterator[Hit]:
    """A web feed declared in the head, or a link whose address is unmistakably one."""
    head = view.document.tree.head
    for node in head.css("link[rel~=alternate][type]") if head is not None else ():
        kind = node.attributes.get("type") or ""
        if "rss" in kind or "atom" in kind:
            quote = node.attributes.get("title") or node.attributes.get("href") or kind
            yield Hit(node, quote[:QUOTE_LENGTH], Strength.LINK)
    for number in lines_with(path, view.document.addresses_of_links):
        part = view.document.links[number]
        yield Hit(part.node, (part.text or part.href)[:QUOTE_LENGTH], Strength.LINK)
