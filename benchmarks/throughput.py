"""Pages per second of our full crawl against a stock Scrapy CrawlSpider, on loopback, in one run.

    python benchmarks/throughput.py [--quick] [--pages N] [--rounds N]

Ours: links, focus, detection, evidence, WARC with fsync, SQLite FULL; no browser; no delay; one command, which
uses all cores. Theirs: CrawlSpider with LinkExtractor that follows every link and stores nothing, one process. The
same pages (about 70 KB, 120 links), the same concurrency, one after the other, alternating; the figure is the ratio
of medians. Beside both: Scrapy fetching the same pages without parsing. Below: what each part of a page costs, in ms
of one core, measured alone on the same pages, and the memory of all processes of the crawl over its time.
"""

import argparse
import hashlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from crawler.assess import assess_page
from crawler.collector import spare
from crawler.detectors.view import View
from crawler.fetch.archive import ArchiveWriter
from crawler.focus import found_links
from crawler.items import Page, Record
from crawler.page.document import Document
from crawler.page.language import expected_languages, page_language
from crawler.readers import MAX_LINKS, read_page
from crawler.rubric import load
from crawler.storage import CrawlDatabase

HOST = "127.0.0.1"
FLOORS = Path(__file__).with_name("floors.toml")
WORDS = """
    government service citizen apply online ministry health passport renewal tax return public consultation open data contact
    privacy policy news report school housing licence permit register payment travel family work pension benefit council region
    support information department office national digital portal application form request the of and to in is for that with on
    are this be by from at your you the of and to in is for with on can the of to
""".split()


def page(number: int, pages: int, links: int = 120, size: int = 70_000) -> bytes:
    """One page like a real one: menu, 120 links, paragraphs, a form, inline script. The same for a number."""
    draw = random.Random(number)
    word = draw.choice
    anchors = "".join(
        f'<li class="nav-item"><a class="nav-link" href="/p{(number * 7 + draw.randrange(pages)) % pages}.html"'
        f' title="{word(WORDS)}">{" ".join(word(WORDS) for _ in range(draw.randint(1, 5))).capitalize()}</a></li>\n'
        for _ in range(links - 4)
    )
    head = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page {number} - Portal</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/s.css"></head><body>'
        '<a href="#main">Skip to main content</a><header><nav><ul>'
        f"{anchors}</ul></nav></header><main id='main'><h1>{word(WORDS).title()} {number}</h1>"
    )
    foot = (
        '<form action="/search"><input type="search" name="q"><button>Search</button></form></main><footer>'
        '<a href="/privacy.html">Privacy policy</a><a href="/contact.html">Contact us</a><a href="/sitemap.html">Site map</a>'
        "</footer><script>" + "var configuration = {a: 1, b: [1, 2, 3]};\n" * 200 + "</script></body></html>"
    )
    body = []
    length = len(head) + len(foot)
    while length < size:
        text = " ".join(word(WORDS) for _ in range(draw.randint(30, 80)))
        block = f'<div class="block block-{draw.randrange(9)}"><h2>{text[:30]}</h2><p class="text">{text.capitalize()}.</p></div>\n'
        body.append(block)
        length += len(block)
    return (head + "".join(body) + foot).encode()


def serve(pages: int, ready: "Queue[int]") -> None:
    """Serves the pages from memory until killed."""
    stored = {f"/p{number}.html": page(number, pages) for number in range(pages)}
    stored["/"] = stored["/p0.html"]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = stored.get(self.path)
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

    server = Server((HOST, 0), Handler)
    ready.put(server.server_port)
    server.serve_forever()


STOCK = """
import sys, time
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor
from scrapy.spiders import CrawlSpider, Rule
class Stock(CrawlSpider):
    name = "stock"
    start_urls = [sys.argv[1]]
    rules = [Rule(LinkExtractor(), callback="seen", follow=True)]
    number = 0
    def seen(self, response):
        self.number += 1
        if self.number >= int(sys.argv[2]):
            self.crawler.engine.close_spider(self, "enough")
process = CrawlerProcess({"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "DOWNLOAD_DELAY": 0, "ROBOTSTXT_OBEY": True, "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False})
crawler = process.create_crawler(Stock)
start = time.perf_counter()
process.crawl(crawler)
process.start()
print(crawler.spider.number, time.perf_counter() - start)
"""

FETCH = STOCK.replace(
    """    rules = [Rule(LinkExtractor(), callback="seen", follow=True)]
""",
    """    async def start(self):
        from scrapy import Request
        for number in range(int(sys.argv[2])):
            yield Request(f"{sys.argv[1]}p{number}.html", callback=self.seen)
""",
)

OURS = """
import sys, time
from pathlib import Path
from crawler import crawl
from crawler.items import Seed
from crawler.job import Budget
from crawler.rubric import load
rubric = load()
rubric.index
wish = crawl.Wish(Path(sys.argv[3]), rubric, Budget(max_pages=int(sys.argv[2]), delay_s=0.0), "", allow_private=True, use_browser=False, thorough=True)
start = time.perf_counter()
run, = crawl.crawl([("XVD", [Seed("XVD", "national", sys.argv[1], ("en",))])], wish)
spent = time.perf_counter() - start
from crawler.storage import SurveyDatabase
print(SurveyDatabase(Path(sys.argv[3])).page_counts("XVD")["pages"], spent)
"""


