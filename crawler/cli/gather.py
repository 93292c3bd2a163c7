"""Commands that gather evidence: crawl, assess, demo."""

import os
import sys
from pathlib import Path

import click

from crawler.cli.results import review
from crawler.cli.shared import (
    RESULTS,
    allow_private_option,
    contact_option,
    delay_option,
    max_minutes_option,
    no_browser_option,
    out_option,
    print_findings,
    rubric_option,
    told,
    vantage_option,
)
from crawler.items import EgovError


@click.command()
@click.argument("countries", nargs=-1, required=True, metavar="ISO3...")
@click.option(
    "--seeds", type=click.Path(dir_okay=False, path_type=Path), help="CSV of portals; otherwise the registry."
)
@click.option("--max-pages", type=click.IntRange(1), default=300, show_default=True, help="Pages to read per country.")
@click.option("--max-depth", type=click.IntRange(0), default=5, show_default=True, help="Clicks from a home page.")
@max_minutes_option
@delay_option
@contact_option
@vantage_option
@click.option(
    "--night",
    default="",
    metavar="HH:MM-HH:MM",
    help="Ask hosts only in these hours of the country's (its capital's) clock, or of a zone: 22:00-06:00@Asia/Tokyo.",
)
@click.option("--thorough", is_flag=True, help="Pass over no address and leave no host early.")
@click.option("--resume", is_flag=True, help="Go on with the country's latest run if it is unfinished.")
@allow_private_option
@no_browser_option
@rubric_option
@out_option
@told
def crawl(
    countries: tuple[str, ...],
    seeds: Path | None,
    max_pages: int,
    max_depth: int,
    max_minutes: float,
    delay: float,
    contact: str,
    vantage: str,
    night: str,
    thorough: bool,
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
    wish = crawling.Wish(
        out,
        load(rubric),
        budget,
        contact,
        allow_private,
        not no_browser,
        resume,
        vantage,
        night=night,
        thorough=thorough,
    )
    crawling.crawl([(code, seeds_for(code, seeds)) for code in codes], wish)
    read = sum(print_findings(out, rubric, code) for code in codes)
    if not read:
        raise EgovError("no page could be read; the reasons stand above, and nothing counts as absent")


@click.command()
@click.option(
    "--warc",
    "warcs",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    metavar="FILE",
    help="A WARC or WACZ file; may be given several times.",
)
@click.option("--country", help="The country of all pages, ISO 3166.")
@click.option(
    "--countries", "countries_file", type=click.Path(dir_okay=False, path_type=Path), help="CSV or JSONL: url, country."
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default="cores",
    help="Processes that judge pages; the results are the same.",
)
@rubric_option
@out_option
@told
def assess(
    warcs: tuple[Path, ...], country: str | None, countries_file: Path | None, jobs: int, rubric: str, out: Path
) -> None:
    """Assess archived pages, ours or anyone's WARC or WACZ, without network.

    Reads what Common Crawl and Browsertrix write, streaming, and keeps evidence that points into the archives: leave
    them where they are. A run that was stopped leaves nothing behind; run it again. Example:
    egov assess --warc crawl.wacz --country EST
    """
    from crawler.cli.assessing import show_assessment, show_progress
    from crawler.reassess import Wish, assess_archives
    from crawler.rubric import load
    from crawler.seeds import country_code

    code = country_code(country) if country else None
    wish = Wish(warcs, out, code, countries_file, jobs)
    show_assessment(assess_archives(wish, load(rubric), show_progress()), out)


@click.command()
@no_browser_option
@click.option("--port", type=click.IntRange(1, 65535), default=8400, show_default=True, help="Port of the review app.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=RESULTS / "demo", show_default=True)
@told
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
    print_findings(out, "egov", result.country)
    click.echo(f"report: {site.resolve().as_uri()}")
    command = f"egov review --out {out} --port {port}"
    if not (sys.stdout.isatty() and sys.stdin.isatty()) or os.environ.get("CI"):
        click.echo(f"review: http://127.0.0.1:{port}/ after '{command}'")
        return
    click.get_current_context().invoke(review, host="127.0.0.1", port=port, rubric="egov", out=out)
