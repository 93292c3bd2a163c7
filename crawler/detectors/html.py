"""Detectors that read links, headings, text and elements."""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.detectors.languages import called
from crawler.detectors.view import QUOTE_LENGTH, Concept, Concepts, Hit, Names, Pattern, Selector, View, compiled
from crawler.items import Strength
from crawler.page.document import Button, Link, tidy
from crawler.page.language import base, is_valid
from crawler.page.urls import among, host

_PHONE = re.compile(
    r"(?:\+|\b00)\d[\d ().\-/]{6,18}\d|\(?\b0\d{1,4}\)?[ .\-/]\d[\d .\-/]{4,12}\d|\b\d{3}[ .-]\d{3,4}[ .-]\d{3,4}\b"
)
_EMAIL = re.compile(
    r"[\w.+-]{1,64}\s?(?:@|\[at\]|\(at\)|\{at\}|\s\[?\(?arroba\)?\]?\s)\s?[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}", re.I
)
_DATE = re.compile(
    r"\b(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2})\b"
    r"|\b\d{1,2}(?:st|nd|rd|th|er|º|°|\.)?,?\s(?:de\s|di\s|d')?[^\W\d_]{3,12}\.?,?\s(?:de\s|del\s)?(?:19|20)\d\d\b"
    r"|\b[^\W\d_]{3,9}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d\b"
    r"|(?:19|20)\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
)
_AMOUNT = re.compile(
    r"(?:[$€£¥₽₴₺₹₩]|\b(?:USD|EUR|GBP|CHF|CAD|AUD|NZD|Rs\.?|R\$|S/\.?|Rp\.?|KSh|KES|TZS|UGX|SAR|AED|QAR|RUB|UAH|TL|KRW|CFA|FCFA|MAD|DZD|TND|XAF|XOF)\b)"
    r"\s?\d[\d.,' ]*|\b\d[\d.,' ]*\s?(?:[€$£₽₴₺]|(?:EUR|USD|GBP|CHF|euros?|dollars?|pesos|soles|rubles?|руб|грн|ريال|درهم|دينار|元|TL|FCFA|Kr)\b)"
)  # fmt: skip
_VAGUE = 4
"""A link of at most so many words may borrow its meaning from the heading above (labelling rule 3)."""


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
    pattern = compiled(rf"\.(?:{extensions})(?:$|[?#&])")
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


def email(view: View) -> Iterator[Hit]:
    """An e-mail address as text or `mailto:` link, plain or written against robots."""
    for part in view.document.links:
        if part.href.lower().startswith("mailto:") and "@" in part.href.replace("%40", "@"):
            address = part.href[7:].partition("?")[0]
            yield Hit(part.node, (part.text or address)[:QUOTE_LENGTH], Strength.HERE)
        elif "email-protection" in part.href:
            yield Hit(part.node, (part.text or part.href)[:QUOTE_LENGTH], Strength.HERE)
    for block in view.document.blocks_with_address:
        if found := _EMAIL.search(block.text):
            yield Hit(block.node, found.group()[:QUOTE_LENGTH], Strength.HERE)


def telephone(view: View, *, near: Pattern) -> Iterator[Hit]:
    """A telephone number: a `tel:` link, or a number whose block, or the short one before it, matches `near`."""
    for part in view.document.links:
        if part.href.lower().startswith("tel:"):
            yield Hit(part.node, (part.text or part.href)[:QUOTE_LENGTH], Strength.HERE)
    numbered = {id(block) for block in view.document.blocks_with_digits}
    before = ""
    for block in view.document.blocks:
        if id(block) in numbered and (number := _PHONE.search(block.text)):
            if compiled(near).search(f"{before} {block.text} {block.heading}"):
                start = max(0, number.start() - 40)
                yield Hit(block.node, block.text[start : start + QUOTE_LENGTH], Strength.HERE)
        before = block.text if len(block.text) <= 40 else ""


