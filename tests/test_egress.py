"""Only public addresses on web ports are connected to, in whatever notation they are written."""

from ipaddress import ip_network
from types import SimpleNamespace

import pytest

from crawler.fetch.egress import Egress, FilteringResolver, ForbiddenAddressError, is_public, look_up, users_proxies

PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "239.255.255.250", "192.0.2.1", "198.18.0.1", "192.88.99.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "::127.0.0.1",
    "64:ff9b::169.254.169.254", "64:ff9b:1::808:808", "fec0::1", "3fff::1", "2001:db8::1", "100::1", "5f00::1",
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
    assert "no public address" in Egress().refusal(f"http://{host}/")


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
    assert Egress().refusal(url) == ""


@pytest.mark.parametrize("port", [0, 22, 25, 3306, 6379, 65535])
def test_other_ports_are_refused(port):
    assert f"port {port}" in Egress().refusal(f"http://gov.example:{port}/")


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
    assert Egress().refusal(url)
    assert Egress(allow_private=True).refusal(url)


def test_private_addresses_can_be_allowed():
    assert Egress(allow_private=True).refusal("http://127.0.0.1:5000/") == ""


def test_one_network_can_be_allowed_beside_the_public_ones():
    policy = Egress(also=frozenset([ip_network("127.0.0.2/32")]), ports=frozenset([5000]))
    assert policy.refusal("http://127.0.0.2:5000/") == ""
    assert policy.allows("127.0.0.2")
    assert policy.allows("::ffff:127.0.0.2")
    for url in ("http://127.0.0.1:5000/", "http://127.0.0.3:5000/", "http://127.0.0.2/", "http://localhost:5000/"):
        assert policy.refusal(url)


def test_of_several_addresses_only_the_allowed_ones_are_left():
    assert Egress().allowed("mixed.example", ["127.0.0.1", "8.8.8.8", "::1"]) == ["8.8.8.8"]
    assert Egress().allowed("unknown.example", []) == []
    with pytest.raises(ForbiddenAddressError, match=r"rebind\.example resolves to 10\.0\.0\.1"):
        Egress().allowed("rebind.example", ["10.0.0.1", "::1"])


def resolved(resolver, name, port=80):
    """The addresses that an endpoint would be given."""
    given = []
    receiver = SimpleNamespace(
        resolutionBegan=lambda _: None,
        addressResolved=lambda address: given.append(address.host),
        resolutionComplete=lambda: None,
    )
    resolver.resolveHostName(receiver, name, port)
    return given


def known(resolver, **names):
    for name, addresses in names.items():
        resolver._known[name.replace("_", ".")] = addresses
    return resolver


def test_the_resolver_gives_out_allowed_addresses_of_both_families_and_remembers_what_it_refused():
    strict = known(FilteringResolver(None, Egress(), 1.0), a_example=["8.8.8.8", "2606:4700::1111"], b_example=["::1"])
    assert resolved(strict, "a.example") == ["8.8.8.8", "2606:4700::1111"]
    assert resolved(strict, "b.example") == []
    assert strict.refused == {"b.example": "b.example resolves to ::1, which is no public address"}
    open_ = known(FilteringResolver(None, Egress(allow_private=True), 1.0), b_example=["::1"])
    assert resolved(open_, "b.example") == ["::1"]


def test_the_proxy_that_the_user_names_may_be_private_but_only_at_its_port(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert users_proxies()["https"].port == 3128
    resolver = known(FilteringResolver(None, Egress(), 1.0), proxy_example=["10.0.0.9"])
    assert resolved(resolver, "proxy.example", 3128) == ["10.0.0.9"]
    assert resolved(resolver, "proxy.example", 80) == []


@pytest.mark.parametrize("name", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
def test_whatever_notation_a_resolver_understands_it_gives_a_plain_address_to_check(name):
    assert not any(map(Egress().allows, look_up(name)))


def test_a_name_that_is_no_name_has_no_address():
    assert look_up("a" * 300) == look_up("\ud83d.example") == []
