"""Our own web archives: WARC 1.1, one gzip member per record. Reading, ours or anyone's: reading.py.

A page is written as request, response and metadata; a rendered page adds a `conversion` record
that refers to the response. Offsets given out point at the record that holds the page.
"""

import gzip
import io
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler import __version__
from crawler.fetch.reading import check_readable, read_page, read_pages, sha256
from crawler.fetch.records import Captured
from crawler.items import Page, Record

__all__ = ["ArchiveWriter", "Captured", "check_readable", "cut", "read_page", "read_pages", "sha256"]

COMPRESSION = 1
"""zlib level: level 4 costs twice the time for a tenth of the bytes, level 9, warcio's own choice, six times."""
_CODING = ("content-encoding", "transfer-encoding", "content-length")

Headers = Sequence[tuple[str, str]]


class ArchiveWriter:
    """Appends pages to one WARC file. Raises OSError where the disk refuses."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        # Unbuffered: what a full disk refused must not be tried again on closing.
        self._file = path.open("ab", buffering=0)
        self._buffer = io.BytesIO()
        self._writer = WARCWriter(self._buffer, gzip=False, warc_version="WARC/1.1")
        if self._file.tell() == 0:
            info = {"software": f"egov/{__version__}", "format": "WARC File Format 1.1"}
            try:
                self._append(self._writer.create_warcinfo_record(path.name, info))
            except OSError:
                self._file.close()
                raise

    def write(
        self, page: Page, method: str = "GET", sent: Headers = (), *, via: str = "", protocol: str = "HTTP/1.1"
    ) -> Captured:
        """Archives a page. The row that points here is written after `sync`."""
        dated = {"WARC-Date": page.captured_at}
        http = StatusAndHeaders(str(page.status), _stored_headers(page), protocol=protocol)
        response = self._writer.create_warc_record(
            page.url, "response", *_payload(page.body), http_headers=http, warc_headers_dict=dated
        )
        parts = urlsplit(page.url)
        asked = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        target = StatusAndHeaders(f"{method} {asked} {protocol}", [("Host", parts.netloc), *sent], is_http_request=True)
        linked = dated | {"WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID")}
        request = self._writer.create_warc_record(
            page.url, "request", *_payload(b""), http_headers=target, warc_headers_dict=linked
        )
        self._append(request)
        offset = self._file.tell()
        self._append(response)
        self._append(self._metadata(page, linked, via))
        return Captured(page, Record(self.path.name, offset, sha256(page.body)), self._file.tell() - offset)

    def write_rendered(self, page: Page, raw: Record) -> Captured:
        """Archives what a browser made of a page beside the raw response at `raw`; see `write`."""
        start = self._file.tell()
        headers = {"WARC-Date": page.captured_at, "WARC-Refers-To-Target-URI": page.url}
        record = self._writer.create_warc_record(
            page.url,
            "conversion",
            *_payload(page.body),
            warc_content_type="text/html; charset=utf-8",
            warc_headers_dict=headers,
        )
        linked = headers | {"WARC-Concurrent-To": record.rec_headers.get_header("WARC-Record-ID")}
        self._append(record)
        self._append(self._metadata(page, linked, f"{raw.warc}#{raw.offset}"))
        return Captured(page, Record(self.path.name, start, sha256(page.body)), self._file.tell() - start)

    def sync(self) -> None:
        """Forces what was written to the disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _metadata(self, page: Page, headers: dict[str, str], via: str) -> ArcWarcRecord:
        fields = {
            "via": via,
            "hopsFromSeed": str(page.depth),
            "egov-country": page.country,
            "egov-portal": page.portal,
            "egov-languages": " ".join(page.languages),
            "egov-path": json.dumps(page.path, ensure_ascii=True),
        }
        text = "".join(f"{key}: {value}\r\n" for key, value in fields.items() if value)
        return self._writer.create_warc_record(
            page.url,
            "metadata",
            *_payload(text.encode()),
            warc_content_type="application/warc-fields",
            warc_headers_dict=headers,
        )

    def _append(self, record: ArcWarcRecord) -> None:
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.write_record(record)
        member = memoryview(gzip.compress(self._buffer.getvalue(), COMPRESSION, mtime=0))
        start = self._file.tell()
        try:
            while member:
                member = member[self._file.write(member) :]
        except OSError:
            with suppress(OSError):
                self._file.truncate(start)
            raise


def _payload(content: bytes) -> tuple[io.BytesIO, int]:
    """Content with its length: without it warcio copies each payload to temporary files and leaves them open."""
    return io.BytesIO(content), len(content)


def _stored_headers(page: Page) -> list[tuple[str, str]]:
    """Headers that fit the body as stored: decoded, with its own length; the originals are kept renamed."""
    kept = []
    for name, value in page.headers:
        # warcio escapes values that are not ASCII, but refuses such names.
        ascii_name = quote(name)
        kept.append((f"X-Archive-Orig-{ascii_name}" if name.lower() in _CODING else ascii_name, value))
    return [*kept, ("Content-Length", str(len(page.body)))]


def cut(path: Path, end: int) -> None:
    """Cuts what was written after the last acknowledged record: the torn tail of a killed run."""
    if path.exists() and path.stat().st_size > end:
        os.truncate(path, end)
