"""Detectors that read links, headings, text and elements."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from crawler.detectors.forms import application_forms
from crawler.detectors.view import QUOTE_LENGTH, Concept, Concepts, Hit, Names, Pattern, Selector, View
from crawler.items import Strength
from crawler.page.parts import Button, Link, as_lines, tidy
from crawler.page.patterns import compiled, lines_with
from crawler.page.terms import Term
from crawler.page.urls import parents

TELLING = 10
"""Links from which on a page shows whose it is: fewer are a notice, a frame or a fragment."""


def link(
    view: View,
    *,
    terms: Concept = "",
    href: Pattern = "",
    also: Concept = "",
    without: Concepts = (),
    alone_with: Concepts = (),
    alone_without: Concept = "",
    words: int = 9,
    named: bool = True,
    phone: bool = False,
    not_to: Pattern = "",
) -> Iterator[Hit]:
    """A link whose words name `terms` and whose address matches `href`, and not `not_to`.

    `also`: a concept that the link or the heading above it must name too. `without`: concepts that
    rule it out. `alone_with`: where the term is all the text says, some link must name one of these
    concepts too, unless the page has too few links to tell, and none `alone_without`. `words`: the longest text that still names a thing rather than tells a story.
    `named: false` accepts a link without any text, where the address alone is unmistakable; `phone: true`
    one that dials a number.
    """
    if not terms:
        yield from _links_by_address(view, href, without, named)
        return
    for found in view.links.get(terms, ()):
        if found.words > words or view.names_any(found.text, without):
            continue
        if href and not compiled(href).search(found.part.href):
            continue
        if not_to and compiled(not_to).search(found.part.href):
            continue
        if not _in_company(view, found.term, alone_with, alone_without):
            continue
        if also and not view.names_any(found.text, [also]) and not view.names_any(found.part.heading, [also]):
            continue
        if not phone and not _leads_somewhere(found.part):
            continue
        yield view.hit(found, Strength.LINK)


def named(view: View, *, terms: Concept, beyond: int, words: int = 20, without: Concepts = ()) -> Iterator[Hit]:
    """A link that names `terms` and gives it a name: `beyond` so many words of its own stand with the term."""
    for found in view.links.get(terms, ()):
        own = found.words - len(found.term.phrase.split())
        if own >= beyond and found.words <= words and not view.names_any(found.text, without):
            yield view.hit(found, Strength.LINK)


def _in_company(view: View, term: Term, concepts: Concepts, spoiler: str) -> bool:
    """May the term stand alone: beside a link that names one of the concepts, or few links, and none that names the spoiler?"""
    if not term.phrase.startswith("="):
        return True
    company = not concepts or any(one in view.links for one in concepts) or len(view.document.links) < TELLING
    return company and spoiler not in view.links


def _links_by_address(view: View, href: str, without: Concepts, named: bool) -> Iterator[Hit]:
    for number in lines_with(href, view.document.addresses_of_links):
        part = view.document.links[number]
        if (part.text or not named) and not view.names_any(part.text, without):
            yield Hit(part.node, (part.text or part.href)[:QUOTE_LENGTH], Strength.LINK)


def _leads_somewhere(part: Link) -> bool:
    return not part.href.lower().startswith(("tel:", "sms:"))


def button(
    view: View,
    *,
    terms: Concept,
    without: Concepts = (),
    alone_with: Concepts = (),
    alone_without: Concept = "",
    words: int = 6,
    here: bool = False,
) -> Iterator[Hit]:
    """A button whose words name `terms`; see `link` for `without`, `alone_with` and `alone_without`.

    `here`: the button is the thing itself, not a way to it.
    """
    for found in view.buttons.get(terms, ()):
        if not _in_company(view, found.term, alone_with, alone_without):
            continue
        if found.words <= words and not view.names_any(found.text, without):
            yield view.hit(found, Strength.HERE if here else Strength.LINK)


def control(view: View, *, matches: Pattern) -> Iterator[Hit]:
    """A button or link whose class, id or click handler matches: a tool of the page itself."""
    parts: list[Button | Link] = [*view.document.buttons, *view.document.links]
    for number in lines_with(matches, view.document.marks_of_controls):
        part = parts[number]
        if len(part.marks) > 2:
            yield Hit(part.node, (part.text or part.marks.strip())[:QUOTE_LENGTH], Strength.HERE)


def letters(view: View, *, matches: Pattern, at_least: int = 2) -> Iterator[Hit]:
    """At least so many buttons, or links that lead nowhere else, whose whole text matches: A, A+, A-."""
    parts: list[Button | Link] = [part for part in view.document.buttons if 0 < len(part.text) <= 4]
    for part in view.document.links:
        if part.names and len(part.names[0]) <= 4 and part.href.strip().lower().startswith(("#", "javascript:")):
            parts.append(part)
    found = [part for part in parts if compiled(matches).fullmatch(part.text)] if len(parts) >= at_least else []
    if len(found) >= at_least:
        yield Hit(found[0].node, found[0].text[:QUOTE_LENGTH], Strength.HERE)


def heading(
    view: View, *, terms: Concept, also: Concept = "", without: Concepts = (), words: int = 10, at_least: int = 1
) -> Iterator[Hit]:
    """`at_least` headings that name `terms`, and `also`: the page itself offers it."""
    found = [
        one
        for one in view.headings.get(terms, ())
        if one.words <= words and not view.names_any(one.text, without) and (not also or view.term(one.text, also))
    ]
    if len({one.text for one in found}) >= at_least:
        yield from (view.hit(one, Strength.HERE) for one in found)


def topic(
    view: View, *, terms: Concept, also: Concept = "", without: Concepts = (), text_length: int = 400
) -> Iterator[Hit]:
    """The page's main heading names `terms`, and `also`, and at least `text_length` characters follow."""
    term = view.topic_terms.get(terms)
    if term is None or view.document.text_length < text_length:
        return
    for found in view.headings.get(terms, ()):
        if found.part.level in ("h1", "h2") and found.text in view.document.topic:
            if also and not view.term(found.text, also):
                continue
            if found.words <= (20 if also else 8) and not view.names_any(found.text, without):
                yield view.hit(found, Strength.HERE)
                return


