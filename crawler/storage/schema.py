"""Tables and migrations. `results/README.md` is generated from the notes here.

A run's own database (`crawl.db`) and the survey (`survey.db`) share the tables of evidence; the
first adds the frontier, the second the reviews. Natural keys make every merge repeatable.
"""

from pathlib import Path
from sqlite3 import DatabaseError

from sqlite_utils import Database, Migrations

from crawler.items import EgovError

NOTES = {
    "run": "One crawl or one assessment of an archive. `kind`: crawl or assess; `settings`: JSON.",
    "archive": "The WARC files that pages lie in; `path` is relative to the run's folder unless absolute.",
    "page": "One capture. `reason` is NULL where the page could be read; `votes`: witnesses of its language, JSON; `not_applicable`: features that cannot apply to it; "
    "`facts`: hosts it links to, sign-in schemes, languages it leads to, latest date, JSON; "
    "`path`: click path from the home page, JSON list of [text, address]; `length`: compressed bytes in the archive.",
    "evidence": "The best piece of proof that a page gives for a feature. `strength`: here or link; `tags`: sectors and "
    "groups it names; `service_level`: how far a service goes (information, download, form, account, payment, tracking).",
    "fault": "What speaks against a feature on a page: the first of `count` elements at fault.",
    "distribution": "Files that data catalogues name, as far as a sample was asked for: the answer's `status`, type and "
    "`length` in bytes, or the `reason` why there was none.",
    "catalogue": "Answers of data catalogues' interfaces. `total`: datasets it claims, -1 where it claims none; `datasets`: "
    "how many it gave.",
    "dataset": "The datasets of these answers. `place`: JSON pointer into the answer; `tags`: sectors named; the last five "
    "columns: elements of openness (ODIN), each 0 to 1.",
    "finding": "What the machine proposes per country and feature. `outcome`: present, absent, not_found, unclear, "
    "not_applicable, untested; `searched`: JSON: pages, depth, portals, languages, failures.",
    "failure": "Pages that could not be fetched, with a typed reason.",
    "portal": "The seeds of a run.",
    "transport": "How each portal's host is reached, by connections of their own. `certificate`: valid, expired, not-yet-valid, "
    "self-signed, wrong-host, unknown-issuer, other, none (no TLS), unknown; yes, no or unknown: `old_tls` (TLS 1.0 or 1.1 is "
    "accepted), `redirects_to_https`, `hsts_subdomains`, `hsts_preload`, `ipv6_address`, `ipv6_connects`, `dnssec` (as far as "
    "the system's resolver validates); `headers_from`: whether the headers that follow came by https, http or not at all.",
    "robots": "Each answer for robots.txt, by which a denial can be checked. `url`: where it came from, after redirects; "
    "`body`: as far as it is read; `crawl_delay_s`: what it asks of us, before the cap of 30 s; `refusal`: why everything "
    "is forbidden.",
    "frontier": "Addresses of a crawl. `state`: PENDING, LEASED, DONE, FAILED, or PASSED: passed over, because addresses like "
    "it had stopped to bring anything; `kind`: page, sitemap, render, catalogue, file; `grp`, `concepts`: tag path of the "
    "link that led to it, and what that named.",
    "visit": "What the crawl learned from each page, in order: the address `asked` for and the `url` it ended at, the link "
    "that led there, the features it gave, a `sketch` of its text, and its `links`: JSON list of [text, address], zlib.",
    "review": "What reviewers answered. Rows are only added: triggers refuse UPDATE and DELETE. `example` = 1 marks "
    "scripted answers of the demonstration.",
}

crawl_migrations = Migrations("egov-crawl")
survey_migrations = Migrations("egov-survey")


