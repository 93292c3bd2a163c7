"""Running the examples of features: the tests that a rubric brings with it."""

from collections.abc import Iterator

from crawler.detectors.view import View
from crawler.items import Page
from crawler.page.document import Document
from crawler.page.language import expected_languages, languages_of, page_language
from crawler.rubric.loading import Rubric
from crawler.rubric.models import Example, Feature


def check(rubric: Rubric) -> list[str]:
    """A sentence for each example that gives another result than it promises."""
    return [line for feature in rubric.features.values() for line in wrong_examples(feature, rubric)]


def wrong_examples(feature: Feature, rubric: Rubric) -> Iterator[str]:
    """A sentence for each example of the feature that gives another result than it promises."""
    if feature.text.examples is None:
        return
    for expected, examples in ((True, feature.text.examples.present), (False, feature.text.examples.not_found)):
        for example in examples:
            rules = [rule.name for rule in feature.any if next(rule.hits(view_of(example, rubric)), None)]
            if bool(rules) is not expected:
                said = f"found by {', '.join(rules)}" if rules else "not found"
                yield f"{feature.id}: {said}, though the example says otherwise: {example.html[:160]!r}"


def gaps(rubric: Rubric) -> dict[str, list[str]]:
    """Language to the concepts that features use and that have no words in it."""
    used = sorted({concept for feature in rubric.features.values() for concept in feature.concepts()})
    missing = {language: [one for one in used if one not in words] for language, words in rubric.phrases.items()}
    return {language: concepts for language, concepts in missing.items() if concepts}


def view_of(example: Example, rubric: Rubric) -> View:
    """The example as detectors see a page."""
    html = example.html
    if not html.lstrip().lower().startswith(("<html", "<!doctype")):
        html = f'<html lang="{example.lang}"><head><title></title></head><body>{html}</body></html>'
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    page = Page(example.country, example.url, example.url, 200, headers, html.encode(), "", languages=(example.lang,))
    document = Document(page)
    official = languages_of(example.country)
    return View(page, document, page_language(page, document), expected_languages(page), official, rubric.index)
