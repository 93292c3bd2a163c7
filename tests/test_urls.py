"""Addresses keep one normal form and never break the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.page.urls import absolute, among, first_path_tokens, host, may_be_page, normal, site

BASE = "https://gov.example/a/b.html"
_PIECES = ["a", "é", "\x00", "\u200b", ":", "/", "?", "#", "&", "=", ";", ".", "%", "[", "]", "@", " ", "\\", "\n",
           "http://", "https://", "http://é.рф", "%2F", "utm_x=1", "sid=", "..", "//", ":80", ":443", "javascript:", "//["]  # fmt: skip
hrefs = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))


@given(hrefs)
def test_any_href_gives_a_web_address_or_nothing(href):
    url = absolute(href, BASE)
    assert url == "" or url.startswith(("http://", "https://"))


@given(hrefs)
def test_the_normal_form_is_its_own_normal_form(href):
    url = absolute(href, BASE)
    assert not url or normal(url) == url


@pytest.mark.parametrize(
    "written",
    [
        "http://www.правительство.рф/a", "http://WWW.ПРАВИТЕЛЬСТВО.РФ:80/a", "http://www。правительство.рф/a",
        "http://www.xn--80aealotwbjpid2k.xn--p1ai/a", "//www.%D0%BF%D1%80%D0%B0%D0%B2%D0%B8%D1%82%D0%B5%D0%BB%D1%8C%D1%81%D1%82%D0%B2%D0%BE.рф/a",
    ],
)  # fmt: skip
def test_a_host_in_another_script_has_one_form_however_it_is_written(written):
    url = absolute(written, "http://gov.example/")
    assert url == "http://www.xn--80aealotwbjpid2k.xn--p1ai/a"
    assert host(written if written.startswith("http") else url) == "www.xn--80aealotwbjpid2k.xn--p1ai"
    assert site(host(url)) == "xn--80aealotwbjpid2k.xn--p1ai"


@pytest.mark.parametrize("href", ["http://-é-/", "http://\u00ad/", "http://a%2Fb/", "http://é b/", "http://xn--é/"])
def test_what_is_no_host_name_is_no_address(href):
    assert absolute(href, BASE) == ""


@given(hrefs)
def test_every_address_that_is_given_out_can_be_taken_apart(href):
    url = absolute(href, BASE)
    if url:
        assert host(url)
        assert may_be_page(url) in (True, False)
        assert first_path_tokens(url)


@given(hrefs)
def test_a_broken_base_is_survived(base):
    assert absolute("/x", base) == "" or "://" in absolute("/x", base)


@pytest.mark.parametrize("href", ["mailto:a@b.example", "javascript:void(0)", "tel:+1", "data:text/html,x", "ftp://x/"])
def test_other_schemes_are_no_page(href):
    assert absolute(href, BASE) == ""


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("c.html", "https://gov.example/a/c.html"),
        ("/c", "https://gov.example/c"),
        ("//other.example/c", "https://other.example/c"),
        ("?x=1&utm_source=mail", "https://gov.example/a/b.html?x=1"),
        ("/c;jsessionid=A1?x=1", "https://gov.example/c?x=1"),
        ("/c?PHPSESSID=1&x=2", "https://gov.example/c?x=2"),
        ("HTTPS://GOV.Example:443", "https://gov.example/"),
        ("http://gov.example:80/c", "http://gov.example/c"),
        ("https://user:secret@gov.example/", "https://gov.example/"),
        ("/a b#part", "https://gov.example/a%20b"),
        ("\n /c\n", "https://gov.example/c"),
    ],
)
def test_links_are_joined_and_cleaned(href, url):
    assert absolute(href, BASE) == url


def test_a_port_that_is_not_the_usual_one_is_kept():
    assert normal("https://gov.example:80/") == "https://gov.example:80/"


def test_parameters_that_only_look_like_sessions_are_kept():
    assert normal("https://gov.example/?inside=1&residence=2") == "https://gov.example/?inside=1&residence=2"


@pytest.mark.parametrize("path", ["/x.pdf", "/x.CSV", "/x.jpg"])
def test_files_are_no_pages(path):
    assert not may_be_page("https://gov.example" + path)


@pytest.mark.parametrize("path", ["/", "/x.html", "/x.aspx?f=a.pdf", "/pdf"])
def test_pages_may_be_pages(path):
    assert may_be_page("https://gov.example" + path)


def test_a_host_below_a_public_suffix_is_a_site_of_its_own():
    assert site("www.service.gov.uk") != site("www.other.gov.uk")
    assert site("www.tallinn.ee") == "tallinn.ee"


def test_hosts_are_among_suffixes_by_whole_labels():
    assert among("www.gob.pe", ("gob.pe",))
    assert not among("notgob.pe", ("gob.pe",))
    assert not among("gob.pe.evil.example", ("gob.pe",))


def test_a_broken_address_has_no_host():
    assert host("http://[::1") == ""
    assert host("https://GOV.example.:8080/") == "gov.example"
