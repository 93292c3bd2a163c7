"""Do archives, databases and survey agree? Reads everything, changes nothing, in memory that does not grow with a run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection, DatabaseError, OperationalError, connect

from crawler.fetch.archive import Captured
from crawler.fetch.containers import Source, source_at
from crawler.fetch.digests import Digest, digests
from crawler.fetch.reading import Reader
from crawler.items import EgovError
from crawler.job import runs_directory
from crawler.manifest import State, state_of
from crawler.storage.crawl import DATABASE, fingerprint
from crawler.storage.survey import FILE, MERGED

MANY = 10
"""Problems of one kind that are told one by one; the rest is counted."""
_OF_PAGES = "SELECT offset, length, url, sha256 FROM page WHERE run = ? AND warc = ? ORDER BY offset"


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence about a run. A note is worth knowing, a problem means that something is lost or wrong."""

    run: str
    sentence: str
    is_problem: bool = True


def verify(out: Path, runs: Iterable[str] = ()) -> Iterator[Told]:
    """Looks over the named runs, or all of them, and the survey. Raises EgovError where there is no such run."""
    every = sorted(path.name for path in runs_directory(out).glob("*") if path.is_dir())
    named = list(runs)
    if unknown := next((run for run in named if run not in every), None):
        raise EgovError(f"{unknown}: there is no such run in {runs_directory(out)}")
    survey = out / FILE if (out / FILE).exists() else None
    if survey:
        yield from _told("survey", _own_checks(survey))
    for run in named or every:
        yield from _told(run, _of_run(runs_directory(out) / run, survey))


def _told(name: str, sentences: Iterable[str | Told]) -> Iterator[Told]:
    try:
        for one in sentences:
            yield one if isinstance(one, Told) else Told(name, one)
    except (DatabaseError, OSError, EgovError) as error:
        yield Told(name, f"cannot be looked over to the end: {error}")


def _open(path: Path) -> Connection:
    return connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)


def _own_checks(path: Path) -> Iterator[str]:
    """What SQLite itself finds wrong."""
    connection = _open(path)
    try:
        for (told,) in connection.execute(f"PRAGMA integrity_check({MANY})"):
            if told != "ok":
                yield f"{path.name}: SQLite finds it damaged: {told}"
        for number, row in enumerate(connection.execute("PRAGMA foreign_key_check"), 1):
            if number > MANY:
                yield f"{path.name}: more than {MANY} rows refer to what is not there"
                return
            yield f"{path.name}: row {row[1]} of {row[0]} refers to a row of {row[2]} that is not there"
    finally:
        connection.close()


def _of_run(directory: Path, survey: Path | None) -> Iterator[str | Told]:
    run, path = directory.name, directory / DATABASE
    if not path.exists():
        yield Told(run, "has not begun: it has no database yet", is_problem=False)
        return
    yield from _own_checks(path)
    connection = _open(path)
    try:
        head = connection.execute("SELECT kind, finished_at FROM run WHERE id = ?", [run]).fetchone()
        if head is None:
            yield Told(run, "has not begun: its database holds no run yet", is_problem=False)
            return
        state = State.FINISHED if head[0] == "assess" and head[1] else state_of(directory)
        if state is State.FINISHED and not head[1]:
            yield "the manifest says finished, the database does not"
        yield from _archives(connection, directory, head[0] == "crawl")
        yield from _evidence(connection, run)
        yield from _leases(connection, run, state)
        if survey:
            yield from _survey(connection, run, survey, state)
        elif state is State.FINISHED:
            yield f"is finished, but there is no {FILE}"
    except OperationalError as error:
        if "no such table" not in str(error) or state_of(directory) is State.FINISHED:
            raise
        yield Told(run, "has not begun: its database is not complete yet", is_problem=False)
    finally:
        connection.close()


def _archives(connection: Connection, directory: Path, ours: bool) -> Iterator[str | Told]:
    run = directory.name
    named = dict(connection.execute("SELECT name, path FROM archive WHERE run = ?", [run]).fetchall())
    for (warc,) in connection.execute("SELECT DISTINCT warc FROM page WHERE run = ?", [run]):
        if warc not in named:
            yield f"{warc}: pages lie in this archive, but the run does not name it"
    for warc, place in named.items():
        path = Path(place) if Path(place).is_absolute() else directory / place
        last = connection.execute(
            "SELECT offset + length FROM page WHERE run = ? AND warc = ? ORDER BY offset DESC LIMIT 1", [run, warc]
        ).fetchone()
        source = source_at(path)
        if not source.path.exists():
            if last:
                yield f"{path}: pages lie in this archive, but it is not there"
            continue
        # Of an archive of others nothing is cut off, and the length of its records is not known.
        end = last[0] if last and ours else source.path.stat().st_size if last else 0
        yield from _limited(warc, _pages(connection, run, warc, source, end, ours))
        if ours and path.stat().st_size > end and (end or path.stat().st_size > _FRESH):
            size = path.stat().st_size - end
            yield Told(
                run, f"{warc}: {size} bytes of an unacknowledged tail, which --resume cuts off", is_problem=False
            )


