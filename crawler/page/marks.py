"""Which CSS selectors may match a page at all, told by one pass over its source.

A selector costs a walk over the whole page, and most of some hundred match nothing: those whose own words do
not even stand in the source are never tried.
"""

import re
from collections.abc import Iterable

import re2

from crawler.page.patterns import PatternIndex

_TOLD = re.compile(r"""[.#]([\w-]+)|=\s*["']?([\w/-]+)|\[([\w-]+)|^([a-z][\w-]*)""")
_ON_EVERY_PAGE = frozenset(
    "class name content href type body html form input link meta span table style title label button select search action".split()
)
SHORTEST = 4
"""Letters of a piece that is looked for: shorter ones stand everywhere, and serve where there is no other."""


class SelectorIndex:
    """Selectors, ready to be held against the source of a page."""

    def __init__(self, selectors: Iterable[str]) -> None:
        self._alternatives = [
            (frozenset(map(re2.escape, literals(alternative))), selector)
            for selector in dict.fromkeys(selectors)
            for alternative in re.split(r",(?![^\[]*\])", selector)
        ]
        self._pieces = PatternIndex(piece for pieces, _ in self._alternatives for piece in sorted(pieces))

    def possible(self, source: bytes) -> frozenset[str]:
        """The selectors that may match a page with this source: all pieces of an alternative stand in it."""
        found = self._pieces.possible(source)
        return frozenset(selector for pieces, selector in self._alternatives if pieces <= found)


def literals(selector: str) -> list[str]:
    """The telling pieces of a selector, all of which stand in the source of a page that it matches.

    >>> literals("[class*=decidim-]"), literals("a.x[data-a4-widget]:not(.xxxx)"), literals("[class^=gn-]")
    (['decidim-'], ['data-a4-widget'], ['gn-'])
    """
    # What stands within :not() must not be on the page.
    plain = re.sub(r":not\([^)]*\)", "", selector)
    pieces = [piece for group in _TOLD.findall(plain.strip()) for piece in group if piece]
    telling = [piece for piece in pieces if piece not in _ON_EVERY_PAGE]
    return [piece for piece in telling if len(piece) >= SHORTEST] or telling
