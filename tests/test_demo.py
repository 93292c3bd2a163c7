"""The main job, end to end: the command a newcomer runs, and what it leaves behind."""

import json
import os
import pty
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from importlib.resources import files

import pytest
import yaml
from warcio.archiveiterator import ArchiveIterator

from crawler.fetch.browser import find_browser
from crawler.items import Answer, Outcome
from crawler.reassess import Wish, assess_archives
from crawler.rubric import load
from crawler.storage import SurveyDatabase

EXPECTED = yaml.safe_load((files("crawler.demo") / "expected.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demonstration, run once as a user runs it without a terminal."""
    out = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "crawler", "demo", "--out", str(out)]
    if find_browser() is None:
        command.append("--no-browser")
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, timeout=180)
    assert done.returncode == 0, done.stderr
    return out, done.stdout


@pytest.fixture
def survey(demo):
    opened = SurveyDatabase(demo[0], create=False)
    yield opened
    opened.close()


def run_of(survey):
    return survey.directory / "runs" / survey.current_runs()["XVD"]


def test_the_demonstration_says_what_was_found_and_where_to_look(demo):
    out, told = demo
    assert "not found" in told
    assert "not assessed" in told
    assert (out / "report" / "index.html").as_uri() in told
    assert "http://127.0.0.1:8400/" in told
    assert "unreachable" in told
    assert "blocked" in told


@pytest.mark.parametrize("feature", sorted(EXPECTED["present"]))
def test_what_the_country_offers_is_found(survey, feature):
    if feature in EXPECTED["rendered"] and find_browser() is None:
        pytest.skip("needs a browser")
    outcomes = {one.feature: one.outcome for one in survey.findings("XVD")}
    assert outcomes[feature] is Outcome.PRESENT


@pytest.mark.parametrize("feature", sorted(EXPECTED["absent"]))
def test_what_the_country_does_not_offer_is_not_found(survey, feature):
    outcomes = {one.feature: one.outcome for one in survey.findings("XVD")}
    assert outcomes[feature] is Outcome.NOT_FOUND


def test_pages_that_only_look_like_evidence_give_none(survey):
    for trap in EXPECTED["traps"]:
        pages = [one.url for one in survey.evidence("XVD", trap["feature"]) if one.url.endswith(trap["path"])]
        portals = {one["url"] for one in survey.portals("XVD") if one["role"] == trap["role"]}
        assert not [url for url in pages if any(url.startswith(portal) for portal in portals)], trap


def test_assessing_the_archive_afterwards_gives_identical_evidence(survey, tmp_path):
    warcs = sorted((run_of(survey) / "warc").glob("*.warc.gz"))
    assess_archives(Wish(warcs, tmp_path), load())
    again = SurveyDatabase(tmp_path, create=False)
    while_crawling = sorted(survey.evidence("XVD"), key=lambda one: (one.warc, one.offset, one.feature))
    afterwards = sorted(again.evidence("XVD"), key=lambda one: (one.warc, one.offset, one.feature))
    again.close()
    assert len(while_crawling) > 500
    assert while_crawling == afterwards


def test_the_archive_is_warc_1_1_with_request_response_and_metadata(survey):
    kinds = {}
    for warc in (run_of(survey) / "warc").glob("*.warc.gz"):
        with warc.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests=True):
                assert record.rec_headers.protocol == "WARC/1.1"
                assert record.digest_checker.passed is not False
                kinds[record.rec_type] = kinds.get(record.rec_type, 0) + 1
    assert kinds["request"] == kinds["response"] > 100
    assert kinds["metadata"] >= kinds["response"]
    if find_browser():
        assert kinds["conversion"] >= 1


def test_evidence_points_to_one_element_of_the_archived_page(survey):
    from selectolax.lexbor import LexborHTMLParser

    from crawler.fetch.archive import read_page
    from crawler.page.encoding import decode
    from crawler.review.excerpt import excerpt

    for piece in survey.evidence("XVD")[::7]:
        page = read_page(survey.archive_path("XVD", piece.warc), piece.offset)
        if piece.selector.startswith("/"):
            assert excerpt(page, piece).found, (piece.url, piece.feature, piece.selector)
            continue
        found = LexborHTMLParser(decode(page)).css(piece.selector)
        assert len(found) == 1, (piece.url, piece.feature, piece.selector)


