"""How a host is reached is told from real handshakes, and what could not be asked is never a no."""

import datetime
import ipaddress
import socket
import socketserver
import ssl
import struct
import subprocess
import threading
import warnings
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from test_crawl import command, page, serving

from crawler.fetch import dnssec
from crawler.fetch.transport import Manner, facts_of, hsts
from crawler.hosts import Certificate, Known
from crawler.storage import SurveyDatabase

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
NO_IPV6 = not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists()


class Authority:
    """A certification authority of our own, and the certificates that it signs."""

    def __init__(self, directory, name="Test authority"):
        self.directory = directory
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        built = self._builder(self.name, self.key, NOW - 30 * DAY, NOW + 30 * DAY)
        built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.certificate = built.sign(self.key, hashes.SHA256())
        self.path = directory / "authority.pem"
        self.path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject, key, first, last):
        built = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
        return built.serial_number(x509.random_serial_number()).not_valid_before(first).not_valid_after(last)

    def signed(self, name="localhost", first=NOW - 20 * DAY, last=NOW + 20 * DAY, itself=False):
        """A file with key and certificate for the name; `itself`: signed by its own key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        built = self._builder(subject, key, first, last)
        if itself:
            built = self._own(subject, key, first, last)
        names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.9"))]
        built = built.add_extension(x509.SubjectAlternativeName(names[:1] if name != "localhost" else names), False)
        certificate = built.sign(key if itself else self.key, hashes.SHA256())
        path = self.directory / f"{certificate.serial_number}.pem"
        kept = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(kept + certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def _own(self, subject, key, first, last):
        built = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        return built.serial_number(x509.random_serial_number()).not_valid_before(first).not_valid_after(last)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Handshakes that fail are what these tests are about."""


class Server6(Server):
    address_family = socket.AF_INET6


@contextmanager
def web(headers=(), status=200, certificate=None, newest=None, address="127.0.0.1", port=0):
    """A web server with these headers, over TLS where a certificate is given; yields its port and what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["User-Agent"], self.headers["Host"]))
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = (Server6 if ":" in address else Server)((address, port), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(certificate)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1 if newest else ssl.TLSVersion.TLSv1_2
            context.maximum_version = newest or ssl.TLSVersion.MAXIMUM_SUPPORTED
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.server_port, asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def manner(authority):
    waited = []
    return Manner(
        user_agent="egov/test (+https://assessor.example)",
        delay_s=2.0,
        timeout_s=5.0,
        allow_private=True,
        trusted=ssl.create_default_context(cafile=str(authority.path)),
        wait=waited.append,
        resolver="",
    )


def closed_port():
    """A port at which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def facts(manner, https=None, http=None, host="localhost"):
    return facts_of(host, manner, NOW, https_port=https or closed_port(), http_port=http or closed_port())


def test_a_valid_certificate_is_told_with_its_issuer_and_the_days_left(authority, manner):
    with web(certificate=authority.signed(last=NOW + 20 * DAY)) as (port, _):
        found = facts(manner, port)
    assert (found.certificate, found.detail) == (Certificate.VALID, "")
    assert found.protocol == "TLSv1.3"
    assert "Test authority" in found.issuer
    assert found.days_left in (19, 20)
    assert found.not_after == (NOW + 20 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert found.cipher
    assert found.old_tls is Known.NO
    assert found.address == "127.0.0.1"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"first": NOW - 9 * DAY, "last": NOW - 3 * DAY}, Certificate.EXPIRED),
        ({"first": NOW + 3 * DAY, "last": NOW + 9 * DAY}, Certificate.NOT_YET_VALID),
        ({"itself": True}, Certificate.SELF_SIGNED),
        ({"name": "other.example"}, Certificate.WRONG_HOST),
    ],
)
def test_a_certificate_that_fails_says_why(authority, manner, how, expected):
    with web(certificate=authority.signed(**how)) as (port, asked):
        found = facts(manner, port)
    assert found.certificate is expected
    assert found.detail
    assert found.protocol == "TLSv1.3"
    assert found.days_left is not None
    assert (found.headers_from, asked) == ("", []), "nothing is sent over a connection that was not verified"


