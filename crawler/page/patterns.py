"""Expressions of RE2 over many short texts: one search for all texts, or for all expressions.

RE2 needs time in proportion to the text, whatever a page holds and a rubric author writes.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import re2

_OPTIONS = re2.Options()
_OPTIONS.case_sensitive = False
_OPTIONS.log_errors = False
_MEMORY = 64 << 20
"""Bytes that the states of a set of expressions may take before it has to be built again."""


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> Any:
    """The expression, compiled once, without regard to case. Raises re2.error for what RE2 does not know."""
    return re2.compile(pattern, _OPTIONS)


@lru_cache(maxsize=2048)
def _for_lines(pattern: str) -> Any:
    """The expression for many lines in bytes: no text has to be encoded again for each expression."""
    return re2.compile(_of_lines(pattern).encode(), _OPTIONS)


def _of_lines(pattern: str) -> str:
    return f"(?m){pattern}"


def found_in_lines(pattern: str, lines: bytes) -> bool:
    """Does the expression match one of the lines (UTF-8)?"""
    return bool(_for_lines(pattern).search(lines))


def lines_with(pattern: str, lines: bytes) -> Iterator[int]:
    """Numbers of the lines (UTF-8) that the expression matches, from 0; all are searched at once."""
    number = place = 0
    last = -1
    for found in _for_lines(pattern).finditer(lines):
        number += lines.count(b"\n", place, found.start())
        place = found.start()
        # A match that runs over the end of a line says only where to look.
        breaks = found.group().count(b"\n")
        for touched in range(max(number, last + 1), number + breaks + 1):
            if not breaks or _for_lines(pattern).search(lines.split(b"\n", touched + 1)[touched]):
                last = touched
                yield touched


class PatternIndex:
    """Expressions, ready to be held against many lines in one pass."""

    def __init__(self, patterns: Iterable[str]) -> None:
        """Raises re2.error for an expression that RE2 does not know."""
        self._patterns = tuple(dict.fromkeys(patterns))
        options = re2.Options()
        options.case_sensitive, options.log_errors, options.max_mem = False, False, _MEMORY
        self._set = re2.Set.SearchSet(options)
        for pattern in self._patterns:
            self._set.Add(_of_lines(pattern))
        if self._patterns:
            self._set.Compile()

    def possible(self, lines: bytes) -> frozenset[str]:
        """The expressions that match somewhere in the lines (UTF-8).

        >>> sorted(PatternIndex([r"\\.pdf$", r"/dataset/", r"\\.csv$"]).possible(b"/a.PDF\\n/b/dataset/c"))
        ['/dataset/', '\\\\.pdf$']
        """
        found = self._set.Match(lines) if self._patterns and lines else None
        return frozenset(self._patterns[number] for number in found or ())
