"""What is written to an archive comes back, and damaged archives are told or read as far as they go."""

import gzip
import io
from contextlib import suppress
from dataclasses import replace

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.fetch.archive import ArchiveWriter, cut, read_page, read_pages, sha256
from crawler.items import EgovError

URL = "https://portal.gov.example/a?b=1"
PLACE = {"url": URL, "depth": 2, "path": (("Über uns", URL), ("\n: x", URL)), "languages": ("en", "fr")}


@pytest.fixture
def written(tmp_path, new_page):
    """An archive of three pages, the last one rendered, and where they lie."""
    path = tmp_path / "egov.warc.gz"
    writer = ArchiveWriter(path)
    first = writer.write(new_page("<p>one</p>", **PLACE), sent=[("User-Agent", "egov")], via="https://from.example/")
    second = writer.write(new_page("<p>two</p>", status=404))
    third = writer.write_rendered(new_page("<p>three</p>", rendered=True, **PLACE), first.record)
    writer.close()
    return path, [first, second, third]


def foreign(path, body, *headers, status="200 OK", metadata=""):
    """Somebody else's archive of one page."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        answer = StatusAndHeaders(status, [("Content-Type", "text/html"), *headers], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(URL, "response", io.BytesIO(body), len(body), http_headers=answer)
        )
        if metadata:
            told, kind = metadata.encode(), "application/warc-fields"
            writer.write_record(
                writer.create_warc_record(URL, "metadata", io.BytesIO(told), len(told), warc_content_type=kind)
            )
    return path


def without_headers(page):
    return replace(page, headers=())


def test_pages_come_back_as_they_were_written(written):
    path, captured = written
    found = list(read_pages([path]))
    # What a crawl wrote it reached from a seed.
    reached = [replace(one.page, official=True) for one in captured]
    assert [without_headers(one.page) for one in found] == [without_headers(page) for page in reached]
    assert [one.record for one in found] == [one.record for one in captured]
    assert {one.page.header("content-type") for one in found} == {"text/html; charset=utf-8"}


def test_one_page_is_read_by_its_offset(written):
    path, captured = written
    for one in captured:
        page = read_page(path, one.record.offset)
        assert (page.url, page.status, page.body, page.rendered) == (
            one.page.url, one.page.status, one.page.body, one.page.rendered,
        )  # fmt: skip
        assert one.record.sha256 == sha256(page.body)


def test_warcio_reads_every_record_in_its_order(written):
    path, _ = written
    with path.open("rb") as stream:
        records = [
            (one.rec_type, one.rec_headers.protocol, one.rec_headers.get_header("WARC-Date"))
            for one in ArchiveIterator(stream)
        ]
    triple = ["request", "response", "metadata"]
    assert [kind for kind, _, _ in records] == ["warcinfo", *triple, *triple, "conversion", "metadata"]
    assert {protocol for _, protocol, _ in records} == {"WARC/1.1"}
    assert {date for _, _, date in records[1:]} == {"2024-05-01T12:00:00Z"}


def test_request_and_metadata_refer_to_their_response(written):
    path, _ = written
    with path.open("rb") as stream:
        request, response, metadata = [one.rec_headers for one in ArchiveIterator(stream)][1:4]
    identity = response.get_header("WARC-Record-ID")
    assert request.get_header("WARC-Concurrent-To") == metadata.get_header("WARC-Concurrent-To") == identity


def test_a_request_says_what_was_asked(written):
    path, _ = written
    with path.open("rb") as stream:
        request = next(one for one in ArchiveIterator(stream) if one.rec_type == "request")
        assert request.http_headers.get_header("User-Agent") == "egov"
        assert request.http_headers.get_header("Host") == "portal.gov.example"
        assert f"{request.http_headers.protocol} {request.http_headers.statusline}" == "GET /a?b=1 HTTP/1.1"


def test_a_rendered_page_is_a_conversion_that_names_its_source(written):
    path, captured = written
    with path.open("rb") as stream:
        stream.seek(captured[2].record.offset)
        record = next(iter(ArchiveIterator(stream)))
        assert record.rec_type == "conversion"
        assert record.rec_headers.get_header("WARC-Refers-To-Target-URI") == URL
    with path.open("rb") as stream:
        stream.seek(captured[2].record.offset)
        told = [one.content_stream().read().decode() for one in ArchiveIterator(stream)][1]
    assert f"via: egov.warc.gz#{captured[0].record.offset}" in told


def test_each_record_is_a_gzip_member_of_its_own(written):
    path, captured = written
    for one in captured:
        assert path.read_bytes()[one.record.offset :].startswith(b"\x1f\x8b")


def test_the_length_leads_from_record_to_record(written):
    path, captured = written
    assert captured[2].record.offset + captured[2].length == path.stat().st_size


@given(
    st.binary(max_size=2_000),
    st.integers(206, 599).filter(lambda status: not 300 <= status < 400),
    st.lists(st.tuples(st.text(max_size=20), st.just(URL)), max_size=3).map(tuple),
)
def test_any_body_status_and_click_path_come_back(tmp_path_factory, new_page, body, status, path):
    file = tmp_path_factory.mktemp("any") / "any.warc.gz"
    writer = ArchiveWriter(file)
    page = new_page(body, status=status, path=path, official=True)
    writer.write(page)
    writer.close()
    (found,) = read_pages([file])
    assert without_headers(found.page) == without_headers(page)


def test_bodies_are_kept_decoded_and_the_original_coding_is_told(tmp_path, new_page):
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Content-Length", "9"), ("X-É", "ü"))
    writer = ArchiveWriter(tmp_path / "a.warc.gz")
    writer.write(new_page("<p>plain</p>", headers=headers))
    writer.close()
    (found,) = read_pages([tmp_path / "a.warc.gz"])
    assert found.page.body == b"<p>plain</p>"
    assert found.page.header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert found.page.header("Content-Length") == "12"


def test_a_writer_goes_on_where_the_last_one_ended(written, new_page):
    path, captured = written
    writer = ArchiveWriter(path)
    again = writer.write(new_page("<p>four</p>"))
    writer.close()
    assert again.record.offset > captured[2].record.offset
    assert [one.page.body for one in read_pages([path])][-1] == b"<p>four</p>"


def test_a_torn_tail_is_cut_and_the_rest_is_whole(written):
    path, _ = written
    end = path.stat().st_size
    with path.open("ab") as stream:
        stream.write(gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\n")[:30])
    cut(path, end)
    assert path.stat().st_size == end
    cut(path, end + 1)
    assert path.stat().st_size == end


def test_an_archive_cut_anywhere_is_read_as_far_as_it_goes(written, tmp_path):
    path, captured = written
    whole, torn = path.read_bytes(), tmp_path / "torn.warc.gz"
    whole_pages = [(one.record.offset, one.record.offset + one.length) for one in captured]
    for size in range(captured[0].record.offset, len(whole), 3):
        torn.write_bytes(whole[:size])
        found = [one.record for one in read_pages([torn])]
        assert len(found) >= sum(end <= size for _, end in whole_pages)


def test_a_damaged_archive_is_read_or_told(written, tmp_path):
    path, _ = written
    whole, damaged = path.read_bytes(), tmp_path / "damaged.warc.gz"
    for place in range(0, len(whole), 11):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        with suppress(EgovError):
            assert len(list(read_pages([damaged]))) <= 3


@pytest.mark.parametrize(
    "content",
    [b"", b"this is no archive", b"\x1f\x8b rubbish", gzip.compress(b"no archive"), gzip.compress(b""), b"\x00" * 999],
)
def test_what_is_no_archive_is_told_in_one_sentence(tmp_path, one_sentence, content):
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    with pytest.raises(EgovError) as raised:
        list(read_pages([path]))
    one_sentence(raised, "x.warc.gz")


def test_a_missing_archive_is_told(tmp_path, one_sentence):
    with pytest.raises(EgovError) as raised:
        list(read_pages([tmp_path / "no.warc.gz"]))
    one_sentence(raised, "no.warc.gz")


@pytest.mark.parametrize("offset", [0, 1, 10**9])
def test_an_offset_without_a_page_is_told(written, one_sentence, offset):
    with pytest.raises(EgovError) as raised:
        read_page(written[0], offset)
    one_sentence(raised, "egov.warc.gz", str(offset))


def test_pages_that_are_not_html_are_passed_over(tmp_path, new_page):
    writer = ArchiveWriter(tmp_path / "a.warc.gz")
    writer.write(new_page("%PDF", headers=(("Content-Type", "application/pdf"),)))
    writer.close()
    assert list(read_pages([tmp_path / "a.warc.gz"])) == []


@pytest.mark.parametrize(("coding", "encode"), [("gzip", gzip.compress), ("br", brotli.compress), ("identity", bytes)])
def test_coded_bodies_of_other_archives_are_decoded(tmp_path, coding, encode):
    body = b"<p>" + b"text " * 50_000
    path = foreign(tmp_path / "a.warc.gz", encode(body), ("Content-Encoding", coding))
    (found,) = read_pages([path])
    assert (found.page.body, found.page.country, found.page.portal) == (body, "", "https://portal.gov.example/")


def test_a_body_that_is_not_coded_as_it_says_is_kept(tmp_path):
    for coding in ("gzip", "br", "deflate"):
        path = foreign(tmp_path / f"{coding}.warc.gz", b"<p>plain", ("Content-Encoding", coding))
        assert next(read_pages([path])).page.body == b"<p>plain"


@pytest.mark.parametrize("status", ["99999999999999999999 OK", "OK", "000 no"])
def test_an_odd_status_is_no_status(tmp_path, status):
    (found,) = read_pages([foreign(tmp_path / "a.warc.gz", b"<p>", status=status)])
    assert found.page.status == 0


@pytest.mark.parametrize(
    "metadata",
    [
        "egov-country: ../../x",
        "egov-country: GBR\r\negov-portal: javascript:alert(1)",
        "egov-country: GBR\r\nhopsFromSeed: " + "9" * 40,
        "egov-country: GBR\r\nhopsFromSeed: -1",
        "egov-country: GBR\r\nhopsFromSeed: LLE",
        "egov-country: GBR\r\negov-path: [1, 2]",
        "egov-country: GBR\r\negov-path: " + "[" * 100_000,
    ],
)
def test_hostile_metadata_is_not_believed(tmp_path, metadata):
    (found,) = read_pages([foreign(tmp_path / "a.warc.gz", b"<p>x", metadata=metadata)])
    assert (found.page.country, found.page.depth, found.page.path) == ("", 0, ())
    assert found.page.portal == "https://portal.gov.example/"
