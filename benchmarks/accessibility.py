"""Static accessibility markers beside the test cases of the W3C's ACT rules and beside axe-core on the same cases.

    python benchmarks/accessibility.py [--quick] [--cases]

What a marker says of a case (fault or none) is compared with the outcome that the rule's authors expect, and with
what axe-core reported of it. Cases in which our marker and axe-core say opposite things are listed with --cases:
the marker reads the page as it was sent, axe-core as a browser shows it.
"""

import argparse
import json
import sys
import tarfile
import tomllib
from collections import Counter
from pathlib import Path

from crawler.items import Page
from crawler.rubric import load
from crawler.rubric.checking import view_of_page
from crawler.rubric.judging import judge

SUITE = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "suites" / "w3c-act-rules.tar.gz"
FOLDER = "w3c-act-rules/content-assets/wcag-act-rules"
FLOORS = Path(__file__).with_name("floors.toml")
MARKERS = {
    "a11y-lang": (["b5c3f8", "bf051a", "ucwvc8"], ["html-has-lang", "html-lang-valid"]),
    "a11y-alt-text": (["23a2a8"], ["image-alt"]),
    "a11y-form-labels": (["e086e5"], ["label", "select-name", "aria-input-field-name"]),
    "a11y-link-names": (["c487ae", "97a4e1", "59796f"], ["link-name", "button-name", "input-image-alt", "input-button-name"]),
    "a11y-zoom-allowed": (["b4f0c3"], ["meta-viewport"]),
    "a11y-aria-valid": (["674b10", "5f99a7"], ["aria-roles", "aria-valid-attr"]),
}  # fmt: skip
"""Feature to the rules of ACT that it follows and to those of axe-core that look at the same."""


def verdict(feature: str, path: str, body: bytes) -> str:
    """ "failed" where the marker finds a fault, or finds nothing where it should; else "passed"."""
    rubric = load()
    url = f"https://cases.example/{path}"
    page = Page("", url, url, 200, (("Content-Type", "text/html; charset=utf-8"),), body, "2024-01-01T00:00:00Z")
    found = judge(rubric.features[feature], view_of_page(page, rubric))
    if found is None:
        return "failed" if feature == "a11y-lang" else ""
    return "failed" if found[1].against else "passed"


def by_axe(report: dict) -> dict[tuple[str, str], str]:
    """(case, rule) to what axe-core said: passed, failed, or nothing for what it left open."""
    found = {}
    for one in report["@graph"]:
        if one.get("@type") == "Assertion":
            outcome = one["result"]["outcome"].removeprefix("earl:")
            path = one["subject"]["source"].partition("wcag-act-rules/")[2]
            if outcome in ("passed", "failed"):
                found[path, one["test"]["title"]] = outcome
    return found


def main() -> int:
    """Prints the table; exit code 1 where agreement falls below its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the same: it takes seconds")
    parser.add_argument("--cases", action="store_true", help="list the cases on which somebody disagrees")
    arguments = parser.parse_args()
    if not SUITE.exists():
        print("the suite is not on this machine: nothing measured")
        return 0
    with tarfile.open(SUITE) as archive:
        files = {one.name.removeprefix(f"{FOLDER}/"): archive.extractfile(one) for one in archive if one.isfile()}
        content = {
            name: stream.read() for name, stream in files.items() if stream and name.endswith((".json", ".html"))
        }
    cases = json.loads(content["testcases.json"])["testcases"]
    axe = by_axe(json.loads(content["earl/axe-core.json"]))
    print(
        f"{'feature':20} {'cases':>5} {'ours as expected':>17} {'open':>5} {'axe-core as expected':>21} {'ours against axe':>17}"
    )
    total: Counter[str] = Counter()
    for feature, (rules, axe_rules) in MARKERS.items():
        count: Counter[str] = Counter()
        for case in cases:
            path = case["relativePath"]
            if case["ruleId"] not in rules or case["expected"] == "inapplicable" or not path.endswith(".html"):
                continue
            ours = verdict(feature, path, content[path])
            theirs = {axe[path, rule] for rule in axe_rules if (path, rule) in axe}
            said = "failed" if "failed" in theirs else "passed" if theirs else ""
            count.update(
                cases=1, open=not ours, ours=ours == case["expected"], axe=(said or "passed") == case["expected"]
            )
            count["against"] += bool(said and ours) and said != ours
            if arguments.cases and (ours != case["expected"] or (said and said != ours)):
                told = f"expected {case['expected']}, ours {ours or '-'}, axe-core {said or '-'}"
                print(f"    {case['ruleId']} {case['testcaseTitle']}: {told}")
        total.update(count)
        print(
            f"{feature:20} {count['cases']:5} {count['ours']:17} {count['open']:5} {count['axe']:21} {count['against']:17}"
        )
    share = total["ours"] / (total["cases"] - total["open"])
    print(
        f"accessibility: {share:.3f} of {total['cases'] - total['open']} cases judged as expected (axe-core {total['axe'] / total['cases']:.3f}),"
        f" {total['against']} against axe-core"
    )
    return 0 if share >= tomllib.loads(FLOORS.read_text("utf-8"))["accessibility"]["as_expected"] else 1


if __name__ == "__main__":
    sys.exit(main())
