"""What a report or table shows of a country: findings, decisions, scores, what was not assessed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crawler.items import Decision, Evidence, Failure, Finding, Outcome, Review
from crawler.report.opendata import OpenData, open_data
from crawler.rubric import Model, Rubric
from crawler.scoring import Score, decide, score
from crawler.scoring.presence import WebPresence, web_presence
from crawler.seeds import countries
from crawler.storage import SurveyDatabase


@dataclass(frozen=True)
class CountryResult:
    """Everything known of one country. `best` holds the first piece of evidence per feature."""

    country: str
    name: str
    findings: tuple[Finding, ...]
    decisions: dict[str, Decision]
    best: dict[str, Evidence]
    score: Score
    failures: tuple[Failure, ...]
    portals: tuple[dict[str, Any], ...]
    counts: dict[str, int]
    run: dict[str, Any]
    example: bool

    @property
    def outcomes(self) -> Counter[Outcome]:
        """Number of findings by outcome."""
        return Counter(finding.outcome for finding in self.findings)

    @property
    def failures_by_reason(self) -> list[tuple[str, int]]:
        """Reasons for pages not read, commonest first."""
        return Counter(str(failure.reason) for failure in self.failures).most_common()


def decisions_of(survey: SurveyDatabase, country: str, findings: Iterable[Finding]) -> tuple[dict[str, Decision], bool]:
    """Decision per feature, and whether scripted example reviews are among them."""
    reviews: dict[str, list[Review]] = {}
    for review in survey.reviews(country):
        reviews.setdefault(review.feature, []).append(review)
    decisions = {one.feature: decide(country, one.feature, reviews.get(one.feature, ())) for one in findings}
    return decisions, any(review.example for listed in reviews.values() for review in listed)


def presence_of(survey: SurveyDatabase, country: str) -> WebPresence:
    """The country's web presence as its latest run shows it."""
    portals = [(portal["url"], portal["role"]) for portal in survey.portals(country)]
    return web_presence(portals, survey.assessed_pages(country))


def open_data_of(survey: SurveyDatabase, country: str) -> OpenData:
    """What the data catalogues of the country said in its latest run."""
    started_at = survey.run(survey.current_runs()[country])["started_at"]
    return open_data(list(survey.datasets(country)), list(survey.distributions(country)), started_at)


def country_result(survey: SurveyDatabase, rubric: Rubric, model: Model, country: str) -> CountryResult:
    """Gathers what is known of a country under a model."""
    findings = tuple(survey.findings(country))
    decisions, example = decisions_of(survey, country, findings)
    best: dict[str, Evidence] = {}
    for group in survey.evidence_groups(country):
        best.setdefault(group.best.feature, group.best)
    known = countries().get(country)
    return CountryResult(
        country=country,
        name=known.name if known else country,
        findings=findings,
        decisions=decisions,
        best=best,
        score=score(country, model, rubric.features, decisions.values()),
        failures=tuple(survey.failures(country)),
        portals=tuple(survey.portals(country)),
        counts=survey.page_counts(country),
        run=survey.run(survey.current_runs()[country]),
        example=example,
    )


def all_results(survey: SurveyDatabase, rubric: Rubric, model: Model) -> list[CountryResult]:
    """All countries, best score first; those without a score after them, by code."""
    found = [country_result(survey, rubric, model, country) for country in sorted(survey.current_runs())]
    return sorted(found, key=lambda one: (one.score.value is None, -(one.score.value or 0.0), one.country))
