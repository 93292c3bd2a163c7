"""A page is in the database whole or not at all, and nothing is fetched twice or lost."""

import sqlite3
from dataclasses import replace

import pytest

from crawler.assess import assess_page
from crawler.items import EgovError, Failure, Finding, Outcome, Reason, Record, Searched, Seed
from crawler.storage import CrawlDatabase
from crawler.storage.crawl import DATABASE, Candidate, fingerprint
from crawler.storage.schema import NOTES

HOME = "https://portal.gov.example/"
HOST = "portal.gov.example"
TEXT = "The ministry is responsible for the health of the people, and for the hospitals of the country. " * 4
RECORD = Record("a.warc.gz", 100, "0" * 64)


@pytest.fixture
def database(tmp_path):
    opened = CrawlDatabase(tmp_path, "run")
    opened.begin("crawl", "small", "1", "2024-05-01T12:00:00Z", {})
    opened.add_portals([Seed("GBR", "national", HOME, ("en",))])
    yield opened
    opened.close()


@pytest.fixture
def visited(new_page, rubric):
    """A page with evidence, and what was judged of it."""
    page = new_page(f"<html lang=en><p>{TEXT}</p><a href=/c>Contact us</a>")
    return page, assess_page(page, RECORD, rubric)


def link(path, depth=1, priority=0.0, steps=()):
    return Candidate(HOME + path, HOME, depth, steps or ((path, HOME + path),), priority)


def count(database, table):
    return database.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def frontier(database):
    return {row["url"].removeprefix(HOME): row for row in database.db.query("SELECT * FROM frontier")}


def taken(database):
    """The next address, marked as being fetched."""
    lease = database.lease(HOST)
    if lease:
        database.mark_leased(lease)
    return lease


def test_page_evidence_links_and_acknowledgement_are_stored_together(database, visited):
    page, assessed = visited
    lease = taken(database)
    database.store_page(page, RECORD, 50, assessed, [link("a")], lease.id)
    assert (count(database, "page"), count(database, "evidence")) == (1, 1)
    assert {url: row["state"] for url, row in frontier(database).items()} == {"": "DONE", "a": "PENDING"}


def test_an_exception_in_between_leaves_nothing(database, visited):
    page, assessed = visited
    lease = taken(database)

    def links():
        yield link("a")
        raise RuntimeError("pulled plug")

    with pytest.raises(RuntimeError, match="pulled plug"):
        database.store_page(page, RECORD, 50, assessed, links(), lease.id)
    assert (count(database, "page"), count(database, "evidence")) == (0, 0)
    assert {url: row["state"] for url, row in frontier(database).items()} == {"": "LEASED"}


def test_a_page_that_the_database_refuses_is_still_to_be_fetched(database, visited, new_page):
    _, assessed = visited
    lease = taken(database)
    with pytest.raises(sqlite3.IntegrityError):
        database.store_page(new_page("", captured_at=None), RECORD, 50, assessed, [link("a")], lease.id)
    assert database.release_leases() == 1
    assert database.lease(HOST) == lease
    assert "a" not in frontier(database)


def test_leases_are_given_back_with_all_they_held(tmp_path, database):
    lease = taken(database)
    assert not database.has_waiting()
    database.settle()
    database.close()
    again = CrawlDatabase(tmp_path, "run")
    assert again.release_leases() == 1
    assert again.lease(HOST) == lease
    again.close()


def test_what_is_done_or_failed_is_not_given_back(database, visited):
    page, assessed = visited
    database.queue([link("a")])
    database.store_page(page, RECORD, 50, assessed, (), taken(database).id)
    database.store_failure(Failure("GBR", HOME, HOME + "a", Reason.TIMEOUT), taken(database).id)
    assert database.release_leases() == 0
    assert not database.has_waiting()
    assert {row["reason"] for row in frontier(database).values()} == {None, "timeout"}


def test_the_best_address_of_a_host_comes_first_and_equals_in_order(database):
    database.queue([link("low", priority=-1.0), link("first"), link("second"), link("high", priority=5.0)])
    urls = []
    while lease := taken(database):
        urls.append(lease.candidate.url.removeprefix(HOME))
    assert urls == ["", "high", "first", "second", "low"]
    assert taken(database) is None
    assert database.lease("elsewhere.example") is None


def test_the_queue_keeps_the_shorter_click_path_and_the_higher_priority(database):
    database.queue([link("a", depth=3, priority=2.0, steps=(("x", HOME), ("y", HOME), ("a", HOME + "a")))])
    database.queue([link("a", depth=1, priority=1.0)])
    database.queue([link("a", depth=2, priority=9.0)])
    row = frontier(database)["a"]
    assert (row["depth"], row["priority"], row["path"]) == (1, 2.0, f'[["a", "{HOME}a"]]')


def test_an_address_that_was_fetched_is_not_queued_again(database, visited):
    page, assessed = visited
    database.store_page(page, RECORD, 50, assessed, (), taken(database).id)
    database.queue([Candidate(HOME, HOME, 0, (), 99.0), Candidate("http://portal.gov.example", HOME, 0, (), 99.0)])
    assert not database.has_waiting()


def test_the_end_of_a_redirect_is_not_fetched_under_its_own_name(database, visited):
    page, assessed = visited
    database.queue([link("old")])
    taken(database)
    old = taken(database)
    database.queue([link("new")])
    database.store_page(replace(page, url=HOME + "new"), RECORD, 50, assessed, (), old.id)
    assert {url: row["state"] for url, row in frontier(database).items()} == {
        "": "LEASED",
        "old": "DONE",
        "new": "DONE",
    }


