"""The links of a page as candidates: address, words, the concepts they name, their place in the page."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from crawler.focus import addresses
from crawler.items import Page
from crawler.page.document import Document
from crawler.page.frames import TAGS, mark_frame
from crawler.page.language import expected_languages
from crawler.page.parts import Link
from crawler.page.terms import Reader, TermIndex
from crawler.page.urls import host, may_be_page

STEPS = 4
"""Elements of the tag path that are kept, nearest the link: what stands above them differs between templates."""
MARKS = 2
"""Classes of one element that are kept."""
_UNTOLD = frozenset(["span", "b", "i", "em", "strong", "small", "font", "tbody", "body", "html"])
_STATE = re.compile(
    r"^(?:active|current|open|opened|selected|first|last|odd|even|show|hidden|visible|collapsed?|row|clearfix|container"
    r"|wrapper|inner|col|d|m[trblxy]?|p[trblxy]?|w|h|text|bg|g|js|is|has|no|wow|animated?)(?:$|[-_])",
    re.I,
)
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{1,30}$")


class FoundLink(NamedTuple):
    """A link that may lead to a page.

    `url` is absolute; `group` stands for the host it leads to and the tag path of its place, with a `^` where that is
    a menu, header, footer or side bar (`in_frame`); `concepts` are those that its names and the words of its address
    name.
    """

    url: str
    text: str
    group: str
    concepts: tuple[str, ...] = ()
    in_frame: bool = False


def found_links(
    document: Document, page: Page, index: TermIndex, concepts: frozenset[str], limit: int
) -> list[FoundLink]:
    """The first `limit` links that may lead to pages, each address once, in document order; the page itself left out.

    Of several links to one address the first that has words stands for all; what any of them names counts.
    """
    first: dict[str, tuple[Link, tuple[str, ...]]] = {}
    for link in document.links:
        url = document.link_url(link)
        if not url or url == page.url:
            continue
        known = first.get(url)
        if known is None:
            if len(first) >= limit:
                break
            if may_be_page(url):
                first[url] = (link, link.names[:2])
        elif link.names and link.names[0] not in known[1]:
            first[url] = (known[0] if known[1] else link, (known[1] + link.names[:2])[:4])
    reader = index.of(expected_languages(page))
    texts = {url: (*names, addresses.words(url)) for url, (_, names) in first.items()}
    reader.read(text for several in texts.values() for text in several)
    places = _Places()
    found = []
    for url, (link, names) in first.items():
        place, framed = places.of(link.node, link.marks)
        named = _named(texts[url], reader, concepts)
        found.append(FoundLink(url, names[0] if names else "", f"{host(url)} {place}", named, framed))
    return found


def link_of_sitemap(url: str, index: TermIndex, languages: frozenset[str], concepts: frozenset[str]) -> FoundLink:
    """An entry of a sitemap as a link: only its address tells what it leads to."""
    named = _named((addresses.words(url),), index.of(languages), concepts)
    return FoundLink(url, "", f"{host(url)} sitemap", named)


def _named(texts: tuple[str, ...], reader: Reader, concepts: frozenset[str]) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    match = reader.match
    for text in texts:
        if text and (named := match(text).found):
            found += tuple(one for one in named if one in concepts and one not in found)
    return found


class _Places:
    """Tag paths of one page's links; what leads to shared ancestors is worked out once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[str, bool]] = {0: ("", False)}

    def of(self, node: LexborNode, marks: str) -> tuple[str, bool]:
        """The tag path of a link without indexes, and whether it lies in a frame."""
        parent = node.parent
        above, framed = self._known.get(parent.mem_id if parent else 0) or self._above(parent)
        return f"{'^' if framed else ''}{above}>a{_reduced(marks)}", framed

    def _above(self, node: LexborNode | None) -> tuple[str, bool]:
        passed: list[LexborNode] = []
        place, known = ("", False), self._known
        while node is not None:
            if (stored := known.get(node.mem_id)) is not None:
                place = stored
                break
            passed.append(node)
            node = node.parent
        for one in reversed(passed):
            place = known[one.mem_id] = _below(place, one)
        return place


def _below(place: tuple[str, bool], node: LexborNode) -> tuple[str, bool]:
    tag = node.tag or ""
    if tag in _UNTOLD or tag.startswith("-"):
        return place
    if tag == "li":
        # Its classes name the single entry as often as the list.
        return _joined(place, tag, place[1])
    attributes: Mapping[str, str | None] = node.attributes
    marks = f"{attributes.get('class') or ''} {attributes.get('id') or ''} {attributes.get('role') or ''}"
    reduced, frame = _reduced(marks), tag in TAGS or mark_frame(marks)
    if tag in TAGS:
        # A menu is the same wherever it hangs.
        return tag + reduced, True
    if tag == "div" and not reduced:
        return place[0], place[1] or frame
    return _joined(place, tag + reduced, place[1] or frame)


def _joined(place: tuple[str, bool], step: str, framed: bool) -> tuple[str, bool]:
    steps = [*place[0].split(">"), step] if place[0] else [step]
    return ">".join(steps[-STEPS:]), framed


@lru_cache(maxsize=8_192)
def _reduced(marks: str) -> str:
    """The first telling classes or ids: no numbers, states or measures of the layout, which change from page to page."""
    telling = [one for one in marks.split() if _WORD.match(one) and not _STATE.match(one)][:MARKS]
    return "".join(f".{one}" for one in telling)
