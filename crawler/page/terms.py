"""Which concepts a short text names, in which language.

All phrases of all languages are found in one pass (Aho-Corasick). Which language counts is
decided by the caller, since a word means one thing on a French page and another on a Dutch one.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

MAX_TEXT = 400
"""Longer texts are not matched as a whole: nothing that names a feature is longer (characters)."""

# Marks of Indic and South-East Asian scripts are not word characters for `re`, yet part of the word.
_SEPARATORS = re.compile(r"(?:[^\w\u0300-\u036f\u064b-\u0670\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]|_)+")
_DROPPED = re.compile(r"[\u0300-\u036f\u0640\u064b-\u065f\u0670\u200b-\u200f\u00ad]")
_UNIFIED = str.maketrans("أإآٱىةئؤکی‌ıøłđ", "اااايهيوكي iold")
_ASCII_SEPARATORS = {code: " " for code in range(128) if not chr(code).isalnum()}
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def fold(text: str) -> str:
    """The text as it is compared: case, accents, punctuation and spelling variants gone.

    >>> fold("  Où déposer une Plainte ?")
    'ou deposer une plainte'
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_SEPARATORS).split())
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return _SEPARATORS.sub(" ", _DROPPED.sub("", decomposed).translate(_UNIFIED)).strip()


def word_count(folded: str) -> int:
    """Number of words; in scripts without word boundaries two characters count as one."""
    words = folded.count(" ") + 1
    return words if folded.isascii() else words + len(_UNSPACED.findall(folded)) // 2


@dataclass(frozen=True, slots=True)
class Term:
    """One phrase of one concept in one language, as written in the terms file."""

    concept: str
    language: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Match:
    """What one text names: concept to its longest term, and the number of words of the text."""

    words: int
    found: Mapping[str, Term]


_NOTHING = Match(0, {})


def _pattern(phrase: str) -> str:
    """The phrase as a string to look for in ` ^ text $ `; see the head of a terms file for the marks."""
    exact, stem = phrase.startswith("="), phrase.endswith("*")
    folded = fold(phrase)
    if exact:
        return f"^ {folded}" if stem else f"^ {folded} $"
    if _UNSPACED.search(folded):
        return folded
    return f" {folded}" if stem else f" {folded} "


class TermIndex:
    """All phrases of all languages, ready to be looked up in texts."""

    def __init__(self, phrases: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """`phrases`: language -> concept -> phrases."""
        by_pattern: dict[str, list[Term]] = {}
        for language, concepts in phrases.items():
            for concept, listed in concepts.items():
                for phrase in listed:
                    if fold(phrase):
                        by_pattern.setdefault(_pattern(phrase), []).append(Term(concept, language, phrase))
        self.concepts_by_language = {language: frozenset(concepts) for language, concepts in phrases.items()}
        self._terms = list(by_pattern.values())
        self._automaton = AhoCorasick(list(by_pattern), store_patterns=False)
        # Menus and footers repeat on every page of a site: most texts were seen before.
        self.match = lru_cache(maxsize=100_000)(self._match)

    def _match(self, text: str, languages: frozenset[str]) -> Match:
        """The concepts that the text names in one of the languages."""
        if not text or len(text) > MAX_TEXT:
            return _NOTHING
        folded = fold(text)
        if not folded:
            return _NOTHING
        found: dict[str, Term] = {}
        for pattern, _, _ in self._automaton.find_matches_as_indexes(f"^ {folded} $", overlapping=True):
            for term in self._terms[pattern]:
                if term.language in languages:
                    known = found.get(term.concept)
                    if known is None or len(term.phrase) > len(known.phrase):
                        found[term.concept] = term
        return Match(word_count(folded), found)
