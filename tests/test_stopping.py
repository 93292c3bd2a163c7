"""A crawl that is stopped, by a person or by what it stands on, says why and can be resumed."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from test_crawl import TEXT, command, crawled, page, serving

from crawler.items import EgovError, Stop
from crawler.job import runs_directory
from crawler.manifest import State, read, state_of
from crawler.stops import stop_of, told_of
from crawler.storage import CrawlDatabase
from crawler.storage.lock import RunLock, is_locked
from crawler.verify import verify

SLOW_S = 0.05


def site_of(number):
    answers = {"/": page(*[f"p{one}" for one in range(number)])}
    return answers | {f"/p{one}": page(text=TEXT * 20) for one in range(number)}


def started(tmp_path, site, *options):
    return subprocess.Popen(
        command(tmp_path, site, *options),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def until(true, process):
    while not true():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)


def only_run(tmp_path):
    (run,) = runs_directory(tmp_path / "out").iterdir()
    return run


def test_ctrl_c_finishes_pages_under_way_and_says_how_to_go_on(tmp_path):
    with serving(site_of(200)) as site:
        process = started(tmp_path, site)
        until(lambda: len(site.asked) > 30, process)
        os.kill(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=60)
        run = only_run(tmp_path)
        assert process.returncode == 1
        assert "Ctrl-C again stops at once" in told
        assert told.strip().splitlines()[-1] == "Error: stopped; 'egov crawl XVD --resume' goes on from here"
        assert state_of(run) is State.INTERRUPTED
        assert read(run)["stopped"]["why"] == Stop.INTERRUPTED
        database = CrawlDatabase(run, run.name)
        assert database.release_leases() == 0
        archived = len(list(database.assessed_pages()))
        database.close()
        assert archived == len(site.asked) - 1
        pages, _ = crawled(tmp_path, site, "--resume")
    assert len(pages) == 201
    assert len(site.asked) == 201 + 2
    assert state_of(run) is State.FINISHED


def test_ctrl_c_twice_stops_at_once_and_nothing_is_lost(tmp_path):
    answers = site_of(60) | {"/": page("stuck", *[f"p{one}" for one in range(60)])}
    with serving(answers) as site:
        # A server that never answers would hold an orderly stop for as long as a request may take.
        site.answers["/stuck"] = Stuck()
        process = started(tmp_path, site)
        until(lambda: len(site.asked) > 20 and "/stuck" in site.asked, process)
        os.kill(process.pid, signal.SIGINT)
        until(lambda: "again" in process.stderr.readline(), process)
        os.kill(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=20)
        run = only_run(tmp_path)
        assert "Error: stopped at once; 'egov crawl XVD --resume' goes on from here" in told
        assert read(run)["stopped"]["why"] == Stop.AT_ONCE
        assert state_of(run) is State.INTERRUPTED
        assert [one for one in verify(tmp_path / "out") if one.is_problem] == []
        site.answers["/stuck"] = page()
        pages, _ = crawled(tmp_path, site, "--resume")
    assert len(pages) == 62


class Stuck(tuple):
    """An answer that takes longer than a person waits."""

    def __new__(cls):
        return super().__new__(cls, (200, {}, ""))

    def __iter__(self):
        time.sleep(25)
        return super().__iter__()


def test_a_second_crawl_of_the_same_run_is_refused(tmp_path):
    with serving(site_of(40) | {"/": page("stuck", *[f"p{one}" for one in range(40)])}) as site:
        # The first crawl lasts as long as somebody looks.
        site.answers["/stuck"] = Stuck()
        first = started(tmp_path, site)
        until(lambda: len(site.asked) > 5, first)
        second = subprocess.run(
            command(tmp_path, site, "--resume"), capture_output=True, text=True, check=False, timeout=60
        )
        state = state_of(only_run(tmp_path))
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate()
    assert second.returncode == 1
    assert "another process is at work on this run" in second.stderr.strip().splitlines()[-1]
    assert state is State.RUNNING
    assert not is_locked(only_run(tmp_path))


def test_a_lock_is_free_again_when_it_is_let_go(tmp_path):
    lock = RunLock(tmp_path / "run")
    assert is_locked(tmp_path / "run")
    with pytest.raises(EgovError, match="another process"):
        RunLock(tmp_path / "run", 0.0)
    lock.release()
    lock.release()
    assert not is_locked(tmp_path / "run")
    RunLock(tmp_path / "run", 0.0).release()


def test_a_lock_of_another_process_holds_until_it_is_killed(tmp_path):
    code = "import sys, time; from pathlib import Path; from crawler.storage.lock import RunLock; RunLock(Path(sys.argv[1])); print(1, flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    process.stdout.readline()
    assert is_locked(tmp_path)
    process.kill()
    process.communicate()
    assert not is_locked(tmp_path)


def test_a_database_locked_by_another_program_stops_the_crawl_with_its_type_and_can_be_resumed(tmp_path):
    with serving(site_of(150)) as site:
        process = started(tmp_path, site)
        until(lambda: len(site.asked) > 10, process)
        run = only_run(tmp_path)
        other = sqlite3.connect(run / "crawl.db", timeout=30, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        _, told = process.communicate(timeout=90)
        other.execute("ROLLBACK")
        other.close()
        assert process.returncode == 1
        assert "keeps the database locked" in told.strip().splitlines()[-1]
        assert state_of(run) is State.INTERRUPTED
        pages, _ = crawled(tmp_path, site, "--resume")
    assert len(pages) == 151
    assert [one for one in verify(tmp_path / "out") if one.is_problem] == []


def test_a_file_system_that_takes_no_more_stops_the_crawl_and_can_be_resumed(tmp_path):
    def narrow():
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    with serving(site_of(150)) as site:
        done = subprocess.run(
            command(tmp_path, site), capture_output=True, text=True, check=False, timeout=90, preexec_fn=narrow
        )
        assert done.returncode == 1
        assert "--resume" in done.stderr.strip().splitlines()[-1]
        assert "Traceback" not in done.stderr
        assert state_of(only_run(tmp_path)) is State.INTERRUPTED
        assert [one for one in verify(tmp_path / "out") if one.is_problem] == []
        pages, _ = crawled(tmp_path, site, "--resume")
    assert len(pages) == 151
    assert [one for one in verify(tmp_path / "out") if one.is_problem] == []


def test_what_a_database_refuses_has_a_type(tmp_path):
    path = tmp_path / "x.db"
    first = sqlite3.connect(path, isolation_level=None)
    first.execute("CREATE TABLE x (a)")
    first.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError) as locked:
        sqlite3.connect(path, timeout=0).execute("INSERT INTO x VALUES (1)")
    first.execute("ROLLBACK")
    first.execute("PRAGMA max_page_count = 3")
    with pytest.raises(sqlite3.OperationalError) as full:
        first.execute("INSERT INTO x VALUES (zeroblob(100000))")
    first.close()
    assert stop_of(locked.value) is Stop.DATABASE_LOCKED
    assert stop_of(full.value) is Stop.DISK_FULL
    assert stop_of(PermissionError(13, "no")) is Stop.NOT_WRITABLE
    assert all("--resume" in told_of(error, "x") for error in (locked.value, full.value, PermissionError(13, "no")))


def test_a_finished_run_is_not_resumed_and_nothing_is_fetched(tmp_path):
    with serving(site_of(3)) as site:
        crawled(tmp_path, site)
        site.asked.clear()
        done = subprocess.run(
            command(tmp_path, site, "--resume"), capture_output=True, text=True, check=False, timeout=60
        )
        assert site.asked == []
    assert "nothing to resume" in done.stderr
    assert done.returncode == 0
    only_run(tmp_path)


def test_a_portal_that_moved_stays_in_the_scope_after_a_resume(tmp_path):
    with serving({"/": page(*[f"p{one}" for one in range(80)])}, "127.0.0.22") as there:
        there.answers |= {f"/p{one}": page(text=TEXT * 20) for one in range(80)}
        with serving({"/": (302, {"Location": there.url}, "")}) as site:
            process = started(tmp_path, site)
            until(lambda: len(there.asked) > 10, process)
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            pages, failures = crawled(tmp_path, site, "--resume")
    assert failures == {}
    assert len(pages) == 81


def test_a_clock_that_goes_backwards_breaks_nothing(tmp_path):
    code = """
