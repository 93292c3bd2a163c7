"""The files that archives come in: WARC files on their own, or within a WACZ (a ZIP, specs.webrecorder.net/wacz/1.1.1).

Nothing is unpacked to the disk. ZIP files of strangers are checked before a byte of them is believed.
"""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from crawler.items import EgovError

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_IS_WARC = re.compile(r"archive/[^/]+\.w?arc(\.gz)?", re.I)
_IS_PAGES = re.compile(r"pages/[^/]+\.jsonl", re.I)
_BLOCK = 1 << 20
# What zipfile raises for headers that contradict themselves.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)
_END = b"PK\x05\x06"
MAX_DIRECTORY = 16 * 1024 * 1024
"""Bytes of a ZIP's table of contents: about 150,000 files; Python would read any length into memory."""
MAX_RATIO = 200
"""Bytes that one compressed byte of a member may become: text gives 5 to 20, a bomb about 1,000."""
MAX_JSON = 8 * 1024 * 1024
"""Bytes of datapackage.json, and of one line of a list of pages, that are read."""
MAX_LISTED = 200_000
"""Pages of a WACZ whose place in its crawl is remembered."""
MAX_DEPTH = 1_000
"""Clicks beyond which what an archive says of a page's place is not believed."""


@dataclass(frozen=True, slots=True)
class Source:
    """A WARC file: `path` on the disk, or the `member` of the WACZ that lies at `path`; `sha256` as the WACZ states."""

    path: Path
    member: str = ""
    sha256: str = ""

    @property
    def name(self) -> str:
        """What evidence calls it: file.warc.gz, or file.wacz/archive/file.warc.gz."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    @property
    def address(self) -> Path:
        """Where it can be found again (`source_at`)."""
        return self.path.resolve() / self.member

    def __str__(self) -> str:
        return f"{self.path}/{self.member}" if self.member else str(self.path)


def sources(path: Path) -> list[Source]:
    """The WARC files behind a path, in the order of their names. Raises EgovError that says what is wrong with it."""
    try:
        if path.is_dir():
            raise EgovError(f"{path}: a directory; name the WARC or WACZ files in it")
        with path.open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        raise EgovError(f"{path}: cannot be read: {error.strerror or error}") from None
    if not start:
        raise EgovError(f"{path}: an empty file, holds no WARC record")
    if start not in _MAGIC:
        return [Source(path)]
    with _opened(path) as archive:
        stated = _stated_digests(archive)
        found = [Source(path, one.filename, stated.get(one.filename, "")) for one in _members(path, archive)]
    return sorted(found, key=lambda one: one.member)


def source_at(address: Path) -> Source:
    """The source at an address: that of a file, or of a member below a WACZ."""
    for parent in address.parents:
        if parent.is_file():
            return Source(parent, address.relative_to(parent).as_posix())
    return Source(address)


def depths(path: Path) -> dict[str, int]:
    """Address of a page to its clicks from a seed, as far as the lists of pages in a WACZ tell; else empty."""
    with path.open("rb") as stream:
        if stream.read(4) not in _MAGIC:
            return {}
    found: dict[str, int] = {}
    with _opened(path) as archive:
        for info in archive.infolist():
            if _IS_PAGES.fullmatch(info.filename) and _harmless(info):
                with suppress(OSError), _member(archive, info) as stream:
                    _take_depths(stream, found)
    return found


def open_source(source: Source, offset: int = 0) -> "Stream":
    """The bytes of a WARC file from an offset: a stored member is jumped into, a compressed one read up to there.

    Raises OSError or EgovError.
    """
    if not source.member:
        stream = source.path.open("rb")
        stream.seek(offset)
        return Stream(stream, at=offset)
    with _opened(source.path) as archive:
        info = _info(archive, source)
        if info.compress_type == zipfile.ZIP_STORED:
            start = _start_of(source, info)
            stream = source.path.open("rb")
            stream.seek(start + min(offset, info.file_size))
            return Stream(stream, at=offset, left=max(0, info.file_size - offset))
        # The opened member keeps the file of the ZIP open by itself.
        unpacked = Stream(_member(archive, info))
    while (left := offset - unpacked.tell()) > 0 and unpacked.read(min(left, _BLOCK)):
        pass
    return unpacked


def is_jumpable(source: Source) -> bool:
    """Can one read at any offset without reading what stands before it?"""
    if not source.member:
        return True
    with _opened(source.path) as archive:
        return _info(archive, source).compress_type == zipfile.ZIP_STORED


class Stream:
    """The bytes of a WARC file, counted and digested as they are read. Whatever is wrong with them is an OSError."""

    def __init__(self, stream: IO[bytes], at: int = 0, left: int | None = None) -> None:
        self._stream, self._at, self._left = stream, at, left
        self._digest = hashlib.sha256()

    def read(self, size: int = _BLOCK) -> bytes:
        """The next bytes, at most so many."""
        try:
            data = self._stream.read(size if self._left is None else min(size, self._left))
        except _DAMAGED as error:
            raise OSError(f"damaged in the ZIP: {error}") from None
        self._at += len(data)
        if self._left is not None:
            self._left -= len(data)
        self._digest.update(data)
        return data

    def tell(self) -> int:
        """The offset in the WARC file of what is read next."""
        return self._at

    def sha256(self) -> str:
        """The digest of all bytes, where reading began at the start: reads what is left."""
        while self.read():
            pass
        return self._digest.hexdigest()

    def close(self) -> None:
        """Closes the file."""
        self._stream.close()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _opened(path: Path) -> zipfile.ZipFile:
    _check_directory(path)
    try:
        return zipfile.ZipFile(path)
    except _DAMAGED as error:
        # A ZIP that was cut has lost its table of contents, which stands at the end.
        raise EgovError(f"{path}: begins like a WACZ but is no whole ZIP file ({error}); get it again") from None
    except OSError as error:
        raise EgovError(f"{path}: cannot be read: {error.strerror or error}") from None


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(info)
    except _DAMAGED as error:
        raise OSError(f"damaged in the ZIP: {error}") from None


def _check_directory(path: Path) -> None:
    """Raises EgovError for a table of contents beyond `MAX_DIRECTORY`: its length stands in the file's last 22 bytes
    and a comment, in ZIP64 in a record before them."""
    with path.open("rb") as stream:
        size = stream.seek(0, io.SEEK_END)
        stream.seek(max(0, size - (1 << 16) - 256))
        tail = stream.read()
    place = tail.rfind(_END)
    if place < 0:
        return
    length = int.from_bytes(tail[place + 12 : place + 16], "little")
    wide = tail.rfind(b"PK\x06\x06", 0, place)
    if length == 0xFFFFFFFF and wide >= 0:
        length = int.from_bytes(tail[wide + 40 : wide + 48], "little")
    if length > MAX_DIRECTORY:
        raise EgovError(f"{path}: a table of contents of {length} bytes is no WACZ; at most {MAX_DIRECTORY} are read")


def _members(path: Path, archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """The WARC files of a WACZ. Raises EgovError for what no honest one holds."""
    everything = archive.infolist()
    names = set()
    for info in everything:
        if ".." in info.filename.split("/") or re.search(r"^/|^[A-Za-z]:|[\\\x00-\x1f\x7f]", info.orig_filename):
            raise EgovError(f"{path}: holds a file named {info.orig_filename[:80]!r}, which no WACZ does; not read")
        if info.filename in names:
            raise EgovError(f"{path}: holds two files named {info.filename[:80]!r}; not read")
        names.add(info.filename)
    if sum(info.compress_size for info in everything) > path.stat().st_size:
        raise EgovError(f"{path}: its files overlap, which no WACZ does; not read")
    warcs = [info for info in everything if _IS_WARC.fullmatch(info.filename)]
    if not warcs:
        if nested := next((name for name in sorted(names) if name.lower().endswith((".wacz", ".zip"))), None):
            raise EgovError(f"{path}: holds no archive/*.warc.gz but {nested[:80]!r}; take that out and name it")
        raise EgovError(f"{path}: a ZIP file without archive/*.warc or archive/*.warc.gz is no WACZ")
    for info in warcs:
        if info.flag_bits & 0x1:
            raise EgovError(f"{path}: {info.filename[:80]} is encrypted; name a WACZ without password")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise EgovError(f"{path}: {info.filename[:80]} is packed in a way that WACZ does not know; stored is usual")
        if not _harmless(info):
            raise EgovError(
                f"{path}: {info.filename[:80]} would become {info.file_size // max(1, info.compress_size)} times its "
                f"size, which no archive does; at most {MAX_RATIO} times are unpacked"
            )
        yield info


def _harmless(info: zipfile.ZipInfo) -> bool:
    return not info.flag_bits & 0x1 and info.file_size <= MAX_RATIO * info.compress_size


def _info(archive: zipfile.ZipFile, source: Source) -> zipfile.ZipInfo:
    try:
        info = archive.getinfo(source.member)
    except KeyError:
        raise EgovError(f"{source.path}: holds no {source.member}; was the file changed?") from None
    if not _harmless(info):
        raise EgovError(f"{source}: is encrypted or unpacks without end; not read")
    return info


def _start_of(source: Source, info: zipfile.ZipInfo) -> int:
    """Where the bytes of a stored member begin: behind its own header (APPNOTE.TXT 4.3.7)."""
    with source.path.open("rb") as stream:
        stream.seek(info.header_offset)
        head = stream.read(30)
    if head[:4] != _MAGIC[0] or len(head) < 30:
        raise EgovError(f"{source}: damaged in the ZIP; get it again")
    return info.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")


def _stated_digests(archive: zipfile.ZipFile) -> dict[str, str]:
    """Member to SHA-256 in hexadecimal, as datapackage.json states; what cannot be read states nothing."""
    try:
        info = archive.getinfo("datapackage.json")
        if info.file_size > MAX_JSON or not _harmless(info):
            return {}
        resources = json.loads(archive.read(info))["resources"]
        return {
            str(one["path"]): one["hash"].removeprefix("sha256:").lower()
            for one in resources
            if isinstance(one.get("hash"), str) and one["hash"].startswith("sha256:")
        }
    except (KeyError, TypeError, AttributeError, OSError, *_DAMAGED):
        return {}


def _take_depths(stream: IO[bytes], found: dict[str, int]) -> None:
    """Adds what a list of pages says. Seeds are home pages; the shortest of several places counts."""
    try:
        while len(found) < MAX_LISTED and (line := stream.readline(MAX_JSON)):
            try:
                row = json.loads(line)
                depth, url = 0 if row.get("seed") is True else row.get("depth"), row.get("url")
            except (ValueError, AttributeError, RecursionError):
                continue
            if isinstance(url, str) and type(depth) is int and 0 <= depth <= MAX_DEPTH:
                found[url] = min(depth, found.get(url, depth))
    except _DAMAGED:
        return
