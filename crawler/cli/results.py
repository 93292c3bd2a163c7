"""Commands that work on results: export, score, report, review."""

import csv
import json
import sys
from pathlib import Path

import click

from crawler.cli.shared import (
    chosen_model,
    model_option,
    open_survey,
    out_option,
    print_table,
    rounded,
    rubric_option,
    told,
)
from crawler.items import EgovError

EXPORTS = (
    "evidence", "findings", "decisions", "scores", "pages", "faults", "services", "links", "catalogues", "datasets",
    "distributions", "transport",
)  # fmt: skip
"""What can be taken away: `crawler.report.tables.WHAT`, spelled out so that `--help` need not load it."""


@click.command()
@click.argument("what", type=click.Choice(EXPORTS))
@click.option("--format", "format_", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("-o", "file", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
@model_option
@rubric_option
@out_option
@told
def export(what: str, format_: str, file: Path | None, model: str, rubric: str, out: Path) -> None:
    """Take the data out: evidence, findings, decisions, scores, pages, services, links, datasets ..."""
    from crawler.report import tables
    from crawler.storage.export import write_rows

    survey = open_survey(out)
    loaded, weighting = chosen_model(rubric, model)
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


@click.command()
@click.option("--format", "format_", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@model_option
@rubric_option
@out_option
@told
def score(format_: str, model: str, rubric: str, out: Path) -> None:
    """Scores of all countries, each with its coverage and bounds."""
    from crawler.report import tables

    survey = open_survey(out)
    loaded, weighting = chosen_model(rubric, model)
    rows = list(tables.rows(survey, loaded, weighting, "scores"))
    if format_ == "json":
        click.echo(json.dumps(rows, indent=2))
    elif format_ == "csv":
        writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        print_table(["country", "score", "low", "high", "coverage"], [rounded(row) for row in rows])


@click.command()
@model_option
@rubric_option
@out_option
@told
def report(model: str, rubric: str, out: Path) -> None:
    """Write the static report into the results directory."""
    from crawler.report import write_site

    loaded, weighting = chosen_model(rubric, model)
    path = write_site(open_survey(out), loaded, weighting, out / "report")
    click.echo(path)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8400, show_default=True)
@rubric_option
@out_option
@told
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
