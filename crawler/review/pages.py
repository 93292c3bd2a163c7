"""Pages of the review: countries, findings of a country, one finding with its evidence."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from crawler.fetch.archive import read_page
from crawler.items import Answer, Decision, EgovError, Evidence, Finding, Outcome, Review
from crawler.job import now
from crawler.page.encoding import decode
from crawler.ranking import EvidenceGroup
from crawler.review.excerpt import clean, excerpt, neutral
from crawler.rubric import Feature, Rubric
from crawler.scoring import decide
from crawler.storage import SurveyDatabase

SHOWN = 5
"""Groups of evidence shown at once, best first."""
ORDER = (Outcome.PRESENT, Outcome.UNCLEAR, Outcome.NOT_FOUND, Outcome.UNTESTED, Outcome.ABSENT, Outcome.NOT_APPLICABLE)

review_pages = Blueprint(
    "review", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)


@dataclass(frozen=True)
class Piece:
    """A piece of evidence as shown: with its excerpt, or with the reason why there is none."""

    evidence: Evidence
    pages: int
    html: Markup
    trouble: str
    safe_url: str


def survey() -> SurveyDatabase:
    """The survey, opened once per request."""
    if "survey" not in g:
        g.survey = SurveyDatabase(current_app.config["OUT"], create=False)
    opened: SurveyDatabase = g.survey
    return opened


def rubric() -> Rubric:
    """The rubric that the app was started with."""
    loaded: Rubric = current_app.config["RUBRIC"]
    return loaded


@review_pages.app_context_processor
def _for_all_pages() -> dict[str, Any]:
    return {"reviewer": session.get("reviewer", ""), "Answer": Answer, "neutral": neutral}


@review_pages.get("/")
def countries() -> str:
    """All countries with what is settled."""
    rows = []
    for country in sorted(survey().current_runs()):
        findings, decisions = survey().findings(country), _decisions(country)
        settled = sum(one.answer is not None for one in decisions.values())
        rows.append((country, len(findings), settled, sum(one.outcome is Outcome.PRESENT for one in findings)))
    return render_template("countries.html", rows=rows)


@review_pages.post("/reviewer")
def name_reviewer() -> Response:
    """Remembers who reviews, in the signed session."""
    name = request.form.get("name", "").strip()[:60]
    if not re.fullmatch(r"[\w .'-]{2,60}", name):
        abort(400, "a name of 2 to 60 letters is needed")
    session["reviewer"] = name
    return redirect(url_for("review.countries"))


@review_pages.get("/<country>/")
def findings(country: str) -> str:
    """Findings of a country by sub-index, flagged ones first."""
    found = survey().findings(country)
    decisions = _decisions(country)
    mine = {one.feature for one in survey().reviews(country) if one.reviewer == session.get("reviewer")}
    by_subindex: dict[str, list[tuple[Finding, Any, Decision, bool]]] = {}
    for one in found:
        feature = rubric().features.get(one.feature)
        if feature:
            row = (one, feature, decisions[one.feature], one.feature in mine)
            by_subindex.setdefault(feature.subindex, []).append(row)
    return render_template(
        "findings.html",
        country=country,
        groups=by_subindex,
        failures=survey().failures(country),
        counts=survey().page_counts(country),
    )


@review_pages.get("/<country>/<feature>")
def finding(country: str, feature: str) -> str:
    """One finding: the question, the proof, the buttons."""
    order = queue(country)
    one = next((found for found in order if found.feature == feature), None)
    asked = rubric().features.get(feature)
    if one is None or asked is None:
        abort(404)
    place = order.index(one)
    groups = survey().evidence_groups(country, feature)
    mine = [review for review in survey().reviews(country, feature) if review.reviewer == session.get("reviewer")]
    return render_template(
        "finding.html",
        country=country,
        finding=one,
        feature=asked,
        pieces=[_piece(country, group) for group in groups[:SHOWN]],
        more=len(groups) - SHOWN,
        starts=_starts(country, asked),
        rubric=rubric(),
        previous=order[place - 1].feature,
        following=order[(place + 1) % len(order)].feature,
        place=place + 1,
        total=len(order),
        mine=mine[-1] if mine else None,
        failures=survey().failures(country)[:12],
    )


@review_pages.post("/<country>/<feature>")
def answer(country: str, feature: str) -> Response:
    """Adds a review and goes on to the next finding."""
    reviewer = session.get("reviewer")
    if not reviewer:
        abort(403, "say who you are on the first page before you review")
    if feature not in rubric().features:
        abort(404)
    try:
        given = Answer(request.form.get("answer", ""))
    except ValueError:
        abort(400, "the answer is one of yes, no, cannot_tell, not_applicable")
    evidence_url, note = request.form.get("evidence_url", "")[:2000], request.form.get("note", "").strip()[:2000]
    at = now()
    survey().add_review(Review(country, feature, reviewer, given, evidence_url, note, at))
    return redirect(url_for("review.finding", country=country, feature=_next(country, feature)))


@review_pages.get("/<country>/archived/<path:warc>/<int:offset>")
def archived(country: str, warc: str, offset: int) -> Response:
    """The archived page, reduced to structure and text, for a sandboxed frame."""
    page = read_page(survey().archive_path(country, warc), offset, survey().archive_paths(country))
    html = render_template("archived.html", page=page, body=clean(decode(page)))
    return Response(
        html, headers={"Content-Security-Policy": "default-src 'none'; style-src 'self'; sandbox"}, mimetype="text/html"
    )


def queue(country: str) -> list[Finding]:
    """Findings in the order of work: flagged first, then unclear, then what was not found."""
    found = survey().findings(country)
    if not found:
        abort(404)
    return sorted((one for one in found if one.feature in rubric().features), key=lambda one: ORDER.index(one.outcome))


def _next(country: str, feature: str) -> str:
    """The next finding that this reviewer has not answered yet, else simply the next."""
    order = [one.feature for one in queue(country)]
    done = {one.feature for one in survey().reviews(country) if one.reviewer == session.get("reviewer")}
    place = order.index(feature)
    rotated = order[place + 1 :] + order[: place + 1]
    return next((one for one in rotated if one not in done), rotated[0])


def _decisions(country: str) -> dict[str, Decision]:
    reviews: dict[str, list[Review]] = {}
    for review in survey().reviews(country):
        reviews.setdefault(review.feature, []).append(review)
    return {
        one.feature: decide(country, one.feature, reviews.get(one.feature, ())) for one in survey().findings(country)
    }


def _starts(country: str, asked: Feature) -> list[EvidenceGroup]:
    """The best pages of the features near which a person begins, where only people can tell."""
    return [groups[0] for one in asked.text.start_from if (groups := survey().evidence_groups(country, one))]


def _piece(country: str, group: EvidenceGroup) -> Piece:
    evidence, pages = group.best, group.pages
    safe_url = evidence.url if evidence.url.startswith(("http://", "https://")) else ""
    try:
        path = survey().archive_path(country, evidence.warc)
        page = read_page(path, evidence.offset, survey().archive_paths(country))
    except EgovError as error:
        return Piece(evidence, pages, Markup(""), str(error), safe_url)
    return Piece(evidence, pages, excerpt(page, evidence).html, "", safe_url)