def _evidence_tables(db: Database) -> None:
    db.create_table(
        "run",
        {
            "id": str,
            "kind": str,
            "rubric": str,
            "rubric_version": str,
            "started_at": str,
            "finished_at": str,
            "settings": str,
        },
        pk="id",
        not_null={"kind", "rubric", "rubric_version", "started_at", "settings"},
        strict=True,
    )
    in_run = [("run", "run", "id")]
    db.create_table(
        "portal",
        {"run": str, "url": str, "country": str, "role": str, "languages": str},
        pk=("run", "url", "role"),
        foreign_keys=in_run,
        strict=True,
    )
    db.create_table(
        "archive",
        {"run": str, "name": str, "path": str},
        pk=("run", "name"),
        foreign_keys=in_run,
        not_null={"path"},
        strict=True,
    )
    db.create_table(
        "page",
        {
            "run": str, "warc": str, "offset": int, "length": int, "url": str, "portal": str, "country": str,
            "status": int, "depth": int, "path": str, "title": str, "language": str, "declared_language": str,
            "votes": str, "not_applicable": str, "reason": str, "rendered": int, "sha256": str, "captured_at": str,
        },
        pk=("run", "warc", "offset"),
        foreign_keys=in_run,
        not_null={"url", "portal", "country", "status", "depth", "rendered", "sha256", "captured_at"},
        strict=True,
    )  # fmt: skip
    db.execute(
        "CREATE TABLE evidence (run TEXT NOT NULL, warc TEXT NOT NULL, offset INTEGER NOT NULL, feature TEXT NOT NULL,"
        " country TEXT NOT NULL, portal TEXT NOT NULL, url TEXT NOT NULL, strength TEXT NOT NULL, quote TEXT NOT NULL,"
        " selector TEXT NOT NULL, term TEXT NOT NULL, language TEXT NOT NULL, detector TEXT NOT NULL, depth INTEGER NOT NULL,"
        " path TEXT NOT NULL, sha256 TEXT NOT NULL, captured_at TEXT NOT NULL, rubric TEXT NOT NULL,"
        " rubric_version TEXT NOT NULL, PRIMARY KEY (run, warc, offset, feature),"
        " FOREIGN KEY (run, warc, offset) REFERENCES page (run, warc, offset)) STRICT"
    )
    db.execute("CREATE INDEX evidence_by_feature ON evidence (run, country, feature, strength, depth)")
    db.create_table(
        "finding",
        {
            "run": str, "country": str, "feature": str, "outcome": str, "reason": str, "pages_with_evidence": int,
            "searched": str,
        },
        pk=("run", "country", "feature"),
        foreign_keys=in_run,
        not_null={"outcome", "pages_with_evidence", "searched"},
        strict=True,
    )  # fmt: skip
    db.create_table(
        "failure",
        {"run": str, "url": str, "portal": str, "country": str, "reason": str, "detail": str},
        pk=("run", "url"),
        foreign_keys=in_run,
        not_null={"reason"},
        strict=True,
    )


@crawl_migrations(name="0001_evidence")
def _crawl_evidence(db: Database) -> None:
    _evidence_tables(db)


