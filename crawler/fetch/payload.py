"""The body of an archived answer as it was meant: without chunks and content coding, never longer than stated."""

import io
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]
from warcio.bufferedreaders import ChunkedDataReader

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_BODY = 16 * 1024 * 1024
"""Bytes of one archived page that are read for assessing; what is longer is no page for people."""
MAX_WINDOW_LOG = 23
"""Window of zstd that a server may ask for: 8 MB (RFC 9659, section 3)."""
MAX_CODINGS = 3
"""Content codings one over the other; more are a trap."""


@dataclass(frozen=True, slots=True)
class Body:
    """A decoded body. `whole` is False where its end is missing, `too_large` True where it was cut at `MAX_BODY`."""

    content: bytes
    whole: bool = True
    too_large: bool = False


def decoded(raw: bytes, transfer: str, content: str) -> Body:
    """The body behind the values of Transfer-Encoding and Content-Encoding.

    Archives often keep these headers beside a body that was decoded already: what is not coded as it says is
    taken as it is.
    """
    if "chunked" in transfer.lower():
        raw = ChunkedDataReader(io.BytesIO(raw)).read()
    codings = [name for one in content.lower().split(",") if (name := one.strip()) in _DECODERS]
    body = Body(raw)
    for name in reversed(codings[:MAX_CODINGS]):
        body = _decoded(body, name)
    return Body(body.content[:MAX_BODY], body.whole, body.too_large or len(body.content) > MAX_BODY)


def _decoded(body: Body, coding: str) -> Body:
    if not body.content:
        return body
    try:
        content, whole = _DECODERS[coding](body.content)
    except (zlib.error, brotli.error, zstd.ZstdError):
        return body
    return Body(content, body.whole and (whole or len(content) > MAX_BODY), body.too_large or len(content) > MAX_BODY)


def _gzip(raw: bytes) -> tuple[bytes, bool]:
    return _inflated(raw, zlib.MAX_WBITS | 16)


def _deflate(raw: bytes) -> tuple[bytes, bool]:
    """With zlib's frame (RFC 9110, section 8.4.1.2), or without as some servers send it."""
    try:
        return _inflated(raw, zlib.MAX_WBITS)
    except zlib.error:
        return _inflated(raw, -zlib.MAX_WBITS)


def _inflated(raw: bytes, window: int) -> tuple[bytes, bool]:
    decoder = zlib.decompressobj(window)
    # Fed in pieces, so that what stands before a fault is kept.
    return _as_far_as_it_goes(
        raw, lambda piece: decoder.decompress(piece, MAX_BODY + 1), lambda: bool(decoder.eof), zlib.error
    )


def _brotli(raw: bytes) -> tuple[bytes, bool]:
    decoder = brotli.Decompressor()
    return _as_far_as_it_goes(
        raw, lambda piece: decoder.process(piece, output_buffer_limit=MAX_BODY + 1), decoder.is_finished, brotli.error
    )


def _zstd(raw: bytes) -> tuple[bytes, bool]:
    decoder = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: MAX_WINDOW_LOG})
    return _as_far_as_it_goes(
        raw, lambda piece: decoder.decompress(piece, MAX_BODY + 1), lambda: decoder.eof, zstd.ZstdError
    )


_PIECE = 64 * 1024


def _as_far_as_it_goes(
    raw: bytes, decode: Callable[[bytes], bytes], at_end: Callable[[], bool], fault: type[Exception]
) -> tuple[bytes, bool]:
    """What could be decoded, and whether its end was reached. Raises the fault where not even the first piece could."""
    parts: list[bytes] = []
    length = 0
    for start in range(0, len(raw), _PIECE):
        try:
            parts.append(decode(raw[start : start + _PIECE]))
        except fault:
            if not length:
                raise
            return b"".join(parts), False
        length += len(parts[-1])
        if length > MAX_BODY or at_end():
            break
    return b"".join(parts), at_end()


_DECODERS: dict[str, Callable[[bytes], tuple[bytes, bool]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
