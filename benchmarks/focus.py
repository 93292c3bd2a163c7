"""How soon a crawl finds what a site has: our order of links against three others, on unpacked mirrors of sites.

    python benchmarks/focus.py [--quick] [--sites DIR] [--out FIGURE.svg]

Sites: every archive `*.tar.gz` and folder in DIR, each one portal, and the project's fictional country, eight portals.
Pages are read from the disk instead of the web; links, focus, frontier database and rubric are the real ones. A full
crawl reads every page that links, and the site's sitemap.xml where it has one, lead to from the start page. The figure:
share of (portal, feature) evidence of the full crawl against share of its pages. Beside ours: breadth first; sitemap
order (alphabetical where there is no sitemap); an oracle that knows what each page holds and always takes the reachable
page that adds most (greedy set cover). The weights of the focus were set on these sites: only sites that it has not
seen tell how well it does elsewhere.

Two areas under the curve, both of 1 at most: from 0 to 100 % of the pages, and over the first 15 %. The first is bounded:
where breadth-first has 0.9 nothing can be 1.5 times better; what the oracle reaches is printed beside it.
"""

import argparse
import sys
import tarfile
import tempfile
import tomllib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import altair
import vl_convert
from mirrors import Mirror, demo_country, mirror_of

from crawler.assess import judge_page
from crawler.focus import Focus, FoundLink, found_links, link_of_sitemap, signature
from crawler.items import AssessedPage, Page, Record, Seed
from crawler.page.document import Document
from crawler.page.language import expected_languages
from crawler.rubric import Rubric, load
from crawler.storage import CrawlDatabase
from crawler.storage.crawl import Candidate, Visited

SITES = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "sites"
FLOORS = Path(__file__).with_name("floors.toml")
SHARES = (0.05, 0.10, 0.15, 0.25, 0.50)
FIRST = 0.15
SEEDS = 3
QUICK = 400
ORDERS = ("focus", "breadth-first", "sitemap order", "oracle")


@dataclass(frozen=True, slots=True)
class Known:
    """What a page of the full crawl holds."""

    links: tuple[str, ...]
    evidence: frozenset[tuple[str, str]]


class Crawl:
    """Reads pages of a mirror as a crawl does: parsed, judged, their links found. Each page is judged once."""

    def __init__(self, mirror: Mirror, rubric: Rubric) -> None:
        self.mirror = mirror
        self.rubric = rubric
        self.concepts = frozenset(one for feature in rubric.features.values() for one in feature.concepts())
        self.pages: dict[str, tuple[Document, Page, AssessedPage]] = {}

    def read(self, url: str, depth: int) -> tuple[Document, Page, AssessedPage]:
        """The page at an address of the mirror, and what was judged of it."""
        if url not in self.pages:
            body = self.mirror.body(url)
            portal = self.mirror.portal_of(url)
            headers = (("Content-Type", "text/html"),)
            status = 200 if body is not None else 404
            page = Page(self.mirror.country, portal, url, status, headers, body or b"", "2026-01-01T00:00:00Z", depth,
                        languages=self.mirror.languages, official=True)  # fmt: skip
            document = Document(page)
            place = Record("", len(self.pages), "")
            self.pages[url] = (document, page, judge_page(page, place, self.rubric, document))
        return self.pages[url]

    def links(self, url: str, depth: int) -> list[FoundLink]:
        """The links of the page within the mirror, under the addresses at which their pages are kept."""
        document, page, _ = self.read(url, depth)
        found = found_links(document, page, self.rubric.lookups.terms, self.concepts, 2_000)
        targets = {}
        for one in found:
            target = self.mirror.resolve(one.url)
            if target and target != url:
                targets.setdefault(target, one._replace(url=target))
        return list(targets.values())


