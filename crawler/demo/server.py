"""The HTTP side of the demo country: one small server per address, which answers from memory."""

import errno
import socketserver
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

LAST_MODIFIED = "Mon, 12 Jan 2026 08:00:00 GMT"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    body: bytes
    type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Query = dict[str, str]
Respond = Callable[[str, Query], Answer]
"""Gives the answer to a decoded path and the last value of each query parameter."""


class Server(ThreadingHTTPServer):
    """Answers GET and HEAD at one loopback address."""

    daemon_threads = True
    # Browsers and crawlers open many connections at once; the default queue of five would drop some.
    request_queue_size = 64

    def __init__(self, address: str, port: int) -> None:
        self.respond: Respond = _nothing
        super().__init__((address, port), _Handler)

    def server_bind(self) -> None:
        # The inherited method asks the name service for the host name, which may be slow without a network.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Visitors that leave early are normal and not worth a traceback."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "Verdania"
    sys_version = ""

    def do_GET(self) -> None:
        self._send(self._answer(), with_body=True)

    def do_HEAD(self) -> None:
        self._send(self._answer(), with_body=False)

    def do_POST(self) -> None:
        # Nobody submits anything: a crawler that posts a form must notice that it did wrong.
        refusal = Answer(b"Method not allowed\n", "text/plain; charset=utf-8", 405, {"Allow": "GET, HEAD"})
        self._send(refusal, with_body=True)

    def _answer(self) -> Answer:
        parts = urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        return self.server.respond(unquote(parts.path), query)

    def _send(self, answer: Answer, *, with_body: bool) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.status == 200:
            self.send_header("Last-Modified", LAST_MODIFIED)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the program that serves the country owns the terminal."""


def _nothing(path: str, query: Query) -> Answer:
    return Answer(f"Nothing at {path} {query}\n".encode(), "text/plain; charset=utf-8", 404)


def bind(addresses: list[str], port: int, attempts: int = 20) -> list[Server]:
    """Servers that own the same port on all addresses; port 0 takes one that is free on all.

    Raises OSError with a sentence that says what to do.
    """
    for attempt in range(1, attempts + 1):
        servers: list[Server] = []
        try:
            for address in addresses:
                servers.append(Server(address, servers[0].server_port if servers else port))
        except OSError as error:
            for server in servers:
                server.server_close()
            if port == 0 and error.errno == errno.EADDRINUSE and attempt < attempts:
                continue
            raise _explained(error, addresses[len(servers)], port) from error
        return servers
    raise AssertionError("the last attempt returns or raises")


def _explained(error: OSError, address: str, port: int) -> OSError:
    if error.errno == errno.EADDRNOTAVAIL:
        text = (
            f"{address} is no address of this computer; give it one with 'sudo ifconfig lo0 alias {address} up', "
            "and likewise for 127.0.0.2 to 127.0.0.8"
        )
    elif error.errno == errno.EADDRINUSE:
        text = f"port {port} is in use at {address}; choose another port, or 0 for any free one"
    else:
        text = f"cannot listen at {address} port {port}: {error.strerror}; choose another port, or 0 for any free one"
    return OSError(error.errno, text)
