"""Commands about runs: where they stand, whether they are whole, what failed once more."""

import json
from pathlib import Path

import click

from crawler.cli.shared import (
    Failure,
    allow_private_option,
    contact_option,
    delay_option,
    max_minutes_option,
    no_browser_option,
    out_option,
    print_findings,
    print_table,
    rubric_option,
    told,
    vantage_option,
)
from crawler.items import EgovError


@click.command()
@click.argument("countries", nargs=-1, metavar="[ISO3]...")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@out_option
@told
def status(countries: tuple[str, ...], format_: str, out: Path) -> None:
    """Show runs: state, progress, what could not be assessed, why, what helps, how to go on.

    Example: egov status EST
    """
    from crawler import status as looking
    from crawler.seeds import country_code

    found = looking.statuses(out, {country_code(one) for one in countries})
    if format_ == "json":
        click.echo(json.dumps([looking.as_json(one) for one in found], indent=2, ensure_ascii=False))
        return
    rows = [looking.row(one) for one in found]
    print_table(list(rows[0]), rows)
    for one in found:
        for line in looking.details(one):
            click.echo(line)


@click.command()
@click.argument("runs", nargs=-1, metavar="[RUN]...")
@out_option
@told
def verify(runs: tuple[str, ...], out: Path) -> None:
    """Check that archives, databases and survey agree; exit code 1 and one sentence per problem.

    Each page must lie in its archive with its address and digest, each record must have its page, evidence must belong
    to pages, SQLite must find the databases whole, and the survey must hold what finished runs found.
    """
    from crawler.verify import verify as look_over

    problems = 0
    for one in look_over(out, runs):
        problems += one.is_problem
        click.echo(f"{one.run}: {one.sentence}" if one.is_problem else f"note: {one.run}: {one.sentence}")
    if problems:
        raise Failure(f"problems found: {problems}; the lines above say where")
    click.echo("archives, databases and survey agree", err=True)


@click.command()
@click.argument("countries", nargs=-1, required=True, metavar="ISO3...")
@click.option("--failed", is_flag=True, required=True, help="Only what failed in the country's latest run.")
@click.option(
    "--seeds", type=click.Path(dir_okay=False, path_type=Path), help="CSV of portals; otherwise those of the run."
)
@max_minutes_option
@delay_option
@contact_option
@vantage_option
@allow_private_option
@no_browser_option
@rubric_option
@out_option
@told
def recrawl(
    countries: tuple[str, ...],
    failed: bool,  # noqa: ARG001
    seeds: Path | None,
    max_minutes: float,
    delay: float,
    contact: str,
    vantage: str,
    allow_private: bool,
    no_browser: bool,
    rubric: str,
    out: Path,
) -> None:
    """Try again what failed in the latest run of countries, in the same run.

    Links on pages that can be read now are kept, not followed; 'egov crawl --resume' follows them where the run is
    unfinished. Example: egov recrawl --failed EST
    """
    from crawler import crawl as crawling
    from crawler.job import Budget
    from crawler.rubric import load
    from crawler.seeds import country_code

    codes = [country_code(one) for one in countries]
    budget = Budget(max_depth=MAX_DEPTH, max_seconds=max_minutes * 60, delay_s=delay)
    wish = crawling.Wish(out, load(rubric), budget, contact, allow_private, not no_browser, vantage=vantage, retry=True)
    crawling.crawl([(code, crawling.seeds_of_latest(code, out, seeds)) for code in codes], wish)
    read = sum(print_findings(out, rubric, code) for code in codes)
    if not read:
        raise EgovError("no page could be read; the reasons stand above, and nothing counts as absent")


MAX_DEPTH = 5
"""Clicks from a home page up to which links are kept, as for `egov crawl`."""
