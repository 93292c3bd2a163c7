"""Archives of Common Crawl, Browsertrix and anyone: what is a page, what is none, and what is only part of one."""

import gzip
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.fetch.archive import ArchiveWriter
from crawler.fetch.containers import Source
from crawler.fetch.payload import MAX_BODY
from crawler.fetch.reading import Reader, read_page, read_pages, sha256
from crawler.fetch.records import MAX_HEADERS, Captured, Unread
from crawler.items import EgovError, Reason

URL = "https://portal.gov.example/"
BODY = b"<html lang=en><p>Contact us"


class Writer:
    """Writes records as other programs do."""

    def __init__(self, path, compress=True):
        self.path = path
        self.stream = path.open("wb")
        self.warc = WARCWriter(self.stream, gzip=compress, warc_version="WARC/1.1")

    def add(self, kind, body=BODY, *http, url=URL, status="200 OK", protocol="HTTP/1.1", content_type=None, **warc):
        """Adds a record; `warc` are headers of the record with _ for -."""
        told = StatusAndHeaders(status, list(http), protocol=protocol) if kind in ("response", "revisit") else None
        record = self.warc.create_warc_record(
            url,
            kind,
            io.BytesIO(body),
            len(body),
            http_headers=told,
            warc_content_type=content_type or "application/http",
            warc_headers_dict={name.replace("_", "-"): value for name, value in warc.items()},
        )
        at = self.stream.tell()
        self.warc.write_record(record)
        self.stream.flush()
        return at

    def page(self, body=BODY, *http, **more):
        return self.add("response", body, ("Content-Type", "text/html; charset=utf-8"), *http, **more)


@pytest.fixture
def writer(tmp_path):
    made = []

    def make(name="a.warc.gz", **how):
        made.append(Writer(tmp_path / name, **how))
        return made[-1]

    yield make
    for one in made:
        one.stream.close()


def read(*paths):
    """What was read, and the accounts of the files."""
    reader = Reader([Source(path) for path in paths])
    return list(reader.read()), reader.accounts


def digest(text):
    return {"WARC_Payload_Digest": f"sha1:{text}"}


def test_triples_of_common_crawl_give_one_page_each(writer):
    warc = writer("CC-MAIN-20240601.warc.gz")
    warc.add("warcinfo", b"isPartOf: CC-MAIN-2024\r\n", content_type="application/warc-fields")
    for number in range(3):
        url = f"{URL}{number}"
        warc.add("request", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", url=url)
        warc.page(
            BODY,
            ("X-Crawler-Transfer-Encoding", "chunked"),
            ("X-Crawler-Content-Encoding", "br"),
            ("content-digest", "sha-256=:x:"),
            url=url,
            WARC_Identified_Payload_Type="text/html",
        )
        warc.add("metadata", b"fetchTimeMs: 100\r\nlanguages-cld2: {}\r\n", url=url)
    found, (account,) = read(warc.path)
    assert [one.page.url for one in found] == [f"{URL}{number}" for number in range(3)]
    assert {one.page.body for one in found} == {BODY}
    assert (account.records, account.pages, account.passed) == (10, 3, {"request record": 3, "warcinfo record": 1})


def test_pseudo_headers_of_http_2_are_no_headers(writer):
    warc = writer()
    warc.page(BODY, (":status", "200"), ("x-a", "b"), protocol="HTTP/2", status="200")
    ((one,), _) = read(warc.path)
    assert one.page.status == 200
    assert [name for name, _ in one.page.headers] == ["Content-Type", "x-a"]


def test_a_silent_server_is_told_by_what_the_content_was_found_to_be(writer):
    warc = writer()
    warc.add("response", BODY, url=URL, WARC_Identified_Payload_Type="application/xhtml+xml")
    warc.add("response", b"%PDF", url=URL + "a", WARC_Identified_Payload_Type="application/pdf")
    assert [one.page.url for one in read(warc.path)[0]] == [URL]


@pytest.mark.parametrize(
    ("kind", "changes", "why"),
    [
        ("response", {"status": "301 Moved Permanently"}, "redirect"),
        ("response", {"status": "304 Not Modified"}, "redirect"),
        ("response", {"status": "204 No Content"}, "answer without content"),
        ("response", {"WARC_Resource_Type": "xhr"}, "part of a page"),
        ("resource", {"url": f"urn:pageinfo:{URL}", "content_type": "application/json"}, "record of no web address"),
        ("resource", {"url": f"urn:text:{URL}", "content_type": "text/plain"}, "record of no web address"),
        ("resource", {"url": f"urn:view:{URL}", "content_type": "image/png"}, "record of no web address"),
        ("resource", {"content_type": "image/png"}, "not HTML"),
        ("continuation", {}, "continuation record"),
        ("something", {}, "record of another type"),
    ],
)
def test_what_is_no_page_is_passed_over_and_counted(writer, kind, changes, why):
    warc = writer()
    warc.add(kind, BODY, *([("Content-Type", "text/html")] if kind == "response" else ()), **changes)
    found, (account,) = read(warc.path)
    assert found == []
    assert account.passed == {why: 1}


def test_documents_of_browsertrix_and_files_of_warcit_are_pages(writer):
    warc = writer()
    warc.page(WARC_Resource_Type="document", WARC_Page_ID="1")
    warc.add("resource", BODY, url=URL + "file.html", content_type="text/html")
    assert [one.page.url for one in read(warc.path)[0]] == [URL, URL + "file.html"]


def test_a_page_longer_than_the_limit_is_too_large_and_not_assessed_as_whole(writer):
    warc = writer()
    warc.page(b"<p>" + b"x" * MAX_BODY)
    warc.page(gzip.compress(b"<p>" + b"x" * MAX_BODY), ("Content-Encoding", "gzip"), url=URL + "z")
    warc.page(url=URL + "next")
    found, (account,) = read(warc.path)
    assert [type(one) for one in found] == [Unread, Unread, Captured]
    assert [one.reason for one in found[:2]] == [Reason.TOO_LARGE] * 2
    assert (account.pages, account.unread) == (1, 2)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("length", Reason.TOO_LARGE),
        ("time", Reason.TIMEOUT),
        ("disconnect", Reason.INCOMPLETE),
        ("unspecified", Reason.INCOMPLETE),
    ],
)
def test_a_page_cut_when_it_was_archived_is_not_assessed_as_whole(writer, told, reason):
    warc = writer()
    warc.page(WARC_Truncated=told)
    ((one,), _) = read(warc.path)
    assert (one.reason, one.page.url, one.page.body) == (reason, URL, b"")


