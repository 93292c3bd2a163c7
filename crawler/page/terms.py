"""Which concepts a short text names, in which language.

All phrases of all languages are found in one pass (Aho-Corasick). Which language counts is
decided by the caller, since a word means one thing on a French page and another on a Dutch one.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from ahocorasick_rs import AhoCorasick

MAX_TEXT = 400
"""Longer texts are not matched as a whole: nothing that names a feature is longer (characters)."""
MEMORY = 100_000
"""Texts whose concepts are remembered, per set of languages."""
SETS = 64
"""Sets of languages whose automata are kept; a country needs one to five."""
_DIVIDER = "\x02"
"""Stands between texts that are folded together; folding leaves it alone."""

# Marks of Indic and South-East Asian scripts are not word characters for `re`, yet part of the word.
_SEPARATORS = re.compile(
    r"(?:[^\w\x02\u3099\u309a\u07a6-\u07b0\u0900-\u0963\u0966-\u0dff\u0e00-\u0f0c\u0f0f-\u0fff\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u17d7-\u17ff]|_)+"
)
# Accents, vowel points, tatweel, nukta, joiners: people leave them out or write them in either way.
_DROPPED = re.compile(
    r"[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670\u093c\u09bc\u0a3c\u0abc\u0b3c\u200b-\u200f\u00ad\u02b9-\u02bf\u055a-\u055f]"
)
# Letters that keyboards, scripts and old type exchange: Arabic and its Persian, Urdu and Kurdish forms; Latin
# letters that no decomposition takes apart.
_UNIFIED = {
        **dict.fromkeys("أإآٱ", "ا"), **dict.fromkeys("ىئيیےېۍێ", "ي"), **dict.fromkeys("ةۃہھۀەﻩ", "ه"),
        **dict.fromkeys("ؤۇۆ", "و"), **dict.fromkeys("کڪګ", "ك"), "گ": "ك", "ٹ": "ت", "ډ": "د", "ړ": "ر", "ڵ": "ل", "ڕ": "ر",
        "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ə": "e", "ħ": "h", "ŋ": "n", "ƙ": "k",
        "ɗ": "d", "ɓ": "b", "ɛ": "e", "ɔ": "o", "ϲ": "σ", "ё": "е", "ѝ": "и", "ґ": "г", "ң": "н", "қ": "к", "ғ": "г", "ҳ": "х",
        "ҷ": "ч", "ү": "у", "ұ": "у", "ө": "о", "ә": "а", "һ": "х", "༌": "་",
    }  # fmt: skip
# Malayalam writes a final consonant as a letter of its own (chillu) or with a virama.
_UNIFIED |= {"ൻ": "ന്", "ൺ": "ണ്", "ൽ": "ല്", "ർ": "ര്", "ൾ": "ള്", "ൿ": "ക്"}
# Ethiopic syllables that sound alike and are written for one another, each in its seven orders and labial form.
for _rows in (
    ("\u1210", "\u1200"),
    ("\u1280", "\u1200"),
    ("\u1220", "\u1230"),
    ("\u12d0", "\u12a0"),
    ("\u1340", "\u1338"),
):
    _UNIFIED |= {chr(ord(_rows[0]) + order): chr(ord(_rows[1]) + order) for order in range(7)}
_EXCHANGED = re.compile(f"[{''.join(_UNIFIED)}]")
_APOSTROPHES = re.compile(
    r"['’‘ʻʼ`´](?:(?<=[og].)(?=\w)|(?<=[aeiouāēīōū].)(?=[aeiouāēīōū])|(?<=[\u0400-\u04ff].)(?=[\u0400-\u04ff]))", re.I
)
_PUNCTUATION = re.compile(r"[\u00a0-\u00bf\u2000-\u206f\u2190-\u27bf]+")
_ASCII_SEPARATORS = {code: " " for code in range(128) if not chr(code).isalnum() and chr(code) != _DIVIDER}
_UNSPACED = re.compile(r"[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_IDEOGRAMS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_VIETNAMESE = re.compile(r"[\u1ea0-\u1ef9]")
_LETTERS_UNSPACED = re.compile(r"[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]")
# Spaces between words of these scripts are a matter of taste.
_OPTIONAL_SPACE = re.compile(rf"(?<={_UNSPACED.pattern}) (?={_UNSPACED.pattern})")


def fold(text: str) -> str:
    """The text as it is compared: case, accents, punctuation and spelling variants gone.

    >>> fold("  Où déposer une Plainte ?"), fold("O‘zbekiston"), fold("개인정보 처리방침")
    ('ou deposer une plainte', 'ozbekiston', '개인정보처리방침')
    """
    # An apostrophe joins letters in Cyrillic, in Uzbek o‘ and g‘ and between vowels; elsewhere it parts words.
    if "'" in text or not text.isascii():
        text = _APOSTROPHES.sub("", text)
    if text.isascii():
        return _fold_ascii(text.lower())
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    plain = _EXCHANGED.sub(lambda found: _UNIFIED[found.group()], _DROPPED.sub("", decomposed))
    if (spaced := _PUNCTUATION.sub(" ", plain)).isascii():
        return _fold_ascii(spaced)
    folded = _SEPARATORS.sub(" ", plain).strip()
    if _LETTERS_COMPOSED.search(folded):
        folded = unicodedata.normalize("NFKC", folded)
    return _OPTIONAL_SPACE.sub("", folded) if _UNSPACED.search(folded) else folded


def _fold_ascii(text: str) -> str:
    return " ".join(text.translate(_ASCII_SEPARATORS).split())


# Korean syllables and kana with a voicing mark are taken apart by the decomposition.
_LETTERS_COMPOSED = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3099\u309a]")


def _fold_all(texts: list[str]) -> list[str]:
    folded = [one.strip() for one in fold(_DIVIDER.join(texts)).split(_DIVIDER)] if texts else []
    # A page may hold the divider itself.
    return folded if len(folded) == len(texts) else [fold(text.replace(_DIVIDER, " ")) for text in texts]


def word_count(folded: str) -> int:
    """Number of words; without word boundaries two Chinese characters count as one, or seven letters and marks.

    >>> word_count("contact us"), word_count("联系我们"), word_count("ရှာဖွေရန်")
    (2, 3, 2)
    """
    words = folded.count(" ") + 1
    if folded.isascii():
        return words
    return words + len(_IDEOGRAMS.findall(folded)) // 2 + len(_LETTERS_UNSPACED.findall(folded)) // 7


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


_NONE: Mapping[str, Term] = {}
_NOTHING = Match(0, _NONE)


@lru_cache(maxsize=500_000)
def _pattern(phrase: str) -> str:
    """The phrase as a string to look for in ` ^ text $ `, "" for signs alone; the head of a terms file has the marks.

    Of a phrase with several stems it is the first; `_stems` has to agree.
    """
    exact = phrase.startswith("=")
    first, inner, _ = phrase.partition("*")
    stem = bool(inner)
    folded = fold(first if has_stems(phrase) else phrase)
    if not folded:
        return ""
    if exact:
        return f"^ {folded}" if stem else f"^ {folded} $"
    if _UNSPACED.search(folded):
        return folded
    return f" {folded}" if stem else f" {folded} "


@lru_cache(maxsize=MAX_TEXT)
def _silent(words: int) -> Match:
    """A text of so many words that names nothing, as most do."""
    return Match(words, _NONE)


def has_stems(phrase: str) -> bool:
    """Does a word before the last one stand for longer words too, as in `normative* acts*`?"""
    return "*" in phrase[:-1]


@lru_cache(maxsize=16_384)
def _stems(phrase: str) -> re.Pattern[str]:
    """A phrase whose words are stems, as an expression for folded texts; it never looks back."""
    words = phrase.lstrip("=").split()
    pieces = [re.escape(fold(word.rstrip("*"))) + ("\\S*" if word.endswith("*") else "") for word in words]
    exact = phrase.startswith("=")
    return re.compile(
        ("^" if exact else "(?:^| )") + " ".join(pieces) + ("$" if exact and not phrase.endswith("*") else "(?: |$)")
    )


def spoken(folded: str, phrase: str) -> str:
    """The words of the folded text that a phrase of several stems stands for; any other phrase itself, folded.

    >>> spoken("register your new vehicle", "register* * * vehicle*"), spoken("renew passports", "passport*")
    ('register your new vehicle', 'passport')
    """
    found = _stems(phrase).search(f" {folded} ") if has_stems(phrase) else None
    return found.group(0).strip() if found else fold(phrase.strip("=*"))


def without(folded: str, phrase: str) -> str:
    """The folded text without the words of the phrase, to see what else it says.

    >>> without("renew your passport", "passport*"), without("normative legal acts online", "normativ* * act*")
    (' renew your  ', ' online ')
    """
    if has_stems(phrase):
        return f" {folded} ".replace(f" {spoken(folded, phrase)} ", " ", 1)
    plain = fold(phrase)
    return f" {folded} ".replace(plain if _UNSPACED.search(plain) else f" {plain}", " ", 1)


class TermIndex:
    """All phrases of all languages, ready to be looked up in texts.

    A page is read in a handful of languages; for each such set one automaton is built when it is first needed.
    """

    def __init__(self, phrases: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """`phrases`: language -> concept -> phrases."""
        self._phrases = phrases
        self.concepts_by_language = {language: frozenset(concepts) for language, concepts in phrases.items()}
        self._readers: dict[frozenset[str], Reader] = {}

    def of(self, languages: frozenset[str]) -> "Reader":
        """What reads texts in these languages, and in no other."""
        reader = self._readers.get(languages)
        if reader is None:
            if len(self._readers) >= SETS:
                del self._readers[next(iter(self._readers))]
            reader = self._readers[languages] = self._built(languages)
        return reader

    def _built(self, languages: frozenset[str]) -> "Reader":
        by_pattern: dict[str, list[Term]] = {}
        for language in sorted(languages & self._phrases.keys()):
            for concept, listed in self._phrases[language].items():
                for phrase in listed:
                    if pattern := _pattern(phrase):
                        by_pattern.setdefault(pattern, []).append(Term(concept, language, phrase))
        return Reader(by_pattern)

    def forget(self) -> None:
        """Empty the memory of texts seen, as if the next page were the first."""
        for reader in self._readers.values():
            reader.forget()


class Reader:
    """Finds the concepts that texts name in one set of languages."""

    def __init__(self, by_pattern: Mapping[str, Sequence[Term]]) -> None:
        self._terms = [tuple(terms) for terms in by_pattern.values()]
        # What a text names that holds one pattern only; None where stems have to be looked at first.
        self._alone = [
            None if any(has_stems(term.phrase) for term in terms) else _longest(terms) for terms in self._terms
        ]
        self._automaton = AhoCorasick(list(by_pattern), store_patterns=False)
        # Menus and footers repeat on every page of a site: most texts were seen before.
        self._known: dict[str, Match] = {}

    def forget(self) -> None:
        """Empty the memory of texts seen."""
        self._known.clear()

    def match(self, text: str) -> Match:
        """The concepts that the text names."""
        known = self._known.get(text)
        if known is None and 0 < len(text) <= MAX_TEXT:
            self.read([text])
            known = self._known.get(text)
        return known or _NOTHING

    def read(self, texts: Iterable[str]) -> None:
        """Look the texts up together, in one pass: a page has hundreds of short ones."""
        if len(self._known) > MEMORY:
            self.forget()
        new = [text for text in dict.fromkeys(texts) if text not in self._known and 0 < len(text) <= MAX_TEXT]
        if not new:
            return
        # Apart, since English and digits need less work than anything else.
        new.sort(key=str.isascii)
        accented = len(new) - sum(map(str.isascii, new))
        folded = [*_fold_all(new[:accented]), *_fold_all(new[accented:])]
        starts = [0, *accumulate(len(one) + 5 for one in folded)]
        found: dict[int, list[int]] = {}
        joined = "".join(f"^ {one} $ " for one in folded)
        for pattern, start, _ in self._automaton.find_matches_as_indexes(joined, overlapping=True):
            found.setdefault(bisect_right(starts, start) - 1, []).append(pattern)
        known = self._known
        for number, (text, one) in enumerate(zip(new, folded, strict=True)):
            words = word_count(one) if one else 0
            if words > 3 and number < accented and _VIETNAMESE.search(text):
                # Vietnamese writes each syllable apart.
                words = words * 2 // 3
            named = self._named(found[number], one) if number in found else None
            known[text] = Match(words, named) if named else _silent(words)

    def _named(self, patterns: Sequence[int], text: str) -> Mapping[str, Term]:
        """Concept to term, for what the folded text that holds these patterns names."""
        if len(patterns) == 1 and (alone := self._alone[patterns[0]]) is not None:
            return alone
        terms = (term for pattern in patterns for term in self._terms[pattern])
        return _longest(term for term in terms if not has_stems(term.phrase) or _stems(term.phrase).search(text))


def _longest(terms: Iterable[Term]) -> dict[str, Term]:
    longest: dict[str, Term] = {}
    for term in terms:
        if (known := longest.setdefault(term.concept, term)) is not term and _weight(term) > _weight(known):
            longest[term.concept] = term
    return longest


def _weight(term: Term) -> tuple[int, bool]:
    """Longer phrases first; of two alike, the one that may stand in a longer text."""
    return len(term.phrase.strip("=*")), not term.phrase.startswith("=")
