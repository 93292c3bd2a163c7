"""A web server that does what hostile and broken servers do. Each case is a path; traps and robots.txt have hosts of their own.

`CASES` says what each case must come to: "read", a reason, or several where more than one is right.
"""

import datetime
import gzip
import itertools
import socket
import ssl
import sys
import threading
import time
import zlib
from contextlib import contextmanager, suppress

import brotli
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CASES_AT, TLS_AT, PRIVATE_AT = "127.0.0.40", "127.0.0.41", "127.0.0.1"
TRAPS = {
    "calendar": "127.0.0.42",
    "session": "127.0.0.43",
    "links": "127.0.0.44",
    "path": "127.0.0.45",
    "sitemap": "127.0.0.46",
}
ROBOTS = {
    "robots-503": ("127.0.0.50", {"robots-unreachable"}),
    "robots-large": ("127.0.0.51", {"read"}),
    # Both are right by RFC 9309, 2.3.1.2 and 2.3.1.4.
    "robots-loop": ("127.0.0.52", {"read", "http-error", "robots-unreachable"}),
    "robots-drip": ("127.0.0.53", {"timeout", "robots-unreachable"}),
    "robots-endless": ("127.0.0.54", {"read", "too-large", "timeout", "robots-unreachable"}),
    "robots-bomb": ("127.0.0.55", {"read", "too-large", "robots-unreachable"}),
    "robots-binary": ("127.0.0.56", {"read"}),
}
MIB = 1024 * 1024
TEXT = "The ministry is responsible for the health of the people, and for the hospitals of the country. " * 4
PAGE = f'<html lang="en"><title>T</title><body><h1>T</h1><p>{TEXT}</p></body></html>'
FORMULAS = ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)")
SCRIPT = "</title><script>alert(1)</script><img src=x onerror=alert(1)>"


def ok(body, headers=""):
    """A whole answer."""
    body = body.encode() if isinstance(body, str) else body
    kind = "" if "content-type" in headers.lower() else "Content-Type: text/html; charset=utf-8\r\n"
    return f"HTTP/1.1 200 OK\r\n{kind}{headers}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def open_ended(body, headers=""):
    """An answer without length, ended by the end of the connection."""
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}Connection: close\r\n\r\n".encode() + body


def redirect(to, headers=""):
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()


def endless(start, piece):
    """An answer that never ends, as fast as it is read."""
    yield start
    yield from itertools.repeat(piece)


def dripping(answer, seconds=0.4):
    """One byte at a time."""
    for byte in answer:
        yield bytes([byte])
        time.sleep(seconds)


def deflated(mib):
    packer = zlib.compressobj()
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block + again * (mib - 1) + packer.flush()


def listing(urls):
    return PAGE.replace(
        "</body>", "".join(f'<p><a href="{url}">Page {number}</a></p>' for number, url in enumerate(urls)) + "</body>"
    )


