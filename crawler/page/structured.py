"""Structured data of a page: JSON-LD, microdata and RDFa, as things with types and properties.

Each thing keeps the element that bears it, since evidence must show a place; the general libraries give
values without places. What they find in the same pages is compared in tests/test_structured.py.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

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


def things(tree: LexborHTMLParser, json_ld: Iterable[str], source: bytes) -> list[Thing]:
    """Everything described on the page, JSON-LD first; `source` is the page as it came, to look before walking."""
    found: list[Thing] = []
    root = tree.css_first("html")
    if root is not None:
        found.extend(_json_ld(root, json_ld))
    if b"itemtype" in source:
        found.extend(_microdata(tree))
    if b"typeof" in source:
        found.extend(_rdfa(tree))
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


def _microdata(tree: LexborHTMLParser) -> Iterator[Thing]:
    """HTML Living Standard, section 5 (microdata); itemref is not followed."""
    for node in tree.css("[itemscope][itemtype]")[:MAX_THINGS]:
        kinds = frozenset(_local(kind) for kind in (node.attributes.get("itemtype") or "").split())
        values: dict[str, Any] = {}
        for inner in node.css("[itemprop]")[:50]:
            for name in (inner.attributes.get("itemprop") or "").split():
                values.setdefault(_local(name), _content(inner))
        yield Thing(node, "microdata", kinds, values)


def _rdfa(tree: LexborHTMLParser) -> Iterator[Thing]:
    """RDFa Lite 1.1: typeof and property; prefixes are dropped."""
    for node in tree.css("[typeof]")[:MAX_THINGS]:
        kinds = frozenset(_local(kind) for kind in (node.attributes.get("typeof") or "").split())
        values: dict[str, Any] = {}
        for inner in node.css("[property]")[:50]:
            for name in (inner.attributes.get("property") or "").split():
                values.setdefault(_local(name), _content(inner))
        if kinds:
            yield Thing(node, "rdfa", kinds, values)


def _content(node: LexborNode) -> str:
    attributes = node.attributes
    for key in ("content", "datetime", "href", "src", "resource", "value"):
        if told := attributes.get(key):
            return told
    return " ".join(node.text().split())[:500]


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return next((text for one in value if (text := _as_text(one))), "")
    if isinstance(value, dict):
        return next((text for key in ("name", "url", "@id", "@value") if (text := _as_text(value.get(key)))), "")
    return "" if value is None or isinstance(value, bool) else str(value)
