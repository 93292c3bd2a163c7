"""What a page says of itself in its title and first headings: not found, under maintenance, for sale."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick

from crawler.items import Reason
from crawler.page.document import Document
from crawler.page.wall_words import BY_REASON, ONLY_ALONE

LONGEST = 120
"""Characters of a title part or heading that can be a statement of what the page is."""
WHOLE = 6
"""Letters beside the phrase with which it is still all that is said: "Error", "Oops"."""
NEARLY = 25
"""Letters beside the phrase with which it is still what the page is about: a name of a body, an apology."""
_SPLIT = re.compile(r"\s[|\-–—·•«»:]+\s|\s?\|\s?")
_NUMBER = re.compile(
    r"(?:(?:http|status|error|erreur|erro|fehler|errore|fout|błąd|ошибка|помилка|hata|lỗi|خطأ|خطا|错误|錯誤|エラー|오류|oops)"
    r"[\s:.,!#-]*)*404[\s:.,!-]*(?:(?:error|erreur|erro|fehler|not found|页面|错误|錯誤|エラー)[\s:.,!-]*)*"
)
# Scripts that are written without spaces between words.
_WITHOUT_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Said:
    """A reason that the page states; `whole`: it states nothing beside."""

    reason: Reason
    whole: bool


@cache
def _phrases() -> tuple[list[str], list[frozenset[Reason]], AhoCorasick]:
    """All phrases, what each may mean, and the automaton over them."""
    meanings: dict[str, set[Reason]] = {}
    for reason, languages in BY_REASON.items():
        for listed in languages.values():
            for phrase in listed.split("|"):
                meanings.setdefault(phrase.strip().casefold(), set()).add(reason)
    phrases = list(meanings)
    return phrases, [frozenset(meanings[one]) for one in phrases], AhoCorasick(phrases)


def said_in(texts: Iterable[str]) -> set[Said]:
    """What these titles and headings state.

    >>> sorted(one.reason.value for one in said_in(["Error 404", "Road maintenance in the north"]))
    ['not-found']
    """
    found: set[Said] = set()
    phrases, meanings, automaton = _phrases()
    for text in texts:
        if not 0 < len(text) <= LONGEST:
            continue
        folded = text.casefold()
        if "404" in folded and _NUMBER.fullmatch(folded.strip()):
            found.add(Said(Reason.NOT_FOUND, True))
        for number, start, end in automaton.find_matches_as_indexes(folded, overlapping=True):
            if not _stands_alone(folded, start, end):
                continue
            beside = sum(map(str.isalpha, folded)) - sum(map(str.isalpha, phrases[number]))
            if beside <= (0 if phrases[number] in ONLY_ALONE else NEARLY):
                found.update(Said(reason, beside <= WHOLE) for reason in meanings[number])
    return found


def statements(document: Document) -> list[str]:
    """The parts of the title, and the first headings."""
    parts = [part.strip() for part in _SPLIT.split(document.title)] if document.title else []
    if len(parts) > 1:
        parts.append(document.title)
    return [*parts, *(one.text for one in document.headings[:4] if one.level in ("h1", "h2"))]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Is the phrase no part of longer words?"""
    if _WITHOUT_SPACES.match(text[start]):
        return True
    return not (text[start - 1 : start].isalpha() or text[end : end + 1].isalpha())
