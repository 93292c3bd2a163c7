"""The proxy on loopback through which Chromium reaches the web: the policy, on the address that is connected to.

A browser resolves names itself, as often as it likes, so that looking at the addresses of its requests cannot
keep it out of the network it runs in. Behind this proxy it resolves nothing: the proxy looks each name up once,
checks what was found and connects to that.
"""

import asyncio
import base64
import re
import secrets
import socket
import struct
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from hmac import compare_digest
from http import HTTPStatus
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import proxy_bypass

from scrapy.utils.datatypes import LocalCache

from crawler.fetch.egress import Egress, ForbiddenAddressError, look_up, port_of, users_proxies
from crawler.items import Reason


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection may take. Bytes count towards the browser and from it alike."""

    head_bytes: int = 64 * 1024
    """Apache takes 100 fields of 8190 bytes at most, nginx 32 KiB in all; browsers send a few KiB."""
    body_bytes: int = 64 * 1024 * 1024
    """Over twenty times the median page with all it loads (Web Almanac 2024, page weight: 2,652 KB on the desktop)."""
    look_up_s: float = 10.0
    connect_s: float = 10.0
    total_s: float = 60.0
    """Three times what a navigation may take (`browser.NAVIGATION_TIMEOUT_MS`)."""
    connections: int = 256
    """Chromium opens 128 to one proxy for pages and as many for WebSockets (net, client_socket_pool_manager.cc)."""


_NAME = "egov"
_CHUNK = 64 * 1024
_TARGET = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:/?#@\s]+)):(\d{1,5})")
# Fields that concern the connection to the proxy, not the server behind it (RFC 9110, 7.6.1).
_HOP = frozenset(
    "connection proxy-connection proxy-authorization keep-alive te trailer transfer-encoding upgrade host".split()
)


class _RefusalError(Exception):
    """The proxy does not do what it was asked for."""

    def __init__(self, status: HTTPStatus, reason: Reason | None = None, detail: str = "") -> None:
        super().__init__(detail or status.phrase)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Asked:
    """The head of a request."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]


