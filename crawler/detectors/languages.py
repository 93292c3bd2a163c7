"""Names by which language menus call languages: endonyms and English names, from CLDR."""

from babel import Locale
from babel.core import get_global

from crawler.page.language import base

_COMMON = (
    "ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl he hi hr hu hy id is it ja ka kk km ko ky lo lt lv mk"
    " mn ms mt my nb ne nl no pl ps pt ro ru si sk sl so sq sr sv sw ta tg th ti tk tr uk ur uz vi zh am fil lb"
).split()
# How menus write what CLDR writes otherwise.
_AS_WRITTEN = {
    "中文": "zh", "简体中文": "zh", "繁體中文": "zh", "繁体中文": "zh", "简体": "zh", "繁體": "zh", "汉语": "zh", "漢語": "zh",
    "castellano": "es", "english version": "en", "in english": "en", "version française": "fr", "русский язык": "ru",
    "рус": "ru", "укр": "uk", "қаз": "kk", "кыр": "ky", "eng": "en", "esp": "es", "fra": "fr", "deu": "de", "ita": "it",
    "عربي": "ar", "bahasa": "id", "inglés": "en", "inglese": "en", "anglais": "en", "englisch": "en", "inglês": "en",
    "английский": "en", "английская версия": "en", "англійська": "en", "الإنجليزية": "en", "ingilizce": "en", "engels": "en",
    "kiingereza": "en", "英文": "en", "english site": "en", "english website": "en", "version en español": "es",
    "versión en inglés": "en", "filipino": "fil", "kiswahili": "sw", "на русском": "ru", "по русски": "ru",
}  # fmt: skip


def _names() -> dict[str, str]:
    english = Locale("en")
    found: dict[str, str] = {}
    for code in _COMMON:
        name = english.languages.get(code)
        if name:
            found[name.casefold()] = base(code)
        if code in get_global("likely_subtags") or code == "en":
            try:
                endonym = Locale.parse(code).languages.get(code)
            except ValueError:
                endonym = None
            if endonym:
                found[endonym.casefold()] = base(code)
    return found | _AS_WRITTEN


NAMES = _names()
"""Case-folded name to base language code."""
CODES = {code: base(code) for code in _COMMON} | {"eng": "en", "esp": "es", "fra": "fr", "rus": "ru", "ara": "ar"}
"""Codes that menus show as such."""
