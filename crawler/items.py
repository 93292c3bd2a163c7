"""The nouns of the program: frozen dataclasses and closed sets, without behaviour of their own."""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from operator import attrgetter
from typing import Any

ClickPath = tuple[tuple[str, str], ...]
"""The links clicked from the portal's home page: (text, address) pairs, the last one leads to the page."""


class EgovError(Exception):
    """A mistake of the user or of a file, told in one sentence that names the place and the remedy."""


class Outcome(StrEnum):
    """What is known of a feature in a country (EARL: passed, failed, cantTell, inapplicable, untested)."""

    PRESENT = "present"
    ABSENT = "absent"
    NOT_FOUND = "not_found"
    UNCLEAR = "unclear"
    NOT_APPLICABLE = "not_applicable"
    UNTESTED = "untested"


class Reason(StrEnum):
    """Why a page or a feature could not be assessed."""

    BLOCKED = "blocked"
    CAPTCHA = "captcha"
    ROBOTS_DENIED = "robots-denied"
    ROBOTS_UNREACHABLE = "robots-unreachable"
    DNS = "dns"
    TLS = "tls"
    TIMEOUT = "timeout"
    HTTP_ERROR = "http-error"
    UNREACHABLE = "unreachable"
    LOGIN_WALL = "login-wall"
    CONSENT_WALL = "consent-wall"
    NOT_FOUND = "not-found"
    PARKED = "parked"
    MAINTENANCE = "maintenance"
    LANGUAGE_UNSUPPORTED = "language-unsupported"
    EMPTY = "empty"
    TOO_LARGE = "too-large"
    INCOMPLETE = "incomplete"
    FORBIDDEN_ADDRESS = "forbidden-address"
    OFFSITE = "offsite"
    CATALOGUE = "catalogue-unreadable"
    INTERNAL_ERROR = "internal-error"
    NOT_AUTOMATED = "not-automated"
    BUDGET = "budget"
    RESTING = "resting"
    STOPPED_BY_US = "stopped-by-us"


class Stop(StrEnum):
    """Why a crawl stopped before its end. Whatever it was, the run can be resumed."""

    INTERRUPTED = "interrupted"
    AT_ONCE = "at-once"
    DISK_FULL = "disk-full"
    NOT_WRITABLE = "not-writable"
    DATABASE_LOCKED = "database-locked"
    DATABASE_REFUSED = "database-refused"
    NIGHT_OVER = "night-over"


class Strength(StrEnum):
    """Does the page offer the feature itself, or point to it?"""

    HERE = "here"
    LINK = "link"


class Answer(StrEnum):
    """What a reviewer says of a finding."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot_tell"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Seed:
    """One official portal. `hosts` are further hosts in scope; languages are BCP 47 tags."""

    country: str
    role: str
    url: str
    languages: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    source: str = ""
    checked_on: str = ""
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as captured; `captured_at` in UTC as WARC writes it, `depth` in clicks from the home page.

    `languages` are those the portal is known to offer (BCP 47); `official`: the page was reached from a seed.
    """

    country: str
    portal: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    captured_at: str
    depth: int = 0
    path: ClickPath = ()
    rendered: bool = False
    languages: tuple[str, ...] = ()
    official: bool = False

    def header(self, name: str) -> str:
        """The first value of a response header, or an empty string."""
        lowered = name.lower()
        return next((value for key, value in self.headers if key.lower() == lowered), "")


