"""One TLS handshake with one address: is the certificate valid, which protocol is spoken, is an old one accepted."""

import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from crawler.hosts import Certificate, Known

_REASONS = {
    9: Certificate.NOT_YET_VALID,
    10: Certificate.EXPIRED,
    18: Certificate.SELF_SIGNED,
    19: Certificate.UNKNOWN_ISSUER,
    20: Certificate.UNKNOWN_ISSUER,
    21: Certificate.UNKNOWN_ISSUER,
    62: Certificate.WRONG_HOST,
    64: Certificate.WRONG_HOST,
}
"""Results of a verification (OpenSSL, X509_verify_cert_error_string)."""
_REFUSED_VERSION = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE", "HANDSHAKE_FAILURE")


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a host showed. `not_after` is None where no certificate was seen."""

    certificate: Certificate
    detail: str = ""
    protocol: str = ""
    cipher: str = ""
    issuer: str = ""
    not_after: datetime | None = None


def connect(address: str, port: int, timeout_s: float) -> socket.socket:
    """A connection to a literal IP address: no name is looked up. Raises OSError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.settimeout(timeout_s)
    try:
        opened.connect((address, port))
    except OSError:
        opened.close()
        raise
    return opened


def _context(newest: ssl.TLSVersion) -> ssl.SSLContext:
    """A context that verifies nothing and speaks old protocols, to learn what a host does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        # That these protocols are deprecated is why we ask for them.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.maximum_version = newest
        context.minimum_version = ssl.TLSVersion.TLSv1
    return context


_ANY = _context(ssl.TLSVersion.MAXIMUM_SUPPORTED)
_ONLY_OLD = _context(ssl.TLSVersion.TLSv1_1)


@contextmanager
def limited(connection: socket.socket, seconds: float) -> Iterator[None]:
    """Ends what is done on the connection after so many seconds in all: time-outs of a socket hold for each byte."""

    def end() -> None:
        with suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def verified(
    host: str, address: str, port: int, timeout_s: float, trusted: ssl.SSLContext | None = None
) -> tuple[Handshake, ssl.SSLSocket | None]:
    """The handshake with the certificate verified for the host, and the connection where it is valid.

    `trusted`: whom to trust in place of the system's authorities.
    """
    try:
        plain = connect(address, port, timeout_s)
    except ConnectionRefusedError as error:
        return Handshake(Certificate.NONE, str(error)), None
    except OSError as error:
        return Handshake(Certificate.UNKNOWN, str(error)), None
    try:
        secure = _wrapped(trusted or ssl.create_default_context(), plain, host, timeout_s)
    except ssl.SSLCertVerificationError as error:
        return Handshake(_REASONS.get(error.verify_code, Certificate.OTHER), error.verify_message), None
    except ssl.SSLError as error:
        # What answers in plain text on this port speaks no TLS; all else may be a matter of versions.
        spoken = error.reason not in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
        return Handshake(Certificate.UNKNOWN if spoken else Certificate.NONE, str(error.reason or error)), None
    except (OSError, ValueError) as error:
        # ValueError: a name that cannot be sent, such as one with an empty label.
        return Handshake(Certificate.UNKNOWN, str(error)), None
    return _shown(secure, Certificate.VALID), secure


def unverified(host: str, address: str, port: int, timeout_s: float, seen: Handshake) -> Handshake:
    """What a host shows whose certificate failed; nothing is sent over such a connection."""
    try:
        with _wrapped(_ANY, connect(address, port, timeout_s), host, timeout_s) as secure:
            return _shown(secure, seen.certificate, seen.detail)
    except (OSError, ValueError):
        return seen


def accepts_old(host: str, address: str, port: int, timeout_s: float) -> Known:
    """Does the host still accept TLS 1.0 or 1.1 (deprecated by RFC 8996)?"""
    try:
        with _wrapped(_ONLY_OLD, connect(address, port, timeout_s), host, timeout_s):
            return Known.YES
    except ssl.SSLError as error:
        told = f"{error.reason or ''}"
        # An alert comes from the host; without protocols the refusal is that of our own library.
        ours = "NO_PROTOCOLS" in told or "NO_CIPHERS" in told
        return Known.NO if not ours and any(piece in told for piece in _REFUSED_VERSION) else Known.UNKNOWN
    except (OSError, ValueError):
        return Known.UNKNOWN


def _wrapped(context: ssl.SSLContext, plain: socket.socket, host: str, timeout_s: float) -> ssl.SSLSocket:
    """The connection after its handshake; closed where that fails."""
    try:
        secure = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        plain.close()
        raise
    try:
        with limited(secure, timeout_s):
            secure.do_handshake()
    except BaseException:
        secure.close()
        raise
    return secure


def _shown(secure: ssl.SSLSocket, certificate: Certificate, detail: str = "") -> Handshake:
    cipher = secure.cipher()
    encoded = secure.getpeercert(binary_form=True)
    issuer, not_after = "", None
    if encoded:
        try:
            parsed = x509.load_der_x509_certificate(encoded)
            issuer, not_after = parsed.issuer.rfc4514_string()[:200], parsed.not_valid_after_utc.astimezone(UTC)
        except (ValueError, x509.InvalidVersion) as error:
            detail = detail or str(error)
    return Handshake(certificate, detail, secure.version() or "", cipher[0] if cipher else "", issuer, not_after)
