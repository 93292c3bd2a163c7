"""The rules of a robots.txt file by RFC 9309: reading them, and finding the one that decides about an address.

Where the standard is silent, or files in the wild break it, we do as Google's published parser does (google/robotstxt).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite

MAX_SIZE = 500 * 1024
"""Bytes of robots.txt that are read (RFC 9309, 2.5: at least 500 KiB)."""
MAX_LINE = 8 * 2083 - 1
"""Bytes of a line that are read (google/robotstxt: eight times the longest address of Internet Explorer)."""
ANYBODY = "*"

# The misspellings that Google's parser accepts as well.
_NAMES = {
    "user-agent": "user-agent", "useragent": "user-agent", "user agent": "user-agent",
    "allow": "allow",
    **dict.fromkeys(("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"), "disallow"),
    "sitemap": "sitemap", "site-map": "sitemap",
    "crawl-delay": "crawl-delay", "crawldelay": "crawl-delay", "crawl delay": "crawl-delay",
}  # fmt: skip
_BYTE_ORDER_MARK = re.compile(rb"\xef(?:\xbb\xbf?)?(?=[A-Za-z#\s])")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_TOKEN = re.compile(r"[A-Za-z_-]+")
_AGENT = re.compile(r"([A-Za-z_-]+)(?:/.*)?")
_ADDRESS = re.compile(r"(?:[^/?;#]*:)?(?://)?[^/?;#]*([^#]*)", re.S)
_PLAIN = re.compile(r"[A-Za-z0-9_.~/?=&:;,+@!'()\[\]-]*")
_PIECE = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9_.~=&:;,+@!'()\[\]-]", re.S)
# A reserved character means the same written out or escaped, but for those that give an address its shape.
_WRITTEN_OUT = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~=&:;,+@!'()[]-")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line that allows or disallows; `text` as it stands in the file, `pattern` spelled for comparing."""

    allows: bool
    text: str
    pattern: str

    def __str__(self) -> str:
        return f"{'Allow' if self.allows else 'Disallow'}: {self.text}"

    def matches(self, path: str) -> bool:
        """Does the pattern, with `*` and a final `$`, match the path? Takes time in proportion to its length."""
        anchored = self.pattern.endswith("$")
        first, *parts = self.pattern.removesuffix("$").split("*")
        if not path.startswith(first):
            return False
        if not parts:
            return not anchored or path == first
        place = len(first)
        for part in parts[:-1]:
            place = path.find(part, place)
            if place < 0:
                return False
            place += len(part)
        if anchored:
            return path.endswith(parts[-1]) and len(path) - len(parts[-1]) >= place
        return path.find(parts[-1], place) >= 0


@dataclass(slots=True)
class Group:
    """The rules for one product token. `crawl_delay_s` is None where none is asked for."""

    crawl_delay_s: float | None = None
    _plain: dict[str, Rule] = field(default_factory=dict)
    _special: list[Rule] = field(default_factory=list)
    _longest: int = 0

    def add(self, rule: Rule) -> None:
        """Adds a rule; of two with the same pattern the one that allows is kept (RFC 9309, 2.2.2)."""
        if "*" in rule.pattern or "$" in rule.pattern:
            self._special.append(rule)
        elif rule.allows or rule.pattern not in self._plain:
            self._plain[rule.pattern] = rule
            self._longest = max(self._longest, len(rule.pattern))

    def decides(self, path: str) -> Rule | None:
        """The rule with the longest pattern that matches; None where none does, which allows."""
        ends = range(min(len(path), self._longest), 0, -1)
        found = next((rule for end in ends if (rule := self._plain.get(path[:end]))), None)
        for rule in self._special:
            if (found is None or _weight(rule) > _weight(found)) and rule.matches(path):
                found = rule
        return found


def _weight(rule: Rule) -> tuple[int, bool]:
    return len(rule.pattern), rule.allows


@dataclass(frozen=True, slots=True)
class Robots:
    """A robots.txt file: its groups by product token in lower case, and the sitemaps that it names."""

    groups: Mapping[str, Group]
    sitemaps: tuple[str, ...] = ()

    def group(self, agent: str) -> Group | None:
        """The rules for a product token or `User-Agent` header: its own, else those for everybody."""
        return self.groups.get(product_token(agent).lower()) or self.groups.get(ANYBODY)

    def decides(self, url: str, agent: str) -> Rule | None:
        """The rule that decides about the address, None where none does; robots.txt itself is always allowed."""
        path = path_of(url)
        group = self.group(agent)
        return group.decides(path) if group is not None and path != "/robots.txt" else None

    def allows(self, url: str, agent: str) -> bool:
        """May the agent fetch the address?"""
        rule = self.decides(url, agent)
        return rule is None or rule.allows


