"""Detectors that read links, headings, text and elements."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from crawler.detectors.view import (
    QUOTE_LENGTH,
    Concept,
    Concepts,
    Hit,
    Names,
    Pattern,
    Selector,
    View,
    compiled,
    found_in_lines,
)
from crawler.items import Strength
from crawler.page.parts import Button, Link, tidy
from crawler.page.urls import among


def link(
    view: View,
    *,
    terms: Concept = "",
    href: Pattern = "",
    also: Concept = "",
    without: Concepts = (),
    alone_with: Concept = "",
    words: int = 9,
    named: bool = True,
) -> Iterator[Hit]:
    """A link whose words name `terms` and whose address matches `href`.

    `also`: a concept that the link or the heading above it must name too. `without`: concepts that
    rule it out. `alone_with`: where the term is all the text says, some link must name this concept
    too. `words`: the longest text that still names a thing rather than tells a story.
    `named: false` accepts a link without any text, where the address alone is unmistakable.
    """
    if not terms:
        yield from _links_by_address(view, href, without, named)
        return
    for found in view.links.get(terms, ()):
        if found.words > words or view.names_any(found.text, without):
            continue
        if href and not compiled(href).search(found.part.href):
            continue
        if alone_with and found.term.phrase.startswith("=") and alone_with not in view.links:
            continue
        if also and not view.names_any(found.text, [also]) and not view.names_any(found.part.heading, [also]):
            continue
        if not _leads_somewhere(found.part):
            continue
        yield view.hit(found, Strength.LINK)


def _links_by_address(view: View, href: str, without: Concepts, named: bool) -> Iterator[Hit]:
    if not found_in_lines(href, view.document.addresses_of_links):
        return
    pattern = compiled(href)
    for part in view.document.links:
        if pattern.search(part.href) and (part.text or not named) and not view.names_any(part.text, without):
            yield Hit(part.node, (part.text or part.href)[:QUOTE_LENGTH], Strength.LINK)


def _leads_somewhere(part: Link) -> bool:
    return not part.href.lower().startswith(("tel:", "sms:"))


def button(
    view: View,
    *,
    terms: Concept,
    without: Concepts = (),
    alone_with: Concept = "",
    words: int = 6,
    here: bool = False,
) -> Iterator[Hit]:
    """A button whose words name `terms`; see `link` for `without` and `alone_with`.

    `here`: the button is the thing itself, not a way to it.
    """
    for found in view.buttons.get(terms, ()):
        if alone_with and alone_with not in view.links:
            continue
        if found.words <= words and not view.names_any(found.text, without):
            yield view.hit(found, Strength.HERE if here else Strength.LINK)


def control(view: View, *, matches: Pattern) -> Iterator[Hit]:
    """A button or link whose class, id or click handler matches: a tool of the page itself."""
    if not found_in_lines(matches, view.document.marks_of_controls):
        return
    search = compiled(matches).search
    parts: list[Button | Link] = [*view.document.buttons, *view.document.links]
    for part in parts:
        if len(part.marks) > 2 and search(part.marks):
            yield Hit(part.node, (part.text or part.marks.strip())[:QUOTE_LENGTH], Strength.HERE)


def heading(view: View, *, terms: Concept, without: Concepts = (), words: int = 10, at_least: int = 1) -> Iterator[Hit]:
    """`at_least` headings that name `terms`: the page itself offers it."""
    found = [
        one for one in view.headings.get(terms, ()) if one.words <= words and not view.names_any(one.text, without)
    ]
    if len({one.text for one in found}) >= at_least:
        yield from (view.hit(one, Strength.HERE) for one in found)


def topic(view: View, *, terms: Concept, without: Concepts = (), text_length: int = 400) -> Iterator[Hit]:
    """The page's main heading or title names `terms` and at least `text_length` characters follow."""
    term = view.topic_terms.get(terms)
    if term is None or view.document.text_length < text_length:
        return
    for found in view.headings.get(terms, ()):
        if found.part.level in ("h1", "h2") and found.text in view.document.topic:
            if found.words <= 8 and not view.names_any(found.text, without):
                yield view.hit(found, Strength.HERE)
                return


