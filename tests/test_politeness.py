"""What hosts see of a crawl: real crawls of loopback servers that write down how they were asked."""

import gzip
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import brotli
import pytest

from crawler.fetch.browser import find_browser
from crawler.fetch.rules import parse
from crawler.fetch.stops import FILE

TEXT = "The ministry is responsible for the health of the people, and for the hospitals of the country. " * 4
HEADER = "country,role,url,languages,hosts,source,checked_on,replaced_by\n"
DENIES = b"User-agent: *\nDisallow: /private/\n"


class Host:
    """A server on an address of its own. An answer is (status, headers, body), or a function that gives one."""

    def __init__(self, address, answers, port=0):
        self.answers, self.asked = answers, []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                found = host.answers.get(self.path, (404, {}, b""))
                if "Accept-Language" in self.headers or self.path != "/":
                    host.asked.append((self.command, self.path))
                else:
                    # The look at how the host is reached, which has tests of its own.
                    found = (200, {}, b"")
                status, headers, body = found() if callable(found) else found
                self.send_response(status)
                for name, value in ({"Content-Type": "text/html; charset=utf-8"} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT"):
            setattr(Handler, f"do_{method}", Handler.answer)
        self.server = ThreadingHTTPServer((address, port), Handler)
        self.server.daemon_threads = True
        self.address, self.port = address, self.server.server_port
        self.url = f"http://{address}:{self.port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def paths(self):
        return [path for _, path in self.asked]


@contextmanager
def serving(*hosts):
    with ExitStack() as stack:
        for host in hosts:
            stack.callback(host.server.server_close)
            stack.callback(host.server.shutdown)
        yield


def page(*links, more=""):
    listed = "".join(f'<li><a href="{href}">Page {href}</a></li>' for href in links)
    html = f'<html lang="en"><head><title>T</title></head><body><h1>T</h1><p>{TEXT}</p><ul>{listed}</ul>{more}</body></html>'
    return 200, {}, html.encode()


def crawl(tmp_path, urls, *options, environment=None, browser=False):
    """Runs the command; gives the finished process and the database of the run."""
    rows = [f"XVD,{role},{url},en,,test,,\n" for role, url in zip(("national", *["services"] * 20), urls, strict=False)]
    (tmp_path / "seeds.csv").write_text(HEADER + "".join(rows), "utf-8")
    out = tmp_path / "out"
    fixed = ["--seeds", str(tmp_path / "seeds.csv"), "--out", str(out), "--allow-private", "--delay", "0"]
    command = [
        sys.executable,
        "-m",
        "crawler",
        "crawl",
        "XVD",
        *fixed,
        *options,
        *([] if browser else ["--no-browser"]),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, env=os.environ | (environment or {})
    )
    (found,) = (out / "runs").glob("*/crawl.db")
    database = sqlite3.connect(found)
    database.row_factory = sqlite3.Row
    return done, database


def failures(database):
    return {
        row["url"]: (row["reason"], row["detail"])
        for row in database.execute("SELECT url, reason, detail FROM failure")
    }


def read(database):
    return {row["url"] for row in database.execute("SELECT url FROM page WHERE reason IS NULL")}


def test_a_host_that_is_stopped_while_a_crawl_runs_is_not_asked_any_more(tmp_path):
    (tmp_path / "out").mkdir()
    names = [f"/p{number}" for number in range(12)]
    other = Host("127.0.0.32", {"/": page(*names)} | {name: page() for name in names})

    def stopping():
        (tmp_path / "out" / FILE).write_text("*.0.0.31  # they called\n")
        return page()

    host = Host("127.0.0.31", {"/": page(*names)} | {name: page() for name in names})
    host.answers["/p3"] = host.answers["/p5"] = stopping
    with serving(host, other):
        done, database = crawl(tmp_path, [host.url, other.url], "--delay", "0.01")
    asked = host.paths()
    assert done.returncode == 0, done.stderr
    assert asked[-1] in ("/p3", "/p5")
    assert set(other.paths()) == {"/", "/robots.txt", *names}
    left = {f"{host.url}{name[1:]}" for name in names} - {f"{host.url}{name[1:]}" for name in asked}
    assert len(left) >= 5
    stopped = {url: told for url, told in failures(database).items() if told[0] == "stopped-by-us"}
    assert stopped.keys() == left
    assert set(stopped.values()) == {("stopped-by-us", f"127.0.0.31 is stopped by {FILE}")}
    assert not database.execute("SELECT 1 FROM frontier WHERE state IN ('PENDING', 'LEASED')").fetchone()


def test_a_host_that_was_stopped_before_is_not_asked_at_all_not_even_by_a_redirect(tmp_path):
    stopped = Host("127.0.0.31", {"/": page(), "/x": page()})
    host = Host("127.0.0.32", {"/": page("/away"), "/away": (302, {"Location": f"{stopped.url}x"}, b"")})
    (tmp_path / "all.txt").write_text("127.0.0.31\n")
    with serving(host, stopped):
        _, database = crawl(
            tmp_path, [host.url, stopped.url], environment={"EGOV_STOP_HOSTS": str(tmp_path / "all.txt")}
        )
    assert stopped.asked == []
    assert {told[0] for told in failures(database).values()} == {"stopped-by-us"}
    assert len(failures(database)) == 2


def test_a_wait_that_is_asked_for_is_kept_and_too_long_a_one_ends_the_host(tmp_path):
    answers = iter([(503, {"Retry-After": "1"}, b"later"), page("/a")])
    patient = Host("127.0.0.33", {"/": lambda: next(answers), "/a": page()})
    names = [f"/p{number}" for number in range(5)]
    tired = Host("127.0.0.34", {"/": page(*names), **{name: (429, {"Retry-After": "86400"}, b"") for name in names}})
    with serving(patient, tired):
        _, database = crawl(tmp_path, [patient.url, tired.url], "--delay", "0.01")
    assert patient.paths() == ["/robots.txt", "/", "/", "/a"]
    assert {patient.url, f"{patient.url}a"} <= read(database)
    assert len(tired.asked) == 3
    assert set(failures(database).values()) == {("resting", "HTTP status 429, Retry-After 86400 s")}
    assert len(failures(database)) == 5


def test_robots_txt_is_followed_sized_unpacked_and_written_down(tmp_path):
    def origin(number, robots, **answers):
        host = Host(f"127.0.0.{number}", {"/": page("/private/a", "/public"), "/private/a": page(), "/public": page()})
        host.answers |= {"/robots.txt": robots} | {f"/{name}": answer for name, answer in answers.items()}
        return host

    def led(url):
        return 302, {"Location": url}, b""

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{unused.getsockname()[1]}/robots.txt"
    elsewhere = Host(
        "127.0.0.60",
        {"/rules": (200, {}, DENIES)} | {f"/{n}": led(f"/{n + 1}") for n in range(4)} | {"/4": led("/rules")},
    )
    filler = DENIES + b"# x\n" * 5_000_000
    hosts = {
        "obeyed": origin(40, (200, {}, DENIES)),
        "redirected": origin(41, led(f"{elsewhere.url}1")),
        "redirected-too-often": origin(42, led(f"{elsewhere.url}0")),
        "huge": origin(43, (200, {"Content-Length": str(len(filler))}, filler)),
        "gzip": origin(44, (200, {"Content-Encoding": "gzip"}, gzip.compress(DENIES))),
        "brotli": origin(45, (200, {"Content-Encoding": "br"}, brotli.compress(DENIES))),
        "packed-too-large": origin(46, (200, {"Content-Encoding": "gzip"}, gzip.compress(DENIES + os.urandom(2_000_000)))),
        "soft-404": origin(47, page("/private/a", more='<meta http-equiv="refresh" content="0; url=/rules">'), rules=(200, {}, DENIES)),
        "forbidden": origin(48, (403, {}, DENIES)),
        "too-many": origin(49, (429, {}, b"")),
        "failing": origin(50, (500, {}, DENIES)),
        "led-to-the-dead": origin(51, led(dead)),
        "loop": origin(52, led("/robots.txt")),
        "slow": origin(53, (200, {}, b"User-agent: egov\nCrawl-delay: 0.01\nDisallow: /private/\n")),
    }  # fmt: skip
    with serving(elsewhere, *hosts.values()):
        done, database = crawl(tmp_path, [host.url for host in hosts.values()])
    assert done.returncode == 0, done.stderr
    seen = {
        name: {path for path in host.paths() if path not in ("/robots.txt", "/rules")} for name, host in hosts.items()
    }
    some, every = {"/", "/public"}, {"/", "/public", "/private/a"}
    obeyed = dict.fromkeys(("obeyed", "redirected", "huge", "gzip", "brotli", "packed-too-large", "slow"), some)
    allowed = dict.fromkeys(("redirected-too-often", "soft-404", "forbidden", "loop"), every)
    refused = {name: set() for name in ("too-many", "failing", "led-to-the-dead")}
    assert seen == obeyed | allowed | refused
    assert ("GET", "/rules") not in hosts["soft-404"].asked
    assert len(hosts["loop"].asked) - len(every) == 6

    told = failures(database)
    for name in obeyed:
        assert told[f"{hosts[name].url}private/a"] == ("robots-denied", "robots.txt: Disallow: /private/")
    assert told[hosts["too-many"].url] == ("robots-unreachable", "robots.txt: HTTP status 429")
    assert told[hosts["failing"].url] == ("robots-unreachable", "robots.txt: HTTP status 500")
    reason, detail = told[hosts["led-to-the-dead"].url]
    assert reason == "robots-unreachable"
    assert f"led to {dead}: unreachable" in detail

    rows = {row["origin"]: row for row in database.execute("SELECT * FROM robots")}
    assert rows.keys() == {host.url.rstrip("/") for host in hosts.values()}
    for name in obeyed:
        row = rows[hosts[name].url.rstrip("/")]
        assert not parse(row["body"]).allows(f"{hosts[name].url}private/a", "egov")
        assert sha256(row["body"]).hexdigest() == row["sha256"]
        assert (row["status"], row["refusal"]) == (200, None)
    assert rows[hosts["redirected"].url.rstrip("/")]["url"] == f"{elsewhere.url}rules"
    assert rows[hosts["failing"].url.rstrip("/")]["refusal"] == "robots-unreachable"
    assert rows[hosts["slow"].url.rstrip("/")]["crawl_delay_s"] == 0.01


def test_robots_txt_is_asked_again_when_it_is_too_old(tmp_path):
    host = Host("127.0.0.35", {"/": page("/a"), "/a": page()})
    rules = iter([(404, {}, b""), (200, {}, b"User-agent: *\nDisallow: /a")])
    host.answers["/robots.txt"] = lambda: next(rules)
    # The day is made short by a module that Python reads first.
    (tmp_path / "sitecustomize.py").write_text("import crawler.fetch.robots as robots\nrobots.MAX_AGE_S = 0.0\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", str(Path(__file__).parent.parent))])
    with serving(host):
        _, database = crawl(tmp_path, [host.url], environment={"PYTHONPATH": path})
    assert host.paths() == ["/robots.txt", "/", "/robots.txt"]
    assert failures(database)[f"{host.url}a"][0] == "robots-denied"


