"""The first piece of evidence is the one a reviewer would choose, and a footer is told once."""

from crawler.items import Strength
from crawler.ranking import best_first

HOST = "https://portal.gov.example/"


def test_here_comes_before_link_shallow_before_deep_official_before_other(new_evidence):
    pieces = [
        new_evidence(quote="link", strength=Strength.LINK, depth=0),
        new_evidence(quote="deep", strength=Strength.HERE, depth=3),
        new_evidence(quote="foreign", strength=Strength.HERE, depth=1, language="fr"),
        new_evidence(quote="best", strength=Strength.HERE, depth=1, language="en"),
    ]
    assert [group.best.quote for group in best_first(pieces)] == ["best", "foreign", "deep", "link"]


def test_what_a_template_repeats_is_one_group_with_a_count(new_evidence):
    footer = [new_evidence(url=f"{HOST}{number}", depth=number) for number in range(1, 301)]
    other = new_evidence(url="https://other.gov.example/", depth=9)
    groups = best_first([*reversed(footer), other])
    assert [(group.best.url, group.pages) for group in groups] == [(f"{HOST}1", 300), ("https://other.gov.example/", 1)]


def test_other_words_and_other_rules_are_other_groups(new_evidence):
    assert len(best_first([new_evidence(), new_evidence(quote="Write to us"), new_evidence(detector="email")])) == 3
