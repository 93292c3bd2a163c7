"""Running the examples of features: the tests that a rubric brings with it."""

import re
from collections.abc import Iterator

from crawler.detectors.view import View
from crawler.items import Page
from crawler.page.catalogues import read_document
from crawler.page.language import ANY, expected_languages, languages_of, page_language
from crawler.page.terms import fold
from crawler.rubric.judging import judge
from crawler.rubric.loading import Rubric
from crawler.rubric.models import Example, Feature

FEWEST = 2
"""Phrases that a core concept has at least in every language."""


def check(rubric: Rubric) -> list[str]:
    """A sentence for each example that gives another result than it promises."""
    return [line for feature in rubric.features.values() for line in wrong_examples(feature, rubric)]


def wrong_examples(feature: Feature, rubric: Rubric) -> Iterator[str]:
    """A sentence for each example of the feature that gives another result than it promises."""
    if feature.text.examples is None:
        return
    for expected, examples in ((True, feature.text.examples.present), (False, feature.text.examples.not_found)):
        for example in examples:
            found = judge(feature, view_of(example, rubric))
            if (found is not None and not found[1].against) is not expected:
                said = f"found by {found[0].name}" if found else "not found"
                yield f"{feature.id}: {said}, though the example says otherwise: {example.html[:160]!r}"


_STRAY = re.compile(r"\*(?=\S)|^=?\s*\*")
"""An asterisk within a word, or one that a phrase begins with: an end of a word, or any one word, is meant."""


def core_concepts(rubric: Rubric) -> list[str]:
    """The concepts by whose words the core features are found, but those that providers fill."""
    everywhere = rubric.index.concepts_by_language[ANY]
    core = (feature for feature in rubric.features.values() if feature.text.core)
    return sorted({concept for feature in core for concept in feature.concepts()} - everywhere)


def coverage(rubric: Rubric) -> dict[str, dict[str, int]]:
    """Language to concept to its number of phrases, 0 where there is none: the matrix concept x language."""
    concepts = [concept for concept in rubric.concepts if concept not in rubric.index.concepts_by_language[ANY]]
    return {
        language: {concept: len(words.get(concept, ())) for concept in concepts}
        for language, words in rubric.phrases.items()
    }


def wrong_words(rubric: Rubric) -> Iterator[str]:
    """A sentence for each phrase that two opposite concepts claim, that is there twice, or that can never match."""
    for language, words in rubric.phrases.items():
        folded = {concept: {_folded(phrase): phrase for phrase in phrases} for concept, phrases in words.items()}
        for concept, phrases in words.items():
            for opposite in rubric.concepts[concept].get("opposite", ()):
                for claimed in sorted(folded[concept].keys() & folded.get(opposite, {}).keys()):
                    both = f"{concept} and its opposite {opposite} claim {folded[concept][claimed]!r}"
                    yield f"terms/{language}.yaml: {both}"
            for phrase in phrases:
                if not fold(phrase) or "=" in phrase[1:] or _STRAY.search(phrase):
                    yield f"terms/{language}.yaml: {concept}: {phrase!r} can match nothing"


def _folded(phrase: str) -> str:
    """The phrase as it is compared, with its marks."""
    return f"{'=' * phrase.startswith('=')}{fold(phrase)}{'*' * phrase.endswith('*')}"


def view_of(example: Example, rubric: Rubric) -> View:
    """The example as detectors see a page."""
    html = example.html
    if not html.lstrip().lower().startswith(("<html", "<!doctype")):
        html = f'<html lang="{example.lang}"><head><title></title></head><body>{html}</body></html>'
    headers = (("Content-Type", "text/html; charset=utf-8"), *example.headers.items())
    body, at = html.encode(), example.captured_at
    page = Page(example.country, example.url, example.url, 200, headers, body, at, languages=(example.lang,))
    return view_of_page(page, rubric)


def view_of_page(page: Page, rubric: Rubric) -> View:
    """A page as detectors see it."""
    document = read_document(page)
    official = languages_of(page.country)
    language = page_language(page, document)
    expected = expected_languages(page)
    return View(page, document, language, expected, official, rubric.lookups)
