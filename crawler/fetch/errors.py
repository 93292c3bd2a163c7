"""What an exception of the downloader or the browser means to an assessor."""

import gzip
import sys
import zlib

import brotli  # type: ignore[import-untyped]
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from twisted.internet.error import ConnectionRefusedError as TwistedRefused
from twisted.internet.error import DNSLookupError
from twisted.internet.error import TimeoutError as TwistedTimeout
from twisted.web.client import ResponseFailed

from crawler.fetch.download import HeadTooLargeError
from crawler.fetch.egress import ForbiddenAddressError
from crawler.items import Reason

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_REASONS: tuple[tuple[tuple[type[BaseException], ...], Reason], ...] = (
    ((CannotResolveHostError, DNSLookupError), Reason.DNS),
    ((DownloadTimeoutError, TwistedTimeout, TimeoutError), Reason.TIMEOUT),
    ((DownloadCancelledError, HeadTooLargeError), Reason.TOO_LARGE),
    ((ForbiddenAddressError,), Reason.FORBIDDEN_ADDRESS),
    ((DownloadConnectionRefusedError, TwistedRefused), Reason.UNREACHABLE),
    # What says that it is compressed and is not.
    ((zlib.error, gzip.BadGzipFile, EOFError, brotli.error, zstd.ZstdError), Reason.HTTP_ERROR),
)


class Refused(IgnoreRequest):
    """We do not fetch this address; `reason` says why."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(detail or reason.value)
        self.reason = reason
        self.detail = detail


def reason_of(error: BaseException) -> Reason:
    """The typed reason for an exception; what is not known better is `unreachable`."""
    if isinstance(error, ResponseFailed) and error.reasons:
        error = error.reasons[0].value
    for kinds, reason in _REASONS:
        if isinstance(error, kinds):
            return reason
    told = f"{type(error).__module__} {type(error).__name__} {error}"
    if isinstance(error, IgnoreRequest):
        # Scrapy's middlewares: a body that unpacks to more than DOWNLOAD_MAXSIZE, or more redirects than allowed.
        return Reason.TOO_LARGE if "DOWNLOAD_MAXSIZE" in told else Reason.HTTP_ERROR
    if "SSL" in told or "certificate" in told:
        return Reason.TLS
    return Reason.TIMEOUT if "Timeout" in told else Reason.UNREACHABLE


def reason_of_status(status: int) -> Reason:
    """The typed reason for an HTTP status that is not success."""
    if status in (401, 407):
        return Reason.LOGIN_WALL
    return Reason.BLOCKED if status in (403, 429, 451) else Reason.HTTP_ERROR
