"""Pages are judged the same by one process and by several, in the same order, and no page takes others with it."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.assess import judge_page
from crawler.fetch.archive import ArchiveWriter
from crawler.items import Reason, Record
from crawler.judges import BATCH, Judges
from crawler.reassess import Wish, assess_archives

URL = "https://portal.gov.example/"
WORDS = "The ministry is responsible for the health of the people, and for the hospitals of the country. "
TABLES = ("page", "evidence", "fault", "finding", "failure", "catalogue", "dataset", "archive")


@pytest.fixture
def pages(new_page):
    """Pages of several sites and languages, some without text, one broken."""
    made = []
    for number in range(3 * BATCH + 5):
        html = f"<html lang=en><title>{number}</title><p>{WORDS * (number % 4)}<a href=/c>Contact us</a>"
        html += "<a href=/p>Petition</a>" if number % 3 else "<p>Nous contacter</p>"
        made.append(new_page(html, url=f"https://host{number % 7}.gov.example/{number}", depth=number % 3))
    return [*made, new_page(b"\x00<" * 500, url=URL + "broken")]


def judged(pages, rubric, jobs):
    with Judges(rubric, jobs) as judges:
        given = ((page.url, (page, Record("a.warc.gz", number, ""))) for number, page in enumerate(pages))
        return list(judges.judge(given))


def test_several_processes_judge_as_one_does(pages, rubric):
    alone = judged(pages, rubric, 1)
    assert [url for url, _ in alone] == [page.url for page in pages]
    assert judged(pages, rubric, 2) == alone == judged(pages, rubric, 3)


def test_what_has_no_page_keeps_its_place(pages, rubric):
    given = [("a", None), ("b", (pages[1], Record("a.warc.gz", 0, ""))), ("c", None)]
    with Judges(rubric, 2) as judges:
        assert [(name, found is None) for name, found in judges.judge(given)] == [
            ("a", True),
            ("b", False),
            ("c", True),
        ]


def test_a_page_that_kills_its_process_takes_no_other_with_it(pages, rubric, monkeypatch):
    def deadly(page, record, rubric):
        if page.url == pages[9].url:
            os.kill(os.getpid(), signal.SIGKILL)
        return judge_page(page, record, rubric)

    expected = judged(pages, rubric, 1)
    monkeypatch.setattr("crawler.judges.judge_page", deadly)
    found = judged(pages, rubric, 2)
    assert found[9][1].reason is Reason.INTERNAL_ERROR
    assert found[:9] + found[10:] == expected[:9] + expected[10:]


def test_a_run_leaves_the_same_rows_whatever_the_number_of_processes(tmp_path, pages, rubric):
    writer = ArchiveWriter(tmp_path / "a.warc.gz")
    for page in pages:
        writer.write(replace(page, country="", languages=()))
    writer.close()
    found = []
    for jobs in (1, 2):
        out = tmp_path / str(jobs)
        run = assess_archives(Wish([tmp_path / "a.warc.gz"], out, "GBR", jobs=jobs), rubric).run
        with sqlite3.connect(out / "survey.db") as db:
            rows = {table: db.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall() for table in TABLES}
        db.close()
        found.append(repr(rows).replace(run, "RUN"))
    assert found[0] == found[1]
    assert len(found[0]) > 10_000


_ENDLESS = """
import sys
from itertools import count
from crawler.items import Page, Record
from crawler.judges import Judges
from crawler.rubric import load
page = Page("GBR", "https://a.example/", "https://a.example/", 200, (("Content-Type", "text/html"),), b"<p>x</p>" * 99, "")
with Judges(load(), 2) as judges:
    for number, _ in judges.judge((number, (page, Record("", 0, ""))) for number in count()):
        if number == 20:
            print(" ".join(str(one) for one in judges._pool._processes), flush=True)
"""


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="looks for processes in /proc")
def test_processes_end_when_their_parent_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", _ENDLESS], stdout=subprocess.PIPE, text=True)
    children = parent.stdout.readline().split()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert len(children) == 2
    deadline = time.monotonic() + 30
    while any(_lives(one) for one in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_lives(one) for one in children)


def _lives(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
