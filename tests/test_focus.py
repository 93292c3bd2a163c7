"""Links that name what is looked for come first, near pages before deep ones, endless ones last."""

import pytest

from crawler.focus import Focus
from crawler.page.document import Document

EN = frozenset(["en"])
URL = "https://portal.gov.example/x"


@pytest.fixture(scope="session")
def priority(new_page, rubric):
    focus = Focus(rubric.index, frozenset(["contact", "petition"]))

    def of(text, url=URL, depth=1, languages=EN):
        (link,) = Document(new_page(f"<a href=/x>{text}</a>")).links
        return focus.priority(link, url, depth, languages)

    return of


def test_a_link_that_names_a_concept_comes_before_one_that_does_not(priority):
    assert priority("Contact us") > priority("Weather")


def test_further_concepts_count_too(priority):
    assert priority("Contact us about petitions") > priority("Contact us")


def test_concepts_that_are_not_looked_for_do_not_count(new_page, rubric):
    (link,) = Document(new_page("<a href=/x>Contact us</a>")).links
    assert Focus(rubric.index, frozenset()).priority(link, URL, 0, EN) == 0.0


def test_words_of_languages_that_are_not_spoken_do_not_count(priority):
    assert priority("Contact us", languages=frozenset(["fr"])) == priority("Weather")


def test_nearer_pages_come_first(priority):
    assert priority("Weather", depth=1) > priority("Weather", depth=2)


@pytest.mark.parametrize("tail", ["?page=2", "?x=1&sort=asc", "/2024/05/x", "/calendar", "/print/x", "?q=" + "x" * 200])
def test_addresses_that_rarely_end_come_last(priority, tail):
    assert priority("Weather", url=URL + tail) < priority("Weather")


def test_the_same_link_has_the_same_priority(priority):
    assert priority("Contact us") == priority("Contact us")
