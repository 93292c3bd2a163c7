"""The night window follows the country's own clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.fetch.night import night, zone_of
from crawler.items import EgovError
from crawler.seeds import countries


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        ("2024-05-01 12:00", False, "22:00"), ("2024-05-01 18:59", False, "22:00"), ("2024-05-01 19:00", True, "22:00"),
        ("2024-05-01 22:30", True, "01:30"), ("2024-05-02 02:58", True, "05:58"), ("2024-05-02 02:59", False, "22:00"),
    ],
)  # fmt: skip
def test_a_window_spans_midnight_and_closes_a_minute_early(moment, is_open, opens):
    window = night("22:00-06:00", "EST")
    assert window.is_open(at(moment)) is is_open
    assert f"{window.opens_at(at(moment)):%H:%M}" == opens


def test_a_window_within_a_day():
    window = night("9:30-11:00@UTC", "XVD")
    assert not window.is_open(at("2024-05-01 09:29"))
    assert window.is_open(at("2024-05-01 09:30"))
    assert window.opens_at(at("2024-05-01 12:00")) == at("2024-05-02 09:30")


def test_clocks_that_change_at_night_are_followed():
    window = night("22:00-06:00", "EST")
    # On 31 March 2024 clocks in Tallinn went forward at three: six o'clock came at 03:00 UTC.
    assert window.is_open(at("2024-03-31 02:58"))
    assert not window.is_open(at("2024-03-31 03:00"))
    # And back on 27 October: six o'clock came at 04:00 UTC.
    assert window.is_open(at("2024-10-27 03:58"))


def test_every_member_state_has_a_zone():
    assert [code for code in countries() if not zone_of(code)] == []
    assert all(ZoneInfo(zone_of(code)) for code in countries())
    assert (zone_of("USA"), zone_of("FRA"), zone_of("XVD")) == ("America/New_York", "Europe/Paris", "")


@pytest.mark.parametrize(
    ("text", "country", "named"),
    [
        ("late", "EST", "22:00-06:00"),
        ("22:00-22:00", "EST", "22:00"),
        ("25:00-06:00", "EST", "25:00"),
        ("22:00-06:00", "XVD", "XVD"),
        ("22:00-06:00@Mars/Base", "EST", "Mars/Base"),
    ],
)
def test_what_is_no_window_is_told_in_one_sentence(text, country, named, one_sentence):
    with pytest.raises(EgovError) as raised:
        night(text, country)
    one_sentence(raised, "--night", named)