@pytest.mark.parametrize("compress", [True, False])
def test_a_page_cut_by_a_torn_file_is_never_given_out_as_whole(writer, tmp_path, compress):
    warc = writer(compress=compress)
    body = b"<p>" + bytes(range(32, 127)) * 200
    warc.page(url=URL + "first")
    start = warc.page(body)
    whole = warc.path.read_bytes()
    torn = tmp_path / "torn.warc.gz"
    for size in [*range(start + 1, len(whole) - 4, 97), len(whole) - 13]:
        torn.write_bytes(whole[:size])
        found, (account,) = read(torn)
        pages = [one.page for one in found if isinstance(one, Captured)]
        assert pages[0].url == URL + "first"
        assert all(page.body == body for page in pages[1:])
        assert account.unread == len(found) - len(pages)


def test_a_torn_page_is_told(writer, tmp_path):
    warc = writer()
    warc.page(url=URL + "first")
    warc.page(bytes(range(32, 127)) * 2_000)
    torn = tmp_path / "torn.warc.gz"
    torn.write_bytes(warc.path.read_bytes()[:-200])
    (_, one), _ = read(torn)
    assert (one.page.url, one.reason) == (URL, Reason.INCOMPLETE)
    assert "torn" in one.detail


def test_content_whose_compression_has_no_end_is_incomplete(writer):
    warc = writer()
    for coding, coded in (("gzip", gzip.compress(BODY * 99)), ("br", brotli.compress(BODY * 99))):
        warc.page(coded[:-5], ("Content-Encoding", coding), url=URL + coding)
    assert {one.reason for one in read(warc.path)[0]} == {Reason.INCOMPLETE}


def test_records_not_compressed_one_by_one_are_told(writer, tmp_path):
    plain = writer("a.warc", compress=False)
    plain.page()
    plain.page(url=URL + "b")
    path = tmp_path / "one.warc.gz"
    path.write_bytes(gzip.compress(plain.path.read_bytes()))
    _, (account,) = read(path)
    assert "recompress" in account.trouble


def test_a_repetition_of_the_same_address_is_no_second_page(writer):
    warc = writer()
    warc.page(**digest("A"))
    warc.add("revisit", b"", ("Content-Type", "text/html"), WARC_Refers_To_Target_URI=URL, **digest("A"))
    found, (account,) = read(warc.path)
    assert len(found) == 1
    assert account.passed == {"page captured before": 1}


