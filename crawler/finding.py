"""What all pages of a country together say of each feature. Pure, like assessing one page."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crawler.items import AssessedPage, Failure, Finding, Outcome, Reason, Searched
from crawler.page.urls import host
from crawler.rubric import Feature, Rubric

SECTORS = frozenset(["health", "education", "employment", "social", "environment", "justice"])
"""The sectors that the Survey asks about (tags of the labelling guide, section 1)."""
ENOUGH_SECTORS = 4
"""Of the six, so many have to be covered (catalogue: sector-policies, spending-by-sector, ministry-links)."""


def find(
    country: str, rubric: Rubric, pages: Iterable[AssessedPage], failures: Iterable[Failure] = ()
) -> list[Finding]:
    """What all pages of one country together say of each feature, in the order of the rubric.

    Pages that could not be read are failures, never absences.
    """
    seen = _seen(pages)
    # A shell that a browser filled was read after all.
    unread = Counter(reason for url, reason in seen.unread if url not in seen.urls)
    unread.update(failure.reason for failure in failures if failure.reason is not Reason.OFFSITE)
    languages = tuple(language for language, _ in seen.languages.most_common())
    findings = []
    for feature in rubric.features.values():
        missing = rubric.languages_without(feature.concepts(), languages)
        searched = Searched(
            pages=seen.read,
            max_depth=seen.max_depth,
            portals=tuple(sorted(seen.portals)),
            languages=languages,
            languages_without_terms=missing,
            failures=tuple((reason.value, count) for reason, count in unread.most_common()),
        )
        outcome, why = _outcome(feature, seen, searched, unread)
        findings.append(Finding(country, feature.id, outcome, why, seen.pages[feature.id], searched))
    return findings


@dataclass
class _Seen:
    """What all pages show, gathered in one pass: a country may have more pages than memory holds.

    `read`: pages that could be read, `urls` their addresses; `unread`: addresses and reasons of the others;
    `pages`: feature to pages with evidence; `inapplicable`: to pages it cannot apply to; `tags`: to sectors named;
    `hosts_of_scheme`: hosts at which people sign in with it.
    """

    read: int = 0
    max_depth: int = 0
    urls: set[str] = field(default_factory=set)
    portals: set[str] = field(default_factory=set)
    languages: Counter[str] = field(default_factory=Counter)
    unread: list[tuple[str, Reason]] = field(default_factory=list)
    pages: Counter[str] = field(default_factory=Counter)
    inapplicable: Counter[str] = field(default_factory=Counter)
    tags: dict[str, set[str]] = field(default_factory=dict)
    hosts_of_scheme: dict[str, set[str]] = field(default_factory=dict)

    def add(self, page: AssessedPage) -> None:
        """Takes in a page that could be read."""
        self.read += 1
        self.max_depth = max(self.max_depth, page.depth)
        self.urls.add(page.url)
        self.portals.add(page.portal)
        if page.language:
            self.languages[page.language] += 1
        self.inapplicable.update(page.not_applicable)
        for piece in page.evidence:
            self.pages[piece.feature] += 1
            self.tags.setdefault(piece.feature, set()).update(piece.tags)
        for scheme in page.facts.sign_in if page.facts else ():
            self.hosts_of_scheme.setdefault(scheme, set()).add(host(page.url))


def _seen(pages: Iterable[AssessedPage]) -> _Seen:
    seen = _Seen()
    for page in pages:
        if page.reason:
            seen.unread.append((page.url, page.reason))
        else:
            seen.add(page)
    return seen


def _settled(feature: Feature, seen: _Seen, searched: Searched) -> bool:
    """Is the evidence of all pages together enough for the feature (`FeatureText.settled_by`)?"""
    match feature.text.settled_by:
        case "most":
            return seen.pages[feature.id] * 2 > searched.pages - seen.inapplicable[feature.id]
        case "sectors":
            return len(SECTORS & seen.tags.get(feature.id, set())) >= ENOUGH_SECTORS
        case "shared":
            return any(len(hosts) >= 2 for hosts in seen.hosts_of_scheme.values())
        case _:
            return True


def _outcome(
    feature: Feature, seen: _Seen, searched: Searched, unread: Mapping[Reason, int]
) -> tuple[Outcome, Reason | None]:
    """The outcome by the strictest reading: only what was looked at and read can be missing."""
    if feature.text.awaits:
        return Outcome.UNTESTED, Reason.NOT_AUTOMATED
    if not searched.pages:
        return Outcome.UNTESTED, next(iter(unread), Reason.BUDGET)
    if seen.inapplicable[feature.id] == searched.pages:
        return Outcome.NOT_APPLICABLE, None
    if not feature.has_detectors:
        return Outcome.UNCLEAR, None
    if seen.pages[feature.id]:
        return (Outcome.PRESENT if _settled(feature, seen, searched) else Outcome.UNCLEAR), None
    spoken = searched.languages
    if feature.concepts() and spoken and len(searched.languages_without_terms) == len(spoken):
        return Outcome.UNTESTED, Reason.LANGUAGE_UNSUPPORTED
    return Outcome(feature.text.when_missing), None