def product_token(agent: str) -> str:
    """The product token of a `User-Agent` header (RFC 9309, 2.2.1: letters, `_` and `-`); "" where it has none.

    >>> product_token("egov/0.1 (+https://gov.example/)"), product_token("egov"), product_token("e gov")
    ('egov', 'egov', '')
    """
    found = _AGENT.fullmatch(agent)
    return found[1] if found else ""


def path_of(url: str) -> str:
    """Path and query of an address, spelled for comparing.

    >>> path_of("https://gov.example/caf\u00e9?a=%62#top"), path_of("https://gov.example")
    ('/caf%C3%A9?a=b', '/')
    """
    found = _ADDRESS.match(url)
    path = found[1] if found else ""
    return spelled(path if path.startswith("/") else f"/{path}")


def spelled(text: str, *, pattern: bool = False) -> str:
    """A path or pattern in the spelling in which both are compared (RFC 9309, 2.2.2).

    What needs no escape stands for itself, everything else is percent-encoded in upper case. `/` and `?` are told
    from their escapes before the query, `*` and a final `$` in a pattern: there they stand for themselves.
    """
    if _PLAIN.fullmatch(text) and "%" not in text:
        return text
    path, mark, query = text.partition("?")
    anchor = "$" if pattern and text.endswith("$") else ""
    if anchor:
        path, query = (path, query[:-1]) if mark else (path[:-1], query)
    return _spelled(path, "/*" if pattern else "/") + mark + _spelled(query, "/?*" if pattern else "/?") + anchor


def _spelled(text: str, kept: str) -> str:
    def one(found: re.Match[str]) -> str:
        piece = found[0]
        if len(piece) == 3 and piece[0] == "%":
            octet = int(piece[1:], 16)
            plain = octet in _WRITTEN_OUT or ("?" in kept and octet in b"/?")
            return chr(octet) if plain else piece.upper()
        if piece in kept:
            return piece
        return "".join(f"%{octet:02X}" for octet in piece.encode("utf-8", "surrogateescape"))

    return _PIECE.sub(one, text)


def parse(body: bytes) -> Robots:
    """Reads the first 500 KiB of a file. Never raises: what is no rule is passed over."""
    groups: dict[str, Group] = {}
    sitemaps: list[str] = []
    under: list[Group] = []
    slowed: list[Group] = []
    naming = ended = False
    for name, value in _lines(body):
        if name == "sitemap":
            sitemaps.append(_readable(value))
        elif name == "user-agent":
            # A group ends where an agent is named after a rule; other lines must not end it (RFC 9309, 2.2.4).
            under = under if naming else []
            # A Crawl-delay is no rule of the standard: whoever wrote one meant the agents just above it.
            slowed = slowed if naming and not ended else []
            naming, ended = True, False
            if token := _named(value):
                under.append(groups.setdefault(token, Group()))
                slowed.append(under[-1])
        elif name == "crawl-delay":
            ended = True
            for group in slowed:
                group.crawl_delay_s = max(_seconds(value), group.crawl_delay_s or 0)
        else:
            naming = False
            for rule in _rules(name == "allow", value):
                for group in under:
                    group.add(rule)
    return Robots(groups, tuple(dict.fromkeys(sitemaps)))


def _lines(body: bytes) -> Iterator[tuple[str, str]]:
    """Names and values of the lines that mean something to us."""
    if mark := _BYTE_ORDER_MARK.match(body):
        body = body[mark.end() :]
    lines = _LINE_END.split(body[:MAX_SIZE])
    if len(body) > MAX_SIZE and len(lines) > 1:
        # Half a pattern matches more than the whole one.
        lines.pop()
    for line in lines:
        text = line[:MAX_LINE].partition(b"#")[0].decode("utf-8", "surrogateescape").strip(" \t\v\f\0")
        name, colon, value = text.partition(":")
        if not colon:
            words = text.split()
            name, value = words if len(words) == 2 else ("", "")
        if known := _NAMES.get(name.strip().lower()):
            yield known, value.strip()


def _named(value: str) -> str:
    """The product token that a line `User-agent` names, in lower case; what follows it is passed over."""
    if value == ANYBODY or value[:2].rstrip() == ANYBODY:
        return ANYBODY
    found = _TOKEN.match(value)
    return found[0].lower() if found else ""


def _rules(allows: bool, value: str) -> Iterator[Rule]:
    # An empty pattern matches nothing; one that begins with something else can match no path.
    if value.startswith(("/", "*")):
        pattern = spelled(value, pattern=True)
        text = _readable(value)
        yield Rule(allows, text, pattern)
        if allows and pattern.endswith("/index.html"):
            yield Rule(allows, text, pattern.removesuffix("index.html") + "$")


def _readable(value: str) -> str:
    """The value for people and databases: octets that are no UTF-8 are replaced."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return seconds if isfinite(seconds) and seconds > 0 else 0.0