import sys, itertools
import crawler.job, crawler.crawl, crawler.spiders.portal
ticks = itertools.count()
def now():
    return f"{2030 - next(ticks) // 3:04}-01-01T00:00:00Z"
for module in (crawler.job, crawler.crawl, crawler.spiders.portal):
    module.now = now
from crawler.cli import main
main(sys.argv[1:])
"""
    with serving(site_of(20)) as site:
        arguments = command(tmp_path, site)[3:]
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
    run = only_run(tmp_path)
    assert state_of(run) is State.FINISHED
    assert [one for one in verify(tmp_path / "out") if one.is_problem] == []
    database = CrawlDatabase(run, run.name)
    times = [row["captured_at"] for row in database.db.query("SELECT captured_at FROM page ORDER BY offset")]
    database.close()
    assert len(times) == 21
    assert times != sorted(times)


def test_the_log_is_json_lines_that_name_run_and_address(tmp_path):
    with serving({"/": page("bad"), "/bad": (503, {}, "")}) as site:
        crawled(tmp_path, site)
    lines = [json.loads(line) for line in (tmp_path / "out" / "crawl.log").read_text("utf-8").splitlines()]
    run = only_run(tmp_path).name
    assert all(line["time"].endswith("Z") and line["level"] and line["logger"] and line["message"] for line in lines)
    assert {(line["country"], line["run"]) for line in lines if "run" in line} == {("XVD", run)}
    assert site.url + "bad" in {line.get("url") for line in lines}