# fmt: off
CASES = {
    # Compression
    "gzip-bomb": ({"too-large"}, lambda: ok(gzip.compress(bytes(MIB)) * 1024, "Content-Encoding: gzip\r\n")),
    "deflate-bomb": ({"too-large"}, lambda: ok(deflated(1024), "Content-Encoding: deflate\r\n")),
    "br-bomb": ({"too-large"}, lambda: ok(brotli.compress(bytes(256 * MIB), quality=1), "Content-Encoding: br\r\n")),
    "zstd-bomb": ({"too-large"}, lambda: ok(zstd.compress(bytes(MIB)) * 1024, "Content-Encoding: zstd\r\n")),
    "gzip-in-gzip": ({"too-large"}, lambda: ok(gzip.compress(gzip.compress(bytes(MIB)) * 1024), "Content-Encoding: gzip, gzip\r\n")),
    "gzip-many-times": ({"read", "http-error", "empty"}, lambda: ok(PAGE, "Content-Encoding: " + "gzip, " * 500 + "gzip\r\n")),
    "gzip-that-is-none": ({"http-error"}, lambda: ok(PAGE, "Content-Encoding: gzip\r\n")),
    "deflate-that-is-none": ({"http-error"}, lambda: ok(PAGE, "Content-Encoding: deflate\r\n")),
    "br-that-is-none": ({"http-error"}, lambda: ok(PAGE, "Content-Encoding: br\r\n")),
    "zstd-that-is-none": ({"http-error"}, lambda: ok(PAGE, "Content-Encoding: zstd\r\n")),
    "gzip-cut-short": ({"read"}, lambda: ok(gzip.compress(PAGE.encode())[:-12], "Content-Encoding: gzip\r\n")),
    # Time and size
    "silent": ({"timeout"}, lambda: dripping(b"  ", 60)),
    "drip-head": ({"timeout"}, lambda: dripping(open_ended(b"x"))),
    "drip-body": ({"timeout"}, lambda: itertools.chain([open_ended(b"<html>")], dripping(b"x" * 1000))),
    "endless-body": ({"too-large", "timeout"}, lambda: endless(open_ended(b"<html>"), b"<p>endless</p>" * 4096)),
    "endless-chunks": ({"too-large", "timeout"}, lambda: endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n", b"ffff\r\n" + b"x" * 65535 + b"\r\n")),
    "endless-chunk-length": ({"unreachable", "http-error", "read", "empty"}, lambda: endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n", b"0" * 65536)),
    "endless-head": ({"too-large"}, lambda: endless(b"HTTP/1.1 200 OK\r\n", b"X-Pad: " + b"x" * 1000 + b"\r\n")),
    "endless-head-line": ({"too-large"}, lambda: endless(b"HTTP/1.1 200 OK\r\nX-Pad: ", b"x" * 65536)),
    "endless-interim": ({"too-large"}, lambda: endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)),
    "head-of-100-kb": ({"read"}, lambda: ok(PAGE, "".join(f"X-{number}: {'x' * 90}\r\n" for number in range(1000)))),
    "length-of-10-gb": ({"too-large"}, lambda: [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10000000000\r\n\r\n"]),
    "length-too-long": ({"read"}, lambda: [ok(PAGE).replace(b"Content-Length: ", b"Content-Length: 9")]),
    "length-too-short": ({"read", "empty"}, lambda: [ok(PAGE + "x" * 10_000).replace(b"Content-Length: ", b"Content-Length: 0000").replace(b"Content-Length: 00001", b"Content-Length: 0000")]),
    "length-not-a-number": ({"unreachable", "http-error"}, lambda: [ok(PAGE).replace(b"Content-Length: ", b"Content-Length: x")]),
    "two-lengths": ({"unreachable", "http-error"}, lambda: [ok(PAGE).replace(b"Content-Length: ", b"Content-Length: 1\r\nContent-Length: ")]),
    "no-http": ({"unreachable", "http-error"}, lambda: b"SSH-2.0-OpenSSH_9.6\r\n" * 10),
    "closed-at-once": ({"unreachable"}, lambda: b""),
    "no-content": ({"http-error", "empty", "read", "followed"}, lambda: b"HTTP/1.1 204 No Content\r\n\r\n"),
    "status-999": ({"http-error", "unreachable"}, lambda: ok(PAGE).replace(b"200 OK", b"999 No")),
    # Redirects
    "loop": ({"http-error"}, lambda: redirect("/loop")),
    "loop-of-two": ({"http-error"}, lambda: redirect("/loop-of-two-back")),
    "cookie-loop": ({"http-error"}, lambda: redirect("/cookie-loop", "Set-Cookie: seen=1\r\n")),
    "chain-of-30": ({"http-error"}, lambda: redirect("/chain/30")),
    "chain-of-5": ({"http-error", "followed"}, lambda: redirect("/chain/5")),
    "redirect-to-file": ({"http-error"}, lambda: redirect("file:///etc/passwd")),
    "redirect-to-data": ({"http-error"}, lambda: redirect("data:text/html,<h1>x</h1>")),
    "redirect-to-private": ({"forbidden-address", "followed"}, lambda: redirect("http://127.0.0.1:{port}/ssrf")),
    "redirect-to-nowhere": ({"http-error", "unreachable"}, lambda: redirect("http://[::1")),
    "redirect-of-1-mb": ({"http-error", "unreachable", "too-large"}, lambda: redirect("/x" * 500_000)),
    "refresh-to-itself": ({"read"}, lambda: ok(PAGE.replace("<title>", '<meta http-equiv="refresh" content="0;url=/refresh-to-itself"><title>'))),
    "refresh-loop": ({"followed"}, lambda: ok('<meta http-equiv="refresh" content="0;url=/refresh-loop-back">')),
    # Content
    "nested-10-mb": ({"read", "empty"}, lambda: ok("<html><body>" + "<div>" * (10 * MIB // 5) + TEXT)),
    "nested-inline-10-mb": ({"read", "empty"}, lambda: ok("<html><body>" + "<b><i>" * (10 * MIB // 6) + TEXT)),
    "attributes-5-mb": ({"read"}, lambda: ok("<html><body><p " + "".join(f"a{number}=b " for number in range(500_000)) + f">{TEXT}")),
    "nul-bytes": ({"read"}, lambda: ok(PAGE.replace(" ", "\x00 ").replace("<h1>", "<\x00h1>"))),
    "charset-wrong": ({"read"}, lambda: ok("Министерство здравоохранения отвечает за здоровье. ".encode("cp1251") * 40, "Content-Type: text/html; charset=utf-16\r\n")),
    "charset-unknown": ({"read"}, lambda: ok(PAGE, "Content-Type: text/html; charset=x-none\r\n")),
    "charset-of-codecs": ({"read"}, lambda: ok(PAGE, "Content-Type: text/html; charset=base64\r\n")),
    "binary-as-html": ({"read", "empty", "language-unsupported"}, lambda: ok(bytes(range(256)) * 4000)),
    "empty-page": ({"empty"}, lambda: ok("")),
    "soft-404": ({"not-found"}, lambda: ok(PAGE.replace("<h1>T", "<h1>Page not found: error 404"))),
    "script-in-title": ({"read"}, lambda: ok(PAGE.replace("<title>T", f"<title>{SCRIPT.replace('</title>', '&lt;/title&gt;')}"))),
    **{f"formula-{number}": ({"read"}, lambda formula=formula: ok(PAGE.replace("<title>T", f"<title>{formula}"))) for number, formula in enumerate(FORMULAS)},
    "entities": ({"read"}, lambda: ok('<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + PAGE + "&b;" * 100_000)),
    "base-elsewhere": ({"read"}, lambda: ok(PAGE.replace("<title>", '<base href="http://127.0.0.1:{port}/"><title>').replace("</body>", '<a href="based">x</a></body>'))),
}
# fmt: on
ASIDE = {
    "loop-of-two-back": lambda: redirect("/loop-of-two"),
    "refresh-loop-back": lambda: ok('<meta http-equiv="refresh" content="0;url=/refresh-loop">'),
    **{f"chain/{number}": lambda number=number: redirect(f"/chain/{number - 1}") for number in range(1, 31)},
    "chain/0": lambda: ok(PAGE),
}


def sitemap(kind, urls):
    name = "sitemap" if kind == "sitemapindex" else "url"
    entries = "".join(f"<{name}><loc>{url}</loc></{name}>" for url in urls)
    return ok(f'<?xml version="1.0"?><{kind}>{entries}</{kind}>', "Content-Type: application/xml\r\n")


def plain(text):
    return ok(text, "Content-Type: text/plain\r\n")


class HostileWeb:
    """All hosts at one port; `asked` is what was asked of each, as paths."""

    def __init__(self):
        self.asked = {}
        self.sockets = []
        # Made before anybody waits for them.
        made = {name: make() for name, (_, make) in CASES.items()}
        self.ready = {name: answer for name, answer in made.items() if isinstance(answer, bytes)}
        self.port = 0
        hosts = [CASES_AT, PRIVATE_AT, *TRAPS.values(), *(host for host, _ in ROBOTS.values())]
        for host in hosts:
            self._listen(host, self.port)
        self.tls_port = self._listen(TLS_AT, 0, self_signed())

    def url(self, host, path=""):
        return f"http://{host}:{self.port}/{path}"

    def _listen(self, host, port, context=None):
        listener = socket.create_server((host, port), backlog=128)
        self.sockets.append(listener)
        self.asked[host] = []
        self.port = self.port or listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(listener, host, context), daemon=True).start()
        return listener.getsockname()[1]

    def _accept(self, listener, host, context):
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._serve, args=(connection, host, context), daemon=True).start()

    def _serve(self, connection, host, context):
        connection.settimeout(20)
        with suppress(OSError), connection:
            if not context:
                self._speak(connection, host)
                return
            with context.wrap_socket(connection, server_side=True) as secured:
                self._speak(secured, host)

    def _speak(self, opened, host):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = opened.recv(65536)
            if not piece:
                return
            head += piece
            if head.startswith(b"\x16"):
                # A greeting of TLS.
                opened.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
        path = head.split(b" ", 2)[1].decode("latin-1")
        self.asked[host].append(path)
        answer = self.answer(host, path.removeprefix("/"))
        for piece in [answer] if isinstance(answer, bytes) else answer:
            opened.sendall(piece.replace(b"{port}", str(self.port).encode()) if len(piece) < 10_000 else piece)

    def answer(self, host, path):
        for name, (address, _) in ROBOTS.items():
            if host == address:
                return self.robots(name) if path == "robots.txt" else ok(PAGE)
        for name, address in TRAPS.items():
            if host == address:
                return getattr(self, f"trap_{name}")(path)
        if path == "robots.txt":
            return plain("")
        if host == TLS_AT:
            return ok(PAGE)
        if path == "":
            return ok(listing([*CASES, self.url(PRIVATE_AT, "ssrf"), "http://127.0.0.40:1/", "x" * 60_000]))
        if path in self.ready:
            return self.ready[path]
        found = CASES.get(path, (0, ASIDE.get(path)))[1]
        return found() if found else b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    def robots(self, name):
        return {
            "robots-503": b"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n",
            "robots-large": plain("User-agent: *\nDisallow: /denied\n" + "# padding\n" * 105_000),
            "robots-loop": redirect("/robots.txt"),
            "robots-drip": dripping(plain("User-agent: *\nDisallow: /denied\n")),
            "robots-endless": endless(open_ended(b"User-agent: *\n"), b"Disallow: /x\n" * 5000),
            "robots-bomb": ok(gzip.compress(b"# padding\n" * 100_000) * 1024, "Content-Encoding: gzip\r\n"),
            "robots-binary": plain(bytes(range(256)) * 100),
        }[name]

    def trap_calendar(self, path):
        month = int(path.rpartition("=")[2]) if "=" in path else 0
        return ok(listing([f"/calendar?month={month + 1}", f"/calendar?month={month - 1}"]))

    def trap_session(self, _):
        number = len(self.asked[TRAPS["session"]])
        return ok(listing([f"/s?PHPSESSID={number:032x}", f"/t;jsessionid={number:032X}"]))

    def trap_links(self, path):
        return ok(PAGE if path else listing(f"/many/{number}" for number in range(100_000)))

    def trap_path(self, _):
        return ok(listing(["down/", "down/?back=1"]))

    def trap_sitemap(self, path):
        base = self.url(TRAPS["sitemap"])
        if path == "robots.txt":
            names = ("bomb.xml.gz", "circle.xml", "wide.xml", "laughs.xml", "broken.xml", "external.xml")
            return plain("User-agent: *\n" + "".join(f"Sitemap: {base}{name}\n" for name in names))
        if path == "bomb.xml.gz":
            return ok(gzip.compress(b"<urlset>" + b"<url></url>" * 95_000) * 1024, "Content-Type: application/gzip\r\n")
        if path.startswith("circle"):
            return sitemap("sitemapindex", [f"{base}circle.xml", f"{base}circle-2.xml", f"{base}circle.xml#x"])
        if path == "wide.xml":
            return sitemap("urlset", (f"{base}w/{number}" for number in range(100_000)))
        if path == "laughs.xml":
            lines = ['<!ENTITY a0 "ha">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))]
            told = f"<!DOCTYPE urlset [{''.join(lines)}]><urlset><url><loc>{base}&a9;</loc></url></urlset>"
            return ok(told, "Content-Type: application/xml\r\n")
        if path == "broken.xml":
            return ok("<urlset><url><loc>" + "<a>" * 100_000, "Content-Type: application/xml\r\n")
        if path == "external.xml":
            told = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>{base}&x;</loc></url></urlset>'
            return ok(told, "Content-Type: application/xml\r\n")
        return ok(PAGE)

    @contextmanager
    def listening(self):
        yield self
        for listener in self.sockets:
            listener.close()


def self_signed():
    """A TLS server's context whose certificate nobody vouches for, and which has expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "other.example")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(start).not_valid_after(start + datetime.timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    told = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(told)
        file.flush()
        context.load_cert_chain(file.name)
    return context
