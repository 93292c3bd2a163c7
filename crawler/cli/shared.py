"""Options and sentences that commands share."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from crawler.items import EgovError
from crawler.rubric import Model, Rubric, load
from crawler.storage import SurveyDatabase

Command = TypeVar("Command", bound=Callable[..., Any])
RESULTS = Path("results")


class Failure(click.ClickException):
    """One sentence on stderr, exit code 1."""


def told(command: Command) -> Command:
    """Turns the user's mistakes into one sentence."""

    @wraps(command)
    def telling(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except EgovError as error:
            raise Failure(str(error)) from None
        except KeyboardInterrupt:
            raise Failure("stopped") from None

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

max_minutes_option = click.option(
    "--max-minutes", type=click.FloatRange(0, min_open=True), default=60, show_default=True, help="Time per country."
)
delay_option = click.option(
    "--delay", type=click.FloatRange(0), default=1.0, show_default=True, help="Seconds between requests to a host."
)
contact_option = click.option(
    "--contact",
    envvar="EGOV_CONTACT",
    default="",
    help="Your web or e-mail address, sent with each request.  [$EGOV_CONTACT]",
)
vantage_option = click.option(
    "--vantage",
    envvar="EGOV_VANTAGE",
    default="",
    help="From where you crawl: exit country and network, 'DE, university network'.  [$EGOV_VANTAGE]",
)
allow_private_option = click.option("--allow-private", is_flag=True, help="Also fetch private and loopback addresses.")
no_browser_option = click.option("--no-browser", is_flag=True, help="Never start Chromium.")


def open_survey(out: Path) -> SurveyDatabase:
    return SurveyDatabase(out, create=False)


def chosen_model(rubric: str, model: str) -> tuple[Rubric, Model]:
    loaded = load(rubric)
    if model not in loaded.models:
        raise EgovError(f"--model {model}: there is no such model; there are {', '.join(sorted(loaded.models))}")
    return loaded, loaded.models[model]


def print_findings(out: Path, rubric: str, country: str) -> int:
    """What was found, not found and could not be assessed, by sub-index; the number of pages read."""
    from crawler.report import tables

    survey = open_survey(out)
    loaded, _ = chosen_model(rubric, "un-2022")
    print_table(
        ["sub-index", "found", "not found", "not assessed", "other"], tables.outcome_rows(survey, loaded, country)
    )
    for line in tables.trouble(survey, country):
        click.echo(line)
    read = survey.page_counts(country)["pages"]
    survey.close()
    return read


def print_table(columns: list[str], rows: list[dict[str, Any]]) -> None:
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


def rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: "–" if value is None else f"{value:.3f}" if isinstance(value, float) else value
        for key, value in row.items()
    }