def _tags_faults_and_facts(db: Database) -> None:
    for column in ("tags", "service_level"):
        db.execute(f"ALTER TABLE evidence ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE page ADD COLUMN facts TEXT")
    db.execute(
        "CREATE TABLE fault (run TEXT NOT NULL, warc TEXT NOT NULL, offset INTEGER NOT NULL, feature TEXT NOT NULL,"
        " country TEXT NOT NULL, portal TEXT NOT NULL, url TEXT NOT NULL, selector TEXT NOT NULL, quote TEXT NOT NULL,"
        " count INTEGER NOT NULL, PRIMARY KEY (run, warc, offset, feature),"
        " FOREIGN KEY (run, warc, offset) REFERENCES page (run, warc, offset)) STRICT"
    )
    db.execute(
        "CREATE TABLE distribution (run TEXT NOT NULL, url TEXT NOT NULL, country TEXT NOT NULL, portal TEXT NOT NULL,"
        " catalogue TEXT NOT NULL, dataset TEXT NOT NULL, format TEXT NOT NULL, status INTEGER, content_type TEXT,"
        " length INTEGER, reason TEXT, checked_at TEXT NOT NULL, PRIMARY KEY (run, url),"
        " FOREIGN KEY (run) REFERENCES run (id)) STRICT"
    )
    capture = (
        "run TEXT NOT NULL, warc TEXT NOT NULL, offset INTEGER NOT NULL, country TEXT NOT NULL, portal TEXT NOT NULL,"
    )
    db.execute(
        f"CREATE TABLE catalogue ({capture} url TEXT NOT NULL, api TEXT NOT NULL, total INTEGER NOT NULL,"
        " datasets INTEGER NOT NULL, PRIMARY KEY (run, warc, offset),"
        " FOREIGN KEY (run, warc, offset) REFERENCES page (run, warc, offset)) STRICT"
    )
    db.execute(
        f"CREATE TABLE dataset ({capture} place TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT NOT NULL,"
        " licence TEXT NOT NULL, modified TEXT NOT NULL, frequency TEXT NOT NULL, formats TEXT NOT NULL, tags TEXT NOT NULL,"
        " machine_readable REAL NOT NULL, non_proprietary REAL NOT NULL, download REAL NOT NULL, metadata REAL NOT NULL,"
        " open_licence REAL NOT NULL, PRIMARY KEY (run, warc, offset, place),"
        " FOREIGN KEY (run, warc, offset) REFERENCES page (run, warc, offset)) STRICT"
    )


def _transport(db: Database) -> None:
    texts = ("address", "certificate", "detail", "protocol", "cipher", "issuer", "not_after")
    further = (
        "content_security_policy",
        "content_type_options",
        "frame_options",
        "referrer_policy",
        "permissions_policy",
    )
    facts = ("hsts_subdomains", "hsts_preload", "ipv6_address", "ipv6_connects", "dnssec")
    columns = [
        "run TEXT NOT NULL", "host TEXT NOT NULL", "country TEXT NOT NULL", "checked_at TEXT NOT NULL",
        *(f"{name} TEXT NOT NULL" for name in texts), "days_left INTEGER", "old_tls TEXT NOT NULL",
        "redirects_to_https TEXT NOT NULL", "headers_from TEXT NOT NULL", "status INTEGER", "hsts_max_age INTEGER",
        *(f"{name} TEXT NOT NULL" for name in (*further, *facts)),
    ]  # fmt: skip
    db.execute(
        f"CREATE TABLE transport ({', '.join(columns)}, PRIMARY KEY (run, host), FOREIGN KEY (run) REFERENCES run (id)) STRICT"
    )


@crawl_migrations(name="0002_frontier")
def _frontier(db: Database) -> None:
    db.execute(
        "CREATE TABLE frontier (id INTEGER PRIMARY KEY, fingerprint BLOB NOT NULL UNIQUE, kind TEXT NOT NULL,"
        " url TEXT NOT NULL, host TEXT NOT NULL, portal TEXT NOT NULL, depth INTEGER NOT NULL, path TEXT NOT NULL,"
        " priority REAL NOT NULL, state TEXT NOT NULL DEFAULT 'PENDING', reason TEXT) STRICT"
    )
    db.execute("CREATE INDEX frontier_next ON frontier (host, priority DESC, id) WHERE state = 'PENDING'")
    db.execute("CREATE INDEX frontier_leased ON frontier (id) WHERE state = 'LEASED'")


@crawl_migrations(name="0003_tags_faults_and_facts")
def _crawl_facts(db: Database) -> None:
    _tags_faults_and_facts(db)


@crawl_migrations(name="0004_retries")
def _retries(db: Database) -> None:
    # The address that was asked for; `url` is where a redirect failed.
    db.execute("ALTER TABLE failure ADD COLUMN address TEXT")
    db.execute(
        "CREATE INDEX frontier_retries ON frontier (host, priority DESC, id)"
        " WHERE state = 'PENDING' AND (reason IS NOT NULL OR kind = 'render')"
    )


@crawl_migrations(name="0005_transport")
def _crawl_transport(db: Database) -> None:
    _transport(db)


