"""robots.txt by RFC 9309, also where it cannot be had."""

import pytest

from crawler.fetch.robots import MAX_CRAWL_DELAY_S, MAX_SIZE, policy, unreachable
from crawler.items import Reason

AGENT = "egov/1 (+https://who.example/)"
PAGE = "https://gov.example/private/x"
DENIES = b"User-agent: *\nDisallow: /private/\n"


def refused(status, body=DENIES, url=PAGE):
    return policy(status, body).refuses(url, AGENT)


@pytest.mark.parametrize("status", [200, 204, 299])
def test_a_success_is_parsed_and_obeyed(status):
    assert refused(status) is Reason.ROBOTS_DENIED
    assert refused(status, url="https://gov.example/public") is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 499])
def test_unavailable_allows_everything(status):
    assert refused(status) is None


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_that_led_nowhere_is_unavailable(status):
    assert refused(status) is None


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
def test_unreachable_forbids_everything(status):
    assert refused(status, b"", url="https://gov.example/") is Reason.ROBOTS_UNREACHABLE


@pytest.mark.parametrize("reason", [Reason.DNS, Reason.TLS, Reason.TIMEOUT])
def test_a_host_that_cannot_be_reached_is_refused_with_its_own_reason(reason):
    assert unreachable(reason).refuses(PAGE, AGENT) is reason


def test_a_refusal_names_the_rule_or_the_failure():
    assert policy(200, DENIES).told(PAGE, AGENT) == "robots.txt: Disallow: /private/"
    assert policy(503, b"").told(PAGE, AGENT) == "robots.txt: HTTP status 503"
    assert unreachable(Reason.DNS, "DNS lookup failed").told(PAGE, AGENT) == "robots.txt: DNS lookup failed"


def test_rules_for_us_come_before_rules_for_all():
    assert refused(200, DENIES + b"\nUser-agent: egov\nAllow: /\n") is None
    assert refused(200, b"User-agent: *\nAllow: /\n\nUser-agent: egov\nDisallow: /\n") is Reason.ROBOTS_DENIED


def test_the_longest_rule_wins():
    assert refused(200, DENIES + b"Allow: /private/x\n") is None


def test_a_byte_order_mark_does_not_hide_the_first_group():
    assert refused(200, b"\xef\xbb\xbf" + DENIES) is Reason.ROBOTS_DENIED


@pytest.mark.parametrize("body", [b"", b"\xff\x00rubbish", b"<html>not found</html>", b"Disallow: /\n", b"\x00" * 999])
def test_what_is_no_robots_txt_allows_everything(body):
    assert refused(200, body) is None


def test_what_comes_after_half_a_megabyte_is_not_read():
    filler = b"# x\n" * (MAX_SIZE // 4)
    assert refused(200, filler[:-100] + b"\n" + DENIES) is Reason.ROBOTS_DENIED
    assert refused(200, filler + DENIES) is None


def test_half_a_line_at_the_end_of_what_is_read_is_no_rule():
    body = b"User-agent: *\n" + b"#" * (MAX_SIZE - 14 - 12) + b"\nDisallow: /private/"
    assert body[:MAX_SIZE].endswith(b"\nDisallow: /")
    assert refused(200, body, "https://gov.example/") is None


@pytest.mark.parametrize(("line", "delay"), [(b"2.5", 2.5), (b"9999", MAX_CRAWL_DELAY_S), (b"soon", 0.0), (b"", 0.0)])
def test_a_crawl_delay_is_honoured_up_to_the_cap(line, delay):
    assert policy(200, b"User-agent: *\nCrawl-delay: " + line).crawl_delay_s(AGENT) == delay


def test_sitemaps_are_named():
    body = b"Sitemap: https://gov.example/a.xml\nUser-agent: *\nSitemap: https://gov.example/b.xml"
    assert policy(200, body).sitemaps() == ["https://gov.example/a.xml", "https://gov.example/b.xml"]
    assert policy(404, body).sitemaps() == []
