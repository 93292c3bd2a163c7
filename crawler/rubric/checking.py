"""Running the examples of features: the tests that a rubric brings with it."""

from collections.abc import Iterator

from crawler.detectors.view import View
from crawler.items import Page
from crawler.page.document import Document
from crawler.page.language import ANY, expected_languages, languages_of, page_language
from crawler.rubric.judging import judge
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
            found = judge(feature, view_of(example, rubric))
            if (found is not None and not found[1].against) is not expected:
                said = f"found by {found[0].name}" if found else "not found"
                yield f"{feature.id}: {said}, though the example says otherwise: {example.html[:160]!r}"


def gaps(rubric: Rubric) -> dict[str, list[str]]:
    """Language to the concepts that features use and that have no words in it."""
    everywhere = rubric.index.concepts_by_language[ANY]
    used = sorted({one for feature in rubric.features.values() for one in feature.concepts()} - everywhere)
    missing = {language: [one for one in used if one not in words] for language, words in rubric.phrases.items()}
    return {language: concepts for language, concepts in missing.items() if concepts}


def view_of(example: Example, rubric: Rubric) -> View:
    """The example as detectors see a page."""
    html = example.html
    if not html.lstrip().lower().startswith(("<html", "<!doctype")):
        html = f'<html lang="{example.lang}"><head><title></title></head><body>{html}</body></html>'
    headers = (("Content-Type", "text/html; charset=utf-8"), *example.headers.items())
    body, at = html.encode(), example.captured_at
    page = Page(example.country, example.url, example.url, 200, headers, body, at, languages=(example.lang,))
    document = Document(page)
    official = languages_of(example.country)
    language = page_language(page, document)
    expected = expected_languages(page)
    return View(page, document, language, expected, official, rubric.index, rubric.providers, rubric.selectors)
