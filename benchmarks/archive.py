"""Pages per second and core of `egov assess --warc`: reading, judging, SQLite, on an archive like Common Crawl's.

    python benchmarks/archive.py [--quick] [--pages N] [--corpus FILE] [--jobs N] [--profile]

Two archives of request, response and metadata records, compressed one by one: pages of 70 KB with 120 links (those of
benchmarks/throughput.py), and, where it lies on this machine, pages of a corpus repeated under other hosts. Beside each:
warcio reading the same records, and BeautifulSoup parsing the same pages (a sample). Per core: pages divided by the
seconds of processor time of all processes, without start-up; what else runs on the machine does not count.
"""

import argparse
import cProfile
import io
import pstats
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from throughput import page
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.fetch.archive import read_pages
from crawler.items import Page
from crawler.judges import Judges
from crawler.reassess import Wish, assess_archives
from crawler.rubric import load
from crawler.storage import CrawlDatabase

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "dev" / "pages.warc.gz"
FLOORS = Path(__file__).with_name("floors.toml")
HOSTS = 50
"""Sites among which the made pages are spread."""


def made_pages(number: int) -> Iterator[Page]:
    """Pages of 70 KB on some sites."""
    headers = (("Content-Type", "text/html; charset=utf-8"), ("X-Crawler-Transfer-Encoding", "chunked"))
    for one in range(number):
        portal = f"https://www.host{one % HOSTS}.gov.example/"
        yield Page("", portal, f"{portal}p{one}.html", 200, headers, page(one, number), "2024-06-01T00:00:00Z")


def corpus_pages(corpus: Path, number: int) -> Iterator[Page]:
    """Pages of a corpus, again and again under other hosts."""
    kept = [captured.page for captured in read_pages([corpus])]
    for one in range(number):
        chosen = kept[one % len(kept)]
        parts = urlsplit(chosen.url)
        url = urlunsplit(parts._replace(netloc=f"m{one // len(kept)}.{parts.netloc}"))
        yield replace(chosen, url=url)


def write_archive(path: Path, pages: Iterator[Page]) -> tuple[int, int]:
    """Writes the pages as Common Crawl does; their number and bytes."""
    number = size = 0
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for one in pages:
            asked = StatusAndHeaders("GET / HTTP/1.1", [("User-Agent", "CCBot/2.0")], is_http_request=True)
            writer.write_record(writer.create_warc_record(one.url, "request", io.BytesIO(b""), 0, http_headers=asked))
            kept = [(name, value) for name, value in one.headers if name.lower() != "content-length"]
            answer = StatusAndHeaders(f"{one.status} OK", kept, protocol="HTTP/1.1")
            body, told = io.BytesIO(one.body), {"WARC-Identified-Payload-Type": "text/html"}
            response = writer.create_warc_record(
                one.url, "response", body, len(one.body), http_headers=answer, warc_headers_dict=told
            )
            writer.write_record(response)
            fields = io.BytesIO(b"fetchTimeMs: 99\r\ncharset-detected: UTF-8\r\n")
            kind = "application/warc-fields"
            writer.write_record(writer.create_warc_record(one.url, "metadata", fields, warc_content_type=kind))
            number, size = number + 1, size + len(one.body)
    return number, size