def test_robots_txt_is_obeyed(survey):
    pages = {row["url"] for row in survey.rows("pages")}
    assert not [url for url in pages if "/internal" in url]
    assert "robots-denied" in {str(one.reason) for one in survey.failures("XVD")}


def test_a_blocking_and_a_dead_host_are_untested_with_their_reasons(survey):
    reasons = {one.portal.split(":")[1].strip("/"): str(one.reason) for one in survey.failures("XVD")}
    assert reasons["127.0.0.8"] == "blocked"
    assert reasons["127.0.0.9"] == "unreachable"


def test_a_shell_is_assessed_as_a_browser_shows_it(survey):
    if find_browser() is None:
        pytest.skip("needs a browser")
    rendered = [row for row in survey.rows("pages") if row["rendered"]]
    assert {row["reason"] for row in rendered} == {None}
    assert "video-clips" in {one.feature for one in survey.evidence("XVD") if "127.0.0.7" in one.url}


def test_every_page_knows_the_clicks_that_lead_to_it(survey):
    for row in survey.rows("pages"):
        path = json.loads(row["path"])
        assert len(path) == row["depth"] or path[0][0] == "sitemap"


def test_scripted_reviews_are_marked_and_leave_differences_unsettled(survey):
    reviews = survey.reviews("XVD")
    assert {one.example for one in reviews} == {True}
    assert {one.answer for one in reviews if one.feature == "fee-schedule"} == {Answer.YES, Answer.NO}


def test_scores_carry_coverage_and_bounds(demo):
    command = [sys.executable, "-m", "crawler", "score", "--out", str(demo[0]), "--format", "json"]
    (row,) = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert 0 < row["low"] <= row["score"] <= row["high"] <= 1
    assert 0.9 < row["coverage"] < 1


def test_the_report_needs_nothing_from_elsewhere(demo):
    for page in (demo[0] / "report").rglob("*.html"):
        html = page.read_text("utf-8")
        assert "<script" not in html
        assert 'src="http' not in html
        assert 'rel="stylesheet" href="http' not in html


def test_without_a_browser_a_shell_is_empty_and_not_absent(tmp_path):
    command = [sys.executable, "-m", "crawler", "demo", "--out", str(tmp_path), "--no-browser"]
    subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL, timeout=180)
    survey = SurveyDatabase(tmp_path, create=False)
    shells = [one for one in survey.failures("XVD") if "127.0.0.7" in one.url]
    survey.close()
    assert "empty" in {str(one.reason) for one in shells}


def test_every_table_is_strict_and_references_hold(demo):
    for path in demo[0].rglob("*.db"):
        with sqlite3.connect(path) as db:
            tables = dict(
                db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlite%'")
            )
            assert all(sql.rstrip().endswith("STRICT") for sql in tables.values()), path
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        db.close()


def test_a_results_directory_of_a_newer_version_is_left_alone(demo, tmp_path):
    shutil.copy(demo[0] / "survey.db", tmp_path / "survey.db")
    with sqlite3.connect(tmp_path / "survey.db") as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('egov-survey', '0099_future', '')"
        )
    db.close()
    before = (tmp_path / "survey.db").read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "score", "--out", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "0099_future" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "survey.db").read_bytes() == before


def test_on_a_terminal_the_review_app_runs_until_ctrl_c(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "crawler", "demo", "--out", str(tmp_path), "--no-browser", "--port", str(port)]
    environment = {key: value for key, value in os.environ.items() if key != "CI"}
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    told = b""
    while b"Ctrl-C ends it" not in told:
        told += os.read(ours, 65_536)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/XVD/", timeout=20) as answer:
        assert answer.status == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    os.close(ours)
