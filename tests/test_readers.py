"""Pages are read in processes of their own; one that dies takes no page with it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path

import pytest

from crawler.items import Reason, Record
from crawler.readers import Readers, read_page, unreadable

TEXT = "<html lang=en><h1>Contact us</h1><a href=/contact>Contact us</a>"


@pytest.fixture
def readers(rubric):
    made = Readers(rubric, rubric.sought, number=2)
    yield made
    made.close()


def read_all(readers, pages, meanwhile=lambda: None):
    async def main():
        tasks = [asyncio.ensure_future(readers.read(page, Record("", 0, ""))) for page in pages]
        await asyncio.sleep(0)
        meanwhile()
        return await asyncio.gather(*tasks)

    return asyncio.run(main())


def test_a_worker_reads_as_the_process_itself_would(readers, rubric, new_page):
    page = new_page(TEXT)
    (reading,) = read_all(readers, [page])
    assert reading == read_page(page, Record("", 0, ""), rubric, rubric.sought)
    assert reading.assessed.evidence
    assert [link.url for link in reading.links] == ["https://portal.gov.example/contact"]


def test_pages_under_way_are_read_again_when_a_worker_is_killed(readers, new_page):
    pages = [new_page(TEXT, url=f"https://portal.gov.example/{number}") for number in range(40)]
    readings = read_all(readers, pages, lambda: os.kill(active_children()[0].pid, signal.SIGKILL))
    assert [one.assessed.url for one in readings] == [page.url for page in pages]
    assert not any(one.trouble for one in readings)


def test_workers_stay_when_the_group_is_interrupted(readers, new_page):
    read_all(readers, [new_page(TEXT)])
    before = {child.pid for child in active_children()}
    for child in before:
        os.kill(child, signal.SIGINT)
    (reading,) = read_all(readers, [new_page(TEXT)])
    assert not reading.trouble
    assert {child.pid for child in active_children()} == before


def test_a_page_that_breaks_the_program_could_not_be_assessed(new_page, rubric):
    reading = read_page(new_page(TEXT), None, rubric, frozenset())
    assert reading.assessed.reason is Reason.INTERNAL_ERROR
    assert "AttributeError" in reading.trouble
    assert unreadable(new_page(TEXT), "why").assessed == reading.assessed


OWNER = """
import os, sys, time
from crawler.readers import Readers
from crawler.rubric import load
from multiprocessing import active_children
readers = Readers(load(sys.argv[1]), frozenset(), number=2)
print(*(child.pid for child in active_children()), flush=True)
time.sleep(600)
"""


def test_no_worker_outlives_its_crawl(rubric):
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(rubric.directory)], stdout=subprocess.PIPE, text=True)
    workers = [int(one) for one in owner.stdout.readline().split()]
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert len(workers) == 2
    deadline = time.monotonic() + 60
    while any(alive(one) for one in workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(alive(one) for one in workers)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
