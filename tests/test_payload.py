"""Bodies are decoded as they were meant, and no body becomes longer than stated."""

import gzip
import sys
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.payload import MAX_BODY, decoded

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"<p>" + b"words of a page " * 5_000


def bare_deflate(raw):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda raw: brotli.compress(raw, quality=3),
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("coding", PACKERS)
def test_every_coding_of_the_web_is_decoded(coding):
    body = decoded(PACKERS[coding](TEXT), "", coding.upper())
    assert (body.content, body.whole, body.too_large) == (TEXT, True, False)


def test_deflate_is_decoded_with_and_without_its_frame():
    assert decoded(bare_deflate(TEXT), "", "deflate").content == TEXT


def test_codings_one_over_the_other_are_taken_off_from_the_outside():
    assert decoded(brotli.compress(gzip.compress(TEXT)), "", "gzip, br").content == TEXT


def test_chunks_are_joined_where_they_are_and_left_where_they_are_gone():
    packed = gzip.compress(TEXT)
    chunked = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (100, packed[:100], len(packed) - 100, packed[100:])
    assert decoded(chunked, "chunked", "gzip").content == TEXT
    assert decoded(TEXT, "chunked", "").content == TEXT


@pytest.mark.parametrize("coding", PACKERS)
def test_a_body_without_end_is_not_whole(coding):
    packed = PACKERS[coding](bytes(range(256)) * 999 + TEXT)
    assert not decoded(packed[: len(packed) // 2], "", coding).whole


@pytest.mark.parametrize("coding", PACKERS)
def test_a_bomb_is_too_large_and_cut(coding):
    bomb = PACKERS[coding](bytes(3 * MAX_BODY))
    assert len(bomb) < MAX_BODY / 40
    body = decoded(bomb, "", coding)
    assert body.too_large
    assert len(body.content) == MAX_BODY


@given(
    st.binary(max_size=500), st.sampled_from([*PACKERS, "gzip, br", "unknown", ""]), st.sampled_from(["", "chunked"])
)
def test_any_bytes_give_a_body(raw, coding, transfer):
    assert len(decoded(raw, transfer, coding).content) <= MAX_BODY
