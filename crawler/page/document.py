"""One parse of one page: links, headings, forms, text blocks, metadata, each with its place.

The tree is lexbor's. Scripts, styles, templates and comments are no content for people and are
dropped; structured data and script addresses are kept aside before that.
"""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.items import Page
from crawler.page import urls
from crawler.page.encoding import decode
from crawler.page.frames import Frames
from crawler.page.nesting import readable
from crawler.page.parts import Block, Button, Field, Form, Heading, Link, as_lines, button_text, marks_of, tidy
from crawler.page.selectors import Selectors
from crawler.page.structured import Thing, things

# fmt: off
_INLINE = frozenset(
    ["a", "abbr", "b", "bdi", "bdo", "big", "br", "cite", "code", "del", "em", "font", "i", "ins", "label", "mark", "nobr",
     "q", "s", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"]
)
# fmt: on
MAIN_TEXT = 500
"""Characters of main text that are enough to tell its language and script; more rarely changes the answer."""
_JOINING = (_INLINE - {"br"}) | {"-text", "-comment"}
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "legend", "summary", "caption"])
_FIELDS = frozenset(["input", "select", "textarea"])
_READ = (
    _HEADINGS
    | _FIELDS
    | frozenset(["a", "button", "form", "img", "iframe", "video", "address", "time", "meta", "base"])
)
_DROPPED = ["script", "style", "template", "noscript"]
_DIGIT = re.compile(r"[0-9\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]")


