"""Pages out of web archives: WARC and WACZ files of our own, of Common Crawl, of Browsertrix, of anyone; streaming.

What an archive holds only in part is told as `Unread`, never given out as if it were whole.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from warcio.recordloader import ArcWarcRecord

from crawler.fetch.containers import Source, depths, is_jumpable, open_source, source_at, sources
from crawler.fetch.payload import MAX_BODY, Body, decoded
from crawler.fetch.placing import placed_by
from crawler.fetch.records import UNREADABLE, Account, Captured, Unread, iterator, records_of, sentence
from crawler.items import EgovError, Page, Reason, Record
from crawler.page.catalogues import is_answer
from crawler.page.urls import host

MAX_WAITING = 10_000
"""Repetitions whose first capture may still come in a later file."""
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_OTHER_TYPES = ("warcinfo", "request", "metadata", "continuation")
# WARC 1.1, section 5.13.
_TRUNCATED = {"length": Reason.TOO_LARGE, "time": Reason.TIMEOUT}


def sha256(body: bytes) -> str:
    """The digest by which a page's content is known."""
    return hashlib.sha256(body).hexdigest()


def read_pages(paths: Iterable[Path]) -> Iterator[Captured]:
    """The HTML pages of WARC and WACZ files, in their order, streaming.

    Raises EgovError that names the file where one is no archive; a torn tail ends the file quietly
    once at least one record was read.
    """
    given = [source for path in paths for source in sources(path)]
    return (one for one in Reader(given).read() if isinstance(one, Captured))


def check_readable(given: Iterable[Source]) -> None:
    """Raises EgovError that names the first file that is no WARC; reads one record of each."""
    for source in given:
        next(records_of(source, Account(source)))


def read_page(path: Path, offset: int, others: Sequence[Path] = ()) -> Page:
    """The page whose record begins at `offset`; `path` may lead into a WACZ (`Source.address`).

    The content of a page that repeats another is looked for in the same file, in the same WACZ and in the `others`.
    Raises EgovError where there is none.
    """
    source = source_at(path)
    try:
        captured, record = _at(source, offset)
        if record.rec_type == "revisit":
            captured = _repeated(source, record, offset, [source_at(other) for other in others])
    except (OSError, StopIteration, *UNREADABLE) as error:
        raise EgovError(f"{path}: no page at offset {offset}: {error}") from None
    if not isinstance(captured, Captured):
        why = captured.detail if isinstance(captured, Unread) else f"is no page: {captured}"
        raise EgovError(f"{path}: the record at offset {offset} {why}")
    return captured.page


