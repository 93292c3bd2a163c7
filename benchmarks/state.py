"""Pages that are no content, told from content: blocked, captcha, login, consent, missing, parked, closed.

    python benchmarks/state.py [--quick]

Pages of tests/states with their labels, and look-alikes that must stay readable; then the readable pages of
the corpus, of which none should be thrown away. Prints the confusion matrix and what the check costs a page.
"""

import argparse
import statistics
import sys
import tarfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from crawler.fetch.archive import read_pages
from crawler.items import Page
from crawler.page.document import Document
from crawler.page.state import reason_not_readable

CASES = Path(__file__).resolve().parents[1] / "tests" / "states"
CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
FLOORS = Path(__file__).with_name("floors.toml")
AT = "2024-05-01T12:00:00Z"
READABLE = "readable"


def cases() -> Iterator[tuple[str, str, Page]]:
    """Name, expected reason or "readable", and page of each labelled case."""
    for row in yaml.safe_load((CASES / "index.yaml").read_text("utf-8")):
        url = row.get("url", "https://portal.gov.example/a/page")
        path = ((row.get("link_text", "Read on"), row.get("wanted", url)),)
        headers = (("Content-Type", "text/html; charset=utf-8"), *row.get("headers", {}).items())
        body = (CASES / row["file"]).read_bytes()
        home = "https://portal.gov.example/"
        yield row["file"], row["expected"] or READABLE, Page(
            "GBR", home, url, row.get("status", 200), headers, body, AT, 1, path
        )  # fmt: skip


def corpus(quick: bool) -> Iterator[Page]:
    """Pages of governments that are known to be readable, where this machine has them."""
    labelled = CORPUS / "dev" / "pages.warc.gz"
    if labelled.exists():
        yield from (captured.page for captured in read_pages([labelled]))
    for archive in sorted((CORPUS / "sites").glob("*.tar.gz")) if not quick else ():
        with tarfile.open(archive) as files:
            for member in files:
                file = files.extractfile(member) if member.name.endswith((".html", ".htm")) else None
                if file is not None:
                    url = f"https://site.example/{member.name}"
                    kind = (("Content-Type", "text/html"),)
                    yield Page("GBR", "https://site.example/", url, 200, kind, file.read(), AT, 1, (("", url),))


def told(page: Page, times: list[float]) -> str:
    """The reason that the check gives, or "readable"; its time in milliseconds is added."""
    document = Document(page)
    # What every assessment reads anyway is no cost of this check.
    _ = document.text_length, document.title
    start = time.perf_counter()
    reason = reason_not_readable(page, document)
    times.append((time.perf_counter() - start) * 1000)
    return reason.value if reason else READABLE


def main() -> int:
    """Prints matrix and figures; exit code 1 under a floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="without the sites of the corpus")
    quick = parser.parse_args().quick
    matrix: Counter[tuple[str, str]] = Counter()
    times: list[float] = []
    for name, expected, page in cases():
        given = told(page, times)
        matrix[expected, given] += 1
        if given != expected:
            print(f"{name}: {given}, expected {expected}")
    names = sorted({name for pair in matrix for name in pair})
    print(f"{'expected / told':16}", *(f"{name[:12]:>12}" for name in names))
    for row in names:
        print(f"{row:16}", *(f"{matrix[row, column] or '.':>12}" for column in names))
    walls = sum(number for (expected, _), number in matrix.items() if expected != READABLE)
    right = sum(number for (expected, given), number in matrix.items() if expected == given != READABLE)
    content = sum(number for (expected, _), number in matrix.items() if expected == READABLE)
    kept = matrix[READABLE, READABLE] / content
    times.clear()
    pages = lost = 0
    for page in corpus(quick):
        pages += 1
        if (given := told(page, times)) != READABLE:
            lost += 1
            print(f"corpus: {page.url}: {given}")
    cost = statistics.median(times) if times else 0.0
    print(f"{pages} readable pages of the corpus, {lost} thrown away; median cost {cost:.3f} ms a page")
    print(f"state: {right / walls:.3f} of {walls} walls named right, {kept:.3f} of {content} look-alikes kept")
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["state"]
    enough = right / walls >= floors["named_right"] and kept >= floors["kept"]
    return 0 if enough and lost <= floors["lost"] * pages and cost <= floors["median_ms"] else 1


if __name__ == "__main__":
    sys.exit(main())
