"""What judging a page costs, beside one BeautifulSoup parse of the same page.

    python benchmarks/assess.py [--quick] [--warc FILE] [--rubric DIR] [--profile]

Full assessment: parse, links, language, all terms of all languages, all detectors, on one core.
Each page is judged by a term index that has forgotten the texts of earlier pages, as a page of an
unknown site would be.
"""

import argparse
import cProfile
import pstats
import statistics
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from bs4 import BeautifulSoup

from crawler.assess import assess_page
from crawler.collector import spare
from crawler.fetch.archive import read_pages
from crawler.items import Page, Record
from crawler.page.encoding import decode
from crawler.rubric import load

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "dev" / "pages.warc.gz"
FLOORS = Path(__file__).with_name("floors.toml")


def milliseconds(
    work: Callable[[Page], object], pages: list[Page], rounds: int, before: Callable[[], None] = lambda: None
) -> list[float]:
    """The best of some rounds for each page, without what is done `before`: what else runs only adds to a time."""
    best = [float("inf")] * len(pages)
    for _ in range(rounds):
        for number, page in enumerate(pages):
            before()
            start = time.perf_counter()
            work(page)
            best[number] = min(best[number], (time.perf_counter() - start) * 1000)
    return best


def percentile(values: list[float], share: int) -> float:
    """The value below which `share` percent of the values lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def main() -> int:
    """Prints the table; exit code 1 where a page costs more than the stated floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every fourth page, one round")
    parser.add_argument("--warc", type=Path, default=CORPUS)
    parser.add_argument("--rubric", default="egov")
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    arguments = parser.parse_args()
    if not arguments.warc.exists():
        print("no pages on this machine: nothing measured")
        return 0
    rubric = load(arguments.rubric)
    pages = [captured.page for captured in read_pages([arguments.warc])]
    pages, rounds = (pages[::4], 1) if arguments.quick else (pages, 15)

    def judge(page: Page) -> None:
        assess_page(page, Record("", 0, ""), rubric)

    judge(pages[0])  # loads the language profiles
    spare()
    if arguments.profile:
        with cProfile.Profile() as profile:
            for page in pages:
                judge(page)
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)
    ours = milliseconds(judge, pages, rounds, rubric.index.forget)
    soup = milliseconds(lambda page: BeautifulSoup(decode(page), "html.parser"), pages, 1)
    print(f"{len(pages)} pages, {len(rubric.features)} features, {len(rubric.phrases)} languages; ms per page")
    print(f"{'':32} {'p50':>7} {'p95':>7} {'max':>7}")
    for name, times in (("full assessment", ours), ("BeautifulSoup parse alone", soup)):
        print(f"{name:32} {percentile(times, 50):7.1f} {percentile(times, 95):7.1f} {max(times):7.1f}")
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["assess"]
    half, most = percentile(ours, 50), percentile(ours, 95)
    ratio = statistics.median(one / other for one, other in zip(ours, soup, strict=True))
    print(f"assess: p50 {half:.1f} ms, p95 {most:.1f} ms, {ratio:.2f} of a BeautifulSoup parse (median page)")
    return 0 if half <= floors["p50_ms"] and most <= floors["p95_ms"] else 1


if __name__ == "__main__":
    sys.exit(main())