def breadth_first(crawl: Crawl) -> dict[str, Known]:
    """Every page that can be reached, in the order in which a queue reads them; what only the sitemap names comes last."""
    waiting = deque((url, 0) for url in crawl.mirror.homes)
    seen = set(crawl.mirror.homes)
    later = deque(url for url in crawl.mirror.sitemap if url not in seen)
    known: dict[str, Known] = {}
    while waiting or later:
        if not waiting:
            url = later.popleft()
            if url in seen:
                continue
            seen.add(url)
            waiting.append((url, 1))
        url, depth = waiting.popleft()
        links = tuple(one.url for one in crawl.links(url, depth))
        given = crawl.read(url, depth)[2].evidence
        known[url] = Known(links, frozenset((one.portal, one.feature) for one in given))
        for target in links:
            if target not in seen:
                seen.add(target)
                waiting.append((target, depth + 1))
    return known


def oracle(crawl: Crawl, known: dict[str, Known]) -> list[str]:
    """Always the reachable page that adds most: an order that is hard to beat, not a proven bound."""
    reachable = dict.fromkeys([*crawl.mirror.homes, *(url for url in crawl.mirror.sitemap if url in known)])
    done: dict[str, None] = {}
    found: set[tuple[str, str]] = set()
    while reachable:
        best = max(reachable, key=lambda url: len(known[url].evidence - found))
        if not known[best].evidence - found:
            # Nothing at hand adds anything: the nearest page through which something can be reached.
            best = _way(reachable, known, found, done) or best
        del reachable[best]
        done[best] = None
        found |= known[best].evidence
        reachable |= dict.fromkeys(url for url in known[best].links if url not in done)
    return list(done)


def _way(
    reachable: dict[str, None], known: dict[str, Known], found: set[tuple[str, str]], done: dict[str, None]
) -> str:
    """The reachable page from which the fewest clicks lead to something new, "" where none does."""
    waiting = deque((url, url) for url in reachable)
    seen = set(reachable) | done.keys()
    while waiting:
        url, first = waiting.popleft()
        if known[url].evidence - found:
            return first
        for target in known[url].links:
            if target not in seen:
                seen.add(target)
                waiting.append((target, first))
    return ""


def sitemap_order(crawl: Crawl, known: dict[str, Known]) -> list[str]:
    """The start pages, then the order of the sitemap, or of the alphabet."""
    named = [url for url in crawl.mirror.sitemap if url in known]
    return list(dict.fromkeys([*crawl.mirror.homes, *named, *sorted(known)]))


def focused(crawl: Crawl, seed: int, pages: int) -> list[str]:
    """Our own order: the real frontier, asked host by host in turn, with a budget of the full crawl's pages."""
    mirror, rubric = crawl.mirror, crawl.rubric
    leading = {feature.id: feature.concepts() for feature in rubric.features.values()}
    focus, order = Focus(leading, seed), []
    with tempfile.TemporaryDirectory() as folder:
        database = CrawlDatabase(Path(folder), "run")
        # What is measured is the order, not the disk.
        database.db.conn.execute("PRAGMA synchronous = OFF")
        database.begin("crawl", rubric.id, rubric.version, "2026-01-01T00:00:00Z", {})
        database.follow(focus)
        database.add_portals(Seed(mirror.country, f"portal-{number}", url) for number, url in enumerate(mirror.homes))
        languages = expected_languages(Page(mirror.country, "", "", 200, (), b"", "", languages=mirror.languages))
        sitemap = (link_of_sitemap(url, rubric.lookups.terms, languages, crawl.concepts) for url in mirror.sitemap)
        database.queue(_candidate(focus, one, mirror.portal_of(one.url), 5) for one in sitemap)
        while (hosts := database.waiting_hosts()) or database.take_up(pages - len(order)):
            for hostname in hosts:
                lease = database.lease(hostname)
                if lease is None:
                    continue
                database.mark_leased(lease)
                order.append(lease.candidate.url)
                _visit(crawl, database, focus, lease.id, lease.candidate)
        database.close()
    return order


