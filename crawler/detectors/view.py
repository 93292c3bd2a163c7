"""What a detector sees of a page, and what it gives back."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Generic, TypeVar

from selectolax.lexbor import LexborNode

from crawler.items import Page, Strength
from crawler.page.catalogues import Catalogue, answer_of
from crawler.page.datasets import Dataset
from crawler.page.dates import Dated, dates_on
from crawler.page.document import Document
from crawler.page.language import PageLanguage, base, close_to, is_valid
from crawler.page.language_names import linked_languages
from crawler.page.marks import SelectorIndex
from crawler.page.parts import Block, Button, Field, Heading, Link
from crawler.page.patterns import PatternIndex, lines_with
from crawler.page.providers import ProviderIndex, Sighting
from crawler.page.terms import Match, Term, TermIndex, fold, without

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

FORM, FIELD, SCRIPT, THING, PLAYER, ANSWER = "<form>", "<field>", "<script>", "<thing>", "<player>", "<answer>"
"""Kinds of parts in the inventory of a page; no concept or selector is written so."""
QUOTE_LENGTH = 200
"""Most characters of a quote (labelling guide, section 1)."""


SENTENCE = 200
"""Longest block of text (characters) that is matched: what is longer tells of many things."""


@dataclass(slots=True)
class Hit:
    """Where and how a page gives evidence. `term` and `language` are empty where no phrase was involved.

    `against`: number of elements that speak against the feature, of which `node` is the first; 0 where the
    hit speaks for it. `place` stands for the selector where the page is no HTML (a JSON pointer).
    """

    node: LexborNode
    quote: str
    strength: Strength
    term: str = ""
    language: str = ""
    against: int = 0
    place: str = ""


@lru_cache(maxsize=16_384)
def _rest(text: str, phrase: str) -> str:
    return without(fold(text), phrase)


Part = TypeVar("Part", Link, Heading, Block, Button, Field)


@dataclass(slots=True)
class Named(Generic[Part]):
    """A part of the page whose text names a concept."""

    part: Part
    text: str
    term: Term
    words: int


_DATED = ("last-updated", "news")


_NAME_SIGNS = re.compile(r"[_\-+%20]+")


def file_ending(extensions: str) -> str:
    """The expression for the address of a file with one of the extensions (an expression)."""
    return rf"\.(?:{extensions})(?:$|[?#&])"


@dataclass(slots=True)
class LinkedFile:
    """A link to a file, and all concepts that its text, its name or the heading above it name."""

    link: Link
    terms: dict[str, Term]


@dataclass(slots=True)
class Files:
    """The files of some formats that a page links to; `naming`: by concept."""

    all: list[LinkedFile]
    naming: dict[str, list[LinkedFile]]


@dataclass(frozen=True, slots=True)
class Lookups:
    """All that a rubric looks for at once on a page: words, providers, selectors, and expressions for links' addresses."""

    terms: TermIndex
    providers: ProviderIndex
    selectors: SelectorIndex
    addresses: PatternIndex


