"""Where a page stands in its crawl, as the metadata record behind it tells."""

import json
import re
from dataclasses import replace

from crawler.fetch.containers import MAX_DEPTH
from crawler.items import Page


def placed_by(page: Page, metadata: bytes) -> Page:
    """The page with country, portal, depth and click path as its crawl recorded them."""
    lines = metadata.decode("utf-8", "replace").splitlines()
    fields = dict(line.split(": ", 1) for line in lines if ": " in line)
    # Anyone's archive may claim to be ours: the country becomes a file name, the portal a link.
    if not re.fullmatch(r"[A-Z]{3}", fields.get("egov-country", "")):
        return page
    try:
        path = tuple((str(text), str(url)) for text, url in json.loads(fields.get("egov-path", "[]")))
        depth = int(fields.get("hopsFromSeed", "0"))
    except (ValueError, TypeError, RecursionError):
        return page
    portal, languages = fields.get("egov-portal", page.portal), tuple(fields.get("egov-languages", "").split())
    if not portal.startswith(("http://", "https://")) or not 0 <= depth <= MAX_DEPTH:
        return page
    return replace(
        page,
        country=fields["egov-country"],
        official=True,
        portal=portal,
        languages=languages,
        depth=depth,
        path=path,
    )