FORMS = """
<form method="post" action="/post"><input name="q"><button>Send</button></form>
<form id="auto" method="post" action="/auto"></form>
"""
SCRIPTS = """<html lang="en"><head><title>T</title></head><body><div id="root"></div><script>
document.getElementById("root").innerHTML = "<h1>T</h1><p>" + "The ministry is responsible for the people. ".repeat(20) + "</p>";
fetch("/fetched", {method: "POST", body: "a"}).catch(() => 0);
fetch("/put", {method: "PUT", body: "a", headers: {"X-A": "b"}}).catch(() => 0);
fetch("/got").catch(() => 0);
navigator.sendBeacon("/beacon", "a");
let asked = new XMLHttpRequest(); asked.open("DELETE", "/deleted"); asked.send();
let form = document.createElement("form"); form.method = "post"; form.action = "/submitted"; form.target = "frame";
let frame = document.createElement("iframe"); frame.name = "frame"; document.body.append(frame, form); form.submit();
</script></body></html>"""


def test_nothing_but_get_and_head_is_ever_sent(tmp_path):
    if find_browser() is None:
        pytest.fail("this test needs Chromium")
    refresh = (200, {}, b'<html><head><meta http-equiv="refresh" content="0; url=/to"></head><body></body></html>')
    host = Host(
        "127.0.0.36", {"/": page("/shell", "/refresh", "/moved", more=FORMS), "/shell": (200, {}, SCRIPTS.encode())}
    )
    host.answers |= {"/refresh": refresh, "/to": page(), "/moved": (307, {"Location": "/to2"}, b""), "/to2": page()}
    with serving(host):
        done, database = crawl(tmp_path, [host.url], browser=True)
    assert done.returncode == 0, done.stderr
    assert {method for method, _ in host.asked} == {"GET"}
    assert {"/got", "/to", "/to2"} <= set(host.paths())
    assert database.execute("SELECT 1 FROM page WHERE rendered = 1 AND reason IS NULL").fetchone()


