"""The proxy in front of the browser: the policy on connected addresses, a password, limits, the user's own proxy."""

import asyncio
import base64
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest

from crawler.fetch.egress import Egress
from crawler.fetch.proxy import FilteringProxy, Limits
from crawler.items import Reason

ALLOWED, FORBIDDEN = "127.0.0.2", "127.0.0.1"


class Web:
    """A server at the allowed and one at the forbidden address, at the same port; what each was asked."""

    def __init__(self, answer=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"):
        self.answer = answer
        self.asked = {ALLOWED: [], FORBIDDEN: []}
        self.port = 0

    async def _serve(self, address, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked[address].append(head.decode())
        writer.write(self.answer)
        await writer.drain()
        if b"connection: close" not in head.lower():
            writer.write(await reader.read(100))
            await writer.drain()
        writer.close()

    async def __aenter__(self):
        self.servers = []
        for address in (ALLOWED, FORBIDDEN):

            async def serve(reader, writer, address=address):
                await self._serve(address, reader, writer)

            self.servers.append(await asyncio.start_server(serve, address, self.port))
            self.port = self.servers[0].sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        for server in self.servers:
            server.close()


@asynccontextmanager
async def proxy(web, **changes):
    policy = Egress(also=frozenset([ip_network(f"{ALLOWED}/32")]), ports=frozenset([web.port]))
    opened = FilteringProxy(policy, **changes)
    await opened.start()
    yield opened
    await opened.stop()


def run(scene):
    """The result of a scene, after everything that it left under way has ended."""

    async def whole():
        async with asyncio.timeout(20):
            found = await scene
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # Transports close in the next turns of the loop.
        await asyncio.sleep(0.01)
        return found

    return asyncio.run(whole())


def credential(opened):
    told = f"{opened.option['username']}:{opened.option['password']}"
    return f"Proxy-Authorization: Basic {base64.b64encode(told.encode()).decode()}\r\n"


async def asked(opened, request, *, fields=None, more=b""):
    """Everything that comes back for a request line; `fields` are header lines, the credential unless told."""
    reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
    fields = credential(opened) if fields is None else fields
    writer.write(f"{request} HTTP/1.1\r\n{fields}\r\n".encode() + more)
    found = b""
    try:
        while chunk := await asyncio.wait_for(reader.read(65536), 5):
            found += chunk
            if more and found.endswith(b"ping"):
                break
    except ConnectionResetError:
        found += b"[broken]"
    writer.close()
    return found.decode("latin-1")


def test_an_allowed_address_is_fetched_and_a_forbidden_one_is_not_even_connected_to():
    async def scene():
        async with Web() as web, proxy(web) as opened:
            answers = [await asked(opened, f"GET http://{ALLOWED}:{web.port}/a?b=c")]
            for host in (FORBIDDEN, "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]"):
                answers.append(await asked(opened, f"GET http://{host}:{web.port}/"))
                answers.append(await asked(opened, f"CONNECT {host}:{web.port}"))
            return web, answers, dict(opened.refused)

    web, answers, refused = run(scene())
    assert answers[0].startswith("HTTP/1.1 200 OK")
    assert answers[0].endswith("\r\n\r\nhi")
    assert {answer.split()[1] for answer in answers[1:]} == {"403"}
    assert set(refused.values()) == {Reason.FORBIDDEN_ADDRESS}
    assert web.asked[FORBIDDEN] == []
    (head,) = web.asked[ALLOWED]
    assert head.startswith(f"GET /a?b=c HTTP/1.1\r\nHost: {ALLOWED}:{web.port}\r\n")
    assert "proxy-authorization" not in head.lower()


def test_a_tunnel_carries_bytes_both_ways():
    async def scene():
        async with Web() as web, proxy(web) as opened:
            return await asked(opened, f"CONNECT {ALLOWED}:{web.port}", more=b"GET / HTTP/1.1\r\n\r\nping")

    answer = run(scene())
    assert answer.startswith("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK")


@pytest.mark.parametrize("method", ["CONNECT", "GET"])
def test_a_name_that_changes_its_address_after_the_check_gains_nothing(method):
    answers = {"rebind.example": iter([[ALLOWED], [FORBIDDEN], [FORBIDDEN, ALLOWED]])}
    lookups = []

    def look_up(name):
        lookups.append(name)
        return next(answers[name])

    async def scene():
        async with Web() as web, proxy(web, look_up=look_up) as opened:
            place = f"rebind.example:{web.port}"
            target = place if method == "CONNECT" else f"http://{place}/"
            more = b"GET / HTTP/1.1\r\n\r\nping" if method == "CONNECT" else b""
            told = [await asked(opened, f"{method} {target}", more=more) for _ in range(3)]
            return web, [one.split()[1] for one in told]

    web, statuses = run(scene())
    assert statuses == ["200", "403", "200"]
    assert len(lookups) == 3, "a name is looked up once for each connection"
    assert len(web.asked[ALLOWED]) == 2
    assert web.asked[FORBIDDEN] == []


@pytest.mark.parametrize("fields", ["", "Proxy-Authorization: Basic ZWdvdjp4\r\n", "Proxy-Authorization: x\r\n"])
def test_nobody_else_on_the_machine_can_use_it(fields):
    async def scene():
        async with Web() as web, proxy(web) as opened:
            return web, await asked(opened, f"GET http://{ALLOWED}:{web.port}/", fields=fields)

    web, answer = run(scene())
    assert answer.startswith("HTTP/1.1 407 ")
    assert "Proxy-Authenticate: Basic" in answer
    assert web.asked[ALLOWED] == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_nothing_is_submitted(method):
    async def scene():
        async with Web() as web, proxy(web) as opened:
            return web, await asked(opened, f"{method} http://{ALLOWED}:{web.port}/")

    web, answer = run(scene())
    assert answer.startswith("HTTP/1.1 405 ")
    assert web.asked[ALLOWED] == []


@pytest.mark.parametrize(
    ("request_line", "fields"),
    [
        ("GET /", None),
        ("GET ftp://127.0.0.2/", None),
        ("GET http://[::1/", None),
        ("GET http://127.0.0.2:x/", None),
        ("CONNECT 127.0.0.2", None),
        ("CONNECT 127.0.0.2:99999", None),
        ("CONNECT a b:80", None),
        ("GET http://127.0.0.2:{port}/", "Content-Length: 5\r\n"),
        ("GET http://127.0.0.2:{port}/", "Transfer-Encoding: chunked\r\n"),
        ("GET http://127.0.0.2:{port}/", "Content-Length : 5\r\n"),
        ("", None),
    ],
)
def test_what_is_no_proper_request_is_refused(request_line, fields):
    async def scene():
        async with Web() as web, proxy(web) as opened:
            told = credential(opened) + (fields or "")
            return web, await asked(opened, request_line.format(port=web.port), fields=told)

    web, answer = run(scene())
    assert answer.startswith("HTTP/1.1 400 ")
    assert web.asked[ALLOWED] == []


def test_a_second_request_behind_the_first_is_not_passed_on():
    async def scene():
        async with Web() as web, proxy(web) as opened:
            await asked(opened, f"GET http://{ALLOWED}:{web.port}/", more=b"POST / HTTP/1.1\r\n\r\n")
            return web

    assert len(run(scene()).asked[ALLOWED]) == 1


def test_another_port_is_refused_though_the_address_is_allowed():
    async def scene():
        async with Web() as web, proxy(web) as opened:
            return await asked(opened, f"CONNECT {ALLOWED}:{web.port - 1}")

    assert run(scene()).startswith("HTTP/1.1 403 ")


@pytest.mark.parametrize(
    ("answer", "limits", "ends"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 300_000, Limits(body_bytes=100_000), "[broken]"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 20_000, Limits(head_bytes=8_000), "431"),
        (b"HTTP/1.1 200 OK\r\n", Limits(total_s=0.5), ""),
    ],
)
def test_size_heads_and_time_of_a_connection_are_limited(answer, limits, ends):
    async def scene():
        async with Web(answer) as web, proxy(web, limits=limits) as opened:
            return await asked(opened, f"GET http://{ALLOWED}:{web.port}/")

    told = run(scene())
    assert len(told) < 200_000
    if ends == "431":
        assert told.startswith("HTTP/1.1 502 ")
    else:
        assert told.endswith(ends)


def test_more_connections_than_allowed_are_closed():
    async def scene():
        async with Web() as web, proxy(web, limits=Limits(connections=2)) as opened:
            held = [await asyncio.open_connection("127.0.0.1", opened.port) for _ in range(2)]
            await asyncio.sleep(0.05)
            told = await asked(opened, f"GET http://{ALLOWED}:{web.port}/")
            for _, writer in held:
                writer.close()
            return told

    assert run(scene()) in ("", "[broken]")


def test_a_host_that_cannot_be_reached_is_told_apart_from_one_without_address():
    async def scene():
        async with Web() as web, proxy(web, look_up=lambda _: []) as opened:
            for server in web.servers:
                server.close()
            told = [await asked(opened, f"CONNECT {host}:{web.port}") for host in (ALLOWED, "nowhere.example")]
            return told, dict(opened.refused)

    told, refused = run(scene())
    assert [one.split()[1] for one in told] == ["502", "502"]
    assert refused["nowhere.example"] is Reason.DNS


def test_the_proxy_of_the_user_is_asked_and_private_addresses_are_still_refused(monkeypatch):
    async def scene():
        async with Web() as users:
            monkeypatch.setenv("HTTP_PROXY", f"http://me:secret@{FORBIDDEN}:{users.port}")
            monkeypatch.setenv("HTTPS_PROXY", f"http://{FORBIDDEN}:{users.port}")
            monkeypatch.delenv("NO_PROXY", raising=False)
            async with proxy(users) as opened:
                told = [
                    await asked(opened, f"GET http://portal.example:{users.port}/x"),
                    await asked(opened, f"CONNECT portal.example:{users.port}", more=b"ping"),
                    await asked(opened, f"GET http://127.0.0.1:{users.port}/"),
                    await asked(opened, f"CONNECT 10.0.0.1:{users.port}"),
                ]
            return users, told

    users, told = run(scene())
    assert [one.split()[1] for one in told] == ["200", "200", "403", "403"]
    by_http, by_connect = users.asked[FORBIDDEN]
    assert by_http.startswith(f"GET http://portal.example:{users.port}/x HTTP/1.1\r\n")
    assert "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n" in by_http
    assert by_connect.startswith(f"CONNECT portal.example:{users.port} HTTP/1.1\r\n")


def test_it_ends_with_the_crawl_and_so_do_its_connections():
    async def scene():
        async with Web() as web, proxy(web) as opened:
            reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
            await asyncio.sleep(0.05)
            await opened.stop()
            try:
                ended = await asyncio.wait_for(reader.read(), 5)
            except ConnectionResetError:
                ended = b""
            writer.close()
            with pytest.raises(OSError, match=r"refused|failed"):
                await asyncio.open_connection("127.0.0.1", opened.port)
            return ended

    assert run(scene()) == b""
