"""The command line: one command per verb. Progress goes to stderr, data to stdout."""

import click

from crawler import __version__
from crawler.cli.gather import assess, crawl, demo
from crawler.cli.instrument import rubric, seeds
from crawler.cli.results import export, report, review, score
from crawler.cli.runs import recrawl, status, verify


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="egov")
def main() -> None:
    """Assess the web presence of governments.

    An assessor crawls a country's official portals; the machine flags evidence for the rubric's
    features; reviewers confirm or reject it; decisions become scores and a report.
    """


for command in (crawl, status, recrawl, verify, assess, export, score, report, review, demo, rubric, seeds):
    main.add_command(command)
