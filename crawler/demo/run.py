"""The demonstration: crawl the fictional country, let two example reviewers decide, score, report."""

from importlib.resources import files
from pathlib import Path

import yaml

from crawler.crawl import Wish, crawl
from crawler.demo.country import ISO3, serve
from crawler.items import Answer, Evidence, Outcome, Review
from crawler.job import now
from crawler.report import write_site
from crawler.report.results import CountryResult, country_result
from crawler.seeds import read_seeds
from crawler.storage import SurveyDatabase

REVIEWERS = ("Example reviewer A", "Example reviewer B")
# What the second example reviewer says otherwise, so that unsettled features can be seen too.
DIFFERING = {"fee-schedule": Answer.NO, "tutorials": Answer.CANNOT_TELL, "service-eprocurement": Answer.CANNOT_TELL}


def run_demo(wish: Wish, model: str) -> tuple[CountryResult, Path]:
    """Runs the whole path once; the result of the country and the address of the report."""
    with serve() as country:
        wish.out.mkdir(parents=True, exist_ok=True)
        seeds = wish.out / "demo-seeds.csv"
        country.write_seeds(seeds)
        crawl([(ISO3, read_seeds(seeds))], wish)
    survey = SurveyDatabase(wish.out)
    review_by_script(survey)
    result = country_result(survey, wish.rubric, wish.rubric.models[model], ISO3)
    site = write_site(survey, wish.rubric, wish.rubric.models[model], wish.out / "report")
    survey.close()
    return result, site


def review_by_script(survey: SurveyDatabase) -> None:
    """Adds the answers of both example reviewers, marked as examples.

    They answer from the list of what the country offers, as people would who looked; where the machine
    found something else they say so, and what it could not test they cannot tell either.
    """
    offered = yaml.safe_load((files("crawler.demo") / "expected.yaml").read_text("utf-8"))["present"]
    best: dict[str, Evidence] = {}
    for piece in survey.evidence(ISO3):
        best.setdefault(piece.feature, piece)
    at = now()
    for finding in survey.findings(ISO3):
        truth = Answer.YES if finding.feature in offered else Answer.NO
        if finding.outcome is Outcome.UNTESTED:
            truth = Answer.CANNOT_TELL
        url = best[finding.feature].url if finding.feature in best else ""
        for reviewer in REVIEWERS:
            answer = DIFFERING.get(finding.feature, truth) if reviewer == REVIEWERS[1] else truth
            note = "scripted answer of the demonstration"
            survey.add_review(Review(ISO3, finding.feature, reviewer, answer, url, note, at, example=True))