def test_outside_of_the_night_no_host_is_asked_and_the_crawl_can_go_on_later(tmp_path):
    def window(hours):
        start = datetime.now(UTC) + timedelta(hours=hours)
        return f"{start:%H:%M}-{start + timedelta(hours=3):%H:%M}@UTC"

    host = Host("127.0.0.37", {"/": page()})
    with serving(host):
        done, database = crawl(tmp_path, [host.url], "--night", window(6))
        assert done.returncode == 1
        assert "outside of" in done.stderr
        assert "egov crawl XVD --resume --night" in done.stderr
        assert host.asked == []
        database.close()
        done, database = crawl(tmp_path, [host.url], "--night", window(-1), "--resume")
    assert done.returncode == 0, done.stderr
    assert read(database) == {host.url}


class Proxy(Host):
    """A forward proxy that answers for every host itself."""

    def __init__(self, answers):
        super().__init__("127.0.0.38", answers)

    def urls(self):
        return [path for _, path in self.asked]


def test_a_proxy_is_honoured_for_robots_and_pages_and_hosts_in_other_scripts_have_one_name(tmp_path):
    asked, name = "http://www.правительство.рф/", "http://www.xn--80aealotwbjpid2k.xn--p1ai/"
    links = (
        "/a",
        "http://WWW.Правительство.рф/a",
        f"{name}b",
        "http://услуги.правительство.рф/c",
        "http://elsewhere.example/",
    )
    services = "http://xn--c1akhxjc.xn--80aealotwbjpid2k.xn--p1ai/"
    proxy = Proxy(
        {
            name: page(*links), f"{name}a": page(), f"{name}b": page(), f"{services}c": page(),
            f"{name}robots.txt": (200, {}, f"User-agent: *\nDisallow: /b\nSitemap: {asked}map.xml".encode()),
        }
    )  # fmt: skip
    direct = Host("127.0.0.39", {"/": page()})
    environment = {"HTTP_PROXY": proxy.url, "http_proxy": "", "NO_PROXY": "127.0.0.39", "no_proxy": ""}
    environment = {key: value for key, value in environment.items() if value}
    with serving(proxy, direct):
        done, database = crawl(tmp_path, [asked, direct.url], environment=environment)
    assert done.returncode == 0, done.stderr
    assert sorted(proxy.urls()) == sorted(
        [f"{name}robots.txt", name, f"{name}a", f"{name}map.xml", f"{services}robots.txt", f"{services}c"]
    )
    assert direct.paths() == ["/robots.txt", "/"]
    assert read(database) == {name, f"{name}a", f"{services}c", direct.url}
    assert failures(database)[f"{name}b"][0] == "robots-denied"
    assert {row[0] for row in database.execute("SELECT DISTINCT host FROM frontier")} == {
        "www.xn--80aealotwbjpid2k.xn--p1ai", "xn--c1akhxjc.xn--80aealotwbjpid2k.xn--p1ai", "127.0.0.39",
    }  # fmt: skip
