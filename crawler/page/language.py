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
from crawler.page.document import MAIN_TEXT, Document
from crawler.page.function_words import CLAIMED, NEXT_TO_NONE, UNSURE, any_other, confirms, guess, shares
from crawler.page.urls import first_path_tokens

# langdetect draws random samples; a fixed seed makes it a function of the text.
DetectorFactory.seed = 0

MIN_TEXT = 200
"""Characters below which langdetect is not asked: its own documentation warns of short texts."""
SAMPLE = MAIN_TEXT
"""Characters of a text that are judged."""
TRIALS = 3
"""Random samples per text; langdetect's own seven cost twice the time."""
BROKEN = 0.02
"""Share of characters that no decoding could save: beyond it a text is a file served as a page."""
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
    "Guru": r"\u0a00-\u0a7f",
    "Gujr": r"\u0a80-\u0aff",
    "Orya": r"\u0b00-\u0b7f",
    "Telu": r"\u0c00-\u0c7f",
    "Knda": r"\u0c80-\u0cff",
    "Mlym": r"\u0d00-\u0d7f",
    "Tibt": r"\u0f00-\u0fff",
    "Tfng": r"\u2d30-\u2d7f",
    "Sinh": r"\u0d80-\u0dff",
    "Taml": r"\u0b80-\u0bff",
    "Thaa": r"\u0780-\u07bf",
    "Mong": r"\u1800-\u18af",
    "Latn": r"A-Za-z\u00c0-\u024f\u1e00-\u1eff",
}
_SCRIPT_CLASSES = {script: re.compile(f"[{span}]") for script, span in _SCRIPTS.items()}
_ONE_LANGUAGE = {
    "Grek": "el", "Hang": "ko", "Kana": "ja", "Thai": "th", "Laoo": "lo", "Mymr": "my", "Khmr": "km",
    "Geor": "ka", "Armn": "hy", "Sinh": "si", "Taml": "ta", "Thaa": "dv", "Guru": "pa", "Gujr": "gu", "Orya": "or",
    "Telu": "te", "Knda": "kn", "Mlym": "ml", "Tibt": "dz", "Tfng": "tzm", "Hebr": "he", "Hani": "zh",
}  # fmt: skip
# Scripts of several languages, of which one is meant unless small words speak for another.
_MOSTLY = {"Ethi": "am", "Beng": "bn", "Deva": "hi"}
# Written so alike that a statistical guess between them proves nothing.
_FAMILIES = [
    {"bs", "hr", "sr", "cnr", "sh"},
    {"no", "nb", "nn", "da"},
    {"id", "ms"},
    {"fa", "prs", "tg"},
    {"ro", "mo"},
    {"rn", "rw"},
]
_ALIASES = {
    "iw": "he", "in": "id", "mo": "ro", "nb": "no", "nn": "no", "tl": "fil", "prs": "fa", "pes": "fa", "cnr": "sr", "sh": "sr",
    "gsw": "de", "zgh": "tzm", "ber": "tzm", "swb": "zdj", "wni": "zdj", "wlc": "zdj", "cmn": "zh", "yue": "zh", "arb": "ar",
    "arz": "ar", "quz": "qu", "quy": "qu", "ayr": "ay", "gug": "gn", "swh": "sw", "ekk": "et", "lvs": "lv", "zsm": "ms", "khk": "mn",
    "uzn": "uz", "npi": "ne", "azj": "az", "plt": "mg", "kmr": "ku", "pbt": "ps", "ory": "or", "nob": "no", "nno": "no",
}  # fmt: skip

_SCRIPTS_OF_SEVERAL = {
    "az": "Latn Cyrl Arab", "bs": "Latn Cyrl", "ha": "Latn Arab", "hif": "Latn Deva", "ja": "Kana Hani", "kk": "Cyrl Latn Arab",
    "ks": "Arab Deva", "ku": "Latn Arab Cyrl", "ky": "Cyrl Latn Arab", "mn": "Cyrl Mong", "ms": "Latn Arab", "pa": "Guru Arab",
    "ro": "Latn Cyrl", "sd": "Arab Deva", "sr": "Cyrl Latn", "tg": "Cyrl Latn Arab", "tk": "Latn Cyrl Arab", "tzm": "Tfng Latn Arab",
    "uz": "Latn Cyrl Arab", "zh": "Hani", "ko": "Hang Hani", "yue": "Hani", "vi": "Latn Hani", "iu": "Cans Latn", "tt": "Cyrl Latn",
}  # fmt: skip

_WIDELY_WRITTEN = frozenset(["en", "fr", "es", "pt"])
"""Languages that langdetect does not mistake for one it has never seen."""


ANY = "und"
"""Stands for every language: names of schemes are the same in all (BCP 47, undetermined)."""


def base(tag: str) -> str:
    """The base language of a BCP 47 tag.

    >>> base("pt-BR"), base("iw"), base("zh_Hant"), base("fra")
    ('pt', 'he', 'zh', 'fr')
    """
    return _base(tag.strip().lower())


