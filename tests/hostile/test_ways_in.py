"""No way leads from a page into the network that the crawler runs in: each is tried, beside one that is allowed.

127.0.0.2 plays the public internet, 127.0.0.1 the private network. Both listen at the same port.
"""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crawler.fetch.browser import find_browser

PUBLIC, PRIVATE = "127.0.0.2", "127.0.0.1"
TEXT = "The ministry is responsible for the health of the people, and for the hospitals of the country. " * 4
NOTATIONS = (
    "127.0.0.1", "2130706433", "017700000001", "0x7f000001", "0177.0.0.1", "0x7f.1", "127.1", "0.0.0.0", "0", "localhost",
    "localhost.", "x.localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "169.254.169.254", "100.64.0.1", "224.0.0.1", "[ff02::1]", "[fe80::1]", "[fc00::1]", "10.0.0.1",
)  # fmt: skip


class Network:
    """Pages by path, with `{port}` in them; who was asked what, as (host, path)."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = {PUBLIC: [], PRIVATE: []}
        public = self._serve(PUBLIC, 0)
        self.port = public.server_port
        self.servers = [public, self._serve(PRIVATE, self.port)]

    def _serve(self, address, port):
        network = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                host = (self.headers.get("Host") or "").rpartition(":")[0]
                network.asked[address].append((host, self.path))
                status, headers, body = network.answer(host, self.path)
                self.send_response(status)
                for name, value in ({"Content-Type": "text/html; charset=utf-8"} | headers).items():
                    self.send_header(name, value.replace("{port}", str(network.port)))
                self.end_headers()
                self.wfile.write(body.replace("{port}", str(network.port)).encode())

            do_POST = do_HEAD = do_GET  # noqa: N815

            def log_message(self, *arguments):
                pass

        server = ThreadingHTTPServer((address, port), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server

    def answer(self, host, path):
        found = self.answers.get((host, path), self.answers.get(path, (404, {}, "no such page")))
        return found if isinstance(found, tuple) else (200, {}, found)

    @contextmanager
    def listening(self):
        yield self
        for server in self.servers:
            server.shutdown()
            server.server_close()


def page(*links):
    listed = "".join(f'<li><a href="{href}">Page {number}</a></li>' for number, href in enumerate(links))
    return f'<html lang="en"><title>T</title><body><h1>T</h1><p>{TEXT}</p><ul>{listed}</ul></body></html>'


def shell(script):
    return f'<html lang="en"><title>T</title><body><div id="app"></div><script src="{script}"></script></body></html>'


LINKS = (
    *(f"http://{host}:{{port}}/link" for host in NOTATIONS),
    "http://inside.test:{port}/link",
    "http://changing.test:{port}/link",
    "http://mixed.test:{port}/link",
    "http://robots.test:{port}/link",
    "http://both.test:{port}/link",
    "/link-ok",
    "/redirect",
    "/redirect-to-name",
    "/redirect-ok",
)
ROBOTS = """\
User-agent: *
Sitemap: http://127.0.0.1:{port}/sitemap-location.xml
Sitemap: http://inside.test:{port}/sitemap-location.xml
Sitemap: http://127.0.0.2:{port}/sitemap.xml
"""
SITEMAP = """\
<?xml version="1.0"?><urlset>
<url><loc>http://127.0.0.1:{port}/sitemap-entry</loc></url>
<url><loc>http://inside.test:{port}/sitemap-entry</loc></url>
<url><loc>http://127.0.0.2:{port}/sitemap-entry-ok</loc></url>
</urlset>
"""
ANSWERS = {
    "/": page(*LINKS),
    "/link": page(),
    "/link-ok": page(),
    "/redirect": (302, {"Location": "http://127.0.0.1:{port}/redirected"}, ""),
    "/redirect-to-name": (302, {"Location": "http://inside.test:{port}/redirected"}, ""),
    "/redirect-ok": (302, {"Location": "http://127.0.0.2:{port}/redirected-ok"}, ""),
    "/redirected-ok": page(),
    ("127.0.0.2", "/robots.txt"): (200, {"Content-Type": "text/plain"}, ROBOTS),
    "/sitemap.xml": (200, {"Content-Type": "application/xml"}, SITEMAP),
    "/sitemap-entry-ok": page(),
    ("robots.test", "/robots.txt"): (302, {"Location": "http://127.0.0.1:{port}/robots-redirected"}, ""),
}
NAMES = {
    "inside.test": [[PRIVATE]],
    # One look-up that passes the check, another that would lead to the connection.
    "changing.test": [[PUBLIC], [PRIVATE]],
    "mixed.test": [[PRIVATE, PUBLIC]],
    "robots.test": [[PUBLIC]],
    "both.test": [["::1", PRIVATE]],
}


@pytest.fixture(scope="module")
def crossed(hostile_crawl):
    """A crawl that met every way in, without a browser."""
    with Network(ANSWERS).listening() as network:
        hosts = [host.strip("[]").rstrip(".") for host in NOTATIONS] + list(NAMES)
        seeds = [f"http://{host}:{network.port}/" for host in (PUBLIC, PRIVATE, "inside.test", "2130706433")]
        ports = [network.port, 80]
        told = hostile_crawl(also=[f"{PUBLIC}/32"], ports=ports, seeds=seeds, hosts=hosts, names=NAMES)
    return network, {url.replace(f":{network.port}", ""): outcome for url, outcome in told.outcomes.items()}


def test_no_request_reaches_a_private_address(crossed):
    network, _ = crossed
    assert network.asked[PRIVATE] == []


def test_the_ways_that_are_allowed_are_gone(crossed):
    network, outcomes = crossed
    paths = {path for host, path in network.asked[PUBLIC] if host == PUBLIC}
    assert paths >= {"/", "/link-ok", "/redirect", "/redirect-to-name", "/redirected-ok", "/sitemap-entry-ok"}
    assert ("mixed.test", "/link") in network.asked[PUBLIC]
    assert outcomes["http://mixed.test/link"] == "read"


@pytest.mark.parametrize("host", ["127.0.0.1", "inside.test", "2130706433"])
def test_a_private_seed_is_refused(crossed, host):
    assert crossed[1][f"http://{host}/"] == "forbidden-address"


@pytest.mark.parametrize("host", [*NOTATIONS, "inside.test", "both.test"])
def test_a_link_to_a_private_address_is_refused_in_every_notation(crossed, host):
    assert crossed[1][f"http://{host}/link"] == "forbidden-address"


def test_a_host_whose_robots_txt_leads_to_a_private_address_has_none_that_can_be_reached(crossed):
    assert crossed[1]["http://robots.test/link"] == "robots-unreachable"


def test_a_name_that_changes_its_address_is_fetched_from_the_checked_one(crossed):
    network, outcomes = crossed
    assert outcomes["http://changing.test/link"] == "read"
    assert ("changing.test", "/link") in network.asked[PUBLIC]


@pytest.mark.parametrize("url", ["http://127.0.0.1/redirected", "http://inside.test/redirected"])
def test_a_redirect_to_a_private_address_is_refused(crossed, url):
    assert crossed[1][url] == "forbidden-address"


@pytest.mark.parametrize("host", ["127.0.0.1", "inside.test"])
@pytest.mark.parametrize("path", ["sitemap-location.xml", "sitemap-entry"])
def test_a_sitemap_and_its_entries_at_a_private_address_are_refused(crossed, host, path):
    assert crossed[1][f"http://{host}/{path}"] == "forbidden-address"


SUBRESOURCES = """
const to = host => kind => `http://${host}:{port}/${kind}`;
const hosts = ["127.0.0.1", "127.0.0.2", "inside.test", "changing.test", "2130706433", "[::ffff:127.0.0.1]", "localhost"];
const add = (tag, fields) => document.body.append(Object.assign(document.createElement(tag), fields));
for (const url of hosts.map(to)) {
  add("script", {src: url("script")});
  add("link", {rel: "stylesheet", href: url("style")});
  add("link", {rel: "preload", as: "fetch", href: url("preload")});
  add("link", {rel: "prefetch", href: url("prefetch")});
  add("iframe", {src: url("iframe")});
  add("object", {data: url("object")});
  add("embed", {src: url("embed")});
  add("img", {src: url("img")});
  add("video", {src: url("video")});
  fetch(url("fetch"), {mode: "no-cors"}).catch(() => 0);
  fetch(url("post"), {mode: "no-cors", method: "POST", body: "x"}).catch(() => 0);
  navigator.sendBeacon(url("beacon"), "x");
  try { new WebSocket(url("socket").replace("http", "ws")); } catch (error) {}
  try { new EventSource(url("events")); } catch (error) {}
  try { new Worker(URL.createObjectURL(new Blob([`fetch("${url("worker")}", {mode: "no-cors"})`]))); } catch (error) {}
  window.open(url("popup"));
}
try {
  const peer = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:{port}"}, {urls: "turn:127.0.0.1:{port}?transport=tcp", username: "a", credential: "b"}]});
  peer.createDataChannel("x");
  peer.createOffer().then(offer => peer.setLocalDescription(offer));
} catch (error) {}
add("p", {textContent: "The ministry is responsible. ".repeat(20)});
"""
BROWSED = {
    "/": page("/shell", "http://late.test:{port}/shell", "/shell-refresh"),
    "/shell": shell("/app.js"),
    "/app.js": (200, {"Content-Type": "text/javascript"}, SUBRESOURCES),
    "/shell-refresh": shell("/refresh.js"),
    "/refresh.js": (200, {"Content-Type": "text/javascript"}, "location = 'http://127.0.0.1:{port}/navigated'"),
}


@pytest.mark.skipif(find_browser() is None, reason="needs a browser")
def test_no_resource_of_a_page_reaches_a_private_address_through_the_browser(hostile_crawl):
    # Scrapy looks late.test up first, the browser's proxy after it; each way asks for changing.test anew.
    names = {"inside.test": [[PRIVATE]], "changing.test": [[PUBLIC], [PRIVATE]], "late.test": [[PUBLIC], [PRIVATE]]}
    with Network(BROWSED).listening() as network:
        told = hostile_crawl(
            also=[f"{PUBLIC}/32"],
            ports=[network.port],
            seeds=[f"http://{PUBLIC}:{network.port}/"],
            hosts=list(names),
            names=names,
            browser=True,
            settings={"PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 6_000},
        )
    assert network.asked[PRIVATE] == []
    paths = {path for host, path in network.asked[PUBLIC] if host == PUBLIC}
    assert paths >= {f"/{kind}" for kind in ("script", "style", "iframe", "fetch", "socket", "events", "worker")}
    assert not paths & {"/img", "/video", "/post", "/beacon"}
    outcomes = {url.replace(f":{network.port}", ""): outcome for url, outcome in told.outcomes.items()}
    assert outcomes["http://127.0.0.2/shell"] == "read"
    assert outcomes["http://late.test/shell"] == "forbidden-address"
    assert outcomes["http://127.0.0.2/shell-refresh"] == "forbidden-address"