def test_an_authority_that_nobody_knows_is_told(tmp_path, authority, manner):
    stranger = Authority(tmp_path, "Stranger")
    with web(certificate=stranger.signed()) as (port, _):
        assert facts(manner, port).certificate is Certificate.UNKNOWN_ISSUER


def test_days_left_are_negative_after_the_end(authority, manner):
    with web(certificate=authority.signed(first=NOW - 9 * DAY, last=NOW - 3 * DAY)) as (port, _):
        assert facts(manner, port).days_left in (-4, -3)


def test_a_host_of_old_protocols_only_is_told(authority, manner):
    with web(certificate=authority.signed(), newest=ssl.TLSVersion.TLSv1_1) as (port, _):
        found = facts(manner, port)
    assert (found.certificate, found.protocol, found.old_tls) == (Certificate.UNKNOWN, "TLSv1.1", Known.YES)


def test_a_host_that_still_accepts_old_protocols_is_told(authority, manner):
    with web(certificate=authority.signed(), newest=ssl.TLSVersion.TLSv1_3) as (port, _):
        found = facts(manner, port)
    assert (found.certificate, found.old_tls) == (Certificate.VALID, Known.YES)


def test_no_tls_is_none_and_silence_is_unknown(manner):
    assert facts(manner).certificate is Certificate.NONE
    with web() as (port, _):
        assert facts(manner, port).certificate is Certificate.NONE
    with socket.create_server(("127.0.0.1", 0)) as mute:
        found = facts_of("localhost", _quick(manner), NOW, https_port=mute.getsockname()[1], http_port=closed_port())
    assert (found.certificate, found.old_tls) == (Certificate.UNKNOWN, Known.UNKNOWN)


def _quick(manner, **changes):
    return Manner(
        **{**{name: getattr(manner, name) for name in manner.__dataclass_fields__}, "timeout_s": 0.3} | changes
    )


def test_a_host_that_answers_letter_by_letter_is_left(manner):
    ended = threading.Event()

    class Slow(socketserver.BaseRequestHandler):
        def handle(self):
            try:
                while not ended.wait(0.05):
                    self.request.sendall(b"x")
            except OSError:
                pass

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Slow)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    found = facts(_quick(manner), http=server.server_address[1])
    ended.set()
    server.shutdown()
    server.server_close()
    assert (found.headers_from, found.redirects_to_https) == ("", Known.UNKNOWN)


HEADERS = (
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
    ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=()"),
)


def test_the_headers_of_the_home_page_are_told(authority, manner):
    with web(HEADERS, certificate=authority.signed()) as (port, asked):
        found = facts(_quick(manner, timeout_s=5.0, path="/en/?a=b"), port)
    assert (found.headers_from, found.status) == ("https", 200)
    assert (found.hsts_max_age, found.hsts_subdomains, found.hsts_preload) == (31536000, Known.YES, Known.YES)
    assert found.content_security_policy.startswith("default-src")
    assert found.frame_options == "frame-ancestors 'none'"
    assert (found.content_type_options, found.referrer_policy) == ("nosniff", "no-referrer")
    assert found.permissions_policy == "camera=()"
    assert asked == [("/en/?a=b", "egov/test (+https://assessor.example)", f"localhost:{port}")]


def test_headers_that_are_missing_are_told_as_missing(authority, manner):
    with web(certificate=authority.signed()) as (port, _):
        found = facts(manner, port)
    assert (found.headers_from, found.hsts_max_age, found.hsts_subdomains) == ("https", None, Known.NO)
    assert (found.content_security_policy, found.frame_options) == ("", "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", (None, Known.NO, Known.NO)),
        ("max-age=0", (0, Known.NO, Known.NO)),
        ("includeSubDomains; max-age=300", (300, Known.YES, Known.NO)),
        ("max-age=300; max-age=400", (None, Known.NO, Known.NO)),
        ("max-age=-1", (None, Known.NO, Known.NO)),
        ("max-age=" + "9" * 400, (None, Known.NO, Known.NO)),
    ],
)
def test_strict_transport_security_is_read_as_its_standard_says(value, expected):
    assert hsts(value) == expected