def test_a_repetition_under_another_address_is_a_page_that_can_be_opened_again(writer):
    warc = writer()
    warc.page(**digest("A"))
    at = warc.add("revisit", b"", ("Content-Type", "text/html"), ("x-b", "c"), url=URL + "index.html", **digest("A"))
    (_, one), _ = read(warc.path)
    assert (one.page.url, one.page.body, one.record.offset) == (URL + "index.html", BODY, at)
    assert read_page(warc.path, at) == one.page
    assert one.page.header("x-b") == "c"


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_repetition_is_resolved_in_any_file_of_the_set(writer, order):
    files = {name: writer(f"{name}.warc.gz") for name in "ab"}
    files["a"].page(**digest("A"))
    at = files["b"].add("revisit", b"", ("Content-Type", "text/html"), url=URL + "b", **digest("A"))
    found, _ = read(*(files[name].path for name in order))
    assert [(one.page.url, one.page.body) for one in found] == [(URL, BODY), (URL + "b", BODY)]
    assert read_page(files["b"].path, at, [files["a"].path]).body == BODY


def test_a_repetition_of_what_is_nowhere_is_incomplete(writer, one_sentence):
    warc = writer()
    at = warc.add("revisit", b"", ("Content-Type", "text/html"), **digest("A"))
    ((one,), (account,)) = read(warc.path)
    assert (one.reason, account.unread, account.passed) == (Reason.INCOMPLETE, 1, {})
    with pytest.raises(EgovError) as raised:
        read_page(warc.path, at)
    one_sentence(raised, "a.warc.gz", str(at))


def test_repetitions_of_pictures_are_passed_over(writer):
    warc = writer()
    warc.add("revisit", b"", ("Content-Type", "image/png"), **digest("A"))
    assert read(warc.path)[0] == []


def test_headers_without_end_are_told_and_cost_no_memory(tmp_path, one_sentence):
    for number, flood in enumerate((b"x" * 4 * MAX_HEADERS, b"a: b\r\n" * MAX_HEADERS, b"\r\n" * MAX_HEADERS)):
        path = tmp_path / f"{number}.warc.gz"
        path.write_bytes(gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\n" + flood))
        with pytest.raises(EgovError) as raised:
            list(read_pages([path]))
        one_sentence(raised, path.name)


def test_a_flipped_bit_ends_the_file_with_a_word(writer, tmp_path):
    warc = writer()
    warc.page(url=URL + "first")
    start = warc.page(bytes(range(32, 127)) * 2_000)
    warc.page(url=URL + "third")
    raw = bytearray(warc.path.read_bytes())
    raw[start + 400] ^= 0xFF
    path = tmp_path / "flipped.warc.gz"
    path.write_bytes(raw)
    found, (account,) = read(path)
    assert next(one.page.url for one in found if isinstance(one, Captured)) == URL + "first"
    assert account.trouble
    assert account.sha256 == sha256(bytes(raw))


def test_the_format_before_warc_is_read_too(tmp_path):
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + BODY
    version = b"1 0 Somebody\nURL IP-address Archive-date Content-type Archive-length\n"
    head = b"filedesc://a.arc 0.0.0.0 20040601000000 text/plain %d\n" % len(version)
    record = URL.encode() + b" 192.0.2.1 20040601000000 text/html %d\n" % len(answer)
    path = tmp_path / "a.arc.gz"
    path.write_bytes(gzip.compress(head + version + b"\n") + gzip.compress(record + answer + b"\n"))
    ((one,), _) = read(path)
    assert (one.page.url, one.page.body, one.page.captured_at) == (URL, BODY, "2004-06-01T00:00:00Z")
    assert read_page(path, one.record.offset) == one.page


def test_what_is_only_part_of_a_page_is_not_opened_either(writer, one_sentence):
    warc = writer()
    at = warc.page(WARC_Truncated="length")
    with pytest.raises(EgovError) as raised:
        read_page(warc.path, at)
    one_sentence(raised, "a.warc.gz", str(at), "cut")


# Not ru_maxrss: a child starts with the peak of its parent there.
_PEAK = """
import re, sys
from pathlib import Path
from crawler.fetch.archive import read_pages
for number, _ in enumerate(read_pages([Path(sys.argv[1])]), 1): pass
print(number, int(re.search("VmHWM:[ \\t]*([0-9]+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def _read_in_child(path):
    done = subprocess.run([sys.executable, "-c", _PEAK, path], capture_output=True, text=True, check=True)
    return [int(word) for word in done.stdout.split()]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks /proc for the peak")
def test_memory_does_not_grow_with_the_archive(tmp_path, new_page):
    few, many = tmp_path / "few.warc.gz", tmp_path / "many.warc.gz"
    writer = ArchiveWriter(few)
    page = new_page("<p>" + "text " * 20_000)
    for number in range(60):
        writer.write(replace(page, url=f"{URL}{number}"))
    writer.close()
    many.write_bytes(few.read_bytes() * 60)
    (_, small), (pages, large) = _read_in_child(few), _read_in_child(many)
    assert pages == 3_600
    # 100 KB a page: 3,600 of them would be 360 MB.
    assert large < small + 40
