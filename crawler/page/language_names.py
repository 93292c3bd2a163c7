"""The names by which menus call languages, and the languages to which a page leads."""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from crawler.page.language import base, is_valid
from crawler.page.parts import Link

_NAMES = {
    "am": "amharic; አማርኛ",
    "ar": "arabic; العربية",
    "az": "azerbaijani; azərbaycan",
    "be": "belarusian; беларуская",
    "bg": "bulgarian; български",
    "bn": "bangla; বাংলা",
    "bs": "bosnian; bosanski",
    "ca": "catalan; català",
    "cs": "czech; čeština",
    "cy": "welsh; cymraeg",
    "da": "danish; dansk",
    "de": "german; deutsch",
    "el": "greek; ελληνικά",
    "en": "english",
    "es": "spanish; español",
    "et": "estonian; eesti",
    "eu": "basque; euskara",
    "fa": "persian; فارسی",
    "fi": "finnish; suomi",
    "fr": "french; français",
    "ga": "irish; gaeilge",
    "gl": "galician; galego",
    "he": "hebrew; עברית",
    "hi": "hindi; हिन्दी",
    "hr": "croatian; hrvatski",
    "hu": "hungarian; magyar",
    "hy": "armenian; հայերեն",
    "id": "indonesian; indonesia",
    "is": "icelandic; íslenska",
    "it": "italian; italiano",
    "ja": "japanese; 日本語",
    "ka": "georgian; ქართული",
    "kk": "kazakh; қазақ тілі",
    "km": "khmer; ខ្មែរ",
    "ko": "korean; 한국어",
    "ky": "kyrgyz; кыргызча",
    "lb": "luxembourgish; lëtzebuergesch",
    "lo": "lao; ລາວ",
    "lt": "lithuanian; lietuvių",
    "lv": "latvian; latviešu",
    "mk": "macedonian; македонски",
    "mn": "mongolian; монгол",
    "ms": "malay; melayu",
    "mt": "maltese; malti",
    "my": "burmese; မြန်မာ",
    "ne": "nepali; नेपाली",
    "nl": "dutch; nederlands",
    "no": "norwegian bokmål; norsk bokmål; norwegian; norsk",
    "pl": "polish; polski",
    "ps": "pashto; پښتو",
    "pt": "portuguese; português",
    "ro": "romanian; română",
    "ru": "russian; русский",
    "si": "sinhala; සිංහල",
    "sk": "slovak; slovenčina",
    "sl": "slovenian; slovenščina",
    "so": "somali; soomaali",
    "sq": "albanian; shqip",
    "sr": "serbian; српски",
    "sv": "swedish; svenska",
    "sw": "swahili",
    "ta": "tamil; தமிழ்",
    "tg": "tajik; тоҷикӣ",
    "th": "thai; ไทย",
    "ti": "tigrinya; ትግርኛ",
    "tk": "turkmen; türkmen dili",
    "tr": "turkish; türkçe",
    "uk": "ukrainian; українська",
    "ur": "urdu; اردو",
    "uz": "uzbek; o‘zbek",
    "vi": "vietnamese; tiếng việt",
    "zh": "chinese",
}
"""Base language code to its English name and its own, as CLDR has them."""
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


_FURTHER_CODES = {"eng": "en", "esp": "es", "fra": "fr", "rus": "ru", "ara": "ar"}


@cache
def called() -> tuple[dict[str, str], dict[str, str]]:
    """Case-folded names, and codes that menus show as such, each to a base language code."""
    names = {name: code for code, listed in _NAMES.items() for name in listed.split("; ")}
    return names | _AS_WRITTEN, {code: code for code in _NAMES} | _FURTHER_CODES


def linked_languages(links: Iterable[Link], words: int = 4) -> Iterator[tuple[str, Link]]:
    """The languages to which the links lead, with the links; `words`: the longest name of a language."""
    for part in links:
        if code := _language_named(part, words):
            yield code, part


def _language_named(part: Link, words: int) -> str:
    if part.hreflang and is_valid(part.hreflang):
        return base(part.hreflang)
    for name in part.names:
        if len(name) <= 40 and name.count(" ") < words:
            code = language_called(name)
            if code:
                return code
    return ""


@lru_cache(maxsize=65_536)
def language_called(name: str) -> str:
    """The language that a menu entry names, in that language or in English, or by its code.

    >>> language_called("Français"), language_called("EN"), language_called("Contact")
    ('fr', 'en', '')
    """
    key = name.strip().casefold().strip("()[]|/ ")
    names, codes = called()
    if key in names:
        return names[key]
    if len(key) > 7:
        return ""
    code = base(key)
    if name.strip().isupper() or (len(name.strip()) == 3 and name.strip().istitle()):
        return codes.get(key, "")
    return code if code in codes and name.strip() == code and len(code) == 2 else ""
