"""Names by which language menus call languages: in that language, in English, and in some others."""

from functools import cache

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
