"""What an address tells before it is fetched: its words, its family, whether it promises to end."""

import re
from functools import lru_cache
from itertools import pairwise
from urllib.parse import unquote, urlsplit

REMEMBERED = 16_384
LONG = 180
"""Characters above which an address is mostly a search with many facets, or a session."""
_ENDING = re.compile(r"\.(?:x?html?|php|aspx?|jsp|jspx|do|action|cfm|cgi)$", re.I)
_INDEX = re.compile(r"(?:index|default|home|inicio|accueil)(?:\.\w+)?$", re.I)
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?$", re.I)
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_DIGITS = re.compile(r"\d+")
_DATE = re.compile(r"(?:^|[-_/])(?:19|20)\d\d(?:[-_/](?:0?[1-9]|1[0-2]))?(?=$|[-_/])")
_ID = re.compile(r"[0-9a-f]{12,}|(?=\w*\d)(?=\w*[a-zA-Z])\w{16,}", re.I)
_LISTED = re.compile(
    r"[?&](?:page|pagina|p|start|offset|from|limit|date|day|month|year|fecha|mes|sort|order(?:by)?|dir|filter|facets?"
    r"|f\[\d*\]|f%5b\d*%5d|view|print|format|output|tmpl|layout|share|replytocom|redirect|return(?:url|to)?|ref)(?:\[\w*\]|%5b\w*%5d)*="
    r"|/(?:19|20)\d\d/\d|calend[ae]r|/print(?:/|$|\?)|/page/\d",
    re.I,
)


@lru_cache(maxsize=REMEMBERED)
def words(url: str) -> str:
    """The words of the last two parts of the path, "" where it has none.

    >>> words("https://gov.example/en/open-data/dataset_17.html?x=1")
    'open data dataset'
    """
    path = urlsplit(url).path
    parts = [part for part in _ENDING.sub("", unquote(path) if "%" in path else path).split("/") if part][-2:]
    return _NOT_LETTERS.sub(" ", " ".join(parts)[-120:]).strip()


@lru_cache(maxsize=REMEMBERED)
def family(url: str) -> str:
    """The pattern that an address shares with those made by the same template: host, path, keys of the query.

    Numbers, dates and identifiers are replaced, and the last part of a path below another one, which names the
    single page.

    >>> family("https://gov.example/news/2024/05/12/new-school.html?id=7&lang=en")
    'gov.example/news/#/#/#/*?id&lang'
    >>> family("https://gov.example/contact"), family("https://gov.example/8821-apply-for-a-passport")
    ('gov.example/contact', 'gov.example/#*')
    """
    parts = urlsplit(url)
    segments = [part for part in _ENDING.sub("", parts.path).split("/") if part]
    if segments and segments[-1].lower() in ("index", "default"):
        segments.pop()
    pattern = [_pattern(part) for part in segments]
    if len(pattern) > 1 and pattern[-1] not in ("#", "#*"):
        pattern[-1] = "*"
    keys = sorted({piece.partition("=")[0] for piece in parts.query.split("&") if piece})
    told = "/".join([parts.netloc, *pattern[:8]])
    return f"{told}?{'&'.join(keys)[:80]}" if keys else told


@lru_cache(maxsize=REMEMBERED)
def parts_of_path(url: str) -> int:
    """Parts of the path, up to five; the front page of a folder has those of the folder above it.

    Folders of languages are left alone: their front pages translate one that was seen.

    >>> [parts_of_path("https://gov.example/" + path) for path in ("", "index.html", "news/", "fr/", "contact", "a/b")]
    [0, 0, 0, 1, 1, 2]
    """
    path = urlsplit(url).path
    parts = [part for part in path.split("/") if part]
    if parts and (path.endswith("/") or _INDEX.match(parts[-1])) and not _LANGUAGE.match(parts[-1]):
        parts.pop()
    return min(len(parts), 5)


def _pattern(part: str) -> str:
    plain = _DIGITS.sub("#", _ID.sub("#", part))
    if "#" not in plain:
        return plain[:40]
    return "#" if not _NOT_LETTERS.sub("", plain) else "#*" if plain.startswith("#") else f"{plain.partition('#')[0]}#"


@lru_cache(maxsize=REMEMBERED)
def is_listed(url: str) -> bool:
    """Does the address belong to what seldom ends: calendars, facets, orders, print versions, pages of a list?"""
    return len(url) > LONG or bool(_LISTED.search(url))


@lru_cache(maxsize=REMEMBERED)
def is_endless(url: str) -> bool:
    """Does the path repeat itself, as a broken relative link makes it on each further page?

    The same part three times, or a pair of parts twice in a row (Heritrix: PathologicalPathDecideRule, from three).

    >>> is_endless("https://gov.example/a/b/a/b/c"), is_endless("https://gov.example/en/a/en")
    (True, False)
    """
    parts = [part for part in urlsplit(url).path.split("/") if part]
    if len(parts) < 3:
        return False
    counted = max(parts.count(part) for part in set(parts))
    pairs = list(pairwise(parts))
    return counted >= 3 or any(pair == pairs[place + 2] for place, pair in enumerate(pairs[:-2]))