def text(view: View, *, terms: Concept, also: Concept = "", without: Concepts = (), words: int = 25) -> Iterator[Hit]:
    """A stretch of text that names `terms`; it or the heading above names `also`."""
    for found in view.blocks.get(terms, ()):
        if found.words <= words and not view.names_any(found.text, without):
            if not also or view.term(found.text, also) or view.term(found.part.heading, also):
                yield view.hit(found, Strength.HERE)


def record_search(view: View, *, terms: Concepts, without: Concepts = (), words: int = 12) -> Iterator[Hit]:
    """A form that searches one register: its heading, button or hints name one of `terms`, and it asks nobody who they are."""
    asking = {id(part) for part in application_forms(view)}
    for part in view.document.forms:
        if id(part) in asking or not any(
            one.type in ("text", "search", "select", "number", "date") for one in part.fields
        ):
            continue
        for text in (part.heading, *(one.text for one in part.buttons), *(one.hint for one in part.fields)):
            match = view.match(text)
            concept = next((one for one in terms if one in match.found), "")
            if concept and match.words <= words and not view.names_any(text, without):
                term = match.found[concept]
                yield Hit(part.node, text[:QUOTE_LENGTH], Strength.HERE, term.phrase, term.language)
                break


def css(
    view: View, *, selector: Selector, attribute: str = "", matches: Pattern = "", link: bool = False
) -> Iterator[Hit]:
    """An element that the selector finds; its `attribute`, where given, `matches` the expression."""
    nodes = view.document.css(selector) if selector in view.possible_selectors else []
    if matches:
        values = as_lines(node.attributes.get(attribute) or "" for node in nodes)
        nodes = [nodes[number] for number in lines_with(matches, values)] if nodes else []
    for node in nodes:
        value = node.attributes.get(attribute) if attribute else ""
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
    node = view.document.root
    for number in lines_with(source, view.document.sources_of_scripts):
        if node is not None:
            one = view.document.script_sources[number]
            yield Hit(node, one[:QUOTE_LENGTH], Strength.LINK if link else Strength.HERE)


def file_link(view: View, *, extensions: Pattern, terms: Concept = "", without: Concepts = ()) -> Iterator[Hit]:
    """A link to a file with one of the extensions, whose text, file name or heading names `terms`."""
    files = view.files(extensions)
    for file in files.naming.get(terms, ()) if terms else files.all:
        if not any(concept in file.terms for concept in without):
            term = file.terms[terms] if terms else None
            quote = (file.link.text or file.link.href)[:QUOTE_LENGTH]
            yield Hit(file.link.node, quote, Strength.HERE, term.phrase if term else "", term.language if term else "")


def profile(view: View, *, hosts: Names, ignore: Pattern) -> Iterator[Hit]:
    """A link to an account on one of the hosts whose address does not match `ignore` (sharing, posts)."""
    known = frozenset(hosts)
    for host, parts in view.document.links_by_host.items():
        if any(parent in known for parent in parents(host)):
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
