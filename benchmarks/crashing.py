"""Kills a real crawl again and again, and looks after each kill whether anything was lost or done twice.

Shared by `tests/test_crash.py` and `benchmarks/crash.py`. A launcher imports the program once and forks a process for
each crawl: its own group, so that SIGKILL takes all of it; what runs in it is what `egov crawl --resume` runs.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from sqlite3 import OperationalError, connect

from crawler.manifest import State, state_of
from crawler.verify import verify

COUNTRY = "XVD"
TEXT = "The ministry is responsible for the health of the people, and for the hospitals of the country. " * 12
MOMENTS = ("start-up", "fetching", "archive", "transaction", "conclusion")
LAUNCHER = """
import os, sys
from pathlib import Path
from crawler import crawl
from crawler.items import EgovError, Seed
from crawler.job import Budget
from crawler.rubric import load
# What a crawl would import anyway, once for all of them; the reactor itself belongs to each process.
import crawler.extensions, crawler.losses, crawler.middlewares, crawler.pipelines, crawler.scheduler
import crawler.spiders.portal, scrapy.core.downloader.handlers.http11, scrapy.core.engine, scrapy.core.scraper
import twisted.internet.asyncioreactor, twisted.web.client
rubric = load(sys.argv[1])
rubric.index
url = sys.argv[2]
print("ready", flush=True)
for line in sys.stdin:
    out = Path(line.strip())
    child = os.fork()
    if child == 0:
        os.setsid()
        budget = Budget(100_000, 20, 600.0, 0.0)
        wish = crawl.Wish(out, rubric, budget, "", allow_private=True, use_browser=False, resume=True)
        code = 0
        try:
            crawl.crawl([("XVD", [Seed("XVD", "national", url, ("en",))])], wish)
        except EgovError as error:
            print(error, file=sys.stderr, flush=True)
            code = 1
        os._exit(code)
    print(child, flush=True)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