class Document:
    """A page, parsed once; everything else is read from this object."""

    def __init__(self, page: Page) -> None:
        self.url = page.url
        self._source = page.body
        tree = LexborHTMLParser(readable(decode(page)))
        self.script_sources: list[str] = []
        self.script_bytes = 0
        self._json_ld: list[str] = []
        self._dropped_ids: set[str | None] = set()
        for node in tree.css(", ".join(_DROPPED)):
            self._keep_aside(node)
        tree.strip_tags(_DROPPED)
        self.tree = tree
        head = tree.head
        self._of_head: list[LexborNode] = head.css("meta, base") if head is not None else []
        self.links: list[Link] = []
        self.headings: list[Heading] = []
        self.empty_headings: list[LexborNode] = []
        self.forms: list[Form] = []
        self.fields: list[Field] = []
        self.buttons: list[Button] = []
        self.images: list[LexborNode] = []
        self.frames: list[LexborNode] = []
        self.videos: list[LexborNode] = []
        self.addresses: list[LexborNode] = []
        self.times: list[LexborNode] = []
        self._texts: dict[int, Block] = {}
        self._pieces: dict[int, list[str]] = {}
        self.labels: dict[str, str] = {}
        self._frames = Frames()
        self._read()

    def _keep_aside(self, dropped: LexborNode) -> None:
        """What counts of an element that is no content for people."""
        attributes = dropped.attributes
        # An id that also stands in what is dropped does not find one element in the page as it was.
        self._dropped_ids.add(attributes.get("id"))
        if dropped.tag == "noscript":
            self._dropped_ids.update(node.id for node in dropped.css("[id]"))
        elif dropped.tag == "script":
            text = dropped.text()
            self.script_bytes += len(text)
            if source := attributes.get("src"):
                self.script_sources.append(source)
            if "ld+json" in (attributes.get("type") or ""):
                self._json_ld.append(text)

    def _read(self) -> None:
        root = self.tree.body or self.tree.root
        if root is None:
            return
        heading = ""
        above: list[tuple[str, str]] = []
        labels = {node.attributes.get("for") or "": tidy(node.text()) for node in self.tree.css("label[for]")}
        self.labels = labels
        for node in root.traverse(include_text=True, skip_empty=True):
            tag = node.tag
            if tag == "-text":
                text = node.text_content
                if text and not text.isspace():
                    self._read_text(node, text, heading)
            elif tag not in _READ:
                continue
            elif tag == "a":
                self._read_link(node, heading, above[-2][1] if len(above) > 1 else "")
            elif tag in _HEADINGS:
                text = tidy(node.text())
                if text:
                    heading = text
                    while above and above[-1][0] >= (tag or ""):
                        above.pop()
                    above.append((tag or "", text))
                    self.headings.append(Heading(node, text, tag or ""))
                else:
                    self.empty_headings.append(node)
            elif tag in _FIELDS:
                self._read_field(node, heading)
            elif tag == "button":
                self.buttons.append(Button(node, button_text(node), heading, marks_of(node.attributes)))
            elif tag == "form":
                self.forms.append(Form(node, heading))
            elif tag == "img":
                self.images.append(node)
            elif tag == "iframe":
                self.frames.append(node)
            elif tag == "video":
                self.videos.append(node)
            elif tag == "address":
                self.addresses.append(node)
            elif tag == "time":
                self.times.append(node)
            else:
                self._of_head.append(node)
        self._fill_forms()

    def _read_text(self, node: LexborNode, text: str, heading: str) -> None:
        parent = node.parent
        while parent is not None and parent.tag in _INLINE:
            parent = parent.parent
        if parent is None:
            return
        kept = self._texts.get(parent.mem_id)
        if kept is None:
            self._texts[parent.mem_id] = Block(parent, text, heading)
            return
        # Most blocks have one piece; those of many are joined once, at the end.
        pieces = self._pieces.setdefault(parent.mem_id, [kept.text])
        if _stands_apart(node):
            pieces.append(" ")
        pieces.append(text)

    def _read_link(self, node: LexborNode, heading: str, section: str) -> None:
        attributes = node.attributes
        href = attributes.get("href")
        text = tidy(node.text(separator=" "))
        label, title = attributes.get("aria-label"), attributes.get("title")
        distinct: tuple[str, ...] = (text,) if text else ()
        if label or title or not text:
            names = [text, tidy(label or ""), tidy(title or "")]
            if not text:
                names.extend(tidy(image.attributes.get("alt") or "") for image in node.css("img[alt]"))
            distinct = tuple(dict.fromkeys(name for name in names if name))
        marks = marks_of(attributes)
        if href is None:
            self.buttons.append(Button(node, distinct[0] if distinct else "", heading, marks))
            return
        self.links.append(Link(node, href, distinct, heading, marks, attributes.get("hreflang") or "", section))
        if (attributes.get("role") or "") == "button" and distinct:
            self.buttons.append(Button(node, distinct[0], heading, marks))

    def _read_field(self, node: LexborNode, heading: str) -> None:
        attributes = node.attributes
        kind = (attributes.get("type") or "text").lower() if node.tag == "input" else node.tag or ""
        if kind in ("submit", "image", "button", "reset"):
            self.buttons.append(Button(node, button_text(node), heading, marks_of(attributes)))
            return
        if kind == "hidden":
            return
        label = self.labels.get(attributes.get("id") or "-", "")
        parts = [label, *(attributes.get(key) or "" for key in ("placeholder", "aria-label", "title", "value"))]
        if kind in ("checkbox", "radio"):
            parts.pop()
        hint = tidy(" | ".join(dict.fromkeys(part for part in parts if part)))
        name = " ".join(attributes.get(key) or "" for key in ("name", "id", "autocomplete", "class"))
        self.fields.append(Field(node, kind, name.lower(), hint, heading))

    def _fill_forms(self) -> None:
        if not self.forms:
            return
        by_id = {form.node.mem_id: form for form in self.forms}
        for part in self.fields:
            if form := _form_of(part.node, by_id):
                form.fields.append(part)
        for pressed in self.buttons:
            if form := _form_of(pressed.node, by_id):
                form.buttons.append(pressed)

    @cached_property
    def base(self) -> str:
        """The address from which those of links are reckoned."""
        hrefs = (node.attributes.get("href") for node in self._of_head if node.tag == "base")
        return urls.absolute(next(filter(None, hrefs), ""), self.url) or self.url

    @cached_property
    def blocks(self) -> list[Block]:
        """Text blocks in document order."""
        for key, pieces in self._pieces.items():
            self._texts[key].text = "".join(pieces)
        blocks = list(self._texts.values())
        for block in blocks:
            block.text = tidy(block.text)
        return blocks

    @cached_property
    def text_by_block(self) -> bytes:
        """The text of all blocks, one a line."""
        return as_lines(block.text for block in self.blocks)

    @cached_property
    def positions_with_digits(self) -> list[int]:
        """Where among the blocks those of up to 500 characters with a digit stand: each date, sum and number has one."""
        found = _DIGIT.search
        return [place for place, block in enumerate(self.blocks) if len(block.text) <= 500 and found(block.text)]

    @cached_property
    def blocks_with_digits(self) -> list[Block]:
        """The text blocks that may hold a date, sum or telephone number."""
        return [self.blocks[place] for place in self.positions_with_digits]

    @cached_property
    def addresses_of_links(self) -> bytes:
        """The addresses of all links as written, one a line."""
        return as_lines(link.href for link in self.links)

    @cached_property
    def sources_of_scripts(self) -> bytes:
        """The addresses of all scripts as written, one a line."""
        return as_lines(self.script_sources)

    @cached_property
    def links_by_host(self) -> dict[str, list[Link]]:
        """Host to the links that name it in their address; links within the site that name none are left out."""
        found: dict[str, list[Link]] = {}
        for link in self.links:
            if host := urls.host_written(link.href):
                found.setdefault(host, []).append(link)
        return found

    @cached_property
    def marks_of_controls(self) -> bytes:
        """Class, id and click handler of all buttons, then of all links, one a line."""
        marks = [*(button.marks for button in self.buttons), *(link.marks for link in self.links)]
        return as_lines(marks)

    @cached_property
    def blocks_with_address(self) -> list[Block]:
        """Text blocks that may hold an e-mail address, written out or against robots."""
        return [
            block
            for block in self.blocks
            if "@" in (text := block.text) or "(at)" in text or "[at]" in text or "arroba" in text
        ]

    @cached_property
    def title(self) -> str:
        """Text of the `title` element."""
        node = self.tree.css_first("head > title") or self.tree.css_first("title")
        return tidy(node.text()) if node else ""

    @cached_property
    def topic(self) -> tuple[str, ...]:
        """What the page says it is about: first-level headings, else the first second-level one; title."""
        first = [heading.text for heading in self.headings if heading.level == "h1"][:2]
        if not first:
            first = [heading.text for heading in self.headings if heading.level == "h2"][:1]
        # A title is "page - site" or "site - page" in most templates; the parts are judged one by one.
        parts = [part.strip() for part in re.split(r"\s[|\-–—·•«»:]+\s", self.title)]
        return tuple(dict.fromkeys([*first, *parts[:2]]))

    @cached_property
    def root(self) -> LexborNode | None:
        """The `html` element: the place of what the page shows as a whole."""
        return self.tree.css_first("html")

    @cached_property
    def declared_language(self) -> str:
        """The `lang` of the root element as written, or ""."""
        node = self.root
        return tidy((node.attributes.get("lang") or node.attributes.get("xml:lang") or "") if node else "")

    @cached_property
    def main_text(self) -> str:
        """Text outside menus, headers and footers, longest stretches first, up to `MAIN_TEXT` characters."""
        ordered = sorted(self.blocks, key=lambda block: -len(block.text))
        chosen: list[str] = []
        length = 0
        for block in ordered:
            if length >= MAIN_TEXT:
                break
            if not self.in_frame(block.node):
                chosen.append(block.text)
                length += len(block.text) + 1
        if length < 200:
            chosen = [block.text for block in ordered]
        return " ".join(chosen)[:MAIN_TEXT]

    @cached_property
    def text_length(self) -> int:
        """Characters of visible text."""
        return sum(len(block.text) for block in self.blocks)

    @cached_property
    def meta(self) -> dict[str, str]:
        """`meta` name or property, in lower case, to content; the first of each."""
        found: dict[str, str] = {}
        for node in self._of_head:
            attributes = node.attributes
            if "content" in attributes and node.tag == "meta":
                key = attributes.get("name") or attributes.get("property") or attributes.get("http-equiv") or ""
                found.setdefault(key.lower(), attributes["content"] or "")
        return found

    @cached_property
    def declared(self) -> list[tuple[str, str, str]]:
        """What the head declares beside the page: (kind, value, address), kind being language, feed or search.

        `hreflang` sets, web feeds and OpenSearch descriptions; the value is a language tag or a title.
        """
        head = self.tree.head
        found = []
        for node in head.css("link[href]") if head is not None else ():
            attributes = node.attributes
            rel, type_ = (attributes.get("rel") or "").lower(), attributes.get("type") or ""
            address, title = attributes.get("href") or "", attributes.get("title") or ""
            if "alternate" in rel and (tag := attributes.get("hreflang")):
                found.append(("language", tag, address))
            elif "alternate" in rel and ("rss" in type_ or "atom" in type_):
                found.append(("feed", title, address))
            elif "search" in rel and "opensearch" in type_:
                found.append(("search", title, address))
        return found

    @cached_property
    def things(self) -> list[Thing]:
        """What the page describes for machines: JSON-LD, microdata, RDFa."""
        return things(self.tree, self.root, self._json_ld, self._source)

    def css(self, selector: str) -> list[LexborNode]:
        """The elements that a selector finds; those of the head are not looked for in the body."""
        head = self.tree.head
        in_head = head is not None and selector.startswith(("meta", "link")) and "," not in selector
        return (head if in_head and head is not None else self.tree).css(selector)

    def in_frame(self, node: LexborNode) -> bool:
        """Does the node lie in a menu, header, footer or side bar?"""
        return self._frames.hold(node)

    def link_url(self, link: Link) -> str:
        """The absolute address of a link, or ""."""
        if link.url is None:
            link.url = urls.absolute(link.href, self.base)
        return link.url

    def selector(self, node: LexborNode) -> str:
        """A CSS selector that finds exactly this element in the page."""
        return self._selectors.of(node)

    @cached_property
    def ids(self) -> Counter[str]:
        """How often each `id` is given."""
        return Counter([node.id or "" for node in self.tree.css("[id]")])

    def by_id(self, name: str) -> LexborNode | None:
        """The first element with this id."""
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return self.tree.css_first(f'[id="{quoted}"]')

    @cached_property
    def _selectors(self) -> Selectors:
        # Only ids that name one element may anchor a selector, counting what was dropped as well.
        return Selectors({name for name, number in self.ids.items() if number == 1 and name not in self._dropped_ids})


def _stands_apart(text: LexborNode) -> bool:
    """Is there something between the text and the piece before it that keeps their words apart?

    White space, a line break and whatever is no inline element do; the borders of inline elements do not.
    """
    current: LexborNode | None = text
    while current is not None:
        before = current.prev
        if before is not None:
            return before.tag not in _JOINING or before.is_empty_text_node
        current = current.parent
    return False


def _form_of(node: LexborNode, forms: Mapping[int, Form]) -> Form | None:
    """The form that the node lies in."""
    parent = node.parent
    while parent is not None:
        if form := forms.get(parent.mem_id):
            return form
        parent = parent.parent
    return None
