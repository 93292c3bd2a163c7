"""Documents made from the rubric and the detectors' signatures, so that they cannot go stale."""

import inspect
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from crawler.detectors import DETECTORS
from crawler.rubric.loading import Rubric
from crawler.rubric.models import Feature, FeatureText, option_model


def catalogue(rubric: Rubric) -> str:
    """The features with question, what counts, what does not, detectors, languages and measured quality; Markdown."""
    languages = ", ".join(sorted(rubric.phrases))
    lines = [
        "# Catalogue of features",
        "",
        (
            f"Rubric {rubric.id} {rubric.version.split('+')[0]}: {len(rubric.features)} features, words in"
            f" {len(rubric.phrases)} languages ({languages}). Made by `egov rubric docs`."
        ),
        "",
        (
            "Precision and recall are those of the labelled development pages (`python benchmarks/detection.py --record`);"
            " where a feature has fewer than five labelled cases there, nothing is claimed."
        ),
        "",
    ]
    subindex = ""
    for feature in rubric.features.values():
        if feature.subindex != subindex:
            subindex = feature.subindex
            lines += [f"## {subindex.capitalize()}", ""]
        lines += [*_entry(feature, rubric), ""]
    return "\n".join(lines)


def _entry(feature: Feature, rubric: Rubric) -> Iterator[str]:
    text = feature.text
    yield from (f"### {text.title}", "", f"`{text.id}`. {text.question}", "")
    yield f"- Counts: {text.counts}"
    yield f"- Does not count: {text.does_not_count}"
    yield f"- Source: {text.source}"
    yield f"- Detectors: {_detectors(feature)}"
    if text.start_from:
        yield f"- Pages to start from: those of {', '.join(f'`{one}`' for one in text.start_from)}"
    if concepts := feature.concepts():
        without = rubric.languages_without(concepts, sorted(rubric.phrases))
        number = len(rubric.phrases) - len(without)
        yield f"- Languages: words in {number}" + (f"; not all of them in {', '.join(without)}" if without else "")
    if row := rubric.measured.get(text.id):
        yield f"- Measured: precision {row['precision']:.2f}, recall {row['recall']:.2f}, {row['cases']:.0f} labelled cases"


def _detectors(feature: Feature) -> str:
    if feature.text.awaits:
        return f"none yet, it awaits {feature.text.awaits}; until then the feature is untested"
    rules = ", ".join(f"`{rule.name}`" for rule in (*feature.any, *feature.all))
    return rules or "none, a person looks"


def detector_table() -> str:
    """Detectors with their options, from their signatures; Markdown."""
    lines = ["| detector | finds | options |", "| --- | --- | --- |"]
    for name, detector in sorted(DETECTORS.items()):
        finds = " ".join((inspect.getdoc(detector) or "").split("\n\n")[0].split())
        options = []
        for parameter in inspect.signature(detector).parameters.values():
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                default = "" if parameter.default is inspect.Parameter.empty else f" = {_shown(parameter.default)}"
                options.append(f"`{parameter.name}`: {_kind(parameter.annotation)}{default}")
        lines.append(f"| `{name}` | {finds.replace('|', chr(92) + '|')} | {'; '.join(options)} |")
    return "\n".join(lines) + "\n"


def json_schema() -> dict[str, Any]:
    """JSON Schema of `rubrics/features/*.yaml`, detectors' options included."""
    schema = FeatureText.model_json_schema(mode="validation")
    definitions = schema.pop("$defs", {})
    rules = {}
    for name in sorted(DETECTORS):
        rules[name] = option_model(name).model_json_schema()
        rules[name].pop("title", None)
    one = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False, "properties": rules}
    listed = {"type": "array", "items": {"$ref": "#/$defs/Rule"}}
    definitions["Rule"] = one
    several = {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(("any", "all", "none"), listed),
    }
    schema["properties"]["detect"] = {"anyOf": [listed, several]}
    definitions.pop("Detection", None)
    for key in ("present", "not_found"):
        examples = {
            "type": "array",
            "minItems": 1,
            "items": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Example"}]},
        }
        definitions["Examples"]["properties"][key] = examples
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Features of an egov rubric",
        "type": "array",
        "items": schema,
        "$defs": definitions,
    }


def _kind(annotation: object) -> str:
    if get_origin(annotation) is not None and get_args(annotation)[1:] and isinstance(get_args(annotation)[1], str):
        return str(get_args(annotation)[1])
    return {"str": "text", "int": "number", "bool": "yes or no"}.get(
        getattr(annotation, "__name__", ""), "list of names"
    )


def _shown(value: object) -> str:
    return '""' if value == "" else "none" if value == () else str(value).lower()
