"""Commands about the instrument: rubric and seeds."""

import csv
import json
from pathlib import Path

import click

from crawler.cli.shared import Failure, print_table, rubric_option, told
from crawler.items import EgovError


@click.group()
def rubric() -> None:
    """The instrument: features, words and weights."""


@rubric.command()
@click.option(
    "--matrix",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the number of phrases per concept and language, as CSV.",
)
@rubric_option
@told
def check(matrix: Path | None, rubric: str) -> None:
    """Load the rubric, run every example, look over the words of every language.

    Fails where an example gives another result than it promises, where a term is claimed by two opposite concepts in
    one language, or where a core concept has fewer than two phrases in a language.
    """
    from crawler.rubric import load
    from crawler.rubric.checking import FEWEST, core_concepts, coverage, wrong_words
    from crawler.rubric.checking import check as run_examples

    loaded = load(rubric)
    core, counts = core_concepts(loaded), coverage(loaded)
    wrong = [*run_examples(loaded), *wrong_words(loaded)]
    for language, numbers in counts.items():
        few = [concept for concept in core if numbers[concept] < FEWEST]
        if few and language not in loaded.partial:
            wrong.append(f"terms/{language}.yaml: fewer than {FEWEST} phrases for {', '.join(few)}")
    for line in wrong:
        click.echo(line)
    if matrix:
        _write_matrix(counts, matrix)
    every = len(next(iter(counts.values()), ()))
    print_table(
        ["language", "phrases", "core concepts", "all concepts"],
        [
            {
                "language": language,
                "phrases": sum(numbers.values()),
                "core concepts": f"{sum(numbers[one] >= FEWEST for one in core)} of {len(core)}",
                "all concepts": f"{sum(map(bool, numbers.values()))} of {every}",
            }
            for language, numbers in counts.items()
        ],
    )
    examples = [one.text.examples for one in loaded.features.values() if one.text.examples]
    number = sum(len(one.present) + len(one.not_found) for one in examples)
    click.echo(
        f"{len(loaded.features)} features, {len(counts)} languages, {number} examples, {len(wrong)} mistakes", err=True
    )
    if wrong:
        raise Failure("the rubric does not keep what it promises; the lines above the table say where")


def _write_matrix(counts: dict[str, dict[str, int]], file: Path) -> None:
    """Concepts as rows, languages as columns."""
    concepts = next(iter(counts.values()), {})
    try:
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(["concept", *counts])
            writer.writerows([concept, *(numbers[concept] for numbers in counts.values())] for concept in concepts)
    except OSError as error:
        raise EgovError(f"{file}: cannot be written: {error.strerror}") from None
    click.echo(f"{len(concepts)} concepts x {len(counts)} languages written to {file}", err=True)


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