class Reader:
    """Reads archives one after the other and keeps an account of each."""

    def __init__(self, given: Sequence[Source]) -> None:
        self.accounts = [Account(source) for source in given]
        # Payload digest of each page to where it was captured first, for the repetitions that refer to it.
        self._known: dict[bytes, tuple[int, int, str]] = {}
        self._waiting: list[tuple[int, int, ArcWarcRecord]] = []

    def read(self) -> Iterator[Captured | Unread]:
        """All pages, in the order of the files; repetitions of pages in later files come last."""
        places: dict[Path, dict[str, int]] = {}
        for number, account in enumerate(self.accounts):
            path = account.source.path
            if account.source.member and path not in places:
                places[path] = depths(path)
            for one in self._pages(number, account):
                yield _at_depth(one, places.get(path, {}))
        for number, offset, record in self._waiting:
            account = self.accounts[number]
            found = self._resolve(number, offset, record) or "page captured before"
            if account.add(found):
                yield _at_depth(found, places.get(account.source.path, {}))

    def _pages(self, number: int, account: Account) -> Iterator[Captured | Unread]:
        """The pages of one file, each with what the metadata record behind it says of its place."""
        waiting: Captured | Unread | None = None
        for record, offset in records_of(account.source, account):
            if record.rec_type == "metadata" and waiting:
                yield replace(waiting, page=placed_by(waiting.page, record.content_stream().read(1_000_000)))
                waiting = None
                continue
            try:
                found = self._take(number, account, record, offset)
            except (OSError, *UNREADABLE) as error:
                found = Unread(_page(record), Reason.INCOMPLETE, f"is torn: {sentence(error)}")
            if not account.add(found):
                continue
            if waiting:
                yield waiting
            waiting = found
        if waiting:
            yield waiting

    def _take(self, number: int, account: Account, record: ArcWarcRecord, offset: int) -> Captured | Unread | str:
        if record.rec_type == "revisit":
            if not _is_known_type(record):
                return "repetition of what is no page"
            if self._digest(record) in self._known:
                return self._resolve(number, offset, record) or "page captured before"
            if len(self._waiting) < MAX_WAITING:
                self._waiting.append((number, offset, record))
                return ""
            return Unread(_page(record), Reason.INCOMPLETE, "repeats a page that is not in the archives")
        found = _taken(record, account.source, offset)
        if isinstance(found, Captured) and record.rec_headers.get_header("WARC-Payload-Digest"):
            self._known.setdefault(self._digest(record), (number, offset, found.page.url))
        return found

    def _digest(self, record: ArcWarcRecord) -> bytes:
        stated = (record.rec_headers.get_header("WARC-Payload-Digest") or "").lower()
        return hashlib.blake2b(stated.encode("utf-8", "replace"), digest_size=12).digest()

    def _resolve(self, number: int, offset: int, record: ArcWarcRecord) -> Captured | Unread | None:
        """The page that a record repeats, under its own address; None where it is the same address again."""
        known = self._known.get(self._digest(record))
        if known is None:
            return Unread(_page(record), Reason.INCOMPLETE, "repeats a page that is not in the archives")
        first, place, url = known
        if url == _url(record):
            return None
        source = self.accounts[first].source
        if not is_jumpable(source):
            return Unread(_page(record), Reason.INCOMPLETE, "repeats a page of a compressed member of a WACZ")
        try:
            found, _ = _at(source, place)
        except (OSError, StopIteration, *UNREADABLE) as error:
            return Unread(_page(record), Reason.INCOMPLETE, f"repeats a page that cannot be read again: {error}")
        if isinstance(found, Captured):
            return _under_own_address(found, record, self.accounts[number].source, offset)
        return None


def _at_depth(one: Captured | Unread, places: Mapping[str, int]) -> Captured | Unread:
    depth = places.get(one.page.url, one.page.depth)
    return one if depth == one.page.depth else replace(one, page=replace(one.page, depth=depth))


def _at(source: Source, offset: int) -> tuple[Captured | Unread | str, ArcWarcRecord]:
    """The page at an offset, and its record."""
    with open_source(source, offset) as stream:
        record = next(iter(iterator(stream, is_arc=True)))
        return _taken(record, source, offset), record


def _repeated(source: Source, record: ArcWarcRecord, offset: int, others: Sequence[Source]) -> Captured | Unread:
    """The page that a record repeats: looked for by its digest, nearest first."""
    digest = record.rec_headers.get_header("WARC-Payload-Digest")
    near = sources(source.path) if source.member else [source]
    for candidate in dict.fromkeys([source, *near, *others]) if digest else ():
        # One of the others may have been moved away since.
        with suppress(EgovError):
            for one, place in records_of(candidate, Account(candidate)):
                if one.rec_type == "response" and one.rec_headers.get_header("WARC-Payload-Digest") == digest:
                    found = _taken(one, candidate, place)
                    if isinstance(found, Captured):
                        return _under_own_address(found, record, source, offset)
    return Unread(_page(record), Reason.INCOMPLETE, "repeats a page that is not in the archives")


def _under_own_address(found: Captured, record: ArcWarcRecord, source: Source, offset: int) -> Captured:
    """A page under the address, the headers and the time of the record that repeats it."""
    page = _page(record)
    headers = page.headers if page.header("Content-Type") else found.page.headers
    status = page.status if page.status and page.status != 304 else found.page.status
    body = found.page.body
    return Captured(
        replace(page, headers=headers, status=status, body=body), Record(source.name, offset, found.record.sha256)
    )


