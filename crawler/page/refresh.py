"""Where a page sends its readers by itself (`<meta http-equiv="refresh">`)."""

import re

from crawler.page.document import Document
from crawler.page.urls import absolute

MAX_DELAY_S = 5.0
"""Seconds within which a refresh is a redirect; a longer one lets people read first (WCAG 2.2, F40 and F41)."""
_REFRESH = re.compile(
    r"\A\s*+(\d{0,5}+(?:\.\d{0,3}+)?+)\s*+[;,]\s*+(?:url\s*+=\s*+)?['\"]?([^'\"\s][^'\"]{0,2000})", re.I
)


def refresh_target(document: Document) -> str:
    """The address to which the page soon sends on, or "" where it does not."""
    for node in document.tree.css("meta[http-equiv]")[:20]:
        if (node.attributes.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        found = _REFRESH.match(node.attributes.get("content") or "")
        if found and float(found[1] or 0) <= MAX_DELAY_S:
            url = absolute(found[2].strip(), document.url)
            return url if url and url != document.url else ""
    return ""
