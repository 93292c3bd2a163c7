"""Pages that would take a parser minutes or gigabytes are cut; all others stay as they are."""

import pytest

from crawler.page.document import Document
from crawler.page.nesting import FEW_TAGS, MAX_DEPTH, MAX_TAG, MAX_TAGS, readable

TEXT = "The ministry is responsible."


def depth_of(html):
    depth = most = 0
    for piece in html.split("<")[1:]:
        depth += -1 if piece.startswith("/") and not piece.startswith("/wbr") else not piece.startswith(("wbr", "/"))
        most = max(most, depth)
    return most


def test_an_honest_page_stays_as_it_is():
    rows = "<tr><td><a href=/x>x</a><td><b>y</b>" * 6_000
    html = f"<html><body><table>{rows}</table><script>'{'<div>' * 3_000}'</script><!-- {'<div>' * 3_000} -->"
    assert html.count("<") > FEW_TAGS
    assert readable(html) == html


def test_elements_nested_without_end_are_flattened_and_their_text_stays():
    html = "<div>" * 30_000 + TEXT + "</div>" * 30_000 + "<p>after"
    flat = readable(html)
    assert depth_of(flat) == MAX_DEPTH
    assert TEXT in flat
    assert flat.endswith("</div><p>after")


def test_what_follows_more_tags_than_are_read_is_cut():
    html = "<p>x" * MAX_TAGS + "<i>after"
    assert readable(html) == "<p>x" * MAX_TAGS


def test_a_tag_of_endless_attributes_is_cut_and_the_page_goes_on():
    attributes = " ".join(f"a{number}=b" for number in range(100_000))
    html = f"<html><body><p>before</p><p {attributes}>{TEXT}</p>"
    cut = readable(html)
    assert len(cut) < 2 * MAX_TAG
    assert cut.endswith(f">{TEXT}</p>")
    assert cut.startswith("<html><body><p>before</p><p a0=b")
    assert readable(html.replace(">", " ", 0) + "<img src='" + "x" * 100_000 + "'>").endswith("x'>")


@pytest.mark.parametrize("tag", ["<div>", "<b><i>", "<svg><g>", "<section><p>", "<p a ", ">", "<"])
def test_ten_megabytes_of_one_thing_are_parsed(new_page, tag):
    # Without the limits the first takes hours.
    assert Document(new_page(tag * (10_000_000 // len(tag)) + TEXT)).links == []
