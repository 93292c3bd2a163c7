"""Precision and recall of the detectors on labelled pages, per feature and per language.

    python benchmarks/detection.py [--quick] [--warc FILE --labels FILE] [--rubric DIR] [--errors FEATURE]
    python benchmarks/detection.py --gate             # fail where a floor of tests/gold/floors.yaml is missed
    python benchmarks/detection.py --pin [--lower]    # raise the floors to what is measured, or lower them in the open
    python benchmarks/detection.py --record           # write rubrics/measured.yaml, which the catalogue shows

Counting follows the corpus: false positives only on complete pages, ambiguous and inapplicable
answers left out, any strength against any label. Compared in the same run with an English keyword
list over link texts and addresses, the method of the published automated portal assessors.
"""

import argparse
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import gold
import pycountry

from crawler.assess import assess_page
from crawler.fetch.archive import read_pages
from crawler.items import Page, Record
from crawler.page.document import Document
from crawler.page.language import base
from crawler.rubric import Rubric, load

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "dev"
FLOORS = Path(__file__).with_name("floors.toml")
OTHERS = ("participation", "opendata")
"""Sub-indices that must stay silent on pages that are not of a government."""
LANGUAGES = frozenset(["ar", "zh", "en", "fr", "ru", "es", "pt", "de", "it", "nl", "uk", "tr", "id", "sw"])
"""The languages of the stated floors."""
KEYWORDS = {
    "privacy-policy": "privacy", "terms-of-use": "terms|disclaimer|legal", "sitemap": "site ?map", "rss-feed": "rss|feed",
    "site-search": "search", "help-faq": "faq|help", "contact-details": "contact", "contact-email": "mailto:|e-?mail",
    "a11y-statement": "accessibility", "social-links": "facebook|twitter|youtube|instagram|linkedin",
    "email-updates": "newsletter|subscribe", "feedback-form": "feedback", "video-clips": "video",
    "login-citizen": "log ?in|sign ?in", "opendata-portal": "open ?data", "petition": "petition",
    "participation-portal": "participat|consultation|have your say", "tender-notices": "tender|procurement",
    "service-catalogue": "services", "apply-online": "apply", "mobile-app": "mobile app|play.google|apps.apple",
    "news-dated": "news", "service-complaint": "complain", "appointment-booking": "appointment",
    "forms-download": "forms", "pay-online": "pay", "status-tracking": "track", "language-foreign": "english|français|español",
}  # fmt: skip


@dataclass
class Count:
    """True positives, false positives, false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return self.tp + self.fn

    def row(self, **number: int) -> dict[str, float]:
        """Precision and recall to three decimals, 0 where there is nothing to divide by, beside a number."""
        return number | {
            "precision": round(self.tp / max(self.tp + self.fp, 1), 3),
            "recall": round(self.tp / max(self.cases, 1), 3),
        }

    @property
    def precision(self) -> float:
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else float("nan")

    @property
    def recall(self) -> float:
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else float("nan")

    def add(self, said: bool, true: bool, complete: bool, where: str) -> None:
        if said and true:
            self.tp += 1
        elif true:
            self.fn += 1
            self.missed.append(where)
        elif said and complete:
            self.fp += 1
            self.false.append(where)


def by_keywords(page: Page) -> set[str]:
    """Features that an English keyword list finds in link texts and addresses."""
    texts = " \n ".join(f"{link.text} {link.href}" for link in Document(page).links).lower()
    return {feature for feature, words in KEYWORDS.items() if re.search(words, texts)}


def by_detectors(page: Page, rubric: Rubric) -> dict[str, str]:
    """Features that our detectors find, with their quotes."""
    assessed = assess_page(page, Record("", 0, ""), rubric)
    return {one.feature: f"{one.detector} {one.strength} {one.term!r} «{one.quote[:70]}»" for one in assessed.evidence}


@dataclass
class Measured:
    """Counts per feature, per language ("all" and "14" among them), of the keyword list, and on others' pages."""

    features: dict[str, Count] = field(default_factory=dict)
    languages: dict[str, Count] = field(default_factory=lambda: {"all": Count(), "14": Count()})
    keywords: dict[str, Count] = field(default_factory=lambda: {"all": Count(), "14": Count()})
    pages: Counter[str] = field(default_factory=Counter)
    fired_on_others: int = 0
    asked_of_others: int = 0


def measure(pages: Iterable[Page], labels: dict[str, dict], rubric: Rubric) -> Measured:
    """Counts over all labelled pages."""
    measured = Measured()
    for page in pages:
        if label := labels.get(page.url):
            country = pycountry.countries.get(alpha_2=label["country"].upper())
            placed = replace(page, country=country.alpha_3 if country else "")
            _count(measured, label, by_detectors(placed, rubric), by_keywords(placed), rubric)
    return measured


def _count(measured: Measured, label: dict, said: dict[str, str], naive: set[str], rubric: Rubric) -> None:
    language = base(label["language"])
    groups = ["all", language, *(["14"] if language in LANGUAGES else [])]
    measured.pages.update(groups)
    for feature, entry in rubric.features.items():
        if not label["gov"] and entry.subindex in OTHERS and "template" not in label["kind"]:
            measured.asked_of_others += 1
            measured.fired_on_others += feature in said
        if feature in label["ambiguous"] or feature in label["not_applicable"] or not entry.text.core:
            continue
        true = feature in label["labels"]
        where = f"{label['id']} {language}: " + (said.get(feature) or str(label["labels"].get(feature)))
        counts = [measured.features.setdefault(feature, Count())]
        counts += [measured.languages.setdefault(group, Count()) for group in groups]
        for count in counts:
            count.add(feature in said, true, label["complete"], where)
        for group in groups:
            measured.keywords.setdefault(group, Count()).add(feature in naive, true, label["complete"], where)


