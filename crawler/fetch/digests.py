"""What an archive holds, record by record, for those who check it: place, address and digest. Memory stays flat."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from crawler.fetch.payload import MAX_BODY
from crawler.items import EgovError

_CHUNK = 1 << 16
_TORN = (ArchiveLoadFailed, EOFError, ValueError, AttributeError, OSError)


@dataclass(frozen=True, slots=True)
class Digest:
    """A record that holds a page: where it begins, in bytes, its address, and the SHA-256 of its content."""

    offset: int
    url: str
    sha256: str


def digests(path: Path, end: int) -> Iterator[Digest]:
    """The response and conversion records of a WARC file that begin before the byte `end`, in their order.

    Raises EgovError that tells where it cannot be read any further.
    """
    offset = 0
    try:
        with path.open("rb") as stream:
            records = ArchiveIterator(stream)
            for record in records:
                offset = records.offset
                if offset >= end:
                    return
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                if record.rec_type in ("response", "conversion") and url.startswith("http"):
                    yield Digest(offset, url, _sha256(record))
    except _TORN as error:
        raise EgovError(f"{path.name}: cannot be read beyond byte {offset}: {error}") from None


def _sha256(record: ArcWarcRecord) -> str:
    content, digest, left = record.content_stream(), hashlib.sha256(), MAX_BODY
    while left and (chunk := content.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()
