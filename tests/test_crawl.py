"""Crawls of small loopback sites by the command a user gives."""

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.fetch.archive import ArchiveWriter, read_pages
from crawler.stops import told_of
from crawler.storage import CrawlDatabase, SurveyDatabase

TEXT = "The ministry is responsible for the health of the people, and for the hospitals of the country. " * 4


class Site:
    """Pages by path; `answers` may hold (status, headers, body) or a text."""

    def __init__(self, answers, address="127.0.0.21"):
        self.answers = answers
        self.asked = []
        self.looked = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                # How a host is reached is looked at by a connection of its own.
                (site.asked if "Accept-Language" in self.headers else site.looked).append(self.path)
                answer = site.answers.get(self.path, (404, {}, "no such page"))
                status, headers, body = answer if isinstance(answer, tuple) else (200, {}, answer)
                self.send_response(status)
                for name, value in ({"Content-Type": "text/html; charset=utf-8"} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer((address, 0), Handler)
        self.url = f"http://{address}:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@contextmanager
def serving(answers, address="127.0.0.21"):
    site = Site(answers, address)
    yield site
    site.server.shutdown()
    site.server.server_close()


def page(*links, text=TEXT):
    listed = "".join(f'<li><a href="{href}">Page {href}</a></li>' for href in links)
    return f'<html lang="en"><head><title>T</title></head><body><h1>T</h1><p>{text}</p><ul>{listed}</ul></body></html>'


def command(tmp_path, site, *options):
    seeds = tmp_path / "seeds.csv"
    seeds.write_text(
        f"country,role,url,languages,hosts,source,checked_on,replaced_by\nXVD,national,{site.url},en,,test,,\n"
    )
    fixed = ["--seeds", str(seeds), "--out", str(tmp_path / "out"), "--allow-private", "--no-browser", "--delay", "0"]
    return [sys.executable, "-m", "crawler", "crawl", "XVD", *fixed, *options]


def crawled(tmp_path, site, *options):
    done = subprocess.run(command(tmp_path, site, *options), capture_output=True, text=True, check=False, timeout=90)
    assert done.returncode == 0, done.stderr
    survey = SurveyDatabase(tmp_path / "out", create=False)
    pages = {row["url"].removeprefix(site.url): row for row in survey.rows("pages")}
    failures = {one.url.removeprefix(site.url): str(one.reason) for one in survey.failures("XVD")}
    survey.close()
    return pages, failures


def test_the_page_budget_counts_pages_that_could_be_read(tmp_path):
    answers = {"/": page(*[f"p{number}" for number in range(30)], "gone")}
    answers |= {f"/p{number}": page() for number in range(30)}
    with serving(answers) as site:
        pages, _ = crawled(tmp_path, site, "--max-pages", "7")
    assert sum(row["reason"] is None for row in pages.values()) == 7


def test_depth_is_counted_in_clicks_and_limited(tmp_path):
    answers = {"/": page("a"), "/a": page("b"), "/b": page("c"), "/c": page()}
    with serving(answers) as site:
        pages, _ = crawled(tmp_path, site, "--max-depth", "2")
        assert "/c" not in site.asked
    assert {url: row["depth"] for url, row in pages.items()} == {"": 0, "a": 1, "b": 2}
    assert [step[0] for step in json.loads(pages["b"]["path"])] == ["Page a", "Page b"]


def test_links_to_other_hosts_are_not_followed(tmp_path):
    with serving({"/": page()}, "127.0.0.22") as elsewhere, serving({"/": page(elsewhere.url)}) as site:
        crawled(tmp_path, site)
        assert elsewhere.asked == []


def test_a_redirect_out_of_the_country_is_not_followed(tmp_path):
    with serving({"/": page()}, "127.0.0.22") as elsewhere:
        away = (302, {"Location": elsewhere.url}, "")
        with serving({"/": page("away"), "/away": away}) as site:
            _, failures = crawled(tmp_path, site)
        assert elsewhere.asked == []
    assert "offsite" in failures.values()


def test_a_portal_that_moved_is_followed_to_its_new_host(tmp_path):
    with serving({"/": page("inside"), "/inside": page()}, "127.0.0.22") as moved:
        with serving({"/": (301, {"Location": moved.url}, "")}) as site:
            pages, _ = crawled(tmp_path, site)
    assert {moved.url, moved.url + "inside"} <= pages.keys()


def test_a_failing_robots_txt_forbids_the_host_and_a_missing_one_allows_it(tmp_path):
    with serving({"/": page(), "/robots.txt": (503, {}, "later")}) as site:
        done = subprocess.run(command(tmp_path, site), capture_output=True, text=True, check=False, timeout=90)
        assert site.asked.count("/") == 0
    assert "robots-unreachable" in done.stdout
    assert done.returncode == 1
    assert "no page could be read" in done.stderr


def test_pages_of_a_sitemap_are_candidates(tmp_path):
    with serving({"/": page()}) as site:
        sitemap = f'<?xml version="1.0"?><urlset><url><loc>{site.url}hidden</loc></url></urlset>'
        site.answers["/robots.txt"] = f"User-agent: *\nSitemap: {site.url}sitemap.xml"
        site.answers["/sitemap.xml"] = sitemap
        site.answers["/hidden"] = page()
        pages, _ = crawled(tmp_path, site)
    assert json.loads(pages["hidden"]["path"])[0][0] == "sitemap"


def test_blocks_walls_and_errors_are_untested_with_their_reason(tmp_path):
    answers = {
        "/": page("blocked", "wall", "broken", "missing"),
        "/blocked": (403, {}, page()),
        "/wall": (401, {}, page()),
        "/broken": (500, {}, page()),
    }
    with serving(answers) as site:
        _, failures = crawled(tmp_path, site)
    assert failures == {"blocked": "blocked", "wall": "login-wall", "broken": "http-error", "missing": "http-error"}


def test_hostile_pages_do_not_end_the_crawl(tmp_path):
    answers = {
        "/": page("deep", "nul", "bom", "fine"),
        "/deep": "<html><body>" + "<div>" * 20_000 + TEXT,
        "/nul": "<html><body>\x00" + TEXT + "\x00<a href='\x00'>x</a>",
        "/bom": "\ufeff<html lang='\U0001f600'><base href='::'><body>" + TEXT + "<a href='http://[::1'>x</a>",
        "/fine": page(),
    }
    with serving(answers) as site:
        pages, failures = crawled(tmp_path, site)
    assert pages["fine"]["reason"] is None
    assert len(pages) + len(failures) == 5


def test_a_killed_crawl_goes_on_and_fetches_nothing_twice(tmp_path):
    answers = {"/": page(*[f"p{number}" for number in range(200)])}
    answers |= {f"/p{number}": page(text=TEXT * 20) for number in range(200)}
    with serving(answers) as site:
        process = subprocess.Popen(command(tmp_path, site), stderr=subprocess.DEVNULL, start_new_session=True)
        while len(site.asked) < 40:
            time.sleep(0.01)
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        (run,) = (tmp_path / "out" / "runs").iterdir()
        database = CrawlDatabase(run, run.name, create=False)
        done = {row["url"] for row in database.db.query("SELECT url FROM frontier WHERE state = 'DONE'")}
        database.close()
        site.asked.clear()
        pages, _ = crawled(tmp_path, site, "--resume")
    assert len(pages) == 201
    assert not {site.url + path.removeprefix("/") for path in site.asked} & done
    warcs = sorted((run / "warc").glob("*.warc.gz"))
    assert sorted(captured.page.url for captured in read_pages(warcs)) == sorted(site.url + path for path in pages)


def test_a_full_disk_is_told_with_what_to_do(tmp_path):
    error = OSError(errno.ENOSPC, "No space left on device")
    assert "the disk is full" in told_of(error, "x.warc.gz")
    assert "--resume" in told_of(error, "x.warc.gz")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_does_not_let_a_page_pass_as_archived(tmp_path):
    (tmp_path / "full.warc.gz").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        ArchiveWriter(tmp_path / "full.warc.gz")


def test_a_data_catalogue_is_asked_and_a_sample_of_its_files_too(tmp_path):
    files = {"/f/alive.csv": (200, {"Content-Type": "text/csv"}, "a,b\n1,2\n"), "/f/gone.csv": (404, {}, "")}
    resources = [{"url": name, "format": "CSV"} for name in files]
    package = {
        "title": "Hospitals",
        "notes": "All.",
        "license_id": "cc-by",
        "resources": resources,
        "metadata_modified": "2024-04-01",
    }
    answer = json.dumps({"success": True, "result": {"count": 1, "results": [package]}})
    home = '<html lang="en"><head><meta name="generator" content="ckan 2.10"><title>Data</title></head><body><h1>Open data</h1>'
    answers = {
        "/": home + f"<p>{TEXT}</p></body></html>",
        "/api/3/action/package_search?rows=100&start=0": (200, {"Content-Type": "application/json"}, answer),
        **files,
    }
    with serving(answers) as site:
        crawled(tmp_path, site)
    survey = SurveyDatabase(tmp_path / "out", create=False)
    (dataset,) = survey.rows("datasets")
    assert (dataset["title"], dataset["formats"], dataset["open_licence"]) == ("Hospitals", "csv", 1.0)
    sample = {row["url"].removeprefix(site.url): (row["status"], row["reason"]) for row in survey.rows("distributions")}
    assert sample == {"f/alive.csv": (200, None), "f/gone.csv": (404, "http-error")}
    survey.close()


def test_a_catalogue_that_answers_rubbish_is_a_typed_failure(tmp_path):
    home = f'<html lang="en"><head><meta name="generator" content="ckan 2.10"></head><body><p>{TEXT}</p></body></html>'
    rubbish = {
        "/": home,
        "/api/3/action/package_search?rows=100&start=0": (200, {"Content-Type": "application/json"}, "{"),
    }
    with serving(rubbish) as site:
        _, failures = crawled(tmp_path, site)
    assert failures == {"api/3/action/package_search?rows=100&start=0": "catalogue-unreadable"}