@pytest.mark.parametrize(
    ("status", "location", "expected"),
    [
        (301, "https://localhost/", Known.YES),
        (307, "HTTPS://www.localhost/", Known.YES),
        (301, "http://www.localhost/", Known.NO),
        (302, "/home", Known.NO),
        (200, "", Known.NO),
        (403, "", Known.UNKNOWN),
        (503, "", Known.UNKNOWN),
    ],
)
def test_the_plain_address_redirects_or_not(manner, status, location, expected):
    with web((("Location", location),) if location else (), status) as (port, asked):
        found = facts(manner, http=port)
    assert found.redirects_to_https is expected
    assert len(asked) == 1, "nothing is followed"


def test_strict_transport_security_over_plain_http_means_nothing(manner):
    with web(HEADERS) as (port, _):
        found = facts(manner, http=port)
    assert (found.headers_from, found.hsts_max_age, found.hsts_subdomains) == ("http", None, Known.UNKNOWN)
    assert found.referrer_policy == "no-referrer"


def test_what_robots_forbids_is_not_asked(authority, manner):
    with web(certificate=authority.signed()) as (secure, asked), web() as (plain, asked_plain):
        found = facts(_quick(manner, timeout_s=5.0, ask_home=False), secure, plain)
    assert found.certificate is Certificate.VALID
    assert (found.headers_from, found.redirects_to_https) == ("", Known.UNKNOWN)
    assert asked == asked_plain == []


def test_the_delay_lies_between_all_connections(authority, manner):
    waited = []
    with web(certificate=authority.signed()) as (secure, _), web() as (plain, _):
        facts(_quick(manner, timeout_s=5.0, wait=waited.append), secure, plain)
    assert waited == [2.0, 2.0]


def test_a_stopped_crawl_asks_no_more(authority, manner):
    with web(certificate=authority.signed()) as (secure, _), web() as (plain, asked):
        found = facts(_quick(manner, timeout_s=5.0, stopped=lambda: True), secure, plain)
    assert (asked, found.old_tls) == ([], Known.UNKNOWN)


def test_private_addresses_are_not_connected_to(authority, manner):
    with web(certificate=authority.signed()) as (port, asked):
        found = facts(_quick(manner, allow_private=False), port, port)
    assert (found.address, found.detail, found.certificate) == ("", "no public address", Certificate.UNKNOWN)
    assert asked == []


def test_a_name_is_looked_up_once(authority, manner, monkeypatch):
    real, looked_up = socket.getaddrinfo, []
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *given, **more: looked_up.append(given[0]) or real(*given, **more)
    )
    with web(certificate=authority.signed()) as (secure, _), web() as (plain, _):
        facts(manner, secure, plain)
    assert looked_up == ["localhost"]


def test_a_name_that_does_not_resolve_leaves_all_unknown(manner):
    found = facts(manner, host="nowhere.invalid")
    assert (found.certificate, found.redirects_to_https, found.ipv6_address) == (
        Certificate.UNKNOWN, Known.UNKNOWN, Known.UNKNOWN,
    )  # fmt: skip
    assert facts(manner, host="a..b").certificate is Certificate.UNKNOWN


