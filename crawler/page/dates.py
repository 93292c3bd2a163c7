"""Dates as pages write them, in the words of many languages."""

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from babel import Locale, UnknownLocaleError
from selectolax.lexbor import LexborNode

from crawler.page.document import Document
from crawler.page.parts import tidy

_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-./年](\d{1,2})[-./月](\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[-./](\d{1,2})[-./]((?:19|20)\d\d)(?!\d)")
_WORDS = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|ª|°|\.)?[\s,]+(?:de |di |del |d[’'])?([^\W\d_]{3,14})\.?[\s,]+(?:de |del )?((?:19|20)\d\d)(?!\d)"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,12})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s((?:19|20)\d\d)(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d\d|[١٢۱۲१२১২][٠٩۰۹०९০৯]\w\w")
_DATED = ("article:modified_time", "article:published_time", "dcterms.modified", "dc.date.modified", "last-modified")
Dated = tuple[datetime.date, LexborNode, str]
"""A day, where it stands, and the words."""
_DIGITS = {ord(sign): str(unicodedata.digit(sign)) for sign in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯๐๑๒๓๔๕๖๗๘๙"}


def day_of(stamp: str) -> datetime.date | None:
    """The day of an ISO 8601 date or time, or None.

    >>> day_of("2024-05-20T10:00:00Z")
    datetime.date(2024, 5, 20)
    """
    try:
        return datetime.date.fromisoformat(stamp.strip()[:10])
    except ValueError:
        return None


def date_in(text: str, language: str) -> datetime.date | None:
    """The first date of the text; where day and month could be exchanged, the day stands first.

    >>> date_in("Actualizado el 3 de mayo de 2024", "es"), date_in("May 3, 2024", "en")
    (datetime.date(2024, 5, 3), datetime.date(2024, 5, 3))
    """
    text = text.translate(_DIGITS)
    if found := _ISO.search(text):
        return _day(found[1], int(found[2]), found[3])
    if found := _NUMERIC.search(text):
        one, other = int(found[1]), int(found[2])
        day, month = (other, one) if other > 12 else (one, other)
        return _day(found[3], month, str(day))
    months = month_names(language) | month_names("en")
    for found in _WORDS.finditer(text):
        if named := months.get(_key(found[2])):
            return _day(found[3], named, found[1])
    for found in _MONTH_FIRST.finditer(text):
        if named := months.get(_key(found[1])):
            return _day(found[3], named, found[2])
    return None


def _day(year: str, month: int, day: str) -> datetime.date | None:
    try:
        return datetime.date(int(year), month, int(day))
    except ValueError:
        return None


def _key(name: str) -> str:
    return name.casefold().strip(".")


@cache
def month_names(language: str) -> dict[str, int]:
    """Names of months, long and short, in all their forms (CLDR), to their number."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError, TypeError):
        return {}
    return {
        _key(name): number
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in locale.months[context][width].items()
    }


def dates_on(document: Document, language: str, names_update: Callable[[str], bool]) -> Iterator[Dated]:
    """Days of publication or change on a page: of `time` elements, in metadata, in text that `names_update`."""
    for node in document.times:
        written = tidy(node.text())
        if day := day_of(node.attributes.get("datetime") or "") or date_in(written, language):
            yield day, node, written or node.attributes.get("datetime") or ""
    head = document.tree.css_first("head")
    for key in _DATED:
        if head is not None and (day := day_of(document.meta.get(key, ""))):
            yield day, head, document.meta.get(key, "")
    for block in document.blocks_with_digits:
        if len(block.text) <= 160 and _YEAR.search(block.text):
            if (names_update(block.text) or names_update(block.heading)) and (day := date_in(block.text, language)):
                yield day, block.node, block.text
