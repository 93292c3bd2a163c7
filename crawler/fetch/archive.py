"""Web archives: WARC 1.1, one gzip member per record, ours or anyone's.

A page is written as request, response and metadata; a rendered page adds a `conversion` record
that refers to the response. Offsets given out point at the record that holds the page.
"""

import gzip
import hashlib
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import brotli  # type: ignore[import-untyped]
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler import __version__
from crawler.items import EgovError, Page, Record
from crawler.page.catalogues import is_answer
from crawler.page.urls import host

COMPRESSION = 1
"""zlib level: level 4 costs twice the time for a tenth of the bytes, level 9, warcio's own choice, six times."""
MAX_BODY = 16 * 1024 * 1024
"""Bytes of one archived page that are read for assessing."""
MAX_DEPTH = 1_000
"""Clicks beyond which what an archive says of a page's place is not believed."""
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_CODING = ("content-encoding", "transfer-encoding", "content-length")
# warcio trips over its own None where a file ends within a record's headers.
_UNREADABLE = (ArchiveLoadFailed, EOFError, ValueError, AttributeError)

Headers = Sequence[tuple[str, str]]


class _Brotli:
    """A brotli decompressor as warcio wants it: warcio sets an attribute that brotli 1.2 refuses."""

    unused_data = b""

    def __init__(self) -> None:
        self.decompress = brotli.Decompressor().process


BufferedReader.DECOMPRESSORS["br"] = _Brotli


@dataclass(frozen=True, slots=True)
class Captured:
    """A page out of an archive and where it lies there; `length` from there to the end of its records, in bytes."""

    page: Page
    record: Record
    length: int = 0


def sha256(body: bytes) -> str:
    """The digest by which a page's content is known."""
    return hashlib.sha256(body).hexdigest()


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


def check_readable(paths: Iterable[Path]) -> None:
    """Raises EgovError that names the first file that is no WARC; reads one record of each."""
    for path in paths:
        next(_records(path))


def read_pages(paths: Iterable[Path]) -> Iterator[Captured]:
    """The HTML pages of WARC files, in their order, streaming.

    Raises EgovError that names the file where one is no WARC; a torn tail ends the file quietly
    once at least one record was read.
    """
    for path in paths:
        waiting: Captured | None = None
        for record, offset in _records(path):
            if record.rec_type == "metadata" and waiting:
                yield replace(waiting, page=_placed(waiting.page, record))
                waiting = None
            elif (captured := _captured(record, path.name, offset)) is not None:
                if waiting:
                    yield waiting
                waiting = captured
        if waiting:
            yield waiting


def read_page(path: Path, offset: int) -> Page:
    """The page whose record begins at `offset`. Raises EgovError where there is none."""
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            record = next(iter(ArchiveIterator(stream)))
            captured = _captured(record, path.name, offset)
    except (OSError, StopIteration, *_UNREADABLE) as error:
        raise EgovError(f"{path}: no page at offset {offset}: {error}") from None
    if captured is None:
        raise EgovError(f"{path}: the record at offset {offset} is no page")
    return captured.page


def _records(path: Path) -> Iterator[tuple[ArcWarcRecord, int]]:
    seen = 0
    try:
        with path.open("rb") as stream:
            records = ArchiveIterator(stream, arc2warc=True)
            for record in records:
                yield record, records.offset
                seen += 1
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile) and seen:
            return
        raise EgovError(f"{path}: cannot be read: {error.strerror or error}") from None
    except _UNREADABLE as error:
        if seen:
            return
        raise EgovError(f"{path}: not a readable WARC file: {error}") from None
    if not seen:
        raise EgovError(f"{path}: holds no WARC record")


def _captured(record: ArcWarcRecord, warc: str, offset: int) -> Captured | None:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type not in ("response", "conversion") or not url.startswith("http"):
        return None
    rendered = record.rec_type == "conversion"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    status = 200
    if not rendered:
        if record.http_headers is None:
            return None
        headers = tuple(record.http_headers.headers)
        code = record.http_headers.get_statuscode() or ""
        status = int(code) if re.fullmatch(r"[1-5][0-9]{2}", code) else 0
        kind = (record.http_headers.get_header("Content-Type") or "").lower()
        if not kind.startswith(_HTML_TYPES) and not is_answer(url, kind):
            return None
    elif "html" not in (record.rec_headers.get_header("Content-Type") or ""):
        return None
    body = record.content_stream().read(MAX_BODY)
    page = Page(
        country="",
        portal=f"{url.split('://')[0]}://{host(url)}/",
        url=url,
        status=status,
        headers=headers,
        body=body,
        captured_at=record.rec_headers.get_header("WARC-Date") or "",
        rendered=rendered,
    )
    return Captured(page, Record(warc, offset, sha256(body)))


def _placed(page: Page, metadata: ArcWarcRecord) -> Page:
    """The page with country, portal, depth and click path as its crawl recorded them."""
    lines = metadata.content_stream().read(1_000_000).decode("utf-8", "replace").splitlines()
    fields = dict(line.split(": ", 1) for line in lines if ": " in line)
    # Anyone's archive may claim to be ours: the country becomes a file name, the portal a link.
    if not re.fullmatch(r"[A-Z]{3}", fields.get("egov-country", "")):
        return page
    try:
        path = tuple((str(text), str(url)) for text, url in json.loads(fields.get("egov-path", "[]")))
        depth = int(fields.get("hopsFromSeed", "0"))
    except (ValueError, TypeError, RecursionError):
        return page
    portal, languages = fields.get("egov-portal", page.portal), tuple(fields.get("egov-languages", "").split())
    if not portal.startswith(("http://", "https://")) or not 0 <= depth <= MAX_DEPTH:
        return page
    told = {"portal": portal, "languages": languages, "depth": depth, "path": path}
    return replace(page, country=fields["egov-country"], official=True, **told)
