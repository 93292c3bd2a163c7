"""Structured data of a page: JSON-LD, microdata and RDFa, as things with types and properties.

Each thing keeps the element that bears it, since evidence must show a place; the general libraries give
values without places. What they find in the same pages is compared in tests/test_structured.py.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.page.parts import tidy

# In scripts the word is an operator.
_TYPEOF = re.compile(rb"typeof\s*=")
MAX_THINGS = 300
"""Things that are read of one page."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that the page describes for machines; `types` without vocabulary ("Dataset")."""

    node: LexborNode
    syntax: str
    types: frozenset[str]
    properties: Mapping[str, Any]

    def value(self, name: str) -> str:
        """The first value of a property as text, "" where there is none."""
        return _as_text(self.properties.get(name))


def things(tree: LexborHTMLParser, root: LexborNode | None, json_ld: Iterable[str], source: bytes) -> list[Thing]:
    """Everything described on the page, JSON-LD first; `source` is the page as it came, to look before walking."""
    found: list[Thing] = []
    if root is not None:
        found.extend(_json_ld(root, json_ld))
    if b"itemtype" in source:
        # HTML Living Standard, section 5 (microdata); itemref is not followed.
        found.extend(_marked(tree, "microdata", "[itemscope][itemtype]", "itemtype", "itemprop"))
    if _TYPEOF.search(source):
        # RDFa Lite 1.1; prefixes are dropped.
        found.extend(_marked(tree, "rdfa", "[typeof]", "typeof", "property"))
    return found[:MAX_THINGS]


def _json_ld(root: LexborNode, texts: Iterable[str]) -> Iterator[Thing]:
    for text in texts:
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError):
            continue
        for one in _objects(parsed, 0):
            if types := _types(one.get("@type")):
                yield Thing(root, "json-ld", types, one)


def _objects(value: object, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for part in value:
            yield from _objects(part, depth)
    elif isinstance(value, dict) and depth < 8:
        yield value
        for part in value.values():
            if isinstance(part, dict | list):
                yield from _objects(part, depth + 1)


def _types(named: object) -> frozenset[str]:
    kinds = named if isinstance(named, list) else [named]
    return frozenset(_local(kind) for kind in kinds if isinstance(kind, str) and kind)


def _local(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2].rpartition("#")[2].rpartition(":")[2]


def _marked(
    tree: LexborHTMLParser, syntax: str, selector: str, type_attribute: str, property_attribute: str
) -> Iterator[Thing]:
    """Elements that name a type, with the properties within them; the first value of each counts."""
    for node in tree.css(selector)[:MAX_THINGS]:
        values: dict[str, Any] = {}
        for inner in node.css(f"[{property_attribute}]")[:50]:
            for name in (inner.attributes.get(property_attribute) or "").split():
                values.setdefault(_local(name), _content(inner))
        if kinds := frozenset(_local(kind) for kind in (node.attributes.get(type_attribute) or "").split()):
            yield Thing(node, syntax, kinds, values)


def _content(node: LexborNode) -> str:
    attributes = node.attributes
    for key in ("content", "datetime", "href", "src", "resource", "value"):
        if told := attributes.get(key):
            return told
    return tidy(node.text())[:500]


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, list):
        return next((text for one in value if (text := _as_text(one))), "")
    if isinstance(value, dict):
        return next((text for key in ("name", "url", "@id", "@value") if (text := _as_text(value.get(key)))), "")
    return "" if value is None or isinstance(value, bool) else str(value)
