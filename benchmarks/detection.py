"""Precision and recall of the detectors on labelled pages, per feature and per language.

    python benchmarks/detection.py [--quick] [--warc FILE --labels FILE] [--rubric DIR] [--errors FEATURE]

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
from dataclasses import dataclass, field
from pathlib import Path

import pycountry

from crawler.assess import assess_page
from crawler.fetch.archive import read_pages
from crawler.items import Page, Record
from crawler.page.document import Document
from crawler.page.language import base
from crawler.rubric import Rubric, load

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "dev"
FLOORS = Path(__file__).with_name("floors.toml")
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


def measure(pages: Iterable[Page], labels: dict[str, dict], rubric: Rubric) -> tuple[dict[str, Count], ...]:
    """Counts per feature, per language (and "all"), and of the keyword list."""
    per_feature: dict[str, Count] = {}
    per_language: dict[str, Count] = {"all": Count(), "14": Count()}
    keywords: dict[str, Count] = {"all": Count()}
    for page in pages:
        label = labels.get(page.url)
        if label is None:
            continue
        code = label["country"].upper()
        country = pycountry.countries.get(alpha_2=code)
        page = Page(
            country.alpha_3 if country else "",
            page.portal,
            page.url,
            page.status,
            page.headers,
            page.body,
            page.captured_at,
        )
        said, naive = by_detectors(page, rubric), by_keywords(page)
        language = base(label["language"])
        left_out = {*label["ambiguous"], *label["not_applicable"]}
        for feature, entry in rubric.features.items():
            if feature in left_out or not entry.text.core:
                continue
            true = feature in label["labels"]
            where = f"{label['id']} {language}: " + (said.get(feature) or str(label["labels"].get(feature)))
            counts = [
                per_feature.setdefault(feature, Count()),
                per_language["all"],
                per_language.setdefault(language, Count()),
            ]
            if language in LANGUAGES:
                counts.append(per_language["14"])
            for count in counts:
                count.add(feature in said, true, label["complete"], where)
            keywords["all"].add(feature in naive, true, label["complete"], where)
    return per_feature, per_language, keywords


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
    arguments = parser.parse_args()
    if not arguments.warc.exists():
        print("the labelled corpus is not on this machine: nothing measured")
        return 0
    rubric = load(arguments.rubric)
    rows = [json.loads(line) for line in arguments.labels.read_text("utf-8").splitlines()]
    labels = {row["url"]: row for row in (rows[::4] if arguments.quick else rows)}
    pages = (captured.page for captured in read_pages([arguments.warc]))
    per_feature, per_language, keywords = measure(pages, labels, rubric)
    print(f"{'feature':28} {'cases':>5} {'precision':>9} {'recall':>7}   fp  fn")
    for feature, count in sorted(per_feature.items(), key=lambda pair: -(pair[1].tp + pair[1].fn)):
        print(
            f"{feature:28} {count.tp + count.fn:5} {count.precision:9.2f} {count.recall:7.2f} {count.fp:4} {count.fn:3}"
        )
        if arguments.errors in (feature, "all"):
            for kind, places in (("missed", count.missed), ("false ", count.false)):
                for place in places:
                    print(f"    {kind} {place}")
    number = Counter(base(row["language"]) for row in labels.values())
    print(f"\n{'language':28} {'pages':>5} {'precision':>9} {'recall':>7}")
    for language, count in sorted(per_language.items()):
        print(f"{language:28} {number.get(language, len(labels)):5} {count.precision:9.2f} {count.recall:7.2f}")
    naive, ours = keywords["all"], per_language["14"]
    print(f"\nEnglish keyword list, all pages: precision {naive.precision:.3f} recall {naive.recall:.3f}")
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["detection"] if not arguments.quick else {}
    met = ours.precision >= floors.get("precision", 0) and ours.recall >= floors.get("recall", 0)
    print(f"detection, 14 languages: precision {ours.precision:.3f} recall {ours.recall:.3f}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
