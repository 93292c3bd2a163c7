"""WACZ files are read where they lie, what points into them can be opened again, and hostile ZIPs are refused."""

import hashlib
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from crawler.fetch.archive import ArchiveWriter
from crawler.fetch.containers import MAX_DIRECTORY, depths, is_jumpable, source_at, sources
from crawler.fetch.reading import Reader, read_page, read_pages
from crawler.fetch.records import Captured
from crawler.items import EgovError

URL = "https://portal.gov.example/"
PAGES = [
    {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"},
    {"id": "1", "url": URL, "title": "Home", "ts": "2024-06-01T00:00:00Z", "seed": True},
    {"id": "2", "url": URL + "b0", "title": "b", "ts": "2024-06-01T00:00:00Z", "depth": 2},
    {"id": "3", "url": URL + "b1", "depth": "deep"},
    ["no page"],
]


@pytest.fixture
def warc(tmp_path, new_page):
    """The bytes of a WARC file of some pages of nobody's."""

    def make(*urls):
        path = tmp_path / "made.warc.gz"
        path.unlink(missing_ok=True)
        writer = ArchiveWriter(path)
        for url in urls:
            page = new_page(f"<p>{url}", url=url, country="", languages=())
            writer.write(page)
        writer.close()
        return path.read_bytes()

    return make


@pytest.fixture
def wacz(tmp_path, warc):
    """A WACZ of two archives, as Browsertrix makes them; its files may be given, None leaves one out."""

    def make(files=(), name="site.wacz", compress=zipfile.ZIP_STORED, state=None):
        inside = {
            "archive/rec-a.warc.gz": warc(URL, URL + "a"),
            "archive/rec-b.warc.gz": warc(*(f"{URL}b{number}" for number in range(30))),
            "indexes/index.cdx.gz": b"",
            "pages/pages.jsonl": "\n".join(map(json.dumps, PAGES)).encode() + b"\n{broken\n",
        } | dict(files)
        stated = [
            {"path": path, "hash": f"sha256:{(state or {}).get(path) or hashlib.sha256(content).hexdigest()}"}
            for path, content in inside.items()
            if content is not None
        ]
        inside.setdefault("datapackage.json", json.dumps({"profile": "data-package", "resources": stated}).encode())
        with zipfile.ZipFile(tmp_path / name, "w", compress) as archive:
            for path, content in inside.items():
                if content is not None:
                    archive.writestr(path, content)
        return tmp_path / name

    return make


@pytest.mark.parametrize("compress", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_pages_of_all_archives_in_it_are_read_and_can_be_opened_again(wacz, compress):
    path = wacz(compress=compress)
    found = list(read_pages([path]))
    assert [one.page.url for one in found] == [URL, URL + "a", *(f"{URL}b{number}" for number in range(30))]
    assert {one.record.warc for one in found} == {
        "site.wacz/archive/rec-a.warc.gz",
        "site.wacz/archive/rec-b.warc.gz",
    }
    places = {source.name: source for source in sources(path)}
    for one in (found[0], found[1], found[17], found[-1]):
        source = places[one.record.warc]
        assert source_at(source.address) == source.__class__(path.resolve(), source.member)
        assert read_page(source.address, one.record.offset).body == one.page.body
        assert is_jumpable(source) is (compress == zipfile.ZIP_STORED)


def test_the_digests_that_it_states_are_checked(wacz):
    reader = Reader(sources(wacz(state={"archive/rec-a.warc.gz": "0" * 64})))
    assert sum(isinstance(one, Captured) for one in reader.read()) == 32
    wrong, right = reader.accounts
    assert "datapackage.json" in wrong.trouble
    assert right.trouble == ""
    assert right.sha256 == right.source.sha256


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'{"resources": 1}', b'{"resources": [1]}', b"[" * 99_999, b"\xff", None]
)
def test_a_description_that_says_nothing_states_no_digest(wacz, content):
    path = wacz({"datapackage.json": content})
    assert {source.sha256 for source in sources(path)} == {""}


def test_the_depth_of_pages_comes_from_the_lists_of_pages(wacz):
    extra = json.dumps({"url": URL + "a", "depth": 1}).encode()
    path = wacz({"pages/extraPages.jsonl": extra})
    assert depths(path) == {URL: 0, URL + "a": 1, URL + "b0": 2}
    found = {one.page.url: one.page.depth for one in read_pages([path])}
    assert (found[URL], found[URL + "a"], found[URL + "b0"], found[URL + "b1"]) == (0, 1, 2, 0)


def test_a_plain_archive_has_no_lists_of_pages(tmp_path, warc):
    (tmp_path / "a.warc.gz").write_bytes(warc(URL))
    assert depths(tmp_path / "a.warc.gz") == {}


def test_a_wacz_without_archive_is_told(wacz, one_sentence):
    with pytest.raises(EgovError) as raised:
        sources(wacz({"archive/rec-a.warc.gz": None, "archive/rec-b.warc.gz": None}))
    one_sentence(raised, "site.wacz", "archive/")


