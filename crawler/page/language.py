"""The language of a page: declared, by script, by text. All votes are kept, and nobody must win."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pycountry
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages
from langdetect import DetectorFactory, LangDetectException
from langdetect.detector_factory import PROFILES_DIRECTORY

from crawler.items import Page
from crawler.page.document import Document
from crawler.page.function_words import confirms
from crawler.page.urls import first_path_tokens

# langdetect draws random samples; a fixed seed makes it a function of the text.
DetectorFactory.seed = 0

MIN_TEXT = 200
"""Characters below which langdetect is not asked: its own documentation warns of short texts."""
SAMPLE = 500
"""Characters of main text that are judged; more rarely changes the answer and costs time."""
TRIALS = 3
"""Random samples per text; langdetect's own seven cost twice the time."""
CERTAIN = 0.90
"""Least probability with which langdetect may contradict a declared language."""

_SCRIPTS = {
    "Arab": r"\u0600-\u06ff\u0750-\u077f",
    "Cyrl": r"\u0400-\u052f",
    "Grek": r"\u0370-\u03ff",
    "Hebr": r"\u0590-\u05ff",
    "Hang": r"\uac00-\ud7af",
    "Kana": r"\u3040-\u30ff",
    "Hani": r"\u4e00-\u9fff",
    "Thai": r"\u0e00-\u0e7f",
    "Laoo": r"\u0e80-\u0eff",
    "Mymr": r"\u1000-\u109f",
    "Khmr": r"\u1780-\u17ff",
    "Ethi": r"\u1200-\u137f",
    "Geor": r"\u10a0-\u10ff\u1c90-\u1cbf",
    "Armn": r"\u0530-\u058f",
    "Deva": r"\u0900-\u097f",
    "Beng": r"\u0980-\u09ff",
    "Sinh": r"\u0d80-\u0dff",
    "Taml": r"\u0b80-\u0bff",
    "Thaa": r"\u0780-\u07bf",
    "Mong": r"\u1800-\u18af",
    "Latn": r"A-Za-z\u00c0-\u024f\u1e00-\u1eff",
}
_SCRIPT_CLASSES = {script: re.compile(f"[{span}]") for script, span in _SCRIPTS.items()}
_ONE_LANGUAGE = {
    "Grek": "el", "Hang": "ko", "Kana": "ja", "Thai": "th", "Laoo": "lo", "Mymr": "my", "Khmr": "km",
    "Geor": "ka", "Armn": "hy", "Sinh": "si", "Taml": "ta", "Thaa": "dv",
}  # fmt: skip
# Written so alike that a statistical guess between them proves nothing.
_FAMILIES = [{"bs", "hr", "sr", "cnr", "sh"}, {"no", "nb", "nn", "da"}, {"id", "ms"}, {"fa", "prs", "tg"}, {"ro", "mo"}]
_ALIASES = {"iw": "he", "in": "id", "mo": "ro", "zh-cn": "zh", "zh-tw": "zh", "nb": "no", "nn": "no", "tl": "fil"}

_WIDELY_WRITTEN = frozenset(["en", "fr", "es", "pt"])
"""Languages that langdetect does not mistake for one it has never seen."""


def base(tag: str) -> str:
    """The base language of a BCP 47 tag.

    >>> base("pt-BR"), base("iw"), base("zh_Hant")
    ('pt', 'he', 'zh')
    """
    code = re.split(r"[-_]", tag.strip().lower())[0]
    return _ALIASES.get(code, code)


KNOWN_TO_LANGDETECT = frozenset(base(file.name) for file in Path(PROFILES_DIRECTORY).iterdir())


@dataclass(frozen=True, slots=True)
class PageLanguage:
    """`language`: a base language code, "" where nothing is known. `votes`: (witness, language) pairs."""

    language: str
    declared: str
    detected: str
    votes: tuple[tuple[str, str], ...]


def is_valid(tag: str) -> bool:
    """Does the tag begin with a known language (CLDR)?"""
    code = base(tag)
    if code in get_global("likely_subtags") or code in ("no", "sh", "cnr", "fil"):
        return True
    try:
        Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def same(one: str, other: str) -> bool:
    """Are two base languages the same, or so close that texts do not tell them apart?"""
    return one == other or any(one in family and other in family for family in _FAMILIES)


