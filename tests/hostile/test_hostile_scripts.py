"""Pages whose scripts trap a browser: each is ended within its deadline, and the crawl goes on."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crawler.fetch.browser import find_browser

pytestmark = pytest.mark.skipif(find_browser() is None, reason="needs a browser")

TEXT = "'The ministry is responsible for the health of the people. '.repeat(10)"
SHOW = f"document.body.append({TEXT});"
# What each script must come to. A page that shows its text in time is read, whatever else it does.
SCRIPTS = {
    "plain": ("read", SHOW),
    "dialogs": ("read", SHOW + "for (let i = 0; i < 20; i++) { alert(i); confirm(i); prompt(i); }"),
    "endless-dialogs": ("timeout", "while (true) alert(1);"),
    "leaving": ("read", "onbeforeunload = event => { event.preventDefault(); return 'stay'; };" + SHOW),
    "popups": ("read", SHOW + "for (let i = 0; i < 10; i++) open('/popup?' + i);"),
    "endless-script": ("timeout", "while (true) {}"),
    "endless-script-later": ("timeout", "setTimeout(() => { while (true) {} }, 50);" + SHOW),
    "endless-requests": ("read", SHOW + "(async () => { while (true) await fetch('/poll?' + Math.random()); })();"),
    "endless-growth": ("timeout", "const kept = []; while (true) kept.push(document.body.appendChild(document.createElement('p')));"),
    "worker": ("read", "navigator.serviceWorker && navigator.serviceWorker.register('/service.js').catch(() => 0);" + SHOW),
    "download": ("read", SHOW + "const a = document.createElement('a'); a.href = '/file.zip'; a.download = 'x'; a.click();"),
    "print": ("read", SHOW + "print();"),
    "permissions": ("read", SHOW + "navigator.geolocation.getCurrentPosition(() => 0); Notification.requestPermission();"),
    # It leads away to what is not sent, and leaves nothing to read.
    "submits": ("unreachable", SHOW + "const f = document.createElement('form'); f.method = 'post'; f.action = '/sent'; document.body.append(f); f.submit();"),
}  # fmt: skip


@pytest.fixture(scope="module")
def scripted(hostile_crawl):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.command, self.path))
            name = self.path.strip("/").removesuffix(".js")
            kind, status = "text/html; charset=utf-8", 200
            if self.path == "/":
                links = "".join(f"<p><a href=/{one}>{one}</a></p>" for one in SCRIPTS)
                body = f"<html lang=en><title>T</title><h1>T</h1><p>{'The ministry is responsible. ' * 20}</p>{links}"
            elif self.path.endswith(".js"):
                kind, body = "text/javascript", SCRIPTS.get(name, ("", ""))[1]
            elif name in SCRIPTS:
                body = f"<html lang=en><title>T</title><body><div id=app></div><script src=/{name}.js></script></body></html>"
            elif name == "file.zip":
                kind, body = "application/zip", "PK"
            else:
                status, body = (200, "x") if name.startswith(("poll", "popup")) else (404, "")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.60", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    told = hostile_crawl(
        also=["127.0.0.60/32"],
        ports=[server.server_port],
        seeds=[f"http://127.0.0.60:{server.server_port}/"],
        browser=True,
        settings={"PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 2_500, "RETRY_TIMES": 0},
    )
    server.shutdown()
    server.server_close()
    return asked, {url.rpartition("/")[2]: outcome for url, outcome in told.outcomes.items()}


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_is_survived(scripted, name):
    assert scripted[1][name] == SCRIPTS[name][0]


def test_nothing_is_submitted_registered_or_downloaded(scripted):
    asked, _ = scripted
    assert {method for method, _ in asked} == {"GET"}
    assert not {path for _, path in asked} & {"/sent", "/service.js"}