def test_a_wacz_within_a_wacz_is_told(wacz, one_sentence):
    inside = wacz(name="inside.wacz").read_bytes()
    path = wacz({"archive/rec-a.warc.gz": None, "archive/rec-b.warc.gz": None, "archive/inside.wacz": inside})
    with pytest.raises(EgovError) as raised:
        sources(path)
    one_sentence(raised, "site.wacz", "inside.wacz")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "archive/../x.warc.gz", "C:/x", "a\\..\\b", "a\nb"]
)
def test_names_that_lead_elsewhere_are_refused(wacz, one_sentence, name):
    with pytest.raises(EgovError) as raised:
        sources(wacz({name: b"x"}))
    one_sentence(raised, "site.wacz")


def test_an_encrypted_wacz_is_told(wacz, one_sentence):
    path = wacz()
    raw = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.find(mark)
        while place >= 0:
            raw[place + at] |= 1
            place = raw.find(mark, place + 1)
    path.write_bytes(raw)
    with pytest.raises(EgovError) as raised:
        sources(path)
    one_sentence(raised, "site.wacz", "encrypted")


def test_a_wacz_cut_anywhere_is_told_or_read(wacz, tmp_path, one_sentence):
    whole = wacz().read_bytes()
    cut = tmp_path / "cut.wacz"
    for size in range(4, len(whole), len(whole) // 40):
        cut.write_bytes(whole[:size])
        with pytest.raises(EgovError) as raised:
            sources(cut)
        one_sentence(raised, "cut.wacz")


def test_a_wacz_with_any_byte_changed_is_told_or_read(wacz, tmp_path):
    whole = wacz().read_bytes()
    changed = tmp_path / "changed.wacz"
    for place in [*range(0, 400, 7), *range(len(whole) - 900, len(whole), 5)]:
        changed.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        with suppress(EgovError):
            assert len(list(read_pages([changed]))) <= 32


def test_a_member_that_unpacks_without_end_is_refused(wacz, one_sentence):
    path = wacz({"archive/bomb.warc": bytes(50_000_000)}, compress=zipfile.ZIP_DEFLATED)
    with pytest.raises(EgovError) as raised:
        sources(path)
    one_sentence(raised, "site.wacz", "bomb.warc", "times")


def test_members_that_overlap_are_refused(tmp_path, warc, one_sentence):
    content = warc(*(f"{URL}{number}" for number in range(20)))
    names = [f"archive/{number}.warc.gz".encode() for number in range(9)]
    local = b"PK\x03\x04" + struct.pack(
        "<HHHHHIIIHH", 20, 0, 0, 0, 0, zlib.crc32(content), len(content), len(content), 17, 0
    )
    body = local + b"archive/0.warc.gz" + content
    table = b"".join(
        b"PK\x01\x02"
        + struct.pack(
            "<HHHHHHIIIHHHHHII",
            20,
            20,
            0,
            0,
            0,
            0,
            zlib.crc32(content),
            len(content),
            len(content),
            17,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + name
        for name in names
    )
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(names), len(names), len(table), len(body), 0)
    path = tmp_path / "overlap.wacz"
    path.write_bytes(body + table + end)
    with pytest.raises(EgovError) as raised:
        sources(path)
    one_sentence(raised, "overlap.wacz", "overlap")


def test_a_table_of_contents_beyond_measure_is_refused(wacz, one_sentence):
    path = wacz()
    raw = bytearray(path.read_bytes())
    place = raw.rfind(b"PK\x05\x06")
    raw[place + 12 : place + 16] = (MAX_DIRECTORY + 1).to_bytes(4, "little")
    path.write_bytes(raw)
    with pytest.raises(EgovError) as raised:
        sources(path)
    one_sentence(raised, "site.wacz", "table of contents")


def test_two_files_of_one_name_are_refused(wacz, one_sentence):
    path = wacz()
    with pytest.warns(UserWarning, match="Duplicate"):
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("archive/rec-a.warc.gz", b"")
    with pytest.raises(EgovError) as raised:
        sources(path)
    one_sentence(raised, "site.wacz", "rec-a")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks /proc for the peak")
@pytest.mark.parametrize("compress", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_large_wacz_is_read_with_little_memory(wacz, warc, compress):
    pages = warc(*(f"{URL}{number}" for number in range(50)))
    path = wacz(
        {"archive/large.warc.gz": pages * 40, "archive/filled.warc.gz": pages + bytes(8 << 20)}, compress=compress
    )
    code = (
        "import re, sys; from pathlib import Path; from crawler.fetch.archive import read_pages;"
        "peak = lambda: int(re.search('VmHWM:[ \\t]*([0-9]+)', Path('/proc/self/status').read_text())[1]) // 1024;"
        "before = peak(); number = sum(1 for _ in read_pages([Path(sys.argv[1])])); print(number, peak() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    number, grown = map(int, done.stdout.split())
    assert number == 2_082
    assert grown < 30