class FilteringProxy:
    """Listens on 127.0.0.1 between `start` and `stop`, for whoever knows its password.

    `refused` tells of the hosts that could not be reached through it why; the newest thousand.
    """

    def __init__(
        self, policy: Egress, limits: Limits | None = None, look_up: Callable[[str], list[str]] = look_up
    ) -> None:
        self.policy = policy
        self.limits = limits or Limits()
        self.look_up = look_up
        self.mark = secrets.token_urlsafe(16)
        self.refused: LocalCache[str, Reason] = LocalCache(1_000)
        self.port = 0
        self._password = secrets.token_urlsafe(24)
        self._proxies = users_proxies()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    @property
    def option(self) -> dict[str, str]:
        """Playwright's launch option `proxy`. Chromium goes around a proxy to loopback unless told otherwise."""
        server = f"http://127.0.0.1:{self.port}"
        return {"server": server, "username": _NAME, "password": self._password, "bypass": "<-loopback>"}

    async def start(self) -> None:
        """Begins to listen, at a port that is free."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=self.limits.head_bytes)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Ends listening and every connection."""
        if self._server is None:
            return
        self._server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._open) >= self.limits.connections:
            writer.transport.abort()
            return
        self._open.add(task)
        try:
            async with asyncio.timeout(self.limits.total_s):
                await self._answer(reader, writer)
        except (OSError, TimeoutError, EOFError, ValueError):
            # The other end sees a connection that broke, which is what happened.
            _break(writer)
        except asyncio.CancelledError:
            # Only `stop` does that; asyncio's streams would report a task that ends so as an error.
            writer.transport.abort()
        finally:
            self._open.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = ""
        try:
            asked = _read_head(await _head(reader, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))
            self._authenticate(asked)
            if asked.method == "CONNECT":
                host, port = _connect_target(asked.target)
                await self._tunnel(host, port, reader, writer)
            elif asked.method in ("GET", "HEAD"):
                parts = _absolute_target(asked)
                host = parts.hostname or ""
                await self._forward(asked, parts, reader, writer)
            else:
                raise _RefusalError(HTTPStatus.METHOD_NOT_ALLOWED)
        except _RefusalError as refusal:
            if refusal.reason and host:
                self.refused[host] = refusal.reason
            await self._refuse(refusal, writer)

    def _authenticate(self, asked: _Asked) -> None:
        told = dict(asked.fields).get("proxy-authorization", "")
        known = f"Basic {base64.b64encode(f'{_NAME}:{self._password}'.encode()).decode()}"
        if not compare_digest(told.encode(), known.encode()):
            raise _RefusalError(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)

    async def _refuse(self, refusal: _RefusalError, writer: asyncio.StreamWriter) -> None:
        body = f"{refusal}\n".encode()
        ask = f'Proxy-Authenticate: Basic realm="{_NAME}"\r\n'
        head = (
            f"HTTP/1.1 {refusal.status.value} {refusal.status.phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\nEgov-Refused: {self.mark}\r\n"
            f"{ask if refusal.status is HTTPStatus.PROXY_AUTHENTICATION_REQUIRED else ''}\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()

    async def _tunnel(self, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = await self._connect("https", host, port)
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await self._relay(_pump(reader, upstream[1], self.limits.body_bytes), upstream[0], writer)
        finally:
            upstream[1].transport.abort()

    async def _forward(
        self, asked: _Asked, parts: SplitResult, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One request, one answer, one connection: nothing can be smuggled behind it."""
        proxy = self._proxy_for("http", parts.hostname or "")
        upstream_reader, upstream = await self._connect("http", parts.hostname or "", port_of(parts))
        try:
            origin = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            target = asked.target if proxy else origin
            fields = [("Host", parts.netloc.rpartition("@")[2]), *_kept(asked.fields), ("Connection", "close")]
            fields += _proxy_fields(proxy)
            told = "".join(f"{name}: {value}\r\n" for name, value in fields)
            upstream.write(f"{asked.method} {target} HTTP/1.1\r\n{told}\r\n".encode("latin-1"))
            head = await _head(upstream_reader, HTTPStatus.BAD_GATEWAY)
            writer.write(_closing(head))
            await self._relay(_gone(reader), upstream_reader, writer)
        finally:
            upstream.transport.abort()

    async def _relay(
        self, upwards: Coroutine[None, None, None], upstream: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Passes bytes on until the server ends, or the browser does, or enough has passed."""
        tasks = {
            asyncio.create_task(upwards),
            asyncio.create_task(_pump(upstream, writer, self.limits.body_bytes)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            if any(isinstance(one, OSError) for one in ended):
                _break(writer)

    async def _connect(self, scheme: str, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to a checked address, or through the user's proxy."""
        if why := self.policy.refusal_of_host(host, port):
            raise _RefusalError(HTTPStatus.FORBIDDEN, Reason.FORBIDDEN_ADDRESS, why)
        if proxy := self._proxy_for(scheme, host):
            return await self._connect_proxy(proxy, scheme, host, port)
        for address in await self._addresses(host):
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(self.limits.connect_s):
                    found = await asyncio.open_connection(address, port, limit=self.limits.head_bytes)
                if self.policy.allows(found[1].get_extra_info("peername")[0]):
                    return found
                found[1].transport.abort()
        raise _RefusalError(HTTPStatus.BAD_GATEWAY, Reason.UNREACHABLE, f"{host} cannot be reached")

    async def _addresses(self, host: str) -> list[str]:
        """The checked addresses of a host, looked up once for this connection."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.limits.look_up_s):
                found = await loop.run_in_executor(None, self.look_up, host)
            allowed = self.policy.allowed(host, found)
        except TimeoutError:
            allowed = []
        except ForbiddenAddressError as error:
            raise _RefusalError(HTTPStatus.FORBIDDEN, Reason.FORBIDDEN_ADDRESS, str(error)) from None
        if not allowed:
            raise _RefusalError(HTTPStatus.BAD_GATEWAY, Reason.DNS, f"{host} has no address")
        return allowed

    def _proxy_for(self, scheme: str, host: str) -> SplitResult | None:
        proxy = self._proxies.get(scheme)
        return None if proxy is None or proxy_bypass(host) else proxy

    async def _connect_proxy(
        self, proxy: SplitResult, scheme: str, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection by way of the user's proxy, which resolves the name: literal addresses were refused before."""
        secure = True if proxy.scheme == "https" else None
        async with asyncio.timeout(self.limits.connect_s):
            found = await asyncio.open_connection(
                proxy.hostname, port_of(proxy), ssl=secure, limit=self.limits.head_bytes
            )
        if scheme == "http":
            return found
        reader, writer = found
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        told = "".join(f"{name}: {value}\r\n" for name, value in [("Host", place), *_proxy_fields(proxy)])
        writer.write(f"CONNECT {place} HTTP/1.1\r\n{told}\r\n".encode("latin-1"))
        head = await _head(reader, HTTPStatus.BAD_GATEWAY)
        if head.split(b" ", 2)[1:2] != [b"200"]:
            writer.transport.abort()
            raise _RefusalError(HTTPStatus.BAD_GATEWAY, Reason.UNREACHABLE, f"the proxy does not connect to {host}")
        return found


async def _head(reader: asyncio.StreamReader, too_large: HTTPStatus) -> bytes:
    """A head with its empty line."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise _RefusalError(too_large, Reason.TOO_LARGE) from None
    except asyncio.IncompleteReadError:
        raise _RefusalError(HTTPStatus.BAD_GATEWAY, Reason.UNREACHABLE, "the connection ended within a head") from None


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int) -> None:
    """Passes bytes on until the end of the stream. Raises ConnectionAbortedError past the limit."""
    while chunk := await reader.read(_CHUNK):
        limit -= len(chunk)
        if limit < 0:
            raise ConnectionAbortedError("more bytes than one connection may carry")
        writer.write(chunk)
        await writer.drain()


def _break(writer: asyncio.StreamWriter) -> None:
    """Ends the connection with a reset: a body that was cut must not pass as whole."""
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _gone(reader: asyncio.StreamReader) -> None:
    """Ends when the browser has gone away; what it still sends is not passed on."""
    while await reader.read(_CHUNK):
        pass


def _read_head(head: bytes) -> _Asked:
    try:
        first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        method, target, version = first.split(" ")
        fields = tuple((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    except ValueError:
        raise _RefusalError(HTTPStatus.BAD_REQUEST) from None
    if not version.startswith("HTTP/1.") or any(not name or name != name.strip() for name, _ in fields):
        raise _RefusalError(HTTPStatus.BAD_REQUEST)
    return _Asked(method, target, fields)


def _connect_target(target: str) -> tuple[str, int]:
    found = _TARGET.fullmatch(target)
    if found is None or int(found[3]) > 65_535:
        raise _RefusalError(HTTPStatus.BAD_REQUEST)
    return found[1] or found[2], int(found[3])


def _absolute_target(asked: _Asked) -> SplitResult:
    """The address of a request in absolute form, which has no body."""
    names = {name for name, _ in asked.fields}
    try:
        parts = urlsplit(asked.target)
        right = parts.scheme == "http" and bool(parts.hostname) and port_of(parts) > 0
    except ValueError:
        right = False
    if not right or names & {"content-length", "transfer-encoding"}:
        raise _RefusalError(HTTPStatus.BAD_REQUEST)
    return parts


def _kept(fields: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """Fields that are meant for the server."""
    named = {one.strip().lower() for name, value in fields if name == "connection" for one in value.split(",")}
    return [(name, value) for name, value in fields if name not in _HOP and name not in named]


def _proxy_fields(proxy: SplitResult | None) -> list[tuple[str, str]]:
    """What the user's proxy wants to know of the user."""
    if proxy is None or proxy.username is None:
        return []
    told = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return [("Proxy-Authorization", f"Basic {base64.b64encode(told).decode()}")]


def _closing(head: bytes) -> bytes:
    """The head of an answer that tells that nothing follows on this connection."""
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    dropped = (b"connection", b"keep-alive", b"proxy-connection", b"egov-refused")
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() not in dropped]
    return b"\r\n".join([first, *kept, b"Connection: close", b"", b""])
