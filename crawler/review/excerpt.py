"""What a reviewer sees of a page: the stretch around the evidence, cleaned, the evidence marked.

Archived pages are hostile until proven otherwise: of their markup only structure is kept, no
address, script, style or attribute; text goes through BeautifulSoup, which escapes it.
"""

import json
from dataclasses import dataclass

from bs4 import BeautifulSoup, Comment, Tag
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from crawler.items import Evidence, Page
from crawler.page.encoding import decode
from crawler.page.parts import tidy

AROUND = 160
"""Characters of text that an excerpt should have at least, where the page offers them."""
MOST = 1_200
"""Characters of text beyond which an excerpt takes in no further element."""
_KEPT = frozenset(
    "p ul ol li dl dt dd table thead tbody tr td th h1 h2 h3 h4 h5 h6 b strong i em br section div span".split()
)
_DROPPED = ["script", "style", "template", "noscript", "iframe", "svg", "object", "embed", "link", "meta", "head"]
_MARK = "data-egov-evidence"
# Characters that turn the reading direction can make a text look like another.
_BIDI = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


@dataclass(frozen=True)
class Excerpt:
    """`html` is safe to show; `found` tells whether the selector still found the element."""

    html: Markup
    found: bool


def excerpt(page: Page, evidence: Evidence) -> Excerpt:
    """The surroundings of a piece of evidence in its archived page."""
    if evidence.selector.startswith("/"):
        return _in_answer(page, evidence)
    tree = LexborHTMLParser(decode(page))
    try:
        node = tree.css_first(evidence.selector)
    except SelectolaxError:
        node = None
    if node is None:
        return Excerpt(Markup("<p><mark>{}</mark></p>").format(neutral(evidence.quote)), False)
    if node.tag in ("html", "body", "meta", "link", "img", "input", "iframe", "video", "select", "textarea"):
        return Excerpt(_source(node, page, evidence), True)
    for forged in tree.css(f"[{_MARK}]"):
        del forged.attrs[_MARK]
    node.attrs[_MARK] = "1"
    return Excerpt(clean(_around(node).html or ""), True)


def _in_answer(page: Page, evidence: Evidence) -> Excerpt:
    """The part of a data catalogue's answer that the evidence points to (JSON pointer, RFC 6901)."""
    try:
        part = json.loads(page.body)
        for key in evidence.selector.split("/")[1:]:
            part = part[int(key)] if isinstance(part, list) else part[key.replace("~1", "/").replace("~0", "~")]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return Excerpt(Markup("<p><mark>{}</mark></p>").format(neutral(evidence.quote)), False)
    shown = json.dumps(part, ensure_ascii=False, indent=2)[:MOST]
    return Excerpt(Markup("<p><mark>{}</mark></p><pre>{}</pre>").format(neutral(evidence.quote), neutral(shown)), True)


def neutral(text: str) -> str:
    """Text without characters that turn the reading direction."""
    return text.translate(_BIDI)


def clean(fragment: str) -> Markup:
    """The fragment with structure and text only; the marked element in `mark`."""
    soup = BeautifulSoup(fragment, "lxml")
    for tag in soup(_DROPPED):
        tag.decompose()
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for text in soup.find_all(string=True):
        text.replace_with(neutral(str(text)))
    for tag in list(soup.find_all(True)):
        # The options of a select went with it.
        if tag.parent is not None:
            _reduce(soup, tag)
    body = soup.body or soup
    return Markup(body.decode_contents())


def _reduce(soup: BeautifulSoup, tag: Tag) -> None:
    marked = tag.has_attr(_MARK)
    if tag.name in ("input", "textarea", "select", "button", "img"):
        words = (
            tag.get_text(" ") or tag.get("value") or tag.get("placeholder") or tag.get("alt") or tag.get("type") or ""
        )
        tag.clear()
        tag.append(neutral(f"[{words}]"))
        tag.name = "span"
    link = tag.name == "a"
    tag.attrs = {}
    if marked:
        tag.wrap(soup.new_tag("mark"))
    if link:
        tag.name = "u"
    elif tag.name not in _KEPT and tag.name not in ("html", "body", "mark"):
        tag.unwrap()


def _around(node: LexborNode) -> LexborNode:
    """The smallest ancestor with enough text around the node to judge it."""
    current = node
    while len(tidy(current.text())) < AROUND:
        parent = current.parent
        if parent is None or parent.tag in ("body", "html", "-document") or len(tidy(parent.text())) > MOST:
            break
        current = parent
    return current


def _source(node: LexborNode, page: Page, evidence: Evidence) -> Markup:
    """The opening tag as written, where the evidence is the tag itself."""
    html = node.html or ""
    tag = html[: html.find(">") + 1] if node.tag in ("html", "body", "video", "select", "textarea", "iframe") else html
    title = evidence.quote if node.tag in ("html", "body") else page.url
    return Markup("<p><mark><code>{}</code></mark></p><p>{}</p>").format(neutral(tag[:400]), neutral(title))
