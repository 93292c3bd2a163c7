"""The command line: one command per verb. Progress goes to stderr, data to stdout."""

import csv
import json
import os
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crawler import __version__
from crawler.items import EgovError

if TYPE_CHECKING:
    from crawler.rubric import Model, Rubric
    from crawler.storage import SurveyDatabase

Command = TypeVar("Command", bound=Callable[..., Any])
RESULTS = Path("results")


class _Failure(click.ClickException):
    """One sentence on stderr, exit code 1."""


def _told(command: Command) -> Command:
    """Turns the user's mistakes into one sentence."""

    @wraps(command)
    def telling(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except EgovError as error:
            raise _Failure(str(error)) from None
        except KeyboardInterrupt:
            raise _Failure("stopped") from None

    return telling  # type: ignore[return-value]


out_option = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=RESULTS,
    show_default=True,
    help="The results directory.",
)
rubric_option = click.option(
    "--rubric", default="egov", show_default=True, help="Rubric: 'egov' or a directory with rubric.yaml."
)
model_option = click.option(
    "--model", default="un-2022", show_default=True, help="Weighting: one of the rubric's models."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="egov")
def main() -> None:
    """Assess the web presence of governments.

    An assessor crawls a country's official portals; the machine flags evidence for the rubric's
    features; reviewers confirm or reject it; decisions become scores and a report.
    """


@main.command()
@click.argument("countries", nargs=-1, required=True, metavar="ISO3...")
@click.option(
    "--seeds", type=click.Path(dir_okay=False, path_type=Path), help="CSV of portals; otherwise the registry."
)
@click.option("--max-pages", type=click.IntRange(1), default=300, show_default=True, help="Pages to read per country.")
@click.option("--max-depth", type=click.IntRange(0), default=5, show_default=True, help="Clicks from a home page.")
@click.option(
    "--max-minutes", type=click.FloatRange(0, min_open=True), default=60, show_default=True, help="Time per country."
)
@click.option(
    "--delay", type=click.FloatRange(0), default=1.0, show_default=True, help="Seconds between requests to a host."
)
@click.option(
    "--contact",
    envvar="EGOV_CONTACT",
    default="",
    help="Your web or e-mail address, sent with each request.  [$EGOV_CONTACT]",
)
@click.option("--resume", is_flag=True, help="Go on with the country's unfinished run.")
@click.option("--allow-private", is_flag=True, help="Also fetch private and loopback addresses.")
@click.option("--no-browser", is_flag=True, help="Never start Chromium.")
@rubric_option
@out_option
@_told
def crawl(
    countries: tuple[str, ...],
    seeds: Path | None,
    max_pages: int,
    max_depth: int,
    max_minutes: float,
    delay: float,
    contact: str,
    resume: bool,
    allow_private: bool,
    no_browser: bool,
    rubric: str,
    out: Path,
) -> None:
    """Crawl the official portals of countries and flag evidence.

    robots.txt is obeyed, nothing is submitted. Example: egov crawl EST --max-pages 300
    """
    from crawler import crawl as crawling
    from crawler.job import Budget
    from crawler.rubric import load
    from crawler.seeds import country_code, seeds_for

    codes = [country_code(one) for one in countries]
    budget = Budget(max_pages, max_depth, max_minutes * 60, delay)
    wish = crawling.Wish(out, load(rubric), budget, contact, allow_private, not no_browser, resume)
    crawling.crawl([(code, seeds_for(code, seeds)) for code in codes], wish)
    for code in codes:
        _print_findings(out, rubric, code)


@main.command()
@click.option(
    "--warc",
    "warcs",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    required=True,
    help="A WARC file.",
)
@click.option("--country", help="The country of all pages, ISO 3166.")
@click.option(
    "--countries", "countries_file", type=click.Path(dir_okay=False, path_type=Path), help="CSV or JSONL: url, country."
)
@rubric_option
@out_option
@_told
def assess(warcs: tuple[Path, ...], country: str | None, countries_file: Path | None, rubric: str, out: Path) -> None:
    """Assess archived pages, ours or anyone's WARC, without network."""
    from crawler.reassess import assess_archives
    from crawler.rubric import load
    from crawler.seeds import country_code

    code = country_code(country) if country else None
    started = time.monotonic()

    def seen(number: int) -> None:
        if number % 100 == 0:
            click.echo(f"{number} pages, {number / (time.monotonic() - started):.0f} pages/s", err=True)

    run, captured, read = assess_archives(warcs, out, load(rubric), code, countries_file, seen)
    click.echo(f"{run}: {captured} pages, {read} of them readable; results are in {out}", err=True)