def text(view: View, *, terms: Concept, without: Concepts = (), words: int = 25) -> Iterator[Hit]:
    """A stretch of text that names `terms`."""
    for found in view.blocks.get(terms, ()):
        if found.words <= words and not view.names_any(found.text, without):
            yield view.hit(found, Strength.HERE)


def css(
    view: View, *, selector: Selector, attribute: str = "", matches: Pattern = "", link: bool = False
) -> Iterator[Hit]:
    """An element that the selector finds; its `attribute`, where given, `matches` the expression."""
    for node in view.document.tree.css(selector):
        value = node.attributes.get(attribute) if attribute else ""
        if matches and not compiled(matches).search(value or ""):
            continue
        quote = tidy(node.text()) or value or tidy(node.html or "")
        yield Hit(node, quote[:QUOTE_LENGTH], Strength.LINK if link else Strength.HERE)


def media(view: View, *, source: Pattern) -> Iterator[Hit]:
    """A video player: a `video` element, or a frame whose address matches."""
    for node in view.document.videos:
        yield Hit(node, tidy(node.html or "video")[:QUOTE_LENGTH], Strength.HERE)
    for node in view.document.frames:
        address = node.attributes.get("src") or node.attributes.get("data-src") or ""
        if compiled(source).search(address):
            yield Hit(node, (node.attributes.get("title") or address)[:QUOTE_LENGTH], Strength.HERE)


def address(view: View) -> Iterator[Hit]:
    """An `address` element with text."""
    for node in view.document.addresses:
        if quote := tidy(node.text(separator=" ")):
            yield Hit(node, quote[:QUOTE_LENGTH], Strength.HERE)


def script(view: View, *, source: Pattern, link: bool = False) -> Iterator[Hit]:
    """A script of a known service, by its address; shown on the page's root, since it is drawn by script."""
    node = view.document.tree.css_first("html")
    for one in view.document.script_sources:
        if node is not None and compiled(source).search(one):
            yield Hit(node, one[:QUOTE_LENGTH], Strength.LINK if link else Strength.HERE)


def file_link(view: View, *, extensions: Pattern, terms: Concept = "", without: Concepts = ()) -> Iterator[Hit]:
    """A link to a file with one of the extensions, whose text, file name or heading names `terms`."""
    ending = rf"\.(?:{extensions})(?:$|[?#&])"
    if not found_in_lines(ending, view.document.addresses_of_links):
        return
    pattern = compiled(ending)
    for part in view.document.links:
        if not pattern.search(part.href):
            continue
        name = re.sub(r"[_\-+%20]+", " ", urlsplit(part.href).path.rsplit("/", 1)[-1].rsplit(".", 1)[0])
        texts = (*part.names, name, part.heading)
        if any(view.names_any(text, without) for text in texts):
            continue
        term = next((found for text in texts if (found := view.term(text, terms))), None) if terms else None
        if terms and term is None:
            continue
        quote = (part.text or part.href)[:QUOTE_LENGTH]
        yield Hit(part.node, quote, Strength.HERE, term.phrase if term else "", term.language if term else "")


def profile(view: View, *, hosts: Names, ignore: Pattern) -> Iterator[Hit]:
    """A link to an account on one of the hosts whose address does not match `ignore` (sharing, posts)."""
    for host, parts in view.document.links_by_host.items():
        if among(host, hosts):
            for part in parts:
                address = view.document.link_url(part)
                pieces = urlsplit(address)
                if (pieces.path.strip("/") or pieces.query) and not compiled(ignore).search(address):
                    yield Hit(part.node, (part.text or part.href)[:QUOTE_LENGTH], Strength.LINK)


def list_of_links(view: View, *, terms: Concept, at_least: int = 10, without: Concepts = ()) -> Iterator[Hit]:
    """The page is about `terms` and lists at least so many distinct links outside menus and footer."""
    if terms not in view.topic_terms or any(concept in view.topic_terms for concept in without):
        return
    inside = [part for part in view.document.links if part.text and not view.document.in_frame(part.node)]
    if len({part.text for part in inside}) < at_least:
        return
    for found in view.headings.get(terms, ()):
        yield view.hit(found, Strength.HERE)
        return
