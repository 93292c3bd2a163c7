"""Which link next: words that name what the rubric looks for, near the home page, first."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from crawler.items import Page
from crawler.page.document import Document
from crawler.page.language import expected_languages
from crawler.page.terms import TermIndex
from crawler.page.urls import may_be_page

NAMED = 4.0
"""Added for a link whose words name a concept that is looked for."""
FURTHER = 1.0
"""Added for each further concept, at most three."""
DEEPER = -2.0
"""Added for each click from the home page: findability is a matter of few clicks."""
ENDLESS = -3.0
"""Added for addresses of calendars, facets, prints and long queries, which rarely end."""

_ENDLESS = re.compile(
    r"[?&](?:page|start|offset|date|month|year|sort|order|print|filter)=|/(?:19|20)\d\d/\d|calendar|/print/", re.I
)


class FoundLink(NamedTuple):
    """A link of a page to what may be a page. `concepts`: what its words name."""

    url: str
    text: str
    concepts: tuple[str, ...] = ()


def found_links(
    document: Document, page: Page, index: TermIndex, concepts: frozenset[str], limit: int
) -> list[FoundLink]:
    """The first `limit` links of a page with what their words name."""
    reader = index.of(expected_languages(page))
    found = []
    for link in document.links[:limit]:
        url = document.link_url(link)
        if url and may_be_page(url):
            named = next((hit for name in link.names[:2] if (hit := reader.match(name).found)), {})
            found.append(FoundLink(url, link.text[:80], tuple(one for one in named if one in concepts)))
    return found


@dataclass(frozen=True)
class Focus:
    """Orders links. Deterministic: the same link at the same depth has the same priority."""

    def priority(self, link: FoundLink, depth: int) -> float:
        """How soon to fetch the link; higher is sooner."""
        value = DEEPER * depth
        if link.concepts:
            value += NAMED + FURTHER * min(len(link.concepts) - 1, 3)
        if len(link.url) > 180 or _ENDLESS.search(link.url):
            value += ENDLESS
        return value
