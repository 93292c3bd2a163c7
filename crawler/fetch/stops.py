"""The kill switch: hosts that are not asked any more, by files that may change while a crawl runs."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from crawler.items import EgovError
from crawler.page.urls import host, parents

FILE = "stop-hosts.txt"
"""Its name in the results directory. $EGOV_STOP_HOSTS names a further file, for example one for all crawls."""

_Stamp = tuple[int, int, int]


class StopList:
    """Hosts that somebody stopped: a host or `*.suffix` per line, `#` begins a comment.

    `*.gov.example` stands for `gov.example` and every host below it. An address stands for its host.
    """

    def __init__(self, paths: Sequence[Path] = ()) -> None:
        self.paths = tuple(paths)
        self.changes = 0
        self._stamps: tuple[_Stamp | None, ...] = (None,) * len(self.paths)
        self._of_file: dict[Path, tuple[frozenset[str], frozenset[str]]] = {}

    @classmethod
    def of(cls, out: Path) -> "StopList":
        """The files for this results directory. Raises EgovError where one cannot be read or obeyed."""
        named = os.environ.get("EGOV_STOP_HOSTS", "")
        stops = cls([out / FILE, *([Path(named)] if named else [])])
        if problems := stops.refresh():
            raise EgovError(problems[0])
        return stops

    def refresh(self) -> list[str]:
        """Reads the files again if they changed; a sentence for each that cannot be read and line that names no host.

        What cannot be read stops whom it stopped before.
        """
        problems = []
        for number, path in enumerate(self.paths):
            stamp = _stamp(path)
            if stamp == self._stamps[number]:
                continue
            self._stamps = (*self._stamps[:number], stamp, *self._stamps[number + 1 :])
            try:
                lines = path.read_text("utf-8-sig").splitlines() if stamp else []
            except (OSError, UnicodeDecodeError) as error:
                problems.append(f"{path}: cannot be read: {error}; the hosts it named before stay stopped")
                continue
            hosts, suffixes, wrong = _read(lines)
            self._of_file[path] = hosts, suffixes
            self.changes += 1
            problems += [f"{path}, line {one}: no host and no *.suffix; nothing is stopped by it" for one in wrong]
        return problems

    def lists(self, hostname: str) -> str:
        """The file that stops the host, "" where none does; as of the last refresh."""
        for path, (hosts, suffixes) in self._of_file.items():
            if hostname in hosts or (suffixes and not suffixes.isdisjoint((hostname, *parents(hostname)))):
                return path.name
        return ""


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(lines: Iterable[str]) -> tuple[frozenset[str], frozenset[str], list[int]]:
    """Hosts, suffixes, and numbers of lines that are neither."""
    hosts, suffixes, wrong = set(), set(), []
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        plain = text.partition("://")[2] or text
        name = host(f"http://{plain.removeprefix('*.')}")
        if not name or "*" in name or " " in name:
            wrong.append(number)
        elif plain.startswith("*."):
            suffixes.add(name)
        else:
            hosts.add(name)
    return frozenset(hosts), frozenset(suffixes), wrong