def script_of(text: str) -> str:
    """The script of most letters of the text (ISO 15924), "" where there are none."""
    if text.isascii():
        return "Latn" if any(map(str.isalpha, text)) else ""
    counts = Counter(script for letter in text[:SAMPLE] if (script := _script_of_letter(letter)))
    if counts["Kana"] * 10 > counts["Hani"] > 0:
        return "Kana"
    return counts.most_common(1)[0][0] if counts else ""


@lru_cache(maxsize=4096)
def _script_of_letter(letter: str) -> str:
    return next((script for script, pattern in _SCRIPT_CLASSES.items() if pattern.match(letter)), "")


def official_languages(territory: str) -> tuple[str, ...]:
    """Base codes of official and de facto official languages (CLDR); `territory` is alpha-2."""
    found = get_official_languages(territory.upper(), regional=True, de_facto=True)
    return tuple(dict.fromkeys(base(tag) for tag in found))


@lru_cache(maxsize=512)
def languages_of(country: str) -> tuple[str, ...]:
    """Official languages of a country by its alpha-3 code; () where the country is unknown."""
    known = pycountry.countries.get(alpha_3=country)
    return official_languages(known.alpha_2) if known else ()


@lru_cache(maxsize=4096)
def _expected(country: str, portal_languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset([*languages_of(country), *(base(tag) for tag in portal_languages), "en"])


def expected_languages(page: Page) -> frozenset[str]:
    """Languages in which words count on every page of a portal: official, offered, and English."""
    return _expected(page.country, page.languages)


def detect(text: str) -> tuple[str, float]:
    """langdetect's first choice and its probability; ("", 0.0) where the text is too short to ask."""
    if len(text) < MIN_TEXT:
        return "", 0.0
    detector = _detectors().create()
    detector.n_trial = TRIALS
    try:
        detector.append(text[:SAMPLE])
        best = detector.get_probabilities()[0]
    except (LangDetectException, IndexError):
        return "", 0.0
    return base(best.lang), float(best.prob)


@cache
def _detectors() -> DetectorFactory:
    found = DetectorFactory()
    found.load_profile(PROFILES_DIRECTORY)
    return found


def page_language(page: Page, document: Document) -> PageLanguage:
    """The language of the main text, with every witness heard."""
    votes: list[tuple[str, str]] = []
    for witness, tag in _declarations(page, document):
        if tag and is_valid(tag):
            votes.append((witness, base(tag)))
    declared = votes[0][1] if votes else ""
    text = document.main_text
    script = script_of(text)
    if script in _ONE_LANGUAGE:
        votes.append(("script", _ONE_LANGUAGE[script]))
        return PageLanguage(_ONE_LANGUAGE[script], declared, _ONE_LANGUAGE[script], tuple(votes))
    if declared and len(text) >= MIN_TEXT and confirms(declared, text[:SAMPLE]):
        votes.append(("words", declared))
        return PageLanguage(declared, declared, declared, tuple(votes))
    detected, probability = detect(text)
    if detected:
        votes.append(("text", detected))
    return PageLanguage(_settle(votes, detected, probability), declared, detected, tuple(votes))


def _declarations(page: Page, document: Document) -> Iterable[tuple[str, str]]:
    yield "lang", document.declared_language
    yield "header", page.header("content-language").split(",")[0]
    yield "meta", document.meta.get("content-language", "")
    yield "meta", document.meta.get("og:locale", "")
    for token in first_path_tokens(page.url):
        if re.fullmatch(r"[a-z]{2}(?:[-_][a-z]{2})?", token):
            yield "url", token
            return


def _settle(votes: list[tuple[str, str]], detected: str, probability: float) -> str:
    """The text decides where it is sure; else the first declaration; else the weak guess."""
    declarations = [language for witness, language in votes if witness != "text"]
    if detected and probability >= CERTAIN:
        # A language that langdetect does not know looks to it like a neighbour: the author knows better.
        unknown = [language for language in declarations if language not in KNOWN_TO_LANGDETECT]
        if unknown and detected not in _WIDELY_WRITTEN:
            return unknown[0]
        close = [language for language in declarations if same(language, detected)]
        return close[0] if close else detected
    if declarations:
        return Counter(declarations).most_common(1)[0][0]
    return detected
