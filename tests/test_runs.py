"""Runs are shown as they are, looked over to the last record, and retried without making a failure unknown."""

import json
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
from test_crawl import command, crawled, page, serving

from crawler.fetch.archive import ArchiveWriter
from crawler.items import EgovError, Reason
from crawler.manifest import State, read, seeds_digest, state_of, vantage
from crawler.reassess import Wish, assess_archives
from crawler.status import REMEDIES, remedy, status, statuses
from crawler.storage import CrawlDatabase, SurveyDatabase
from crawler.storage.lock import RunLock
from crawler.storage.retries import Retries
from crawler.verify import verify


def egov(out, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "crawler", *arguments, "--out", str(out)],
        capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip


def recrawl(tmp_path):
    return egov(tmp_path / "out", "recrawl", "--failed", "XVD", "--allow-private", "--no-browser", "--delay", "0")


def problems(out):
    return [one.sentence for one in verify(out) if one.is_problem]


def changed(path, sql):
    connection = sqlite3.connect(path)
    connection.execute(sql)
    connection.commit()
    connection.close()


@pytest.fixture
def made(survey, new_run, tmp_path):
    """A results directory with one finished run; its own directory."""
    run = tmp_path / "runs" / "one"
    database = CrawlDatabase(run, "one")
    database.finish("2024-05-01T12:10:00Z")
    database.close()
    (run / "run.json").write_text('{"state": "finished"}')
    survey.merge(run)
    return run


def test_a_whole_run_has_no_problem(made, tmp_path):
    assert list(verify(tmp_path)) == []


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE page SET url = 'https://other.example/'", "the row says https://other.example/"),
        ("UPDATE page SET sha256 = 'x'", "sha256"),
        ("UPDATE page SET offset = offset + 1", "no readable record"),
        ("UPDATE page SET warc = 'other.warc.gz'", "the run does not name it"),
        ("UPDATE evidence SET url = 'https://other.example/'", "does not belong to the page"),
        ("DELETE FROM page", "refers to a row of page that is not there"),
        ("UPDATE finding SET outcome = 'absent'", "survey.db: the rows of finding lack"),
        ("UPDATE run SET finished_at = NULL", "the database does not"),
        ("UPDATE frontier SET state = 'LEASED'", "1 addresses were under way"),
    ],
)
def test_what_does_not_agree_is_told_in_a_sentence(made, tmp_path, sql, told):
    changed(made / "crawl.db", sql)
    found = problems(tmp_path)
    assert any(told in one for one in found), found
    assert all("\n" not in one for one in found)