_FRESH = 1000
"""Bytes of an archive that holds nothing but its own description."""


def _pages(connection: Connection, run: str, warc: str, source: Source, end: int, ours: bool) -> Iterator[str | Told]:
    """Rows and records side by side, both in the order of the archive."""
    rows = iter(connection.execute(_OF_PAGES, [run, warc]))
    row = next(rows, None)
    try:
        for record in _records(source, end, ours):
            while row is not None and row[0] < record.offset:
                yield f"{warc}: no readable record at byte {row[0]} for {row[2]}"
                row = next(rows, None)
            if row is None or row[0] != record.offset:
                if ours:
                    yield from _without_row(connection, run, warc, record)
                continue
            if row[2] != record.url:
                yield f"{warc}: the record at byte {row[0]} is of {record.url}, the row says {row[2]}"
            if row[3] != record.sha256:
                yield f"{warc}: the content of {row[2]} at byte {row[0]} is not the one that was assessed (sha256)"
            row = next(rows, None)
    except EgovError as error:
        yield str(error)
    while row is not None:
        yield f"{warc}: no readable record at byte {row[0]} for {row[2]}"
        row = next(rows, None)


def _records(source: Source, end: int, ours: bool) -> Iterator[Digest]:
    if ours:
        yield from digests(source.path, end)
    elif end:
        for one in Reader([source]).read():
            if isinstance(one, Captured):
                yield Digest(one.record.offset, one.page.url, one.record.sha256)


def _without_row(connection: Connection, run: str, warc: str, record: Digest) -> Iterator[str | Told]:
    """A record without a row is harmless where its address is known to be fetched again, or was."""
    elsewhere = connection.execute("SELECT 1 FROM page WHERE run = ? AND url = ? LIMIT 1", [run, record.url]).fetchone()
    done = connection.execute(
        "SELECT 1 FROM frontier WHERE fingerprint IN (?, ?) AND state = 'DONE'",
        [fingerprint(record.url, "page"), fingerprint(record.url, "catalogue")],
    ).fetchone()
    if done and not elsewhere:
        yield f"{warc}: the page {record.url} at byte {record.offset} is archived and acknowledged, but has no row"
    else:
        why = "a later capture stands for it" if elsewhere else "it was never acknowledged and is fetched again"
        yield Told(run, f"{warc}: no row for {record.url} at byte {record.offset}: {why}", is_problem=False)


def _limited(what: str, sentences: Iterator[str | Told]) -> Iterator[str | Told]:
    problems = 0
    for one in sentences:
        problems += isinstance(one, str)
        if isinstance(one, Told) or problems <= MANY:
            yield one
    if problems > MANY:
        yield f"{what}: {problems - MANY} more problems of this kind"


def _evidence(connection: Connection, run: str) -> Iterator[str]:
    rows = connection.execute(
        "SELECT evidence.feature, evidence.url FROM evidence LEFT JOIN page USING (run, warc, offset)"
        " WHERE run = ? AND (page.url IS NULL OR page.url != evidence.url OR page.sha256 != evidence.sha256)",
        [run],
    )
    for number, (feature, url) in enumerate(rows, 1):
        if number > MANY:
            yield "more evidence of this kind"
            return
        yield f"evidence of {feature} at {url} does not belong to the page that it names"


def _leases(connection: Connection, run: str, state: State) -> Iterator[Told]:
    (leased,) = connection.execute("SELECT count(*) FROM frontier WHERE state = 'LEASED'").fetchone()
    if leased and state is not State.RUNNING:
        yield Told(
            run, f"{leased} addresses were under way when it ended; --resume fetches them", state is State.FINISHED
        )


def _survey(connection: Connection, run: str, survey: Path, state: State) -> Iterator[str | Told]:
    """A finished run stands in the survey as it is; what is unfinished is merged at its end."""
    connection.execute("ATTACH DATABASE ? AS survey", [f"{survey.absolute().as_uri()}?mode=ro"])
    for table in MERGED:
        key = "id" if table == "run" else "run"
        columns = ", ".join(
            f'"{row[1]}"'
            for row in connection.execute(f"SELECT * FROM pragma_table_info('{table}', 'survey')").fetchall()
        )
        ours, theirs = (f"SELECT {columns} FROM {name}.{table} WHERE {key} = :run" for name in ("main", "survey"))
        for less, more, told in ((ours, theirs, "lack"), (theirs, ours, "have besides")):
            (number,) = connection.execute(f"SELECT count(*) FROM ({less} EXCEPT {more})", {"run": run}).fetchone()
            if number and state is State.FINISHED:
                yield f"{FILE}: the rows of {table} {told} {number} of this finished run"
            elif number:
                yield Told(run, f"{FILE} is behind this {state} run; its end merges it", is_problem=False)
                return
