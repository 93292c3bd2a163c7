"""What runs there are, how far they came, what could not be assessed and why, and what helps."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crawler import manifest
from crawler.items import EgovError, Reason
from crawler.job import runs_directory
from crawler.manifest import State
from crawler.storage.counts import Counts, look

REMEDIES = {
    Reason.BLOCKED: "Ask the webmaster to let the crawler in, or assess by hand.",
    Reason.CAPTCHA: "A person must look; assess by hand.",
    Reason.ROBOTS_DENIED: "robots.txt forbids it, which is respected; assess by hand.",
    Reason.ROBOTS_UNREACHABLE: "robots.txt fails, which forbids everything; try again later.",
    Reason.DNS: "The name is unknown; check the seed, or try again.",
    Reason.TLS: "The certificate or handshake fails; tell the webmaster, try again later.",
    Reason.TIMEOUT: "The server is slow; try again at another hour.",
    Reason.HTTP_ERROR: "The server answers with an error; try again, or check the address.",
    Reason.UNREACHABLE: "Nobody answers; try again, or check the seed.",
    Reason.LOGIN_WALL: "It is behind a sign-in; assess what is public.",
    Reason.CONSENT_WALL: "Nothing but a consent dialog is shown; assess by hand.",
    Reason.NOT_FOUND: "The page says that it does not exist; check the seed or the link.",
    Reason.PARKED: "The domain is for sale, expired or suspended; check the seed.",
    Reason.MAINTENANCE: "The site is closed for now; try again later.",
    Reason.RESTING: "The host asked for a longer pause than a crawl can wait; try again later.",
    Reason.STOPPED_BY_US: "The host stands on stop-hosts.txt; take it off, then try again.",
    Reason.INCOMPLETE: "The archive holds only a part of it; name all files of the crawl, or get the archive again.",
    Reason.LANGUAGE_UNSUPPORTED: "The rubric has no words in this language; add a terms file, then assess the archive.",
    Reason.EMPTY: "No text without scripts; install a browser, then try again.",
    Reason.TOO_LARGE: "The answer is larger than the limit; look by hand.",
    Reason.FORBIDDEN_ADDRESS: "The address is private; check the seed, or --allow-private for tests.",
    Reason.OFFSITE: "It leads out of the country's web presence; add the host to the seed if it belongs there.",
    Reason.CATALOGUE: "The data catalogue answers with something else; look at the portal by hand.",
    Reason.INTERNAL_ERROR: "The program failed on it; report it with the address.",
    Reason.NOT_AUTOMATED: "The machine cannot look at this yet; assess by hand.",
    Reason.BUDGET: "The budget ended first; crawl with a larger one.",
}
"""What helps against each reason, in one sentence. The only place where this stands."""
OTHERWISE = "Look at the page by hand."


@dataclass(frozen=True, slots=True)
class Trouble:
    """What could not be assessed for one reason: how many pages, one of them, what helps."""

    reason: str
    pages: int
    example: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RunStatus:
    """One run. `pages_budget`: 0 where it is unknown; `resume`: the command that goes on, "" for a finished run."""

    run: str
    country: str
    kind: str
    state: str
    started_at: str
    ended_at: str
    rubric: str
    vantage: str
    pages_budget: int
    stopped: str
    counts: Counts | None
    trouble: tuple[Trouble, ...]
    resume: str
    retry: str


def statuses(out: Path, countries: Collection[str] = ()) -> list[RunStatus]:
    """The runs in a results directory, or those of some countries, latest last. Raises EgovError where there are none."""
    directories = sorted(path for path in runs_directory(out).glob("*") if path.is_dir())
    found = [status(path) for path in directories if not countries or path.name.partition("-")[0] in countries]
    if not found:
        of = f" of {', '.join(sorted(countries))}" if countries else ""
        raise EgovError(f"{out}: there is no run{of} here; 'egov crawl' makes one, --out names another directory")
    return found


def status(directory: Path) -> RunStatus:
    """Where one run stands."""
    seen, told = look(directory), manifest.read(directory)
    head, counts = seen if seen else (None, None)
    kind = head.kind if head else "crawl"
    state = State.FINISHED if head and kind == "assess" and head.finished_at else manifest.state_of(directory)
    country = "" if kind == "assess" else directory.name.partition("-")[0]
    reasons = counts.reasons if counts else {}
    return RunStatus(
        run=directory.name,
        country=country,
        kind=kind,
        state=state,
        started_at=head.started_at if head else "",
        ended_at=str(told.get("ended_at") or (head.finished_at if head else "")),
        rubric=f"{head.rubric} {head.rubric_version}" if head else "",
        vantage=_vantage(told),
        pages_budget=int(told.get("settings", {}).get("max_pages", 0)),
        stopped=(told.get("stopped") or {}).get("told", ""),
        counts=counts,
        trouble=tuple(
            Trouble(reason, number, head.examples.get(reason, "") if head else "", remedy(reason))
            for reason, number in reasons.items()
        ),
        resume=f"egov crawl {country} --resume" if country and state is State.INTERRUPTED else "",
        retry=f"egov recrawl --failed {country}" if country and reasons and state is not State.RUNNING else "",
    )


def remedy(reason: str) -> str:
    """What helps against a reason, also one that this version does not know."""
    return REMEDIES.get(Reason(reason), OTHERWISE) if reason in set(Reason) else OTHERWISE


def _vantage(told: dict[str, Any]) -> str:
    given = told.get("vantage") or manifest.UNDECLARED
    return ", ".join(filter(None, (given["country"], given["network"]))) if given["declared"] else "undeclared"


def row(one: RunStatus) -> dict[str, str]:
    """A run as one line of a table."""
    counts = one.counts
    pages = (
        f"{counts.pages_read} of {one.pages_budget}" if counts and one.pages_budget else counts and counts.pages_read
    )
    return {
        "run": one.run,
        "state": one.state,
        "pages read": str(pages or 0),
        "evidence": str(counts.evidence if counts else 0),
        "waiting": str(counts.addresses.get("PENDING", 0) + counts.addresses.get("LEASED", 0) if counts else 0),
        "not assessed": str(sum(counts.reasons.values()) if counts else 0),
    }


def counted(pages: int) -> str:
    """A number of pages in words.

    >>> counted(1), counted(2)
    ('1 page', '2 pages')
    """
    return f"{pages} page{'s' if pages != 1 else ''}"


def details(one: RunStatus) -> list[str]:
    """What a table cannot hold: reasons with remedies, why it stopped, how to go on; for unfinished or troubled runs."""
    lines = [
        f"  {trouble.reason}: {counted(trouble.pages)}, such as {trouble.example}. {trouble.remedy}"
        for trouble in one.trouble
    ]
    if one.state != State.RUNNING and one.stopped:
        lines.append(f"  {one.stopped}")
    elif one.resume:
        lines.append(f"  broken off; '{one.resume}' goes on from here")
    if one.retry:
        lines.append(f"  '{one.retry}' tries what failed again")
    return [f"{one.run} (vantage: {one.vantage})", *lines] if lines else []


def as_json(one: RunStatus) -> dict[str, Any]:
    """A run with everything that is known of it, by name."""
    return asdict(one)