def test_a_damaged_archive_is_told(made, tmp_path):
    (warc,) = (made / "warc").iterdir()
    content = bytearray(warc.read_bytes())
    content[len(content) // 2] ^= 0xFF
    warc.write_bytes(content)
    assert problems(tmp_path)
    warc.unlink()
    assert any("it is not there" in one for one in problems(tmp_path))


def test_a_damaged_database_is_told(made, tmp_path):
    content = bytearray((made / "crawl.db").read_bytes())
    content[4096:12288] = b"\x07" * 8192
    (made / "crawl.db").write_bytes(content)
    assert problems(tmp_path)


def test_an_unacknowledged_tail_is_a_note_and_a_lost_page_a_problem(made, tmp_path, new_page):
    (warc,) = (made / "warc").iterdir()
    writer = ArchiveWriter(warc)
    writer.write(new_page("<p>tail</p>", url="https://portal.gov.example/tail"))
    writer.close()
    (note,) = verify(tmp_path)
    assert "unacknowledged tail" in note.sentence
    assert not note.is_problem
    changed(made / "crawl.db", "UPDATE frontier SET state = 'DONE'")
    changed(made / "crawl.db", "PRAGMA foreign_keys = OFF")
    changed(
        made / "crawl.db",
        "UPDATE page SET url = 'https://portal.gov.example/tail', offset = offset + 100000, length = 1",
    )
    assert any("archived and acknowledged, but has no row" in one for one in problems(tmp_path))


def test_an_assessed_archive_is_verified_too(tmp_path, new_page, rubric):
    writer = ArchiveWriter(tmp_path / "given.warc.gz")
    for number in range(3):
        writer.write(new_page(f"<p>{number}</p>", url=f"https://portal.gov.example/{number}"))
    writer.close()
    done = assess_archives(Wish([tmp_path / "given.warc.gz"], tmp_path / "out", "GBR"), rubric)
    run, captured = done.run, done.pages
    assert captured == 3
    assert list(verify(tmp_path / "out", [run])) == []
    assert statuses(tmp_path / "out")[0].state is State.FINISHED
    changed(tmp_path / "out" / "runs" / run / "crawl.db", "UPDATE page SET sha256 = 'x'")
    assert sum("sha256" in one for one in problems(tmp_path / "out")) == 3


def test_verify_names_a_run_that_is_not_there(made, tmp_path):
    done = egov(tmp_path, "verify", "two")
    assert done.returncode == 1
    assert "two: there is no such run" in done.stderr
    changed(made / "crawl.db", "UPDATE page SET sha256 = 'x'")
    done = egov(tmp_path, "verify", "one")
    assert done.returncode == 1
    assert "one: " in done.stdout
    assert done.stderr.startswith("Error: ")


def test_status_tells_the_state_of_each_run(made, tmp_path, new_run, new_page):
    assert [one.state for one in statuses(tmp_path)] == [State.FINISHED]
    broken = new_run("GBR-2", [new_page("<p>x</p>")])
    one = status(broken)
    assert (one.state, one.country, one.resume) == (State.INTERRUPTED, "GBR", "egov crawl GBR --resume")
    lock = RunLock(broken)
    assert status(broken).state is State.RUNNING
    lock.release()
    (tmp_path / "runs" / "GBR-3").mkdir()
    assert status(tmp_path / "runs" / "GBR-3").counts is None
    assert len(statuses(tmp_path, ["GBR"])) == 2
    with pytest.raises(EgovError, match="there is no run of EST"):
        statuses(tmp_path, ["EST"])


def test_every_reason_has_a_remedy_of_one_sentence():
    assert set(REMEDIES) == set(Reason)
    assert all(one.endswith(".") and len(one) < 110 for one in REMEDIES.values())
    assert remedy("what a later version knows").endswith(".")


def test_failures_are_retried_in_the_same_run_and_replaced(tmp_path):
    answers = {"/": page("a", "bad", "gone", "away"), "/a": page(), "/bad": (503, {}, page()), "/robots.txt": ""}
    answers["/away"] = (302, {"Location": "http://elsewhere.example/"}, "")
    with serving(answers) as site:
        _, failures = crawled(tmp_path, site, "--vantage", "DE, university network")
        assert set(failures.values()) == {"http-error", "offsite"}
        (run,) = (tmp_path / "out" / "runs").iterdir()
        told = json.loads(egov(tmp_path / "out", "status", "XVD", "--format", "json").stdout)[0]
        assert told["retry"] == "egov recrawl --failed XVD"
        assert {one["reason"]: one["pages"] for one in told["trouble"]} == {"http-error": 2, "offsite": 1}
        site.answers |= {"/bad": page("new"), "/away": page(), "/new": page()}
        site.asked.clear()
        done = recrawl(tmp_path)
        assert done.returncode == 0, done.stderr
        assert set(site.asked) == {"/robots.txt", "/bad", "/gone", "/away"}
    survey = SurveyDatabase(tmp_path / "out", create=False)
    assert [(one.url, one.reason) for one in survey.failures("XVD")] == [(site.url + "gone", Reason.HTTP_ERROR)]
    assert sorted(row["url"] for row in survey.rows("pages") if row["reason"] is None) == sorted(
        site.url + path for path in ("", "a", "bad", "away")
    )
    survey.close()
    assert state_of(run) is State.FINISHED
    assert problems(tmp_path / "out") == []
    kept = read(run)
    assert kept["settings"]["max_pages"] == 300
    assert [one["settings"]["retry"] for one in kept["processes"]] == [False, True]


def test_a_retry_that_is_cut_short_leaves_every_failure_known(tmp_path, new_run, new_page):
    directory = new_run("GBR-1", [new_page("<p>x</p>", status=503)])
    database = CrawlDatabase(directory, "GBR-1")
    retries = Retries(database)
    assert retries.begin() == 1
    lease = retries.lease("portal.gov.example")
    database.mark_leased(lease)
    assert not retries.has_waiting()
    assert database.release_leases() == 1
    assert retries.waiting_hosts() == ["portal.gov.example"]
    assert [one.reason for one in database.assessed_pages()] == [Reason.HTTP_ERROR]
    database.close()


def test_what_never_ran_cannot_be_retried(tmp_path):
    done = egov(tmp_path, "recrawl", "--failed", "EST", "--contact", "x", "--no-browser")
    assert done.returncode == 1
    assert "there is no run to be tried again" in done.stderr.strip().splitlines()[-1]


def test_the_manifest_says_how_a_run_was_made(tmp_path):
    with serving({"/": page()}) as site:
        crawled(tmp_path, site, "--vantage", "DE, university network", "--max-pages", "9")
        digest = read(next((tmp_path / "out" / "runs").iterdir()))
    assert digest["state"] == "finished"
    assert digest["versions"].keys() >= {"egov", "python", "sqlite", "scrapy", "warcio"}
    assert digest["vantage"] == {"country": "DEU", "network": "university network", "declared": True}
    assert digest["settings"]["max_pages"] == 9
    assert digest["rubric_version"]
    assert digest["started_at"] <= digest["finished_at"]
    assert digest["counts"]["pages_read"] == 1
    assert len(digest["seeds_digest"]) == 64


def test_a_vantage_is_as_declared_or_said_to_be_undeclared(one_sentence):
    assert vantage(" ") == {"country": "", "network": "", "declared": False}
    assert vantage("EST") == {"country": "EST", "network": "", "declared": True}
    with pytest.raises(EgovError) as raised:
        vantage("a university")
    one_sentence(raised, "--vantage", "DE, university network")
    assert seeds_digest([]) == seeds_digest([])


def test_a_host_that_does_not_answer_takes_only_its_share_of_the_places(tmp_path):
    done, in_time = threading.Event(), []

    class Waiting(tuple):
        def __iter__(self):
            in_time.append(done.wait(30))
            return super().__iter__()

    names = [f"p{number}" for number in range(40)]
    with serving({f"/{name}": page() for name in ("", *names)}, "127.0.0.22") as slow, serving({}) as fast:
        slow.answers["/robots.txt"] = Waiting((200, {}, ""))
        # All addresses of the slow host are known before its robots.txt is.
        fast.answers |= {"/": page(*names, *(slow.url + name for name in names))} | {
            f"/{name}": page() for name in names
        }
        seeds = tmp_path / "two.csv"
        head = "country,role,url,languages,hosts,source,checked_on,replaced_by"
        rows = [f"XVD,{role},{one.url},en,,test,," for role, one in (("national", slow), ("services", fast))]
        seeds.write_text("\n".join([head, *rows]) + "\n")
        process = subprocess.Popen(
            [*command(tmp_path, fast), "--seeds", str(seeds), "--thorough"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while len(fast.asked) < 42 and False not in in_time:
            time.sleep(0.01)
            assert process.poll() is None
        done.set()
        process.wait(60)
    assert in_time == [True]
    assert len(slow.asked) == 42
