"""Unpacked mirrors of sites, and the project's fictional country, read as if they were fetched."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pycountry
from selectolax.lexbor import LexborHTMLParser

from crawler.demo.country import BLOCKED, DOWN, LANGUAGES, PORTALS, DemoCountry, _respond
from crawler.page.language import is_valid
from crawler.page.urls import host

COMPARED = 20
"""Pages with the most links that are tried as start pages where index.html reaches little."""
_PAGES = (".html", ".htm", ".xhtml", ".shtml", ".php", ".aspx", ".asp", ".jsp", "")


@dataclass(frozen=True)
class Mirror:
    """A site, or several portals, whose pages are at hand. `resolve`: the page that an address leads to, or ""."""

    name: str
    country: str
    languages: tuple[str, ...]
    homes: tuple[str, ...]
    sitemap: tuple[str, ...]
    body: Callable[[str], bytes | None]
    resolve: Callable[[str], str]

    def portal_of(self, url: str) -> str:
        """The home page on whose host the address lies."""
        return next((home for home in self.homes if host(home) == host(url)), self.homes[0])


def mirror_of(root: Path, name: str) -> Mirror | None:
    """The mirror in a folder, None where it holds no page."""
    while len(inside := list(root.iterdir())) == 1 and inside[0].is_dir():
        root = inside[0]
    files = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if _is_page(path)}
    if not files:
        return None
    label = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "site"
    site = _Site(f"https://www.{label}.example/", files)
    start = _start(site)
    site.own = _own_hosts(files[start])
    known = pycountry.countries.get(alpha_2=name[:2].upper()) if name[2:3] == "-" else None
    lang = LexborHTMLParser(files[start].read_bytes()).css_first("html[lang]")
    tag = (lang.attributes.get("lang") or "") if lang else ""
    languages = (tag,) if is_valid(tag) else ()
    home = site.address(start)
    return Mirror(
        name, known.alpha_3 if known else "", languages, (home,), site.sitemap(root, home), site.body, site.resolve
    )


class _Site:
    """The files of one mirror under addresses of a host of its own; a folder's index.html is the folder."""

    def __init__(self, base: str, files: Mapping[str, Path]) -> None:
        self.base = base
        self.files = files
        self.own: frozenset[str] = frozenset()
        self._host = host(base)

    def address(self, name: str) -> str:
        folder, _, last = name.rpartition("/")
        return self.base + (f"{folder}/" if folder else "") * (last == "index.html") + name * (last != "index.html")

    def body(self, url: str) -> bytes | None:
        name = self._name(url)
        return self.files[name].read_bytes() if name else None

    def resolve(self, url: str) -> str:
        name = self._name(url)
        return self.address(name) if name else ""

    def _name(self, url: str) -> str:
        parts = urlsplit(url)
        path = unquote(parts.path).strip("/")
        if parts.hostname != self._host:
            # Mirrors of several hosts have a folder for each; others name their own host here and there.
            return self._file(f"{parts.hostname}/{path}".strip("/")) or (
                self._file(path) if parts.hostname in self.own else ""
            )
        if found := self._file(path) or (self._file(f"{path}?{unquote(parts.query)}") if parts.query else ""):
            return found
        # A site that was built for a folder of its host names that folder in its links.
        return self._file(path.partition("/")[2]) if "/" in path else ""

    def _file(self, path: str) -> str:
        tried = (
            path,
            f"{path}/index.html" if path else "index.html",
            f"{path}.html",
            f"{path}.htm",
            f"{path}/index.htm",
        )
        return next((name for name in tried if name in self.files), "")

    def sitemap(self, root: Path, home: str) -> tuple[str, ...]:
        """The addresses of sitemap.xml at the root or beside the start page."""
        for path in dict.fromkeys([root / "sitemap.xml", *sorted(root.rglob("sitemap.xml"))]):
            if path.exists():
                named = re.findall(r"<loc>\s*([^<\s]+)\s*</loc>", path.read_text("utf-8", "replace"))
                local = (self.resolve(url) or self.resolve(urljoin(home, urlsplit(url).path)) for url in named)
                return tuple(dict.fromkeys(url for url in local if url))
        return ()


def _is_page(path: Path) -> bool:
    if path.suffix.lower() not in _PAGES or not path.is_file():
        return False
    head = path.open("rb").read(2_000).lower()
    return b"<html" in head or b"<!doctype html" in head


def _own_hosts(path: Path) -> frozenset[str]:
    tree = LexborHTMLParser(path.read_bytes())
    named = [node.attributes.get("href") or "" for node in tree.css('link[rel="canonical"]')]
    named += [node.attributes.get("content") or "" for node in tree.css('meta[property="og:url"]')]
    return frozenset(filter(None, map(host, named)))


def _start(site: _Site) -> str:
    """The index.html nearest the root, unless another page reaches twice as many."""
    links = {name: _links(site, name) for name in site.files}
    indexes = [name for name in links if name.rpartition("/")[2] in ("index.html", "index.htm")]
    # HTTrack puts a list of what it copied above the sites.
    indexes = [name for name in indexes if b"HTTrack Website Copier" not in site.files[name].read_bytes()] or indexes
    nearest = min(indexes or links, key=lambda name: (name.count("/"), -len(links[name]), name))
    others = sorted(links, key=lambda name: (-len(links[name]), name))[:COMPARED]
    best = max(others, key=lambda name: _reach(name, links))
    return best if _reach(best, links) > 2 * _reach(nearest, links) else nearest


def _links(site: _Site, name: str) -> set[str]:
    tree = LexborHTMLParser(site.files[name].read_bytes())
    base = site.address(name)
    found = set()
    for node in tree.css("a[href]"):
        try:
            found.add(site._name(urljoin(base, node.attributes.get("href") or "")))
        except ValueError:
            continue
    return found - {""}


def _reach(start: str, links: Mapping[str, set[str]]) -> int:
    seen, waiting = {start}, [start]
    while waiting:
        new = links[waiting.pop()] - seen
        seen |= new
        waiting.extend(new)
    return len(seen)


def demo_country() -> Mirror:
    """The project's fictional country without its servers; the host that is down is left out."""
    country = DemoCountry(8400)
    portals = [portal for portal in PORTALS if portal.role not in (DOWN, BLOCKED)]
    answer = {portal.address: _respond(country, portal) for portal in portals}

    @cache
    def asked(url: str, redirects: int = 0) -> tuple[str, bytes | None]:
        parts = urlsplit(url)
        if parts.hostname not in answer:
            return "", None
        query = dict(piece.partition("=")[::2] for piece in parts.query.split("&") if piece)
        got = answer[parts.hostname](unquote(parts.path), query)
        if got.status in (301, 302) and redirects < 5:
            return asked(urljoin(url, got.headers["Location"]), redirects + 1)
        return (url, got.body) if got.status == 200 and "html" in got.type else ("", None)

    homes = tuple(asked(country.url(portal.role))[0] for portal in portals)
    return Mirror(
        "fictional country", "XVD", tuple(LANGUAGES.split()), homes, (), lambda url: asked(url)[1],
        lambda url: asked(url)[0],
    )  # fmt: skip