def dated_news(
    view: View, *, path: Pattern, terms: Concept, without: Concepts = (), at_least: int = 2
) -> Iterator[Hit]:
    """A headline with its date: on a news page, under a news heading, or `at_least` of them in one list.

    `without`: what the date is of otherwise, such as the last change of the page.
    """
    about_news = bool(compiled(path).search(view.page.url))
    dated: list[Hit] = []
    for block in view.document.blocks_with_digits:
        if len(block.text) > 140 or not (date := _DATE.search(block.text)) or view.names_any(block.text, without):
            continue
        hit = Hit(block.node, date.group()[:QUOTE_LENGTH], Strength.HERE)
        if about_news or view.names_any(block.heading, [terms]) or view.names_any(block.text, [terms]):
            yield hit
        elif _is_recent(date.group(), view.page.captured_at) and _has_headline(block.node):
            dated.append(hit)
    if len(dated) >= at_least:
        yield from dated


RECENT_YEARS = 5
"""A list of older dates is a register or a life story rather than news."""


def _is_recent(date: str, captured_at: str) -> bool:
    year = re.search(r"(?:19|20)\d\d", date)
    captured = captured_at[:4]
    return year is None or not captured.isdigit() or 0 <= int(captured) - int(year.group()) <= RECENT_YEARS


def _has_headline(node: LexborNode) -> bool:
    """Does the item of the list in which the date stands also hold a link of several words?"""
    item: LexborNode | None = node
    for _ in range(2):
        if item is None or item.tag in ("body", "main", "table", "tbody", "ul"):
            return False
        if any(len(tidy(link.text()).split()) >= 4 for link in item.css("a[href]")[:3]):
            return True
        item = item.parent
    return False


def amount(view: View, *, terms: Concept, without: Concepts = ()) -> Iterator[Hit]:
    """A sum of money in a block that names `terms`, or whose heading does."""
    for block in view.document.blocks_with_digits:
        if len(block.text) > 300 or not (found := _AMOUNT.search(block.text)):
            continue
        if view.names_any(block.text, without) or view.names_any(block.heading, without):
            continue
        term = view.term(block.text, terms) or view.term(block.heading, terms)
        if term:
            start = max(0, found.start() - 80)
            yield Hit(block.node, block.text[start : start + QUOTE_LENGTH], Strength.HERE, term.phrase, term.language)


def other_language(view: View, *, words: int = 4) -> Iterator[Hit]:
    """The page's text is in a language that is not official, or a menu entry or `hreflang` leads to one."""
    official = {base(tag) for tag in view.official}
    if not official:
        return
    declared = base(view.document.declared_language) if view.document.declared_language else ""
    spoken = view.language.language
    html = view.document.tree.css_first("html")
    if spoken and spoken not in official and spoken == (view.language.detected or declared) and html is not None:
        quote = view.document.title or view.document.main_text
        yield Hit(html, quote[:QUOTE_LENGTH], Strength.HERE, language=spoken)
    for part in view.document.links:
        code = _language_named(part, words)
        if code and code not in official and code != spoken:
            yield Hit(part.node, (part.text or part.href)[:QUOTE_LENGTH], Strength.LINK, language=code)


def _language_named(part: Link, words: int) -> str:
    if part.hreflang and is_valid(part.hreflang):
        return base(part.hreflang)
    for name in part.names:
        if len(name) <= 40 and len(name.split()) <= words:
            code = language_called(name)
            if code:
                return code
    return ""


@lru_cache(maxsize=65_536)
def language_called(name: str) -> str:
    """The language that a menu entry names, in that language or in English, or by its code.

    >>> language_called("Français"), language_called("EN"), language_called("Contact")
    ('fr', 'en', '')
    """
    key = name.strip().casefold().strip("()[]|/ ")
    names, codes = called()
    if key in names:
        return names[key]
    code = base(key)
    if name.strip().isupper() or (len(name.strip()) == 3 and name.strip().istitle()):
        return codes.get(key, "")
    return code if code in codes and name.strip() == code and len(code) == 2 else ""


def profile(view: View, *, hosts: Names, ignore: Pattern) -> Iterator[Hit]:
    """A link to an account on one of the hosts whose address does not match `ignore` (sharing, posts)."""
    for part in view.document.links:
        if "//" not in part.href:
            continue
        address = view.document.link_url(part)
        if not among(host(address), hosts):
            continue
        parts = urlsplit(address)
        if (parts.path.strip("/") or parts.query) and not compiled(ignore).search(address):
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