@dataclass(frozen=True, slots=True)
class Record:
    """Where a page lies in the web archive; `sha256` is that of the body without transfer coding."""

    warc: str
    offset: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of proof that a page offers a feature or points to it: the best piece of that page.

    `tags` are the sectors and groups that it names; `service_level` how far a service goes (crawler/detectors/levels.py),
    "" for what is no service.
    """

    country: str
    portal: str
    feature: str
    url: str
    strength: Strength
    quote: str
    selector: str
    term: str
    language: str
    detector: str
    depth: int
    path: ClickPath
    warc: str
    offset: int
    sha256: str
    captured_at: str
    rubric: str
    rubric_version: str
    tags: tuple[str, ...] = ()
    service_level: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        # A page has twenty, and between processes the pickling of dataclasses takes six times as long.
        return Evidence, _all_of_evidence(self)


_all_of_evidence = attrgetter(*(one.name for one in fields(Evidence)))


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says of the web presence around it.

    `hosts`: other hosts it links to; `sign_in`: hosts at which it sends people to sign in; `languages`: base codes of
    its own language and those it links to; `updated`: the latest day of publication or change on it, ISO, or "";
    `interfaces`: addresses at which the data catalogue behind the page can be asked; `search`: that of its
    OpenSearch description.
    """

    hosts: tuple[str, ...] = ()
    sign_in: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    updated: str = ""
    interfaces: tuple[str, ...] = ()
    search: str = ""


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """One dataset of a catalogue's answer. `place`: JSON pointer; `tags`: sectors that its title or themes name.

    `openness`: the elements of ODIN 2022, each 0 to 1: machine-readable, non-proprietary, download, metadata, licence.
    """

    place: str
    title: str
    publisher: str
    licence: str
    modified: str
    frequency: str
    formats: tuple[str, ...]
    tags: tuple[str, ...]
    openness: tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class CatalogueFacts:
    """The answer of a data catalogue. `total`: the number of datasets it claims, -1 where it claims none."""

    api: str
    total: int
    datasets: tuple[DatasetFacts, ...]


@dataclass(frozen=True, slots=True)
class Distribution:
    """A file that a catalogue names, of the sample that is asked for. `reason` is None where it answered."""

    country: str
    portal: str
    catalogue: str
    dataset: str
    format: str
    url: str
    checked_at: str
    status: int | None = None
    content_type: str = ""
    length: int | None = None
    reason: Reason | None = Reason.BUDGET


@dataclass(frozen=True, slots=True)
class Fault:
    """What speaks against a feature on a page: the first of `count` elements at fault."""

    feature: str
    selector: str
    quote: str
    count: int


@dataclass(frozen=True, slots=True)
class AssessedPage:
    """What judging one page gave. `reason` is None where the page could be read."""

    url: str
    portal: str
    country: str
    depth: int
    reason: Reason | None
    title: str = ""
    language: str = ""
    declared_language: str = ""
    votes: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    not_applicable: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()
    facts: PageFacts | None = None
    catalogue: CatalogueFacts | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A page or host that could not be read, and why."""

    country: str
    portal: str
    url: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """An answer for robots.txt, by which a denial can be checked later.

    `url`: where the answer came from, after redirects; `status` is None where there was none; `body` as far as it is
    read; `crawl_delay_s`: what it asks of us, before the cap; `refusal`: why everything is forbidden.
    """

    origin: str
    url: str
    fetched_at: str
    status: int | None
    body: bytes
    sha256: str
    crawl_delay_s: float
    refusal: Reason | None
    detail: str


@dataclass(frozen=True, slots=True)
class Searched:
    """What stands behind a `not_found`: how far one looked, in which languages, what failed."""

    pages: int
    max_depth: int
    portals: tuple[str, ...]
    languages: tuple[str, ...]
    languages_without_terms: tuple[str, ...]
    failures: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the machine proposes for one feature in one country; people decide."""

    country: str
    feature: str
    outcome: Outcome
    reason: Reason | None
    pages_with_evidence: int
    searched: Searched


@dataclass(frozen=True, slots=True)
class Review:
    """One act of one reviewer. Reviews are only ever added."""

    country: str
    feature: str
    reviewer: str
    answer: Answer
    evidence_url: str
    note: str
    decided_at: str
    example: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What the reviews of a feature amount to. `answer` is None while unsettled."""

    country: str
    feature: str
    answer: Answer | None
    reviewers: tuple[str, ...] = field(default=())
    why: str = ""
