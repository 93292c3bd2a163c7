"""Commands about the instrument: rubric and seeds."""

import json
from pathlib import Path

import click

from crawler.cli.shared import Failure, print_table, rubric_option, told


@click.group()
def rubric() -> None:
    """The instrument: features, words and weights."""


@rubric.command()
@rubric_option
@told
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
        raise Failure("the rubric does not keep what its examples promise")


@rubric.command()
@click.option("-o", "file", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
@rubric_option
@told
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


@click.group()
def seeds() -> None:
    """The registry of official portals."""


@seeds.command("list")
@click.argument("countries", nargs=-1, metavar="[ISO3]...")
@click.option("--summary", is_flag=True, help="Counts by role instead of rows.")
@told
def list_seeds(countries: tuple[str, ...], summary: bool) -> None:
    """The portals of countries, or of all."""
    from crawler.seeds import country_code, registry

    wanted = {country_code(one) for one in countries}
    found = [seed for seed in registry() if not wanted or seed.country in wanted]
    if summary:
        roles = sorted({seed.role for seed in found})
        rows = [{"role": role, "portals": sum(seed.role == role for seed in found)} for role in roles]
        print_table(["role", "portals"], rows)
        click.echo(f"{len(found)} portals of {len({seed.country for seed in found})} countries")
        return
    for seed in found:
        click.echo(f"{seed.country}  {seed.role:22} {seed.url}")


@seeds.command("lint")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@told
def lint_seeds(files: tuple[Path, ...]) -> None:
    """Check seed files, or the registry."""
    from crawler.seeds import read_seeds, registry

    number = sum(len(read_seeds(file)) for file in files) if files else len(registry())
    click.echo(f"{number} portals, no mistakes found", err=True)