def _visit(crawl: Crawl, database: CrawlDatabase, focus: Focus, lease: int, asked: Candidate) -> None:
    document, page, assessed = crawl.read(asked.url, asked.depth)
    found = crawl.links(asked.url, asked.depth)
    links = [_candidate(focus, one, crawl.mirror.portal_of(one.url), asked.depth + 1) for one in found]
    place = Record("", list(crawl.pages).index(asked.url), "")
    visited = Visited(asked, signature(document), ())
    database.store_page(page, place, 1, assessed, links, lease, visited=visited)


def _candidate(focus: Focus, found: FoundLink, portal: str, depth: int) -> Candidate:
    priority, worth = focus.priority(found, depth), focus.pays_for(found.url)
    path = ((found.text, found.url),)
    return Candidate(found.url, portal, depth, path, priority, "page", found.group, found.concepts, worth)


@dataclass(frozen=True)
class Curve:
    """Share of the full crawl's evidence after each page; `pages`: those of the full crawl."""

    found: tuple[float, ...]
    pages: int

    def at(self, share: float) -> float:
        """Share of evidence at this share of pages; one page, the start page, is always read."""
        return self.found[min(max(int(self.pages * share), 1), len(self.found)) - 1]

    def area(self, share: float = 1.0) -> float:
        """Mean share of evidence over the first pages."""
        read = max(int(self.pages * share), 1)
        padded = [*self.found[:read], *[self.found[-1]] * (read - len(self.found))]
        return sum(padded) / read


def curve(order: Sequence[str], known: dict[str, Known]) -> Curve:
    """The curve of an order in which pages of the full crawl are read."""
    total = len(frozenset().union(*(one.evidence for one in known.values())))
    found: set[tuple[str, str]] = set()
    shares = []
    for url in order:
        found |= known[url].evidence
        shares.append(len(found) / max(total, 1))
    return Curve(tuple(shares), len(known))


def compare(mirror: Mirror, rubric: Rubric, seeds: int) -> dict[str, list[Curve]]:
    """The curves of all orders; ours once per seed."""
    crawl = Crawl(mirror, rubric)
    known = breadth_first(crawl)
    return {
        "focus": [curve(focused(crawl, seed, len(known)), known) for seed in range(seeds)],
        "breadth-first": [curve(list(known), known)],
        "sitemap order": [curve(sitemap_order(crawl, known), known)],
        "oracle": [curve(oracle(crawl, known), known)],
    }