def test_one_page_is_one_address_whatever_its_scheme_and_last_slash():
    assert fingerprint("http://a.example/x/", "page") == fingerprint("https://a.example/x", "page")
    assert fingerprint("https://a.example/x", "page") != fingerprint("https://a.example/y", "page")
    assert fingerprint("https://a.example/x", "page") != fingerprint("https://a.example/x", "render")


def test_pages_and_failures_come_back_as_they_were(database, visited):
    page, assessed = visited
    failure = Failure("GBR", HOME, HOME + "a", Reason.TLS, "expired")
    database.store_page(page, RECORD, 50, assessed)
    database.store_failure(failure, None)
    (kept,) = database.assessed_pages()
    assert (kept.url, kept.reason, kept.language, kept.evidence) == (page.url, None, "en", assessed.evidence)
    assert database.failures() == [failure]
    assert database.pages_read() == 1
    assert database.archive_end("a.warc.gz") == 150
    assert database.archive_end("other.warc.gz") == 0


def test_findings_of_a_run_are_replaced(database):
    searched = Searched(1, 0, (HOME,), ("en",), (), (("timeout", 2),))
    for outcome in (Outcome.NOT_FOUND, Outcome.PRESENT):
        database.store_findings([Finding("GBR", "contact", outcome, None, 0, searched)])
    assert [row["outcome"] for row in database.db.query("SELECT outcome FROM finding")] == ["present"]


def test_evidence_without_its_page_is_refused(database, visited):
    database.store_page(visited[0], RECORD, 50, visited[1])
    with pytest.raises(sqlite3.IntegrityError):
        database.db.execute("INSERT INTO evidence SELECT * FROM (SELECT run, warc, offset + 1, feature, country, portal, url,"
                            " strength, quote, selector, term, language, detector, depth, path, sha256, captured_at, rubric,"
                            " rubric_version, tags, service_level FROM evidence)")  # fmt: skip
    with pytest.raises(sqlite3.IntegrityError):
        database.db.execute("DELETE FROM page")


def test_tables_are_strict_and_foreign_keys_are_on(database):
    rows = database.db.query("SELECT name, strict FROM pragma_table_list WHERE type = 'table'")
    strict = {row["name"]: row["strict"] for row in rows if row["name"] in NOTES}
    assert strict
    assert set(strict.values()) == {1}
    assert database.db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert database.db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_run_that_begins_again_keeps_its_head(tmp_path, database):
    database.begin("crawl", "other", "2", "2030-01-01T00:00:00Z", {})
    assert [row["rubric"] for row in database.db.query("SELECT rubric FROM run")] == ["small"]


def test_a_database_of_a_newer_version_is_told_and_untouched(tmp_path, one_sentence):
    CrawlDatabase(tmp_path, "run").close()
    path = tmp_path / DATABASE
    raw = sqlite3.connect(path)
    (table,) = raw.execute(
        "SELECT name FROM sqlite_master WHERE name LIKE '%migrations%' AND type = 'table'"
    ).fetchone()
    raw.execute(f"INSERT INTO {table} (migration_set, name, applied_at) VALUES ('egov-crawl', '9999_future', '')")
    raw.commit()
    raw.close()
    before = path.read_bytes()
    with pytest.raises(EgovError) as raised:
        CrawlDatabase(tmp_path, "run")
    one_sentence(raised, DATABASE, "9999_future", "update egov")
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database" * 99, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_what_is_no_database_is_told_and_untouched(tmp_path, one_sentence, content):
    path = tmp_path / DATABASE
    path.write_bytes(content)
    with pytest.raises(EgovError) as raised:
        CrawlDatabase(tmp_path, "run")
    one_sentence(raised, DATABASE)
    assert path.read_bytes() == content


def test_a_database_that_must_be_there_is_asked_for(tmp_path, one_sentence):
    with pytest.raises(EgovError) as raised:
        CrawlDatabase(tmp_path / "none", "run", create=False)
    one_sentence(raised, "egov crawl")
    assert not (tmp_path / "none").exists()


def steps(database, act):
    """Instructions that SQLite carries out for an act: its effort, whatever the machine."""
    number = 0

    def count():
        nonlocal number
        number += 1

    database.db.conn.set_progress_handler(count, 1)
    act()
    database.db.conn.set_progress_handler(None, 1)
    return number


@pytest.mark.parametrize("question", ["waiting_hosts", "has_waiting", "lease"])
def test_what_the_scheduler_asks_costs_the_same_however_many_addresses_are_known(database, question):
    def ask():
        arguments = [HOST] if question == "lease" else []
        assert getattr(database, question)(*arguments)

    database.db.conn.execute("UPDATE frontier SET state = 'DONE'")
    efforts = []
    for first in (0, 100):
        for number in range(first, 100 if first == 0 else 5_000):
            state = "done" if number % 3 else "page"
            database.queue([Candidate(f"https://{HOST}/{state}/{number}", HOME, 1, (), 0.0)])
        database.queue([Candidate(f"https://b{one}.example/", HOME, 1, (), 0.0) for one in range(3)])
        database.db.conn.execute("UPDATE frontier SET state = 'DONE' WHERE url LIKE '%/done/%'")
        efforts.append(steps(database, ask))
    assert efforts[1] <= efforts[0] + 20


def test_hosts_that_wait_are_named_once_each(database):
    database.queue(Candidate(f"https://{name}.example/{n}", HOME, 1, (), 0.0) for n in range(5) for name in "cab")
    assert database.waiting_hosts() == ["a.example", "b.example", "c.example", HOST]
    database.db.conn.execute("UPDATE frontier SET state = 'DONE'")
    assert database.waiting_hosts() == []