def tables(measured: Measured, errors: str | None) -> None:
    """Prints what was measured."""
    print(f"{'feature':28} {'cases':>5} {'precision':>9} {'recall':>7}   fp  fn")
    for feature, count in sorted(measured.features.items(), key=lambda pair: -pair[1].cases):
        print(f"{feature:28} {count.cases:5} {count.precision:9.2f} {count.recall:7.2f} {count.fp:4} {count.fn:3}")
        if errors in (feature, "all"):
            for kind, places in (("missed", count.missed), ("false ", count.false)):
                for place in places:
                    print(f"    {kind} {place}")
    print(f"\n{'language':10} {'pages':>5} {'precision':>10} {'recall':>7}   English keyword list: precision, recall")
    for language, count in sorted(measured.languages.items(), key=lambda pair: -measured.pages[pair[0]]):
        naive, pages = measured.keywords.get(language, Count()), measured.pages[language]
        print(
            f"{language:10} {pages:5} {count.precision:10.2f} {count.recall:7.2f}"
            f" {naive.precision:33.2f} {naive.recall:7.2f}"
        )
    fired, asked = measured.fired_on_others, measured.asked_of_others
    print(
        f"\non pages of others, participation and open data fire {fired} times of {asked} ({fired / max(asked, 1):.1%})"
    )


def shortfalls(measured: Measured) -> list[str]:
    """A line for each floor of benchmarks/floors.toml that is missed."""
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["detection"]
    every, others = measured.languages["all"], measured.fired_on_others / max(measured.asked_of_others, 1)
    missed = [
        f"all pages: {name} {value:.3f} under {floors[name]}"
        for name, value in (("precision", every.precision), ("recall", every.recall))
        if value < floors[name]
    ]
    if others >= floors["fired_on_others"]:
        missed.append(f"pages of others: {others:.3f} of the features fire, {floors['fired_on_others']} is too many")
    large = [(name, count, floors["feature"]) for name, count in measured.features.items() if count.cases >= 10]
    large += [
        (name, count, floors["language"]) for name, count in measured.languages.items() if measured.pages[name] >= 10
    ]
    for name, count, floor in large:
        if count.precision < floor or count.recall < floor:
            missed.append(f"{name}: precision {count.precision:.2f}, recall {count.recall:.2f}, one under {floor}")
    return missed


def main() -> int:
    """Prints the tables; exit code 1 where a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every fourth page only")
    parser.add_argument("--warc", type=Path, default=CORPUS / "pages.warc.gz")
    parser.add_argument("--labels", type=Path, default=CORPUS / "labels.jsonl")
    parser.add_argument("--rubric", default="egov")
    parser.add_argument(
        "--errors", metavar="FEATURE", help="list what was missed and falsely found; 'all' for every feature"
    )
    parser.add_argument("--gate", action="store_true", help="hold the pinned floors")
    parser.add_argument("--pin", action="store_true", help="pin the floors; they only rise")
    parser.add_argument("--lower", action="store_true", help="with --pin: let floors fall; say so in the changelog")
    parser.add_argument("--record", action="store_true", help="write the figures that the catalogue shows")
    parser.add_argument("--own", action="store_true", help="measure on the project's own pages, tests/gold/pages")
    arguments = parser.parse_args()
    if arguments.own or ((arguments.gate or arguments.pin) and not arguments.warc.exists()):
        name, (pages, labels, corpus) = "own", own_pages()
    elif arguments.warc.exists():
        name, (pages, labels, corpus) = "development", archived_pages(arguments.warc, arguments.labels)
    else:
        print("the labelled corpus is not on this machine: nothing measured; try --own")
        return 0
    if arguments.quick:
        labels = dict(list(labels.items())[::4])
    measured = measure(pages, labels, load(arguments.rubric))
    tables(measured, arguments.errors)
    rows = gold.rows_of(measured.features, measured.languages, measured.pages)
    missed = shortfalls(measured) if name == "development" and not arguments.quick else []
    if arguments.pin:
        missed += gold.pin(name, rows, corpus, lower=arguments.lower)
    if arguments.record:
        gold.record(rows, corpus)
    if arguments.gate:
        missed += gold.gate(name, rows, corpus)
    for line in missed:
        print(f"missed: {line}")
    ours, naive = measured.languages["all"], measured.keywords["all"]
    print(
        f"detection, {name} pages: precision {ours.precision:.3f} recall {ours.recall:.3f}"
        f" (English keyword list {naive.precision:.3f} {naive.recall:.3f})"
    )
    return 1 if missed else 0


def archived_pages(warc: Path, labels: Path) -> tuple[list[Page], dict[str, dict], str]:
    """Pages, labels by address, and the digest of both, of a labelled archive."""
    rows = [json.loads(line) for line in labels.read_text("utf-8").splitlines()]
    pages = [captured.page for captured in read_pages([warc])]
    return pages, {row["url"]: row for row in rows}, gold.digest(warc, labels)


def own_pages() -> tuple[list[Page], dict[str, dict], str]:
    """The same of the project's own pages: invented countries, labelled before any detector saw them."""
    labels = gold.PAGES / "labels.jsonl"
    rows = [json.loads(line) for line in labels.read_text("utf-8").splitlines()]
    files = [gold.PAGES / f"{row['id']}.html" for row in rows]
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    pages = [
        Page("", row["url"], row["url"], 200, headers, file.read_bytes(), gold.CAPTURED_AT)
        for row, file in zip(rows, files, strict=True)
    ]
    return pages, {row["url"]: row for row in rows}, gold.digest(labels, *files)


if __name__ == "__main__":
    sys.exit(main())
