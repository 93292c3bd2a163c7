"""The kill switch obeys files that people write, while they write them."""

import os

import pytest

from crawler.fetch.stops import FILE, StopList
from crawler.items import EgovError


def stops(tmp_path, text):
    path = tmp_path / FILE
    path.write_text(text, "utf-8")
    return StopList([path])


@pytest.mark.parametrize(
    "line",
    [
        "www.gov.example",
        "  WWW.Gov.Example  # they called",
        "https://www.gov.example:8443/a?b",
        "*.gov.example",
        "\ufeffwww.gov.example",
    ],
)
def test_a_host_is_stopped_however_it_is_written(tmp_path, line):
    listed = stops(tmp_path, f"# hosts\n\n{line}\n" if not line.startswith("\ufeff") else line)
    assert listed.refresh() == []
    assert listed.lists("www.gov.example") == FILE
    assert listed.lists("gov.exampl") == listed.lists("notgov.example") == ""


def test_a_suffix_stops_its_own_host_and_all_below_and_nobody_else(tmp_path):
    listed = stops(tmp_path, "*.gov.example\n*.правительство.рф")
    listed.refresh()
    assert all(
        listed.lists(one)
        for one in ("gov.example", "a.gov.example", "a.b.gov.example", "a.xn--80aealotwbjpid2k.xn--p1ai")
    )
    assert not any(listed.lists(one) for one in ("mygov.example", "example", "xn--p1ai"))


def test_a_line_that_names_no_host_is_told(tmp_path):
    listed = stops(tmp_path, "gov.example\nplease stop\n*.*.x\n")
    assert [problem.partition(": ")[0][-6:] for problem in listed.refresh()] == ["line 2", "line 3"]
    assert listed.lists("gov.example")


def test_changes_are_seen_and_a_file_that_is_gone_stops_nobody(tmp_path):
    listed = stops(tmp_path, "a.example")
    listed.refresh()
    assert listed.refresh() == []
    assert listed.changes == 1
    (tmp_path / FILE).write_text("a.example\nb.example")
    listed.refresh()
    assert listed.lists("b.example")
    (tmp_path / FILE).unlink()
    listed.refresh()
    assert listed.lists("b.example") == ""
    assert listed.changes == 3


def test_what_cannot_be_read_stops_whom_it_stopped_before(tmp_path):
    listed = stops(tmp_path, "a.example")
    listed.refresh()
    (tmp_path / FILE).write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in listed.refresh()[0]
    assert listed.lists("a.example")


def test_a_file_for_all_crawls_may_be_named_and_mistakes_are_told_before_a_crawl(tmp_path, monkeypatch, one_sentence):
    named = tmp_path / "all.txt"
    named.write_text("a.example")
    monkeypatch.setenv("EGOV_STOP_HOSTS", os.fspath(named))
    assert StopList.of(tmp_path / "out").lists("a.example") == "all.txt"
    named.write_text("a b")
    with pytest.raises(EgovError) as raised:
        StopList.of(tmp_path / "out")
    one_sentence(raised, "all.txt", "line 1")
