"""Detectors of what a portal as a whole keeps: languages, freshness, transport, openness to all."""

import datetime
from collections.abc import Iterator

from crawler.detectors.view import QUOTE_LENGTH, Hit, Names, Pattern, View
from crawler.items import Strength
from crawler.page.dates import day_of
from crawler.page.language import national_languages
from crawler.page.patterns import lines_with


def official_languages(view: View) -> Iterator[Hit]:
    """The page is in an official language and leads to its versions in every other one."""
    official = national_languages(view.page.country)
    spoken = view.language.language
    node = view.document.root
    if node is None or not spoken or spoken not in official:
        return
    if official <= view.offered_languages:
        others = ", ".join(sorted(official - {spoken}))
        yield Hit(node, f"{spoken}; {others}" if others else spoken, Strength.HERE, language=spoken)


def recent_date(view: View, *, days: int) -> Iterator[Hit]:
    """A date of publication or change at most so many days before the capture.

    Read from `time`, from metadata, and from text about updates or news or under a heading that is.
    """
    captured = day_of(view.page.captured_at)
    if captured is None:
        return
    first = captured - datetime.timedelta(days=days)
    for day, node, quote in view.dates:
        if first <= day <= captured:
            yield Hit(node, quote[:QUOTE_LENGTH], Strength.HERE)


def secure_address(view: View) -> Iterator[Hit]:
    """The page was answered over HTTPS."""
    node = view.document.root
    if node is not None and view.page.url.startswith("https://"):
        yield Hit(node, view.page.url[:QUOTE_LENGTH], Strength.HERE)


def headers(view: View, *, required: Names, some: Names, at_least: int = 1) -> Iterator[Hit]:
    """The answer has all the `required` headers and `at_least` of `some`; their names in lower case."""
    node = view.document.root
    set_ = {name.lower() for name, value in view.page.headers if value.strip()}
    if node is not None and set(required) <= set_ and len(set_.intersection(some)) >= at_least:
        yield Hit(node, ", ".join(sorted(set_.intersection([*required, *some])))[:QUOTE_LENGTH], Strength.HERE)


def readable(view: View, *, text_length: int) -> Iterator[Hit]:
    """A page with at least so many characters of text: what is then not on it is missing."""
    node = view.document.root
    if node is not None and view.document.text_length >= text_length:
        yield Hit(node, (view.document.title or view.document.main_text)[:QUOTE_LENGTH], Strength.HERE)


def phrase(view: View, *, pattern: Pattern) -> Iterator[Hit]:
    """A text block that matches the expression."""
    for number in lines_with(pattern, view.document.text_by_block):
        block = view.document.blocks[number]
        yield Hit(block.node, block.text[:QUOTE_LENGTH], Strength.HERE)