class View:
    """A page, its language, its country's languages and the term index, as detectors need them."""

    def __init__(
        self,
        page: Page,
        document: Document,
        language: PageLanguage,
        expected: frozenset[str],
        official: tuple[str, ...],
        lookups: Lookups,
    ) -> None:
        """`expected`: languages in which words count on every page of the portal.

        `official`: those official somewhere in the country.
        """
        self.page = page
        self.document = document
        self.language = language
        self.official = official
        self.providers = lookups.providers
        self._lookups = lookups
        self._files: dict[str, Files] = {}
        # A word of another language is a false friend.
        voted = {vote for _, vote in language.votes}
        self.languages = expected if voted <= expected else expected | close_to(frozenset(voted))
        self.reader = lookups.terms.of(self.languages)
        self.reader.read(self._short_texts())

    def _short_texts(self) -> Iterator[str]:
        """Whatever detectors will ask for: read together, it takes one pass."""
        document = self.document
        for link in document.links:
            yield from link.names
        yield from (heading.text for heading in document.headings)
        yield from (button.text for button in document.buttons)
        yield from (block.text for block in document.blocks if len(block.text) <= SENTENCE)
        for field in document.fields:
            yield from field.hint.split(" | ")
        yield from document.topic

    def match(self, text: str) -> Match:
        """The concepts that the text names in a language that counts here."""
        return self.reader.match(text)

    def term(self, text: str, concept: str) -> Term | None:
        """The term by which the text names the concept in a language that counts here."""
        return self.match(text).found.get(concept)

    def names_any(self, text: str, concepts: Iterable[str]) -> bool:
        """Does the text name one of the concepts?"""
        return not self.match(text).found.keys().isdisjoint(concepts)

    def rest(self, text: str, term: Term) -> str:
        """The text without the term's own words, to see what else it says."""
        return _rest(text, term.phrase)

    @cached_property
    def linked_languages(self) -> list[tuple[str, Link]]:
        """The languages to which links of the page lead, with the links."""
        return list(linked_languages(self.document.links))

    @cached_property
    def offered_languages(self) -> frozenset[str]:
        """Base codes of the page's language, of those its links lead to, and of those its head declares as versions."""
        declared = {base(tag) for kind, tag, _ in self.document.declared if kind == "language" and is_valid(tag)}
        return frozenset([self.language.language, *declared, *(code for code, _ in self.linked_languages)]) - {""}

    @cached_property
    def dates(self) -> list[Dated]:
        """Days of publication or change on the page."""
        return list(dates_on(self.document, self.language.language, lambda text: self.names_any(text, _DATED)))

    def files(self, extensions: str) -> Files:
        """The files with one of the extensions (an expression) that the page links to."""
        known = self._files.get(extensions)
        if known is None:
            known = self._files[extensions] = self._files_with(file_ending(extensions))
        return known

    def _files_with(self, ending: str) -> Files:
        found = Files([], {})
        named: list[tuple[Link, tuple[str, ...]]] = []
        for number in lines_with(ending, self.document.addresses_of_links):
            part = self.document.links[number]
            name = part.href.partition("?")[0].rpartition("/")[2].rpartition(".")[0]
            named.append((part, (*part.names, _NAME_SIGNS.sub(" ", name), part.heading)))
        if named:
            self.reader.read(text for _, texts in named for text in texts)
        for part, texts in named:
            file = LinkedFile(part, {})
            for text in reversed(texts):
                file.terms.update(self.match(text).found)
            found.all.append(file)
            for concept in file.terms:
                found.naming.setdefault(concept, []).append(file)
        return found

    @cached_property
    def answer(self) -> Catalogue | None:
        """What the page says, where it is the answer of a data catalogue's interface."""
        answer = answer_of(self.page)
        return answer if isinstance(answer, Catalogue) else None

    @cached_property
    def datasets(self) -> tuple[Dataset, ...]:
        """The datasets of the answer of a data catalogue."""
        return self.answer.datasets if self.answer else ()

    @cached_property
    def sightings(self) -> list[Sighting]:
        """The providers and platforms met on the page."""
        return self.providers.on_page(self.document, self.possible_selectors)

    @cached_property
    def possible_selectors(self) -> frozenset[str]:
        """The selectors of the rubric that may match the page."""
        return self._lookups.selectors.possible(self.page.body)

    @cached_property
    def possible_addresses(self) -> frozenset[str]:
        """The expressions of the rubric that match the address of some link."""
        return self._lookups.addresses.possible(self.document.addresses_of_links)

    @cached_property
    def concepts(self) -> frozenset[str]:
        """All concepts that a link, heading, button, short text or the page's topic names."""
        return frozenset().union(self.links, self.headings, self.buttons, self.blocks, self.topic_terms)

    @cached_property
    def inventory(self) -> frozenset[str]:
        """What the page holds: concepts, selectors and expressions that may match, kinds of providers and of parts."""
        document = self.document
        parts = {FORM: document.forms, FIELD: document.fields, SCRIPT: document.script_sources, THING: document.things,
                 PLAYER: document.videos or document.frames, ANSWER: self.answer}  # fmt: skip
        kinds = {seen.provider.kind for seen in self.sightings}
        held = (part for part, held in parts.items() if held)
        return self.concepts.union(self.possible_selectors, self.possible_addresses, kinds, held)

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
        look_up = self.reader.match
        for part, text in parts:
            match = look_up(text)
            for concept, term in match.found.items():
                grouped.setdefault(concept, []).append(Named(part, text, term, match.words))
        return grouped

    def hit(self, found: "Named[Part]", strength: Strength) -> Hit:
        """A hit on a named part."""
        return Hit(found.part.node, found.text[:QUOTE_LENGTH], strength, found.term.phrase, found.term.language)
