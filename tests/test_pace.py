"""How often a host is asked."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.pace import MAX_CRAWL_DELAY_S, MAX_DELAY_S, MAX_RETRY_AFTER_S, Pace, retry_after_s

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
happenings = st.lists(
    st.tuples(st.sampled_from([200, 301, 404, 429, 500, 503, 0]), st.floats(0, 1_000), st.floats(0, 1_000)), max_size=20
)


@given(st.floats(0, 5), st.floats(0, 100), happenings)
def test_no_host_is_asked_faster_than_our_floor_and_its_wish(floor, wish, happened):
    pace = Pace(floor).asks(wish)
    for status, latency, wait in happened:
        pace = pace.answered(latency, status).told_to_wait(status, wait, 0.0) if status else pace.failed()
        assert min(wish, MAX_CRAWL_DELAY_S) <= pace.delay_s <= max(MAX_DELAY_S, floor)
        assert pace.delay_s >= floor


def test_a_crawl_delay_beyond_the_cap_is_honoured_up_to_the_cap():
    assert Pace(1.0).asks(10.0).delay_s == 10.0
    assert Pace(1.0).asks(86_400.0).delay_s == MAX_CRAWL_DELAY_S


def test_of_several_origins_of_a_host_the_slowest_counts():
    assert Pace(1.0).asks(10.0).asks(2.0).delay_s == 10.0


def test_a_slow_host_is_asked_less_often_and_recovers_slowly():
    slow = Pace(1.0).answered(8.0, 200)
    assert slow.delay_s == 8.0
    assert slow.answered(0.0, 200).delay_s == 4.0
    assert slow.answered(0.0, 200).answered(0.0, 200).answered(0.0, 200).answered(0.0, 200).delay_s == 1.0


def test_a_quick_error_makes_nobody_faster():
    slow = Pace(1.0).answered(8.0, 200)
    assert slow.answered(0.01, 404).delay_s == 8.0
    assert slow.answered(0.01, 503).delay_s == 16.0
    assert slow.failed().failed().failed().failed().delay_s == MAX_DELAY_S


def test_with_a_floor_of_nothing_only_what_a_host_says_counts():
    assert Pace(0.0).answered(50.0, 200).failed().answered(50.0, 500).delay_s == 0.0
    assert Pace(0.0).asks(2.0).answered(50.0, 200).delay_s == 2.0
    assert Pace(0.0).told_to_wait(503, 5.0, 100.0).not_before == 105.0


def test_a_wait_is_honoured_up_to_the_cap_and_beyond_it_the_host_rests():
    assert Pace(1.0).told_to_wait(429, MAX_RETRY_AFTER_S, 100.0) == Pace(1.0, not_before=100.0 + MAX_RETRY_AFTER_S)
    assert Pace(1.0).told_to_wait(429, MAX_RETRY_AFTER_S + 1, 100.0).rests == "HTTP status 429, Retry-After 301 s"
    assert Pace(1.0, not_before=500.0).told_to_wait(503, 5.0, 100.0).not_before == 500.0


@pytest.mark.parametrize("status", [200, 301, 404, 500])
def test_who_is_not_overloaded_cannot_make_us_wait(status):
    assert Pace(1.0).told_to_wait(status, 9_999.0, 0.0) == Pace(1.0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0), (" 0 ", 0.0), ("Wed, 01 May 2024 12:01:00 GMT", 60.0), ("Wed, 01 May 2024 11:00:00 GMT", 0.0),
        ("Wednesday, 01-May-24 12:00:30 GMT", 30.0), ("Wed May  1 12:00:30 2024", 30.0),
        ("soon", None), ("", None), ("-5", None), ("1.5", None), ("٣", None), ("9" * 400, 999_999_999_999.0),
        ("Wed, 99 May 2024 12:01:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_a_number_or_a_date(value, seconds):
    assert retry_after_s(value, NOW) == seconds


@given(st.text(max_size=40))
def test_no_header_breaks_the_reading(value):
    found = retry_after_s(value, NOW)
    assert found is None or found >= 0
