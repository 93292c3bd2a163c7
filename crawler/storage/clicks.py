"""The shortest click path to each page, whatever the order of the crawl was.

A crawl that takes the most promising link first often finds a page by a detour. Every visit keeps the page's links;
from these the shortest paths are worked out when the crawl ends, and pages and evidence are brought up to date.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from sqlite3 import DatabaseError, connect

from sqlite_utils import Database

from crawler.items import ClickPath
from crawler.storage.candidates import Visited

TEXT = 80
"""Characters of a link's text that a click path keeps."""
_INSERT = (
    "INSERT INTO visit (asked, url, text, depth, grp, concepts, features, sketch, links) VALUES (?,?,?,?,?,?,?,?,?)"
)


def write_visit(db: Database, visited: Visited, url: str, features: str) -> None:
    """Takes a visit down; `url` is where it ended, after redirects."""
    asked = visited.asked
    links = zlib.compress(json.dumps(visited.links, ensure_ascii=False).encode("utf-8", "replace"), 1)
    text = asked.path[-1][0] if asked.path else ""
    told = (asked.url, url, text, asked.depth, asked.group, " ".join(asked.concepts), features, visited.sketch, links)
    db.conn.execute(_INSERT, told)


def shorten(db: Database, run: str, key: Callable[[str], object]) -> int:
    """Gives each page, and its evidence, the shortest click path from its portal's home page; how many became shorter.

    `key`: what addresses of the same page have in common. Where no clicks lead from the portal's own home page to a
    page, those from any other portal's count; where none do, the path stays as it was found (a sitemap's).
    """
    graph = _Graph(db, key)
    portals = [row[0] for row in db.execute("SELECT DISTINCT url FROM portal WHERE run = ?", [run]).fetchall()]
    anywhere = graph.paths(portals)
    changed = 0
    # One transaction: a sync for each page would take longer than all the paths.
    with db.atomic():
        for portal in [*portals, None]:
            paths = graph.paths([portal]) if portal else anywhere
            rows = _pages(db, run, portal, portals)
            changed += sum(_update(db, run, row, graph, paths, anywhere) for row in rows)
    return changed


def _pages(db: Database, run: str, portal: str | None, portals: list[str]) -> list[tuple[str, int, str, int]]:
    """Pages of a portal; with None those of what is no seed."""
    rows = db.execute("SELECT warc, offset, url, depth, portal FROM page WHERE run = ?", [run])
    return [row[:4] for row in rows if (row[4] == portal if portal else row[4] not in portals)]


Steps = Mapping[object, tuple[int, object]]
"""Page to its depth and the page before it."""


def _update(
    db: Database, run: str, row: tuple[str, int, str, int], graph: "_Graph", paths: Steps, anywhere: Steps
) -> bool:
    warc, offset, url, depth = row
    node = graph.key(url)
    chosen = paths if node in paths else anywhere
    # A home page that was read once more behind a link was not judged as a home page, and stays what it was.
    if node not in chosen or not 0 < chosen[node][0] < depth:
        return False
    path = json.dumps(graph.path(node, chosen), ensure_ascii=False)
    for table in ("page", "evidence"):
        db.conn.execute(
            f"UPDATE {table} SET depth = ?, path = ? WHERE run = ? AND warc = ? AND offset = ?",
            [chosen[node][0], path, run, warc, offset],
        )
    return True


class _Graph:
    """The visited pages of a crawl and the links between them; redirects lead to where they ended."""

    def __init__(self, db: Database, key: Callable[[str], object]) -> None:
        self._db = db
        self.key = key
        self._visit: dict[object, int] = {}
        self._end: dict[object, object] = {}
        for number, asked, url in db.execute("SELECT id, asked, url FROM visit ORDER BY id").fetchall():
            end = key(url)
            self._visit[end] = number
            self._end[key(asked)] = end

    def paths(self, homes: list[str]) -> Steps:
        """Breadth first from these home pages."""
        starts = dict.fromkeys(self._end.get(self.key(home), self.key(home)) for home in homes)
        found: dict[object, tuple[int, object]] = dict.fromkeys(starts, (0, None))
        layer, depth = list(found), 0
        while layer:
            depth += 1
            following = []
            for node in layer:
                for target in self._targets(node):
                    if target not in found:
                        found[target] = (depth, node)
                        following.append(target)
            layer = following
        return found

    def _targets(self, node: object) -> Iterator[object]:
        for _, url in self._links(node):
            asked = self.key(url)
            target = self._end.get(asked, asked)
            if target in self._visit:
                yield target

    def _links(self, node: object) -> list[tuple[str, str]]:
        if (number := self._visit.get(node)) is None:
            return []
        (links,) = self._db.execute("SELECT links FROM visit WHERE id = ?", [number]).fetchone()
        return [(text, url) for text, url in json.loads(zlib.decompress(links))]

    def path(self, node: object, steps: Steps) -> ClickPath:
        """The links clicked to reach a page."""
        clicked: list[tuple[str, str]] = []
        while (before := steps[node][1]) is not None:
            for text, url in self._links(before):
                asked = self.key(url)
                if self._end.get(asked, asked) == node:
                    clicked.append((text[:TEXT], url))
                    break
            node = before
        return tuple(reversed(clicked))


def places_beside(warc: Path) -> dict[int, tuple[int, ClickPath]]:
    """Depth and click path of the pages of an archive, by offset, as the crawl that wrote it knew them in the end.

    The archive tells what was known when a page was fetched; the database in the run's folder, where the archive still
    lies in it, knows the shortest paths. {} for any other archive.
    """
    database = warc.resolve().parent.parent / "crawl.db"
    if warc.parent.name != "warc" or not database.exists():
        return {}
    try:
        connection = connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            rows = connection.execute("SELECT offset, depth, path FROM page WHERE warc = ?", [warc.name]).fetchall()
        finally:
            connection.close()
        return {offset: (depth, tuple((text, url) for text, url in json.loads(path))) for offset, depth, path in rows}
    except (DatabaseError, ValueError, TypeError):
        return {}
