"""Links that name what is looked for come first, near pages before deep ones, endless ones last."""

import pytest

from crawler.focus import Focus, found_links
from crawler.page.document import Document


@pytest.fixture(scope="session")
def found(new_page, rubric):
    def of(text, path="/x", country="GBR", sought=frozenset(["contact", "petition"])):
        page = new_page(f"<a href='{path}'>{text}</a>", country=country, languages=())
        (link,) = found_links(Document(page), page, rubric.index, sought, 10)
        return link

    return of


@pytest.fixture(scope="session")
def priority(found):
    return lambda text, path="/x", depth=1: Focus().priority(found(text, path), depth)


def test_a_link_that_names_a_concept_comes_before_one_that_does_not(priority):
    assert priority("Contact us") > priority("Weather")


def test_further_concepts_count_too(priority):
    assert priority("Contact us about petitions") > priority("Contact us")


def test_concepts_that_are_not_looked_for_do_not_count(found):
    assert found("Contact us", sought=frozenset()).concepts == ()


def test_words_of_languages_that_are_not_spoken_do_not_count(found):
    assert found("Nous contacter", country="FRA").concepts == ("contact",)
    assert found("Nous contacter", country="GBR").concepts == ()


def test_files_are_no_pages(new_page, rubric):
    page = new_page("<a href=/x.pdf>Contact us</a><a href=mailto:a@b.example>Contact us</a>")
    assert found_links(Document(page), page, rubric.index, frozenset(["contact"]), 10) == []


def test_nearer_pages_come_first(priority):
    assert priority("Weather", depth=1) > priority("Weather", depth=2)


@pytest.mark.parametrize("tail", ["?page=2", "?x=1&sort=asc", "/2024/05/x", "/calendar", "/print/x", "?q=" + "x" * 200])
def test_addresses_that_rarely_end_come_last(priority, tail):
    assert priority("Weather", "/x" + tail) < priority("Weather")


def test_the_same_link_has_the_same_priority(priority):
    assert priority("Contact us") == priority("Contact us")
