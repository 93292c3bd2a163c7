"""Records out of WARC files, streaming: warcio, made safe against headers without end and told what it passes over."""

import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeGuard

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from crawler.fetch.containers import Source, Stream, open_source
from crawler.items import EgovError, Page, Reason, Record

MAX_HEADERS = 1_000_000
"""Bytes of a record's own and its HTTP headers that are read; servers send a hundredth."""
# warcio trips over its own None where a file ends within a record's headers.
UNREADABLE = (ArchiveLoadFailed, EOFError, ValueError, AttributeError, AssertionError, zlib.error)
_START = 4_096


@dataclass(frozen=True, slots=True)
class Captured:
    """A page out of an archive and where it lies there; `length` from there to the end of its records, in bytes."""

    page: Page
    record: Record
    length: int = 0


@dataclass(frozen=True, slots=True)
class Unread:
    """A page of which the archive holds too little to assess it; `page` without a body."""

    page: Page
    reason: Reason
    detail: str


@dataclass
class Account:
    """What became of the records of one WARC file. `passed`: why records that are no pages were passed over."""

    source: Source
    records: int = 0
    pages: int = 0
    unread: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    trouble: str = ""
    size_bytes: int = 0
    sha256: str = ""

    def add(self, found: Captured | Unread | str) -> TypeGuard[Captured | Unread]:
        """Counts what a record turned out to be. Is it a page, rather than words why it is none ("": not counted)?"""
        if isinstance(found, str):
            if found:
                self.passed[found] += 1
            return False
        self.pages += isinstance(found, Captured)
        self.unread += isinstance(found, Unread)
        return True


def records_of(source: Source, account: Account) -> Iterator[tuple[ArcWarcRecord, int]]:
    """The records of a file and where they begin. A file that ends in the midst of something is told in the account."""
    try:
        is_arc = _is_arc(source)
        with open_source(source) as stream:
            records = iterator(stream, is_arc)
            try:
                for record in records:
                    yield record, records.offset
                    account.records += 1
                    records.reader.left = MAX_HEADERS
            except UNREADABLE as error:
                if not account.records:
                    raise EgovError(f"{source}: not a readable WARC file: {sentence(error)}") from None
                account.trouble = f"cannot be read beyond offset {records.offset}: {sentence(error)}"
            account.sha256 = stream.sha256()
            account.size_bytes = stream.tell()
    except OSError as error:
        if not account.records:
            raise EgovError(f"{source}: cannot be read: {error.strerror or error}") from None
        account.trouble = f"cannot be read to its end: {error.strerror or error}"
    if not account.records:
        raise EgovError(f"{source}: holds no WARC record")
    if source.sha256 and account.sha256 != source.sha256:
        account.trouble = "is not what datapackage.json states (another SHA-256): damaged or changed"


class _Lines(DecompressingBufferedReader):  # type: ignore[misc]
    """warcio's reader, but headers without end are a fault rather than a list without end."""

    left = MAX_HEADERS

    def _decompress(self, data: bytes) -> bytes:
        if self.decompressor and self.num_block_read:
            # warcio prints the fault and goes on as if the record ended here.
            try:
                unpacked: bytes = self.decompressor.decompress(data)
            except zlib.error as error:
                raise ArchiveLoadFailed(f"damaged: {error}") from None
            return unpacked
        first: bytes = super()._decompress(data)
        return first

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(min(length or self.left, self.left))
        self.left -= len(line)
        if self.left <= 0:
            raise ArchiveLoadFailed(f"headers of more than {MAX_HEADERS} bytes")
        return line


def _is_arc(source: Source) -> bool:
    """Is it of the format before WARC? Raises EgovError where it is neither: warcio takes any five words for ARC."""
    with open_source(source) as stream:
        start = stream.read(_START)
    with suppress(zlib.error):
        start = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, _START)
    if not start.startswith((b"WARC/", b"filedesc:")):
        raise EgovError(f"{source}: not a readable WARC file: it does not begin as one; name WARC or WACZ files")
    return start.startswith(b"filedesc:")


def iterator(stream: Stream, is_arc: bool) -> ArchiveIterator:
    records = ArchiveIterator(stream, arc2warc=is_arc)
    records.reader = _Lines(stream)
    return records


def sentence(error: Exception) -> str:
    text = " ".join(str(error).split())
    if "non-chunked gzip" in text:
        return "its records are not compressed one by one; 'warcio recompress' mends that"
    return text[:200] or "it ends too early"