@lru_cache(maxsize=4096)
def _base(tag: str) -> str:
    code = re.split(r"[-_]", tag)[0]
    if len(code) == 3 and code not in _ALIASES:
        known = pycountry.languages.get(alpha_3=code) or pycountry.languages.get(bibliographic=code)
        code = getattr(known, "alpha_2", code)
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


def is_shortest(tag: str) -> bool:
    """Is the language given by its shortest code, as BCP 47 (RFC 5646, section 2.2.1) wants it?

    >>> is_shortest("en-GB"), is_shortest("eng"), is_shortest("gil")
    (True, False, True)
    """
    code = re.split(r"[-_]", tag.strip().lower())[0]
    return len(code) != 3 or len(base(code)) != 2


@lru_cache(maxsize=1024)
def scripts_of(language: str) -> frozenset[str]:
    """The scripts in which a base language is written (CLDR; several where states write it so), () where unknown."""
    likely = get_global("likely_subtags").get(language, "").split("_")
    return frozenset((_SCRIPTS_OF_SEVERAL.get(language) or (likely[1] if len(likely) > 1 else "")).split())


def fits_script(language: str, text: str) -> bool:
    """Could the text be in the language, as far as its letters tell?

    >>> fits_script("el", "The members of parliament"), fits_script("sr", "Народна скупштина")
    (False, True)
    """
    known, script = scripts_of(language), script_of(text)
    return not known or not script or script in known


def same(one: str, other: str) -> bool:
    """Are two base languages the same, or so close that texts do not tell them apart?"""
    return one == other or any(one in family and other in family for family in _FAMILIES)


@lru_cache(maxsize=4096)
def close_to(languages: frozenset[str]) -> frozenset[str]:
    """The languages and those written so alike that their words count too."""
    return languages.union(*(family for family in _FAMILIES if languages & family))


def script_of(text: str) -> str:
    """The script of most letters of the text (ISO 15924), "" where there are none."""
    if text.isascii():
        return "Latn" if any(map(str.isalpha, text)) else ""
    counts: Counter[str] = Counter()
    for letter, number in Counter(text[:SAMPLE]).items():
        if script := _script_of_letter(letter):
            counts[script] += number
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
def national_languages(country: str) -> frozenset[str]:
    """Base codes of the languages official in all of the country, by its alpha-3 code (CLDR)."""
    known = pycountry.countries.get(alpha_3=country)
    if known is None:
        return frozenset()
    found = get_official_languages(known.alpha_2, de_facto=True)
    return frozenset(base(tag) for tag in found)


@lru_cache(maxsize=512)
def languages_of(country: str) -> tuple[str, ...]:
    """Official languages of a country by its alpha-3 code; () where the country is unknown."""
    known = pycountry.countries.get(alpha_3=country)
    return official_languages(known.alpha_2) if known else ()


@lru_cache(maxsize=4096)
def expected(country: str, portal_languages: tuple[str, ...]) -> frozenset[str]:
    """Languages in which words count on every page of a portal that offers these languages."""
    return frozenset([*national_languages(country), *(base(tag) for tag in portal_languages), "en", ANY])


def expected_languages(page: Page) -> frozenset[str]:
    """Languages in which words count on every page of a portal: of the whole country, offered, and English.

    A language of one region counts on pages in it: elsewhere its words are false friends.
    """
    return expected(page.country, page.languages)


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
    detected, witness, probability = of_text(document.main_text, declared)
    if detected:
        votes.append((witness, detected))
    # Latin letters disprove a declaration of Greek, whatever else they say.
    possible = [(who, language) for who, language in votes if fits_script(language, document.main_text)]
    return PageLanguage(_settle(possible, detected, probability), declared, detected, tuple(votes))


def of_text(text: str, declared: str = "") -> tuple[str, str, float]:
    """Language of a text, the witness who said so ("script", "words" or "text"), and how sure it is (0 to 1).

    ("", "", 0.0) where nobody knows: too short, or a language that none of them claims. A `declared`
    language needs fewer small words to be confirmed than another needs to be believed.
    """
    if text.count("\ufffd") > len(text) * BROKEN:
        return "", "", 0.0
    script = script_of(text)
    if script in _ONE_LANGUAGE:
        return _ONE_LANGUAGE[script], "script", 1.0
    sample = text[:SAMPLE]
    if len(text) >= MIN_TEXT and (spoken := guess(sample)):
        return ("", "", 0.0) if spoken in UNSURE else (spoken, "words", 1.0)
    if declared and len(text) >= MIN_TEXT and confirms(declared, sample):
        return declared, "words", 1.0
    if script in _MOSTLY:
        return _MOSTLY[script], "script", 0.8
    if declared and not any_other(declared, sample):
        return "", "", 0.0
    detected, probability = detect(text)
    known = detected in CLAIMED and detected not in _WIDELY_WRITTEN
    if known and shares(sample).get(detected, 0.0) < NEXT_TO_NONE:
        # It has small words, and the text has none of them: a neighbour that langdetect does not know, or a list.
        probability = min(probability, 0.5)
    return (detected, "text", probability) if detected else ("", "", 0.0)


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
    declarations = [language for witness, language in votes if witness not in ("text", "words", "script")]
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
