"""Only public addresses on web ports are connected to, in whatever notation they are written."""

import pytest

from crawler.fetch.egress import FilteringResolver, ForbiddenAddressError, forbidden, is_public

PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "::127.0.0.1",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "gov.example", "1.2.3", "8.8.8.8.8"])
def test_what_is_no_address_is_not_public(text):
    assert not is_public(text)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "0177.0.0.1", "127.1", "0", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[fe80::1]", "[fe80::1%25eth0]", "169.254.169.254", "localhost",
        "LOCALHOST", "localhost.", "x.localhost", "127.0.0.1.", "１２７.0.0.1",
    ],
)  # fmt: skip
def test_private_hosts_are_refused_in_every_notation(host):
    assert "no public address" in forbidden(f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "https://gov.example/",
        "http://gov.example:8080/x",
        "https://gov.example:8443/",
        "http://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "https://4u.gov.example/",
    ],
)
def test_public_hosts_on_web_ports_are_allowed(url):
    assert forbidden(url) == ""


@pytest.mark.parametrize("port", [0, 22, 25, 3306, 6379, 65535])
def test_other_ports_are_refused(port):
    assert f"port {port}" in forbidden(f"http://gov.example:{port}/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://gov.example/",
        "file:///etc/passwd",
        "gov.example",
        "",
        "http://",
        "http://[::1",
        "http://a:99999/",
        "http://a:x/",
    ],
)
def test_what_is_no_web_address_is_refused(url):
    assert forbidden(url)
    assert forbidden(url, allow_private=True)


def test_private_addresses_can_be_allowed():
    assert forbidden("http://127.0.0.1:5000/", allow_private=True) == ""


def test_a_name_that_resolves_to_a_private_address_is_refused():
    strict, open_ = (FilteringResolver(None, 10, 1.0, allow_private=allowed) for allowed in (False, True))
    with pytest.raises(ForbiddenAddressError, match=r"rebind\.example resolves to 10\.0\.0\.1"):
        strict._checked("10.0.0.1", "rebind.example")
    assert strict._checked("8.8.8.8", "a.example") == "8.8.8.8"
    assert open_._checked("10.0.0.1", "a.example") == "10.0.0.1"