_PRELUDE = """
import re, resource, sys, tempfile, time
from pathlib import Path
def spent():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    # Not ru_maxrss: a process starts with the peak of its parent there.
    told = re.search("VmHWM:[ \\t]*([0-9]+)", Path("/proc/self/status").read_text())
    return sum(one.ru_utime + one.ru_stime for one in used), int(told[1]) // 1024
path, number = Path(sys.argv[1]), int(sys.argv[2])
"""
OURS = (
    _PRELUDE
    + """
from crawler.reassess import Wish, assess_archives
from crawler.rubric import load
with tempfile.TemporaryDirectory() as out:
    done = assess_archives(Wish([path], Path(out), "GBR", jobs=number), load())
print(done.pages, done.seconds, *spent())
"""
)
WARCIO = (
    _PRELUDE
    + """
from warcio.archiveiterator import ArchiveIterator
pages = 0
start, before = time.perf_counter(), spent()[0]
with path.open("rb") as stream:
    for record in ArchiveIterator(stream):
        pages += record.rec_type == "response"
        record.content_stream().read()
print(pages, time.perf_counter() - start, spent()[0] - before, spent()[1])
"""
)
SOUP = (
    _PRELUDE
    + """
from itertools import islice
from bs4 import BeautifulSoup
from crawler.fetch.archive import read_pages
from crawler.page.encoding import decode
pages = 0
start, before = time.perf_counter(), spent()[0]
for pages, captured in enumerate(islice(read_pages([path]), number), 1):
    BeautifulSoup(decode(captured.page), "html.parser")
print(pages, time.perf_counter() - start, spent()[0] - before, spent()[1])
"""
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process, and those it started, took; `peak_mb` of the first alone."""

    pages: int
    wall_s: float
    processor_s: float
    peak_mb: float


def cost(code: str, path: Path, number: int) -> Cost:
    """What a process of its own takes for it."""
    done = subprocess.run([sys.executable, "-c", code, path, str(number)], capture_output=True, text=True, check=True)
    pages, wall, used, peak = map(float, done.stdout.split()[-4:])
    return Cost(int(pages), wall, used, peak)


def compare(path: Path, single: Path, jobs: list[int], rounds: int) -> tuple[float, float]:
    """Prints the rates for one archive; ours in pages per second and core, of one process, and as a multiple of BeautifulSoup's."""
    soup, warcio = cost(SOUP, path, 60), cost(WARCIO, path, 0)
    print(f"  {'':28} {'pages/s':>8} {'cores busy':>11} {'pages/s per core':>17} {'peak MB':>8}")
    for name, one in (("warcio reads records", warcio), ("BeautifulSoup parses", soup)):
        told = f"{one.pages / one.wall_s:8.0f} {one.processor_s / one.wall_s:11.2f} {one.pages / one.processor_s:17.0f}"
        print(f"  {name:28} {told} {one.peak_mb:8.0f}")
    rates = {}
    for count in jobs:
        # What is spent on an archive of one page is start-up: Python, rubric, profiles of languages, processes.
        start = min(cost(OURS, single, count).processor_s for _ in range(2))
        runs = [cost(OURS, path, count) for _ in range(rounds)]
        one = min(runs, key=lambda run: run.processor_s)
        used = one.processor_s - start
        rates[count] = (one.pages - 1) / used
        told = f"{one.pages / one.wall_s:8.0f} {used / one.wall_s:11.2f} {rates[count]:17.0f} {one.peak_mb:8.0f}"
        print(f"  {f'egov assess --jobs {count}':28} {told}   (start {start:.1f} s)")
    return rates[jobs[0]], rates[jobs[0]] / (soup.pages / soup.processor_s)


def parts(path: Path, most: int = 200) -> None:
    """Prints what reading, judging and storing cost apart, in milliseconds of processor time per page."""
    rubric = load()
    start = time.process_time()
    pages = [(replace(one.page, country="GBR"), one.record) for one in islice(read_pages([path]), most)]
    read = time.process_time() - start
    with Judges(rubric, 1) as judges:
        start = time.process_time()
        judged = list(judges.judge((one, one) for one in pages))
        judging = time.process_time() - start
    with tempfile.TemporaryDirectory() as directory:
        database = CrawlDatabase(Path(directory), "run")
        database.begin("assess", rubric.id, rubric.version, "", {})
        start = time.process_time()
        with database.together():
            for (page, record), assessed in judged:
                if assessed:
                    database.store_page(page, record, 0, assessed)
        stored = time.process_time() - start
        database.close()
    told = (f"{name} {used / len(pages) * 1000:.2f}" for name, used in zip(PARTS, (read, judging, stored), strict=True))
    print(f"  ms per page: {', '.join(told)}")


PARTS = ("reading", "judging", "SQLite")


def profiled(path: Path) -> None:
    """Prints where the time of one process goes."""
    rubric = load()
    with cProfile.Profile() as profile, tempfile.TemporaryDirectory() as out:
        assess_archives(Wish([path], Path(out), "GBR"), rubric)
    pstats.Stats(profile).sort_stats("tottime").print_stats(40)


def main() -> int:
    """Prints the rates; exit code 1 where the floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="200 pages, one round, one process")
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--profile", action="store_true", help="where the time goes, in one process")
    arguments = parser.parse_args()
    number, rounds = (200, 1) if arguments.quick else (arguments.pages, 2)
    jobs = [1] if arguments.quick else [1, arguments.jobs]
    given = {"made pages": made_pages(number)}
    if arguments.corpus.exists():
        given["pages of the corpus"] = corpus_pages(arguments.corpus, number)
    rates = {}
    with tempfile.TemporaryDirectory() as directory:
        for name, pages in given.items():
            path, single = Path(directory) / "many.warc.gz", Path(directory) / "one.warc.gz"
            first = next(pages)
            write_archive(single, iter([first]))
            written, size = write_archive(path, chain([first], pages))
            print(f"{name}: {written} of {size / written / 1000:.0f} KB on average")
            if arguments.profile:
                profiled(path)
            parts(path)
            rates[name] = compare(path, single, jobs, rounds)
    # Processor time too depends on what else the machine does; the parse of the same pages tells how much.
    floor = tomllib.loads(FLOORS.read_text("utf-8"))["archive"]["times_beautifulsoup"]
    told = (
        f"{rate:.0f} pages/s per core, {ratio:.2f} BeautifulSoup parses ({name})"
        for name, (rate, ratio) in rates.items()
    )
    print(f"archive: {'; '.join(told)}; floor {floor}")
    return 0 if min(ratio for _, ratio in rates.values()) >= floor or arguments.quick else 1


if __name__ == "__main__":
    sys.exit(main())
