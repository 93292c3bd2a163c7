"""Every way in which a fetch fails has its reason."""

import pytest
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadTimeoutError
from twisted.internet.error import ConnectionRefusedError as TwistedRefused
from twisted.internet.error import DNSLookupError
from twisted.internet.error import TimeoutError as TwistedTimeout
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from crawler.fetch.egress import ForbiddenAddressError
from crawler.fetch.errors import Refused, reason_of, reason_of_status
from crawler.items import Reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DNSLookupError(), Reason.DNS),
        (CannotResolveHostError(), Reason.DNS),
        (TwistedTimeout(), Reason.TIMEOUT),
        (DownloadTimeoutError(), Reason.TIMEOUT),
        (DownloadCancelledError(), Reason.TOO_LARGE),
        (ForbiddenAddressError(), Reason.FORBIDDEN_ADDRESS),
        (TwistedRefused(), Reason.UNREACHABLE),
        (OSError("certificate verify failed"), Reason.TLS),
        (RuntimeError("Timeout 20000ms exceeded"), Reason.TIMEOUT),
        (RuntimeError("something else"), Reason.UNREACHABLE),
    ],
)
def test_an_exception_has_a_reason(error, reason):
    assert reason_of(error) is reason


def test_a_failed_response_has_the_reason_of_its_cause():
    assert reason_of(ResponseFailed([Failure(TwistedTimeout())])) is Reason.TIMEOUT


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, Reason.LOGIN_WALL), (407, Reason.LOGIN_WALL), (403, Reason.BLOCKED), (429, Reason.BLOCKED),
        (404, Reason.HTTP_ERROR), (500, Reason.HTTP_ERROR),
    ],
)  # fmt: skip
def test_a_status_has_a_reason(status, reason):
    assert reason_of_status(status) is reason


def test_a_refusal_says_why():
    assert str(Refused(Reason.ROBOTS_DENIED)) == "robots-denied"
    assert str(Refused(Reason.FORBIDDEN_ADDRESS, "port 22 is no web port")) == "port 22 is no web port"