def mirrors(folder: Path, quick: bool, unpacked: Path) -> Iterator[Mirror]:
    """The mirrors of a folder, archives unpacked, and the fictional country."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name, root = path.name.removesuffix(".tar.gz"), path
        if path.name.endswith(".tar.gz"):
            root = unpacked / name
            with tarfile.open(path) as archive:
                archive.extractall(root, filter="data")
        if not root.is_dir() or (quick and sum(1 for _ in root.rglob("*.htm*")) > QUICK):
            print(f"{name}: left out ({'more than ' + str(QUICK) + ' pages' if root.is_dir() else 'no archive'})")
        elif (mirror := mirror_of(root, name)) is None:
            print(f"{name}: left out (no HTML page)")
        else:
            yield mirror
    yield demo_country()


def mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / max(len(listed), 1)


def table(name: str, curves: dict[str, list[Curve]], say: Callable[[Curve, float], float]) -> None:
    """Prints one site: the share of evidence at each share of pages, and the areas."""
    print(f"{name}, {curves['oracle'][0].pages} pages")
    for order, several in curves.items():
        shares = " ".join(f"{mean(say(one, share) for one in several):5.2f}" for share in SHARES)
        areas = f"{mean(one.area() for one in several):6.3f} {mean(one.area(FIRST) for one in several):6.3f}"
        print(f"  {order:14} {shares} {areas}")


def draw(curves: dict[str, dict[str, list[Curve]]], path: Path) -> None:
    """The curves of all sites as a picture."""
    rows = [
        {"site": site, "order": order, "pages": place / 100, "evidence": mean(one.at(place / 100) for one in several)}
        for site, orders in curves.items()
        for order, several in orders.items()
        for place in range(1, 101)
    ]
    scale = altair.Scale(domain=list(ORDERS), range=["#0b5394", "#8a94a0", "#c9a227", "#2e7d32"])
    lines = altair.Chart(altair.InlineData(values=rows)).mark_line(strokeWidth=2, interpolate="step-after")
    lines = lines.encode(
        x=altair.X("pages:Q", title="share of pages read", axis=altair.Axis(format="%")),
        y=altair.Y("evidence:Q", title="share of evidence found", axis=altair.Axis(format="%")),
        color=altair.Color("order:N", scale=scale, title=None),
    )
    chart = lines.properties(width=320, height=220).facet(altair.Facet("site:N", title=None), columns=2)
    path.write_text(str(vl_convert.vegalite_to_svg(chart.to_json())), "utf-8")


def missed(curves: dict[str, dict[str, list[Curve]]]) -> list[str]:
    """The floors that are missed; those that nobody can reach on a site are told, and count for nothing there."""
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["focus"]
    found, area = [], []
    for site, orders in curves.items():
        ours, first, best = orders["focus"], orders["breadth-first"][0], orders["oracle"][0]
        if best.at(FIRST) < floors["found_at_15_percent"]:
            print(f"{site}: the oracle itself has {best.at(FIRST):.2f} of the evidence at 15 % of the pages")
        else:
            found.append(mean(one.at(FIRST) for one in ours))
        if best.area() < floors["area_to_breadth_first"] * first.area():
            print(f"{site}: the oracle itself has {best.area() / first.area():.2f} times the area of breadth-first")
        else:
            area.append(mean(one.area() for one in ours) / first.area())
    told = []
    if found and mean(found) < floors["found_at_15_percent"]:
        told.append(f"{mean(found):.3f} of the evidence at 15 % of the pages")
    if area and mean(area) < floors["area_to_breadth_first"]:
        told.append(f"{mean(area):.2f} times the area of breadth-first")
    shares = [
        mean(one.area(FIRST) for one in orders["focus"]) / orders["oracle"][0].area(FIRST) for orders in curves.values()
    ]
    if mean(shares) < floors["area_to_oracle_first_15_percent"]:
        told.append(f"{mean(shares):.3f} of the oracle's area over the first 15 % of the pages")
    return told


def main() -> int:
    """Prints the tables; exit code 1 where a floor is missed that can be reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"sites of up to {QUICK} pages, one seed")
    parser.add_argument("--sites", type=Path, default=SITES, help="folder of archives and unpacked mirrors")
    parser.add_argument("--out", type=Path, help="draw the curves to this SVG file")
    arguments = parser.parse_args()
    rubric, curves = load(), {}
    print(f"{'':16} {' '.join(f'{share:5.0%}' for share in SHARES)}   area  first 15 %")
    with tempfile.TemporaryDirectory() as folder:
        for mirror in mirrors(arguments.sites, arguments.quick, Path(folder)):
            curves[mirror.name] = compare(mirror, rubric, 1 if arguments.quick else SEEDS)
            table(mirror.name, curves[mirror.name], Curve.at)
    if arguments.out:
        draw(curves, arguments.out)
    told = missed(curves)
    for order in ORDERS:
        several = [one[order] for one in curves.values()]
        at = mean(mean(one.at(FIRST) for one in each) for each in several)
        areas = [mean(mean(one.area(share) for one in each) for each in several) for share in (1.0, FIRST)]
        print(f"all {len(curves)}, {order}: {at:.3f} at 15 %, area {areas[0]:.3f}, first 15 % {areas[1]:.3f}")
    print(f"focus: {'missed: ' + '; '.join(told) if told else 'floors that can be reached are kept'}")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