@main.command()
@click.argument("what", type=click.Choice(["evidence", "findings", "decisions", "scores", "pages"]))
@click.option("--format", "format_", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("-o", "file", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
@model_option
@rubric_option
@out_option
@_told
def export(what: str, format_: str, file: Path | None, model: str, rubric: str, out: Path) -> None:
    """Take the data out: evidence, findings, decisions, scores or pages."""
    from crawler.report import tables
    from crawler.storage.export import write_rows

    survey = _survey(out)
    loaded, weighting = _model(rubric, model)
    rows = tables.rows(survey, loaded, weighting, what)
    if file is None:
        write_rows(rows, format_, sys.stdout)
        return
    try:
        with file.open("w", encoding="utf-8", newline="") as stream:
            number = write_rows(rows, format_, stream)
    except OSError as error:
        raise EgovError(f"{file}: cannot be written: {error.strerror}") from None
    click.echo(f"{number} rows written to {file}", err=True)


@main.command()
@click.option("--format", "format_", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@model_option
@rubric_option
@out_option
@_told
def score(format_: str, model: str, rubric: str, out: Path) -> None:
    """Scores of all countries, each with its coverage and bounds."""
    from crawler.report import tables

    survey = _survey(out)
    loaded, weighting = _model(rubric, model)
    rows = list(tables.rows(survey, loaded, weighting, "scores"))
    if format_ == "json":
        click.echo(json.dumps(rows, indent=2))
    elif format_ == "csv":
        writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        _print_table(["country", "score", "low", "high", "coverage"], [_rounded(row) for row in rows])


@main.command()
@model_option
@rubric_option
@out_option
@_told
def report(model: str, rubric: str, out: Path) -> None:
    """Write the static report into the results directory."""
    from crawler.report import write_site

    loaded, weighting = _model(rubric, model)
    path = write_site(_survey(out), loaded, weighting, out / "report")
    click.echo(path)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8400, show_default=True)
@rubric_option
@out_option
@_told
def review(host: str, port: int, rubric: str, out: Path) -> None:
    """Start the review app and print its address."""
    import waitress

    from crawler.review import create_app
    from crawler.rubric import load

    app = create_app(out, load(rubric))
    try:
        server = waitress.create_server(app, host=host, port=port, threads=4)
    except OSError as error:
        raise EgovError(
            f"--port {port}: cannot listen on {host}: {error.strerror or error}; give another --port"
        ) from None
    click.echo(f"review at http://{host}:{port}/ (Ctrl-C ends it)")
    server.run()


@main.command()
@click.option("--no-browser", is_flag=True, help="Never start Chromium.")
@click.option("--port", type=click.IntRange(1, 65535), default=8400, show_default=True, help="Port of the review app.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=RESULTS / "demo", show_default=True)
@_told
def demo(no_browser: bool, port: int, out: Path) -> None:
    """Crawl, review, score and report a fictional country on this machine.

    On a terminal the review app then runs until Ctrl-C; without one the command ends by itself.
    """
    from crawler import crawl as crawling
    from crawler.demo.run import run_demo
    from crawler.job import Budget
    from crawler.rubric import load

    loaded = load(os.environ.get("EGOV_RUBRIC", "egov"))
    wish = crawling.Wish(out, loaded, Budget(400, 6, 100.0, 0.0), "", True, not no_browser)
    try:
        result, site = run_demo(wish, "un-2022")
    except OSError as error:
        raise EgovError(str(error)) from None
    _print_findings(out, "egov", result.country)
    click.echo(f"report: {site.resolve().as_uri()}")
    command = f"egov review --out {out} --port {port}"
    if not (sys.stdout.isatty() and sys.stdin.isatty()) or os.environ.get("CI"):
        click.echo(f"review: http://127.0.0.1:{port}/ after '{command}'")
        return
    click.get_current_context().invoke(review, host="127.0.0.1", port=port, rubric="egov", out=out)


@main.group()
def rubric() -> None:
    """The instrument: features, words and weights."""


@rubric.command()
@rubric_option
@_told
def check(rubric: str) -> None:
    """Load the rubric, run every example, report concepts without words."""
    from crawler.rubric import load
    from crawler.rubric.checking import check as run_examples
    from crawler.rubric.checking import gaps

    loaded = load(rubric)
    wrong = run_examples(loaded)
    for line in wrong:
        click.echo(line)
    missing = gaps(loaded)
    for language, concepts in missing.items():
        click.echo(f"terms/{language}.yaml: no words for {', '.join(concepts)}", err=True)
    number = sum(
        len(one.text.examples.present) + len(one.text.examples.not_found)
        for one in loaded.features.values()
        if one.text.examples
    )
    click.echo(
        f"{len(loaded.features)} features, {len(loaded.phrases)} languages, {number} examples, {len(wrong)} of them wrong",
        err=True,
    )
    if wrong:
        raise _Failure("the rubric does not keep what its examples promise")


@rubric.command()
@click.option("-o", "file", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
@rubric_option
@_told
def docs(file: Path | None, rubric: str) -> None:
    """The catalogue of features and detectors as Markdown."""
    from crawler.rubric import load
    from crawler.rubric.documenting import catalogue

    text = catalogue(load(rubric))
    if file:
        file.write_text(text, "utf-8")
    else:
        click.echo(text, nl=False)


@rubric.command()
def schema() -> None:
    """The JSON Schema of feature files, for editors."""
    from crawler.rubric.documenting import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@main.group()
def seeds() -> None:
    """The registry of official portals."""


@seeds.command("list")
@click.argument("countries", nargs=-1, metavar="[ISO3]...")
@click.option("--summary", is_flag=True, help="Counts by role instead of rows.")
@_told
def list_seeds(countries: tuple[str, ...], summary: bool) -> None:
    """The portals of countries, or of all."""
    from crawler.seeds import country_code, registry

    wanted = {country_code(one) for one in countries}
    found = [seed for seed in registry() if not wanted or seed.country in wanted]
    if summary:
        roles = sorted({seed.role for seed in found})
        rows = [{"role": role, "portals": sum(seed.role == role for seed in found)} for role in roles]
        _print_table(["role", "portals"], rows)
        click.echo(f"{len(found)} portals of {len({seed.country for seed in found})} countries")
        return
    for seed in found:
        click.echo(f"{seed.country}  {seed.role:22} {seed.url}")


@seeds.command("lint")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_told
def lint_seeds(files: tuple[Path, ...]) -> None:
    """Check seed files, or the registry."""
    from crawler.seeds import read_seeds, registry

    number = sum(len(read_seeds(file)) for file in files) if files else len(registry())
    click.echo(f"{number} portals, no mistakes found", err=True)


def _survey(out: Path) -> "SurveyDatabase":
    from crawler.storage import SurveyDatabase

    return SurveyDatabase(out, create=False)


def _model(rubric: str, model: str) -> "tuple[Rubric, Model]":
    from crawler.rubric import load

    loaded = load(rubric)
    if model not in loaded.models:
        raise EgovError(f"--model {model}: there is no such model; there are {', '.join(sorted(loaded.models))}")
    return loaded, loaded.models[model]


def _print_findings(out: Path, rubric: str, country: str) -> None:
    """What was found, not found and could not be assessed, by sub-index."""
    from crawler.report import tables

    survey = _survey(out)
    loaded, _ = _model(rubric, "un-2022")
    _print_table(
        ["sub-index", "found", "not found", "not assessed", "other"], tables.outcome_rows(survey, loaded, country)
    )
    for line in tables.trouble(survey, country):
        click.echo(line)
    survey.close()


def _print_table(columns: list[str], rows: list[dict[str, Any]]) -> None:
    widths = [
        max(len(str(row.get(column, ""))) for row in [dict(zip(columns, columns, strict=True)), *rows])
        for column in columns
    ]
    for row in [dict(zip(columns, columns, strict=True)), *rows]:
        cells = [str(row.get(column, "")) for column in columns]
        click.echo(
            "  ".join(
                [
                    cells[0].ljust(widths[0]),
                    *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)),
                ]
            )
        )


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: "–" if value is None else f"{value:.3f}" if isinstance(value, float) else value
        for key, value in row.items()
    }
