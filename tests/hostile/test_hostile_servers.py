"""A crawl of hostile servers ends, within its memory, with a typed outcome for every case."""

import csv
import io

import pytest
from hostile_web import CASES, CASES_AT, FORMULAS, PRIVATE_AT, ROBOTS, TLS_AT, TRAPS, HostileWeb

from crawler.storage.export import write_rows

MAX_PEAK_MB = 500


@pytest.fixture(scope="module")
def hostile(hostile_crawl):
    with HostileWeb().listening() as web:
        hosts = [CASES_AT, *TRAPS.values(), *(host for host, _ in ROBOTS.values())]
        # A TLS server asked without TLS, and the reverse.
        seeds = [web.url(host) for host in hosts]
        seeds += [f"https://{TLS_AT}:{web.tls_port}/", f"https://{CASES_AT}:{web.port}/no-tls"]
        told = hostile_crawl(
            also=["127.0.0.32/27"],
            ports=[web.port, web.tls_port],
            seeds=seeds,
            hosts=[PRIVATE_AT],
            max_pages=450,
            settings={"DOWNLOAD_TIMEOUT": 6, "RETRY_TIMES": 0},
        )
    return web, told


@pytest.mark.parametrize("case", CASES)
def test_every_case_has_its_typed_outcome(hostile, case):
    web, told = hostile
    assert told.outcomes.get(web.url(CASES_AT, case), "followed") in CASES[case][0]
    assert f"/{case}" in web.asked[CASES_AT]


@pytest.mark.parametrize("case", ROBOTS)
def test_every_robots_txt_has_its_typed_outcome(hostile, case):
    web, told = hostile
    host, expected = ROBOTS[case]
    assert told.outcomes[web.url(host)] in expected


def test_the_crawl_stays_within_its_memory(hostile):
    assert hostile[1].peak_mb < MAX_PEAK_MB


def test_nothing_private_was_asked(hostile):
    web, told = hostile
    assert web.asked[PRIVATE_AT] == []
    assert told.outcomes[web.url(PRIVATE_AT, "ssrf")] == "forbidden-address"
    assert told.outcomes["http://127.0.0.40:1/"] == "forbidden-address"


def test_a_certificate_that_nobody_vouches_for_is_no_reason_not_to_read(hostile):
    web, told = hostile
    assert told.outcomes[f"https://{TLS_AT}:{web.tls_port}/"] == "read"
    assert told.outcomes[f"https://{CASES_AT}:{web.port}/no-tls"] == "tls"


def test_redirects_are_followed_to_their_end_where_there_is_one(hostile):
    web, told = hostile
    assert told.outcomes[web.url(CASES_AT, "chain/0")] == "read"
    assert web.asked[CASES_AT].count("/loop") < 12


@pytest.mark.parametrize(
    ("trap", "most"), [("calendar", 60), ("session", 8), ("links", 450), ("path", 60), ("sitemap", 450)]
)
def test_no_trap_takes_more_than_its_share(hostile, trap, most):
    web, _ = hostile
    assert len(web.asked[TRAPS[trap]]) <= most


def test_cells_of_strangers_are_no_formulas(hostile):
    _, told = hostile
    stream = io.StringIO()
    write_rows(told.survey.rows("pages"), "csv", stream)
    titles = {row["title"] for row in csv.DictReader(io.StringIO(stream.getvalue()))}
    assert {f"'{formula}" for formula in FORMULAS} <= titles
    assert not titles & set(FORMULAS)
