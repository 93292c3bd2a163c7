"""Rows of results for terminals and files."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from crawler.items import Outcome
from crawler.report.results import all_results, decisions_of, presence_of
from crawler.rubric import Model, Rubric
from crawler.storage import SurveyDatabase
from crawler.storage.survey import TABLES

WHAT = ("decisions", "scores", "services", "links", *TABLES)
"""What can be taken away."""


def rows(survey: SurveyDatabase, rubric: Rubric, model: Model, what: str) -> Iterator[dict[str, Any]]:
    """Rows of what is asked (`WHAT`), of the runs that stand for their countries."""
    if what == "scores":
        for result in all_results(survey, rubric, model):
            score = result.score
            row = {
                "country": result.country,
                "model": score.model,
                "score": score.value,
                "low": score.low,
                "high": score.high,
            }
            yield row | {"coverage": score.coverage} | {group.id: group.value for group in score.groups}
    elif what == "decisions":
        for country in sorted(survey.current_runs()):
            decisions, _ = decisions_of(survey, country, survey.findings(country))
            for one in decisions.values():
                yield {
                    "country": country, "feature": one.feature, "answer": one.answer, "why": one.why,
                    "reviewers": len(one.reviewers),
                }  # fmt: skip
    elif what in ("services", "links"):
        for country in sorted(survey.current_runs()):
            yield from _presence_rows(survey, country, what)
    else:
        yield from survey.rows(what)


def _presence_rows(survey: SurveyDatabase, country: str, what: str) -> Iterator[dict[str, Any]]:
    """The service inventory of a country, or the links between its portals."""
    presence = presence_of(survey, country)
    if what == "services":
        yield from ({"country": country, **asdict(one)} for one in presence.services)
    else:
        for source, target, pages in presence.links:
            yield {"country": country, "from_host": source, "to_host": target, "pages": pages}


def outcome_rows(survey: SurveyDatabase, rubric: Rubric, country: str) -> list[dict[str, Any]]:
    """Number of features by sub-index: found, not found, not assessed, other; last the totals."""
    counts: dict[str, Counter[str]] = {}
    names = {Outcome.PRESENT: "found", Outcome.NOT_FOUND: "not found", Outcome.UNTESTED: "not assessed"}
    for finding in survey.findings(country):
        if feature := rubric.features.get(finding.feature):
            counts.setdefault(feature.subindex, Counter())[names.get(finding.outcome, "other")] += 1
    columns = ("found", "not found", "not assessed", "other")
    table = [{"sub-index": name} | {column: count[column] for column in columns} for name, count in counts.items()]
    total = {column: sum(count[column] for count in counts.values()) for column in columns}
    return [*table, {"sub-index": f"all of {country}"} | total]


def trouble(survey: SurveyDatabase, country: str) -> Iterator[str]:
    """What could not be assessed and why, a line per portal and reason."""
    counts = Counter((failure.portal, str(failure.reason)) for failure in survey.failures(country))
    for (portal, reason), number in counts.most_common(20):
        yield f"could not be read: {number} address{'' if number == 1 else 'es'} of {portal}: {reason}"
