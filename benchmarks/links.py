"""Link texts as governments write them, and look-alikes, in many languages: what is found, what fires falsely.

    python benchmarks/links.py [--quick] [--errors LANGUAGE]

Texts of the project's own in tests/gold/links/<language>.tsv. A line is a feature and a link text; `!feature` is a
look-alike that must not give it, `feature/here` a fragment of a page. Each is judged as the one link of a page in its
language. Beside our detectors: an English keyword list, as in detection.py.
"""

import argparse
import html
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import detection

from crawler.assess import assess_page
from crawler.items import Page, Record
from crawler.rubric import Rubric, load

TEXTS = Path(__file__).resolve().parents[1] / "tests" / "gold" / "links"
FLOORS = Path(__file__).with_name("floors.toml")


def lines_of(file: Path) -> Iterator[tuple[str, str, bool, bool]]:
    """Feature, text or fragment, whether it must be found, whether it is a fragment."""
    for line in file.read_text("utf-8").splitlines():
        name, tab, text = line.partition("\t")
        if tab and not line.startswith("#"):
            yield name.lstrip("!").removesuffix("/here"), text, not name.startswith("!"), name.endswith("/here")


def page_of(language: str, text: str, fragment: bool) -> Page:
    """A page of one link, or of the fragment."""
    inner = text if fragment else f'<ul><li><a href="/x">{html.escape(text)}</a></li></ul>'
    body = f'<html lang="{language}"><head><title>x</title></head><body>{inner}</body></html>'.encode()
    url, headers = "https://www.site.example/p", (("Content-Type", "text/html; charset=utf-8"),)
    return Page("", url, url, 200, headers, body, "2026-01-01T00:00:00Z", languages=(language,))


def measure(file: Path, rubric: Rubric, every: int, errors: bool) -> Counter[str]:
    """Counts of one language: texts, found, look-alikes, fired; the same of the keyword list."""
    count: Counter[str] = Counter()
    for feature, text, wanted, fragment in list(lines_of(file))[::every]:
        page = page_of(file.stem, text, fragment)
        found = {piece.feature for piece in assess_page(page, Record("", 0, ""), rubric).evidence}
        naive = detection.by_keywords(page)
        kind = "found" if wanted else "fired"
        count.update(
            {"texts" if wanted else "look-alikes": 1, kind: feature in found, f"naive {kind}": feature in naive}
        )
        if errors and (feature in found) is not wanted:
            print(f"    {'missed' if wanted else 'false '} {feature}: {text}")
    return count


def main() -> int:
    """Prints the table; exit code 1 where recall or false alarms miss their floors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every fifth text")
    parser.add_argument("--errors", metavar="LANGUAGE", help="list what was missed and falsely found; 'all' for all")
    arguments = parser.parse_args()
    rubric, total = load(), Counter[str]()
    print(f"{'language':10} {'texts':>6} {'recall':>7} {'look-alikes':>12} {'false':>6}")
    for file in sorted(TEXTS.glob("*.tsv")):
        errors = arguments.errors in (file.stem, "all")
        count = measure(file, rubric, 5 if arguments.quick else 1, errors)
        total.update(count)
        recall, false = count["found"] / max(count["texts"], 1), count["fired"] / max(count["look-alikes"], 1)
        print(f"{file.stem:10} {count['texts']:6} {recall:7.2f} {count['look-alikes']:12} {false:6.2f}")
    recall, false = total["found"] / max(total["texts"], 1), total["fired"] / max(total["look-alikes"], 1)
    naive = total["naive found"] / max(total["texts"], 1), total["naive fired"] / max(total["look-alikes"], 1)
    print(f"English keyword list: recall {naive[0]:.3f}, false alarms {naive[1]:.3f}")
    print(f"links: recall {recall:.3f} of {total['texts']}, false alarms {false:.3f} of {total['look-alikes']}")
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["links"]
    return 0 if recall >= floors["recall"] and false <= floors["false_alarms"] else 1


if __name__ == "__main__":
    sys.exit(main())
