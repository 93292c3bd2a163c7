"""Writing the site: an overview and a page per country, from templates, with their own style sheet."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from crawler import __version__
from crawler.items import EgovError, Finding
from crawler.report.charts import ranking, sub_indices
from crawler.report.results import all_results, open_data_of, presence_of
from crawler.rubric import Model, Rubric
from crawler.storage import SurveyDatabase


def write_site(survey: SurveyDatabase, rubric: Rubric, model: Model, directory: Path) -> Path:
    """Writes the site and gives the address of its first page. Raises EgovError where there is nothing to report."""
    results = all_results(survey, rubric, model)
    if not results:
        raise EgovError(
            f"{survey.directory}: there are no findings to report yet; run 'egov crawl' or 'egov assess' first"
        )
    pages = Environment(
        loader=PackageLoader("crawler.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    pages.filters["percent"] = lambda value: "–" if value is None else f"{value * 100:.0f} %"
    pages.filters["score"] = lambda value: "–" if value is None else f"{value:.3f}"
    pages.filters["groupby_subindex"] = _by_subindex
    pages.filters["outcomes"] = _outcomes
    shared = {"model": model, "rubric": rubric, "version": __version__}
    try:
        (directory / "country").mkdir(parents=True, exist_ok=True)
        style = pages.get_template("report.css").render()
        (directory / "report.css").write_text(style, "utf-8")
        overview = pages.get_template("overview.html").render(
            results=results, chart=ranking(results), root="", **shared
        )
        for result in results:
            html = pages.get_template("country.html").render(
                result=result,
                presence=presence_of(survey, result.country),
                open_data=open_data_of(survey, result.country),
                chart=sub_indices(result),
                root="../",
                **shared,
            )
            (directory / "country" / f"{result.country}.html").write_text(html, "utf-8")
        # The overview comes last: it never links to a page that is not there.
        (directory / "index.html").write_text(overview, "utf-8")
    except OSError as error:
        raise EgovError(f"{directory}: cannot be written: {error.strerror or error}") from None
    return directory / "index.html"


def _outcomes(findings: Iterable[Finding]) -> str:
    """How many findings there are of each outcome, in words."""
    counts = Counter(finding.outcome for finding in findings)
    return ", ".join(f"{number} {outcome.replace('_', ' ')}" for outcome, number in counts.most_common())


def _by_subindex(findings: Iterable[Finding], rubric: Rubric) -> list[tuple[str, list[Finding]]]:
    """Findings by sub-index, in the order of the rubric."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(rubric.features[finding.feature].subindex, []).append(finding)
    return list(groups.items())