@crawl_migrations(name="0006_robots")
def _robots(db: Database) -> None:
    db.execute(
        "CREATE TABLE robots (run TEXT NOT NULL, origin TEXT NOT NULL, fetched_at TEXT NOT NULL, url TEXT NOT NULL,"
        " status INTEGER, sha256 TEXT NOT NULL, body BLOB NOT NULL, crawl_delay_s REAL NOT NULL, refusal TEXT,"
        " detail TEXT NOT NULL, PRIMARY KEY (run, origin, fetched_at), FOREIGN KEY (run) REFERENCES run (id)) STRICT"
    )


@crawl_migrations(name="0007_focus")
def _focus(db: Database) -> None:
    for column in ("grp", "concepts"):
        db.execute(f"ALTER TABLE frontier ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    db.execute("DROP INDEX frontier_next")
    db.execute("CREATE INDEX frontier_choice ON frontier (host, grp, priority DESC, id) WHERE state = 'PENDING'")
    db.execute("CREATE INDEX frontier_passed ON frontier (host) WHERE state = 'PASSED'")
    db.execute(
        "CREATE TABLE visit (id INTEGER PRIMARY KEY, asked TEXT NOT NULL, url TEXT NOT NULL, text TEXT NOT NULL,"
        " depth INTEGER NOT NULL, grp TEXT NOT NULL, concepts TEXT NOT NULL, features TEXT NOT NULL,"
        " sketch BLOB NOT NULL, links BLOB NOT NULL) STRICT"
    )


@survey_migrations(name="0001_evidence")
def _survey_evidence(db: Database) -> None:
    _evidence_tables(db)


@survey_migrations(name="0002_reviews")
def _reviews(db: Database) -> None:
    db.create_table(
        "review",
        {
            "id": int, "run": str, "country": str, "feature": str, "reviewer": str, "answer": str, "evidence_url": str,
            "note": str, "decided_at": str, "example": int,
        },
        pk="id",
        foreign_keys=[("run", "run", "id")],
        not_null={"country", "feature", "reviewer", "answer", "decided_at", "example"},
        strict=True,
    )  # fmt: skip
    for act in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER review_no_{act.lower()} BEFORE {act} ON review"
            " BEGIN SELECT RAISE(ABORT, 'reviews are only ever added'); END"
        )
    db.execute("CREATE INDEX review_by_feature ON review (country, feature)")


@survey_migrations(name="0003_tags_faults_and_facts")
def _survey_facts(db: Database) -> None:
    _tags_faults_and_facts(db)


@survey_migrations(name="0004_transport")
def _survey_transport(db: Database) -> None:
    _transport(db)


def open_database(path: Path, migrations: Migrations, *, create: bool = True) -> Database:
    """The database, brought up to date. Raises EgovError for a newer, foreign or damaged file."""
    if not create and not path.exists():
        raise EgovError(
            f"{path}: there are no results here yet; run 'egov crawl' or 'egov assess', or name another --out"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        db = Database(path)
        if db.table_names() and not db.table(migrations.migrations_table).exists():
            db.close()
            raise EgovError(f"{path}: a database of another program; name another --out")
        known = set(_names(migrations))
        newer = sorted({one.name for one in migrations.applied(db)} - known)
        if newer:
            db.close()
            raise EgovError(
                f"{path}: written by a newer egov (migration '{newer[0]}'); update egov or name another --out"
            )
        db.conn.execute("PRAGMA busy_timeout = 10000")
        db.enable_wal()
        db.conn.execute("PRAGMA synchronous = FULL")
        # Fingerprints arrive in no order: their index should fit, or each new link would cost a read of the disk.
        db.conn.execute("PRAGMA cache_size = -32768")
        db.conn.execute("PRAGMA foreign_keys = ON")
        migrations.apply(db)
    except (DatabaseError, OSError) as error:
        raise EgovError(f"{path}: cannot be opened as a database: {error}") from None
    return db


def _names(migrations: Migrations) -> list[str]:
    """Names of all migrations of a set: those pending on an empty database."""
    return [one.name for one in migrations.pending(Database(memory=True))]
