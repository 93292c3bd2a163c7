"""What all pages of a country together say of each feature. Pure, like assessing one page."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

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
    pages = list(pages)
    read = [page for page in pages if page.reason is None]
    # A shell that a browser filled was read after all.
    filled = {page.url for page in read}
    unread = Counter(page.reason for page in pages if page.reason and page.url not in filled)
    unread.update(failure.reason for failure in failures if failure.reason is not Reason.OFFSITE)
    seen = _seen(read)
    languages = tuple(
        language for language, _ in Counter(page.language for page in read if page.language).most_common()
    )
    findings = []
    for feature in rubric.features.values():
        missing = rubric.languages_without(feature.concepts(), languages)
        searched = Searched(
            pages=len(read),
            max_depth=max((page.depth for page in read), default=0),
            portals=tuple(sorted({page.portal for page in read})),
            languages=languages,
            languages_without_terms=missing,
            failures=tuple((reason.value, count) for reason, count in unread.most_common()),
        )
        outcome, why = _outcome(feature, seen, searched, unread)
        findings.append(Finding(country, feature.id, outcome, why, seen.pages[feature.id], searched))
    return findings


@dataclass(frozen=True, slots=True)
class _Seen:
    """What all pages show: feature to pages with evidence, pages it cannot apply to, sectors named; schemes to hosts."""

    pages: Counter[str]
    inapplicable: Counter[str]
    tags: Mapping[str, set[str]]
    hosts_of_scheme: Mapping[str, set[str]]


def _seen(read: Sequence[AssessedPage]) -> _Seen:
    tags: dict[str, set[str]] = {}
    schemes: dict[str, set[str]] = {}
    for page in read:
        for piece in page.evidence:
            tags.setdefault(piece.feature, set()).update(piece.tags)
        for scheme in page.facts.sign_in if page.facts else ():
            schemes.setdefault(scheme, set()).add(host(page.url))
    return _Seen(
        Counter(piece.feature for page in read for piece in page.evidence),
        Counter(feature for page in read for feature in page.not_applicable),
        tags,
        schemes,
    )


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
