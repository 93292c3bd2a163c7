"""Scrapy's downloads behind the policy: the address that was connected to is checked, and heads are limited."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientProtocol
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import ResponseFailed

from crawler.fetch.egress import Egress, FilteringResolver, ForbiddenAddressError, policy_of, port_of, users_proxies

MAX_HEAD_BYTES = 256 * 1024
"""Bytes of status lines and headers of one answer, interim answers included (as Chromium, kMaxHeaderBufSize)."""

logger = logging.getLogger(__name__)


class HeadTooLargeError(Exception):
    """The headers of an answer do not end."""


class _Protocol(_LenientHTTP11ClientProtocol):
    """HTTP/1.1 that gives up on endless headers."""

    _head = 0

    def request(self, request: Any) -> Any:
        self._head = 0
        answer = super().request(request)
        if self._parser is not None:
            # One limit for the whole head; Twisted's own, for a line, closes without saying why.
            self._parser.MAX_LENGTH = MAX_HEAD_BYTES
        return answer

    def dataReceived(self, bytes: bytes) -> None:  # noqa: N802
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._head += len(bytes)
            if self._head > MAX_HEAD_BYTES:
                self.transport.abortConnection()  # type: ignore[union-attr]
                self._giveUp(Failure(HeadTooLargeError(f"headers of more than {MAX_HEAD_BYTES} bytes")))  # type: ignore[no-untyped-call]
                return
        super().dataReceived(bytes)  # type: ignore[no-untyped-call]


class _Factory(Factory):
    """Refuses a connection whose other end the policy does not allow; `policy` is None towards the user's proxy."""

    noisy = False

    def __init__(self, policy: Egress | None, quiescent: Callable[..., Any], _metadata: object) -> None:
        self.policy = policy
        self.quiescent = quiescent

    def buildProtocol(self, addr: IAddress | None) -> _Protocol:  # noqa: N802
        peer = getattr(addr, "host", "")
        if self.policy is not None and not self.policy.allows(peer):
            raise ForbiddenAddressError(f"connected to {peer}, which is no public address")
        return _Protocol(self.quiescent)  # type: ignore[no-untyped-call]


class Downloads(HTTP11DownloadHandler):
    """Scrapy's handler for http and https; what the policy forbids fails with ForbiddenAddressError."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.policy = policy_of(crawler.settings)
        self._pool._factory = partial(_Factory, self.policy)  # type: ignore[assignment]
        self._proxies = {(parts.hostname, port_of(parts)) for parts in users_proxies().values()}
        # The other end is the user's own proxy, which resolves names itself.
        self._by_proxy = HTTP11DownloadHandler(crawler) if self._proxies else None
        if self._by_proxy:
            self._by_proxy._pool._factory = partial(_Factory, None)  # type: ignore[assignment]

    async def download_request(self, request: Request) -> Response:
        """The answer of a server at an allowed address."""
        if request.meta.get("proxy") and not request.meta.get("playwright") and self._by_proxy:
            return await self._by_proxy.download_request(request)
        parts = urlparse_cached(request)
        place = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        if place in self._proxies and not self.policy.allow_private:
            raise ForbiddenAddressError(f"{parts.netloc} is the proxy, not a portal")
        try:
            return await super().download_request(request)
        except CannotResolveHostError as error:
            # Importing it earlier would choose a reactor before Scrapy does.
            from twisted.internet import reactor

            resolver: Any = reactor.nameResolver
            if isinstance(resolver, FilteringResolver) and (told := resolver.refused.get(parts.hostname or "")):
                raise ForbiddenAddressError(told) from error
            raise
        except DownloadFailedError as error:
            raise _cause(error) from error

    async def close(self) -> None:
        """Closes the connections that are kept."""
        if self._by_proxy:
            await self._by_proxy.close()
        await super().close()


def _cause(error: DownloadFailedError) -> Exception:
    """Our own reason inside what Twisted and Scrapy wrapped around it, else the error as it was."""
    inner = error.__cause__
    while isinstance(inner, ResponseFailed) and inner.reasons:
        inner = inner.reasons[0].value
    return inner if isinstance(inner, HeadTooLargeError | ForbiddenAddressError) else error
