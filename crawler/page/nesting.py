"""Markup that a parser reads in time and memory: what is nested, repeated or attributed without end is cut before."""

import re

MAX_DEPTH = 512
"""Elements within each other (as Chromium, kMaximumHTMLParserDOMTreeDepth)."""
MAX_TAGS = 100_000
"""Tags that are read: some 40 MB, at 200 to 400 bytes each; the links that a page may give end at 2,000."""
FEW_TAGS = 20_000
"""Tags that are read within half a second however they are nested: a block element asks all that are open around it."""
MAX_TAG = 65_536
"""Characters of one tag that has many attributes: each is compared with all before it."""
MANY_ATTRIBUTES = 5_000
_TAG = re.compile(r"<(?:script\b[\s\S]*?(?:</script|\Z)|!--[\s\S]*?(?:-->|\Z)|(/?)([a-z][a-z0-9-]*))", re.I)
_START = re.compile(r"<[a-z]", re.I)
# Elements that hold nothing, or that the next of their kind closes (HTML, 13.1.2.4).
_FLAT = frozenset(
    "a area base body br button col colgroup dd dt embed head hr html img input li link meta nobr optgroup option p param"
    " rb rp rt rtc script source style tbody td tfoot th thead title textarea tr track wbr".split()
)


def readable(html: str) -> str:
    """The HTML as it is; of a page that would take a parser minutes or gigabytes, as much as does not.

    >>> readable("<div>" * 3 + "text")
    '<div><div><div>text'
    """
    tags = html.count("<")
    if tags > MAX_TAGS:
        html = html[: len(html) - len(html.split("<", MAX_TAGS + 1)[-1]) - 1]
    if len(html) > MAX_TAG:
        html = _with_short_tags(html)
    return _shallow(html) if tags > FEW_TAGS else html


def _with_short_tags(html: str) -> str:
    """Tags of more than MAX_TAG characters with many attributes, cut. Such a one fills a block without any ">"."""
    kept, done, step = [], 0, MAX_TAG // 2
    for block in range(0, len(html), step):
        if block < done or html.find(">", block, block + step) >= 0:
            continue
        end = html.find(">", block)
        end = len(html) if end < 0 else end
        tag = _START.search(html, max(html.rfind(">", 0, block) + 1, done), end)
        if tag and end - tag.start() > MAX_TAG and len(html[tag.start() : end].split()) > MANY_ATTRIBUTES:
            kept.append(html[done : tag.start() + MAX_TAG])
            done = end
    return "".join([*kept, html[done:]])


def _shallow(html: str) -> str:
    """Every element that lies deeper than MAX_DEPTH made an empty one; its text stays."""
    depth = 0

    def flattened(found: re.Match[str]) -> str:
        nonlocal depth
        name = found[2]
        if name is None or name.lower() in _FLAT:
            return found[0]
        if found[1]:
            depth = max(depth - 1, 0)
            return found[0] if depth < MAX_DEPTH else "</wbr"
        depth += 1
        return found[0] if depth <= MAX_DEPTH else "<wbr"

    return _TAG.sub(flattened, html)
