"""What a detector sees of a page, and what it gives back."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Any, Generic, TypeVar

import re2
from selectolax.lexbor import LexborNode

from crawler.items import Page, Strength
from crawler.page.document import Document
from crawler.page.language import PageLanguage
from crawler.page.parts import Block, Button, Field, Heading, Link
from crawler.page.terms import Match, Term, TermIndex, fold

Concept = Annotated[str, "concept"]
"""An option that names a concept of rubrics/concepts.yaml."""
Concepts = Annotated[tuple[str, ...], "concepts"]
"""An option that lists concepts."""
Names = tuple[str, ...]
"""An option that lists plain names: hosts, types."""
Pattern = Annotated[str, "pattern"]
"""An option that is a regular expression of RE2, searched without regard to case."""
Selector = Annotated[str, "selector"]
"""An option that is a CSS selector."""

QUOTE_LENGTH = 200
"""Most characters of a quote (labelling guide, section 1)."""


SENTENCE = 200
"""Longest block of text (characters) that is matched: what is longer tells of many things."""


_OPTIONS = re2.Options()
_OPTIONS.case_sensitive = False
_OPTIONS.log_errors = False


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> Any:
    """The expression, compiled once, without regard to case. Raises re2.error for what RE2 does not know.

    RE2 needs time in proportion to the text, whatever a page holds and a rubric author writes.
    """
    return re2.compile(pattern, _OPTIONS)


def found_in_lines(pattern: str, lines: str) -> bool:
    """Does the expression match one of the lines? Asked before they are looked at one by one."""
    return bool(compiled(f"(?m){pattern}").search(lines))


@dataclass(slots=True)
class Hit:
    """Where and how a page gives evidence. `term` and `language` are empty where no phrase was involved."""

    node: LexborNode
    quote: str
    strength: Strength
    term: str = ""
    language: str = ""


@lru_cache(maxsize=16_384)
def _rest(text: str, phrase: str) -> str:
    return f" {fold(text)} ".replace(f" {fold(phrase)}", " ", 1)


Part = TypeVar("Part", Link, Heading, Block, Button, Field)


@dataclass(slots=True)
class Named(Generic[Part]):
    """A part of the page whose text names a concept."""

    part: Part
    text: str
    term: Term
    words: int


class View:
    """A page, its language, its country's languages and the term index, as detectors need them."""

    def __init__(
        self,
        page: Page,
        document: Document,
        language: PageLanguage,
        expected: frozenset[str],
        official: tuple[str, ...],
        index: TermIndex,
    ) -> None:
        """`expected`: languages in which words count on every page of the portal."""
        self.page = page
        self.document = document
        self.language = language
        self.official = official
        self.index = index
        # A word of another language is a false friend.
        voted = {vote for _, vote in language.votes}
        self.languages = expected if voted <= expected else expected | voted

    def match(self, text: str) -> Match:
        """The concepts that the text names in a language that counts here."""
        return self.index.match(text, self.languages)

    def term(self, text: str, concept: str) -> Term | None:
        """The term by which the text names the concept in a language that counts here."""
        return self.match(text).found.get(concept)

    def names_any(self, text: str, concepts: Iterable[str]) -> bool:
        """Does the text name one of the concepts?"""
        found = self.match(text).found
        return any(concept in found for concept in concepts)

    def rest(self, text: str, term: Term) -> str:
        """The text without the term's own words, to see what else it says."""
        return _rest(text, term.phrase)

    @cached_property
    def topic_terms(self) -> dict[str, Term]:
        """Concept to term, for what the page says it is about."""
        found: dict[str, Term] = {}
        for text in self.document.topic:
            match = self.match(text)
            if match.words <= 12:
                for concept, term in match.found.items():
                    found.setdefault(concept, term)
        return found

    @cached_property
    def links(self) -> dict[str, list[Named[Link]]]:
        """Concept to the links that name it."""
        return self._group((link, name) for link in self.document.links for name in link.names)

    @cached_property
    def headings(self) -> dict[str, list[Named[Heading]]]:
        """Concept to the headings that name it."""
        return self._group((heading, heading.text) for heading in self.document.headings)

    @cached_property
    def blocks(self) -> dict[str, list[Named[Block]]]:
        """Concept to the text blocks that name it, as far as they are short enough to be about it."""
        short = (block for block in self.document.blocks if len(block.text) <= SENTENCE)
        return self._group((block, block.text) for block in short if block.text != block.heading)

    @cached_property
    def buttons(self) -> dict[str, list[Named[Button]]]:
        """Concept to the buttons that name it."""
        return self._group((button, button.text) for button in self.document.buttons)

    @cached_property
    def fields(self) -> dict[str, list[Named[Field]]]:
        """Concept to the form fields whose label or hint names it."""
        return self._group((field, hint) for field in self.document.fields for hint in field.hint.split(" | "))

    def _group(self, parts: Iterable[tuple[Part, str]]) -> dict[str, list[Named[Part]]]:
        grouped: dict[str, list[Named[Part]]] = {}
        listed = list(parts)
        self.index.read(text for _, text in listed)
        for part, text in listed:
            match = self.index.match(text, self.languages)
            for concept, term in match.found.items():
                grouped.setdefault(concept, []).append(Named(part, text, term, match.words))
        return grouped

    def hit(self, found: "Named[Part]", strength: Strength) -> Hit:
        """A hit on a named part."""
        return Hit(found.part.node, found.text[:QUOTE_LENGTH], strength, found.term.phrase, found.term.language)