def _taken(record: ArcWarcRecord, source: Source, offset: int) -> Captured | Unread | str:
    """The page of a record, or why it is none or too little of one."""
    if why := _no_page(record):
        return why
    page = _page(record)
    raw = record.raw_stream.read(MAX_BODY + 1)
    if len(raw) <= MAX_BODY and getattr(record.raw_stream, "limit", 0) > 0:
        return Unread(page, Reason.INCOMPLETE, "is torn: the file ends within the page")
    body = Body(raw, too_large=len(raw) > MAX_BODY)
    if not body.too_large and record.http_headers:
        body = decoded(raw, page.header("Transfer-Encoding"), page.header("Content-Encoding"))
    truncated = (record.rec_headers.get_header("WARC-Truncated") or "").lower()
    if body.too_large:
        return Unread(page, Reason.TOO_LARGE, f"holds more than {MAX_BODY} bytes")
    if truncated:
        return Unread(page, _TRUNCATED.get(truncated, Reason.INCOMPLETE), f"was cut when archived: {truncated[:40]}")
    if not body.whole:
        return Unread(page, Reason.INCOMPLETE, "is torn: its compressed content has no end")
    return Captured(replace(page, body=body.content), Record(source.name, offset, sha256(body.content)))


def _no_page(record: ArcWarcRecord) -> str:
    """Why a record is no page, "" where it is one. Told by its headers, before any content is decoded."""
    if record.rec_type not in ("response", "conversion", "resource"):
        return f"{record.rec_type} record" if record.rec_type in _OTHER_TYPES else "record of another type"
    if not _url(record).startswith(("http://", "https://")):
        # What browsers add: urn:pageinfo:, urn:text:, urn:view: and the like; and DNS answers.
        return "record of no web address"
    if record.length is None:
        return "record without length"
    # Browsertrix tells what the browser wanted it for.
    if (record.rec_headers.get_header("WARC-Resource-Type") or "document").lower() != "document":
        return "part of a page"
    if record.rec_type != "response":
        kind = (record.rec_headers.get_header("Content-Type") or "").lower()
        return "" if kind.startswith(_HTML_TYPES) else "not HTML"
    if record.http_headers is None:
        return "response without HTTP headers"
    status = _status(record)
    if status in (204, 205) or 300 <= status < 400 or 0 < status < 200:
        return "redirect" if status >= 300 else "answer without content"
    return "" if _is_html(record) else "not HTML"


def _is_html(record: ArcWarcRecord) -> bool:
    """Told by the server; where it is silent, by what Common Crawl found the content to be."""
    identified = (record.rec_headers.get_header("WARC-Identified-Payload-Type") or "").lower()
    kind = (record.http_headers.get_header("Content-Type") or identified).lower()
    return kind.startswith(_HTML_TYPES) or is_answer(_url(record), kind)


def _is_known_type(record: ArcWarcRecord) -> bool:
    return record.http_headers is not None and _url(record).startswith("http") and _is_html(record)


def _url(record: ArcWarcRecord) -> str:
    # WARC 1.0 wrote addresses in angle brackets.
    return (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")


def _status(record: ArcWarcRecord) -> int:
    code = (record.http_headers.get_statuscode() or "") if record.http_headers else "200"
    return int(code) if re.fullmatch(r"[1-5][0-9]{2}", code) else 0


def _page(record: ArcWarcRecord) -> Page:
    """The page of a record, still without its body."""
    url = _url(record)
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    if record.http_headers is not None:
        # HTTP/2 names its pseudo-headers with a colon (RFC 9113, section 8.3); they are no headers.
        headers = tuple((name, value) for name, value in record.http_headers.headers if name)
    return Page(
        country="",
        portal=f"{url.split('://')[0]}://{host(url)}/",
        url=url,
        status=_status(record),
        headers=headers,
        body=b"",
        captured_at=record.rec_headers.get_header("WARC-Date") or "",
        rendered=record.rec_type == "conversion",
    )