@pytest.mark.skipif(NO_IPV6, reason="this machine has no IPv6")
def test_ipv6_is_told_where_it_connects(authority, manner, monkeypatch):
    both = [(socket.AF_INET6, 1, 6, "", ("::1", 0, 0, 0)), (socket.AF_INET, 1, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with web(certificate=authority.signed()) as (port, _):
        found = facts(manner, port)
        assert (found.address, found.ipv6_address, found.ipv6_connects) == ("127.0.0.1", Known.YES, Known.UNKNOWN)
        with web(certificate=authority.signed(), address="::1", port=port):
            found = facts(manner, port)
    assert (found.ipv6_address, found.ipv6_connects) == (Known.YES, Known.YES)


@pytest.mark.skipif(NO_IPV6, reason="this machine has no IPv6")
def test_a_literal_ipv6_host_is_asked_by_its_name(manner):
    with web(address="::1") as (port, asked):
        found = facts(manner, http=port, host="::1")
    assert (found.address, found.ipv6_connects, found.dnssec) == ("::1", Known.YES, Known.UNKNOWN)
    assert asked[0][2] == f"[::1]:{port}"


def test_a_literal_ipv4_host_says_nothing_of_ipv6(manner):
    assert facts(manner, host="127.0.0.9").ipv6_address is Known.UNKNOWN


@contextmanager
def resolver(vouched, failing=()):
    """A resolver that vouches for some names, "" being the root, and fails for others."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            asked, opened = self.request
            name, place = [], 12
            while length := asked[place]:
                name.append(asked[place + 1 : place + 1 + length].decode())
                place += length + 1
            dotted = ".".join(name)
            flags = 0x8180 | (0x0020 if dotted in vouched else 0) | (2 if dotted in failing else 0)
            opened.sendto(asked[:2] + struct.pack("!HHHHH", flags, 1, 0, 0, 0) + asked[12:], self.client_address)

    server = socketserver.UDPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("vouched", "failing", "expected"),
    [
        (("", "gov.example"), (), Known.YES),
        (("",), (), Known.NO),
        ((), (), Known.UNKNOWN),
        (("gov.example",), (), Known.UNKNOWN),
        (("",), ("gov.example",), Known.UNKNOWN),
    ],
)
def test_a_name_is_signed_as_far_as_a_validating_resolver_says(vouched, failing, expected):
    with resolver(vouched, failing) as port:
        assert dnssec.signed("gov.example", "127.0.0.1", port) is expected


def test_without_a_resolver_nothing_is_known_of_signatures(tmp_path):
    assert dnssec.signed("gov.example", "") is Known.UNKNOWN
    assert dnssec.signed("gov.example", "127.0.0.1", closed_port(), timeout_s=0.2) is Known.UNKNOWN
    assert dnssec.resolver(tmp_path / "none") == ""
    (tmp_path / "some").write_text("# x\nnameserver fe80::1%eth0\nnameserver 192.0.2.53\n")
    assert dnssec.resolver(tmp_path / "some") == "192.0.2.53"


def test_a_crawl_records_how_its_portals_are_reached(tmp_path):
    with serving({"/": page("/a"), "/a": page()}) as site:
        subprocess.run(command(tmp_path, site), check=True, timeout=90)
        asked, looked = list(site.asked), list(site.looked)
    survey = SurveyDatabase(tmp_path / "out", create=False)
    rows = list(survey.rows("transport"))
    survey.close()
    assert [(row["host"], row["country"], row["headers_from"]) for row in rows] == [("127.0.0.21", "XVD", "http")]
    assert (rows[0]["redirects_to_https"], rows[0]["dnssec"]) == ("no", "unknown")
    assert (sorted(asked), looked) == (["/", "/a", "/robots.txt"], ["/"])


def test_a_portal_that_robots_closes_is_only_shaken_hands_with(tmp_path):
    closed = {"/robots.txt": "User-agent: *\nDisallow: /\n", "/": page()}
    with serving(closed) as site:
        subprocess.run(command(tmp_path, site), check=False, timeout=90, capture_output=True)
        asked, looked = list(site.asked), list(site.looked)
    survey = SurveyDatabase(tmp_path / "out", create=False)
    rows = list(survey.rows("transport"))
    survey.close()
    assert (asked, looked) == (["/robots.txt"], [])
    assert [(row["headers_from"], row["redirects_to_https"]) for row in rows] == [("", "unknown")]