def rate(code: str, url: str, pages: int, memory: list[int] | None = None) -> float:
    """Pages per second of one command that runs the code; start-up of Python is not counted.

    `memory`: gets the MB of all its processes, shared ones counted once, every half second (Linux).
    """
    out = tempfile.mkdtemp(prefix="egov-throughput-")
    command = [sys.executable, "-c", code, url, str(pages), out]
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        while memory is not None and process.poll() is None:
            memory.append(group_megabytes(process.pid))
            time.sleep(0.5)
        told, errors = process.communicate(timeout=600)
    finally:
        shutil.rmtree(out, ignore_errors=True)
    number, seconds = (told.split() or ["0", "1"])[-2:]
    if int(number) < pages * 0.9:
        raise SystemExit(f"only {number} of {pages} pages were crawled:\n{errors[-2000:]}")
    return int(number) / float(seconds)


def group_megabytes(group: int) -> int:
    """Proportional set size of all processes of a group in MB, 0 where the system does not tell."""
    total = 0
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if int((directory / "stat").read_text().rpartition(")")[2].split()[2]) == group:
                lines = (directory / "smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, ValueError, StopIteration):
            continue
    return total // 1024


def costs(bodies: Sequence[bytes], fetched: float) -> dict[str, float]:
    """Part of the work to ms of one core per page, each measured alone; `fetched`: pages/s of fetching only."""
    rubric = load()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    home = "http://portal.gov.example/"
    pages = [
        Page("XVD", home, f"{home}p{number}.html", 200, headers, body, "2026-01-01T00:00:00Z", 1)
        for number, body in enumerate(bodies)
    ]
    spent: dict[str, float] = {"download (the whole time of fetching only)": 1000 / fetched}
    work = SimpleNamespace(documents=[], views=[], records=[], readings=[])

    def measure(name: str, part: Callable[[Page], object], kept: list[Any] | None = None) -> None:
        begun = time.process_time()
        for one in pages:
            result = part(one)
            if kept is not None:
                kept.append(result)
        spent[name] = (time.process_time() - begun) * 1000 / len(pages)

    def view(one: Page) -> View:
        document = next(documents)
        language = page_language(one, document)
        return View(one, document, language, expected_languages(one), (), rubric.lookups)

    read_page(pages[0], Record("", 0, ""), rubric, rubric.sought)
    rubric.index.forget()
    spare()
    measure("parse", Document, work.documents)
    documents = iter(work.documents)
    measure("language and terms", view, work.views)
    read = iter(work.documents)
    measure("links", lambda one: found_links(next(read), one, rubric.index, rubric.sought, MAX_LINKS))
    seen = iter(work.documents)
    measure("detectors and evidence", lambda one: assess_page(one, Record("", 0, ""), rubric, next(seen)))
    # Judging reads language and terms again, out of memory.
    work.readings = [
        read_page(one, Record("w", number, "s"), rubric, rubric.sought) for number, one in enumerate(pages)
    ]
    with tempfile.TemporaryDirectory() as out:
        archive = ArchiveWriter(Path(out) / "w.warc.gz")
        measure("WARC", archive.write)
        archive.close()
        database = CrawlDatabase(Path(out), "run")
        database.begin("crawl", rubric.id, rubric.version, "2026-01-01T00:00:00Z", {})
        numbered = iter(enumerate(work.readings))

        def store(one: Page) -> None:
            number, reading = next(numbered)
            with database.together():
                database.store_page(one, Record("w", number, "s"), 1, reading.assessed)

        measure("SQLite", store)
        database.close()
    return spent


def main() -> int:
    """Prints the rates and ratios; exit code 1 where the floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="150 pages, one round")
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    pages, rounds = (150, 1) if arguments.quick else (arguments.pages, arguments.rounds)
    ready: Queue[int] = Queue()
    server = Process(target=serve, args=(pages + 50, ready), daemon=True)
    server.start()
    url = f"http://{HOST}:{ready.get(timeout=60)}/"
    sample = page(1, pages)
    print(
        f"pages of {len(sample) // 1000} KB with 120 links, sha256 {hashlib.sha256(sample).hexdigest()[:8]}; {pages} pages a round"
    )
    rates: dict[str, list[float]] = {"stock CrawlSpider": [], "full crawl": [], "fetch only": []}
    codes = {"stock CrawlSpider": STOCK, "full crawl": OURS, "fetch only": FETCH}
    begun = time.perf_counter()
    memory: list[int] = []
    for _ in range(rounds):
        for name, code in codes.items():
            memory = [] if code is OURS else memory
            rates[name].append(rate(code, url, pages, memory if code is OURS else None))
    server.kill()
    medians = {name: statistics.median(values) for name, values in rates.items()}
    for name, value in medians.items():
        print(f"{name:20} {value:7.1f} pages/s  ({', '.join(f'{one:.1f}' for one in rates[name])})")
    print(f"measured in {time.perf_counter() - begun:.0f} s")
    for name, cost in costs([page(number, pages) for number in range(60)], medians["fetch only"]).items():
        print(f"  {name:44} {cost:5.2f} ms")
    print(f"memory of all processes, MB, every half second: {' '.join(map(str, memory))}")
    ratio = medians["full crawl"] / medians["stock CrawlSpider"]
    share = medians["full crawl"] / medians["fetch only"]
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["throughput"]
    print(
        f"throughput: {ratio:.2f} times the stock spider (floor {floors['ratio_to_stock_spider']}),"
        f" {share:.2f} of fetching only (floor {floors['share_of_fetching']})"
    )
    held = ratio >= floors["ratio_to_stock_spider"] and share >= floors["share_of_fetching"]
    return 0 if held or arguments.quick else 1


if __name__ == "__main__":
    sys.exit(main())
