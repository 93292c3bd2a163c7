"""The gate: floors of detection quality per feature and language, pinned with a digest of the corpus they stand on."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ROOT / "tests" / "gold" / "floors.yaml"
PAGES = ROOT / "tests" / "gold" / "pages"
MEASURED = ROOT / "rubrics" / "measured.yaml"
CAPTURED_AT = "2026-11-28T00:00:00Z"
"""When the project's own pages are said to have been captured: their dates lie around it."""
FEW = 5
"""Labelled cases, or pages of a language, below which no floor is pinned."""
SLACK = 0.02
"""A floor lies so far below what was measured: another version of a library may read a page a little differently."""
MEASURES = ("precision", "recall")
Rows = dict[str, dict[str, dict[str, float]]]
"""Kind (features, languages) to name to precision, recall and the number they rest on."""


def digest(*files: Path) -> str:
    """Sixteen digits that stand for the corpus."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def rows_of(features: Mapping[str, Any], languages: Mapping[str, Any], pages: Counter[str]) -> Rows:
    """Features with enough cases and languages with enough pages; the values are detection's counts."""
    return {
        "features": {name: one.row(cases=one.cases) for name, one in sorted(features.items()) if one.cases >= FEW},
        "languages": {
            name: one.row(pages=pages[name]) for name, one in sorted(languages.items()) if pages[name] >= FEW
        },
    }


def gate(corpus: str, rows: Rows, digest: str) -> list[str]:
    """A line for each pinned floor that is missed."""
    pinned = _pinned().get(corpus, {})
    if pinned.get("digest") != digest:
        return [f"the floors of the {corpus} pages stand on {pinned.get('digest')}, these are {digest}: pin them anew"]
    return [
        f"{name}: {measure} {rows[kind].get(name, {}).get(measure, 0.0):.3f} under its floor {floor[measure]}"
        for kind in ("features", "languages")
        for name, floor in pinned[kind].items()
        for measure in MEASURES
        if rows[kind].get(name, {}).get(measure, 0.0) < floor[measure]
    ]


def pin(corpus: str, rows: Rows, digest: str, *, lower: bool) -> list[str]:
    """Writes the floors, which only rise; a line for each that would fall.

    With `lower` they fall, and the line is kept in the file: a test wants it in the changelog too.
    """
    pinned = _pinned()
    earlier, told = pinned.get(corpus, {}), []
    floors: dict[str, Any] = {"digest": digest, "features": {}, "languages": {}}
    for kind in ("features", "languages"):
        for name, row in rows[kind].items():
            known = earlier.get(kind, {}).get(name, {})
            floor = floors[kind][name] = {measure: round(max(row[measure] - SLACK, 0.0), 3) for measure in MEASURES}
            for measure in MEASURES:
                if floor[measure] < known.get(measure, 0.0):
                    told.append(f"{corpus}, {name}: {measure} {known[measure]} -> {floor[measure]}")
                    floor[measure] = floor[measure] if lower else known[measure]
    pinned[corpus] = floors
    if lower:
        pinned["lowered"] = [*pinned.get("lowered", []), *told]
    head = (
        "# Floors of detection quality, written by benchmarks/detection.py --pin. Lowering one takes --lower, which\n"
        "# lists it here, and the same line in CHANGELOG.md.\n"
    )
    FLOORS.write_text(head + yaml.safe_dump(pinned, sort_keys=True, allow_unicode=True), "utf-8")
    return [] if lower else told


def record(rows: Rows, digest: str) -> None:
    """Writes what the catalogue of features shows."""
    head = "# Measured on labelled pages by benchmarks/detection.py --record; shown by egov rubric docs.\n"
    MEASURED.write_text(head + yaml.safe_dump({"corpus": digest, **rows}, sort_keys=True), "utf-8")


def _pinned() -> dict[str, Any]:
    return yaml.safe_load(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
