"""Evidence in the order in which a reviewer would choose it, with what a template repeats told once. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from crawler.items import Evidence, Strength
from crawler.page.language import languages_of
from crawler.page.urls import host


@dataclass(frozen=True, slots=True)
class EvidenceGroup:
    """One piece of evidence and how often a site repeats it. `best` stands for all; `pages` counts them."""

    best: Evidence
    pages: int


def best_first(evidence: Iterable[Evidence]) -> list[EvidenceGroup]:
    """Groups of evidence of one country, best first: here before link, shallow before deep, official language before other.

    Evidence is repeated where the same rule found the same words with the same strength on the same host: the
    footer of three hundred pages is one group of three hundred pages.
    """
    groups: dict[tuple[str, ...], list[Evidence]] = {}
    for piece in evidence:
        groups.setdefault((piece.feature, host(piece.url), piece.strength, piece.detector, piece.quote), []).append(
            piece
        )
    found = [EvidenceGroup(min(pieces, key=_rank), len({piece.url for piece in pieces})) for pieces in groups.values()]
    return sorted(found, key=lambda group: (*_rank(group.best), -group.pages))


def _rank(piece: Evidence) -> tuple[bool, int, bool, int, str]:
    spoken = languages_of(piece.country)
    foreign = bool(piece.language and spoken) and piece.language not in spoken
    return piece.strength is Strength.LINK, piece.depth, foreign, len(piece.url), piece.url
