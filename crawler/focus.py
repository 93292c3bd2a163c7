"""Which link next: words that name what the rubric looks for, near the home page, first."""

import re
from dataclasses import dataclass

from crawler.page.parts import Link
from crawler.page.terms import TermIndex

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


@dataclass(frozen=True)
class Focus:
    """Orders links. Deterministic: the same link at the same depth has the same priority."""

    index: TermIndex
    concepts: frozenset[str]

    def priority(self, link: Link, url: str, depth: int, languages: frozenset[str]) -> float:
        """How soon to fetch the link; higher is sooner."""
        value = DEEPER * depth
        named = 0
        for name in link.names[:2]:
            named += len(self.concepts & self.index.of(languages).match(name).found.keys())
            if named:
                break
        if named:
            value += NAMED + FURTHER * min(named - 1, 3)
        if len(url) > 180 or _ENDLESS.search(url):
            value += ENDLESS
        return value