class Site:
    """A portal on loopback whose pages form a tree, and which counts what it served."""

    def __init__(self, pages: int, address: str = "127.0.0.1") -> None:
        self.pages = pages
        self.paths = frozenset(["/", *(f"/p{number}" for number in range(1, pages))])
        self.served: Counter[str] = Counter()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = site.body(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8" if body else "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                if body:
                    site.served[self.path] += 1

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_: object) -> None:
                """A visitor that is killed closes its connections without a word."""

        self.server = Server((address, 0), Handler)
        self.url = f"http://{address}:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def body(self, path: str) -> bytes:
        """The page of a path: it links to eight further ones and back."""
        if path not in self.paths:
            return b""
        number = int(path[2:] or 0)
        further = [one for one in range(number * 8 + 1, number * 8 + 9) if one < self.pages]
        links = "".join(f'<li><a href="/p{one}">Contact us {one}</a></li>' for one in [*further, number // 2 or 1])
        title = f"Page {number}"
        html = f'<html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1><p>{TEXT}</p><ul>{links}</ul>'
        return f"{html}</body></html>".encode()

    def close(self) -> None:
        """Ends the server."""
        self.server.shutdown()
        self.server.server_close()


@dataclass
class Tally:
    """What the kills did."""

    kills: Counter[str] = field(default_factory=Counter)
    crawls: int = 0
    lost: int = 0
    doubled: int = 0
    again: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """Everything that must not happen."""
        return self.lost + self.doubled + self.again + len(self.problems)


class Crashes:
    """Crawls a site into `out`, killed at moments drawn from a seed, resumed, until `kills` are reached."""

    def __init__(self, site: Site, out: Path, rubric: str, seed: int) -> None:
        self.site, self.out = site, out
        self.draw = random.Random(seed)
        self.tally = Tally()
        command = [sys.executable, "-c", LAUNCHER, rubric, site.url]
        self.errors = (out / "launcher.log").open("w")
        self.launcher = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True, bufsize=1
        )
        self._line()

    def run(self, kills: int) -> Tally:
        """Kills so many processes, lets the last crawl end, and gives what was found."""
        while True:
            folder = self.out / f"{self.tally.crawls:03}"
            folder.mkdir()
            self.site.served.clear()
            done: set[str] = set()
            while self._state(folder) is not State.FINISHED:
                rarest = min(MOMENTS, key=lambda one: self.tally.kills[one])
                moment = rarest if self.tally.kills.total() < kills else ""
                before = self.site.served.copy()
                self._once(folder, moment)
                fetched = self.site.served - before
                self.tally.again += sum(fetched[path] for path in done)
                done = self._done(folder)
                self.tally.problems += [f"{one.run}: {one.sentence}" for one in verify(folder) if one.is_problem]
            self._whole(folder)
            self.tally.crawls += 1
            if self.tally.kills.total() >= kills:
                return self.tally

    def close(self) -> None:
        """Ends the launcher."""
        assert self.launcher.stdin
        assert self.launcher.stdout
        self.launcher.stdin.close()
        self.launcher.wait(60)
        self.launcher.stdout.close()
        self.errors.close()

    def _once(self, folder: Path, moment: str) -> None:
        assert self.launcher.stdin
        self.launcher.stdin.write(f"{folder}\n")
        group = int(self._line())
        if moment:
            threading.Thread(target=self._kill, args=(group, folder, moment), daemon=True).start()
        code = int(self._line())
        if code == -signal.SIGKILL:
            self.tally.kills[moment] += 1
        elif code:
            self.tally.problems.append(f"the crawl ended with {code}; see {self.errors.name}")

    def _kill(self, group: int, folder: Path, moment: str) -> None:
        """Waits for the moment, then a little longer, then kills the group; its end may come first."""
        until = {
            "start-up": lambda: True,
            "fetching": self._more(lambda: self.site.served.total(), self.draw.randint(1, 12)),
            "archive": self._more(lambda: _size(folder, "runs/*/warc/*.gz"), self.draw.randint(1, 15_000)),
            "transaction": self._more(lambda: _size(folder, "runs/*/crawl.db-wal"), self.draw.randint(1, 150_000)),
            "conclusion": lambda: len(self.site.served) >= self.site.pages,
        }[moment]
        late = {"start-up": 0.3, "conclusion": 0.25}.get(moment, 0.004) * self.draw.random()
        while _lives(group) and not until():
            time.sleep(0.0005)
        time.sleep(late)
        if _lives(group):
            os.killpg(group, signal.SIGKILL)

    @staticmethod
    def _more(measure: Callable[[], int], than: int) -> Callable[[], bool]:
        first = measure()
        return lambda: measure() >= first + than

    def _line(self) -> str:
        assert self.launcher.stdout
        line = self.launcher.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"the launcher ended; see {self.errors.name}")
        return line

    @staticmethod
    def _state(folder: Path) -> State | None:
        runs = sorted((folder / "runs").glob("*"))
        return state_of(runs[-1]) if runs else None

    def _done(self, folder: Path) -> set[str]:
        """Paths of pages whose row is in the database: what must never be fetched again."""
        return {url.removeprefix(self.site.url.rstrip("/")) for url in _column(folder, "SELECT url FROM page")}

    def _whole(self, folder: Path) -> None:
        """A crawl that has ended holds each page once."""
        urls = Counter(_column(folder, "SELECT url FROM page WHERE reason IS NULL"))
        have = {url.removeprefix(self.site.url.rstrip("/")) for url in urls}
        self.tally.lost += len(self.site.paths - have)
        self.tally.doubled += sum(number - 1 for number in urls.values())
        pieces = Counter(_column(folder, "SELECT url || ' ' || feature FROM evidence"))
        self.tally.doubled += sum(number - 1 for number in pieces.values())


def _column(folder: Path, sql: str) -> list[str]:
    found = []
    for path in (folder / "runs").glob("*/crawl.db"):
        connection = connect(path)
        try:
            found += [row[0] for row in connection.execute(sql)]
        except OperationalError as error:
            # Killed before its tables were there.
            if "no such table" not in str(error):
                raise
        finally:
            connection.close()
    return found


def _size(folder: Path, pattern: str) -> int:
    try:
        return sum(path.stat().st_size for path in folder.glob(pattern))
    except FileNotFoundError:
        return 0


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def crashes(pages: int, out: Path, rubric: str, seed: int) -> Iterator[Crashes]:
    """A site and the crashes of its crawls."""
    site = Site(pages)
    running = Crashes(site, out, rubric, seed)
    try:
        yield running
    finally:
        running.close()
        site.close()
