"""A piece of evidence points to exactly one element of its page, and its quote is really there."""

import json
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.assess import assess_page
from crawler.page.parts import tidy
from crawler.rubric import load

PAGES = sorted((Path(__file__).parent / "gold" / "pages").glob("*.html"))
ROWS = (Path(__file__).parent / "gold" / "pages" / "labels.jsonl").read_text("utf-8").splitlines()
LABELS = {row["id"]: row for row in map(json.loads, ROWS)}
COUNTED = ("main landmarks", "no first-level heading", "title:")
"""What counts faults has no words of the page to quote."""


def everything(tree, source, url):
    """All that a page says: text with and without gaps, markup, title, address."""
    texts = [tree.text(), tree.text(separator=" "), tree.html or "", source, url]
    return " ".join(tidy(text) for text in texts)


@pytest.mark.parametrize("file", PAGES, ids=[file.stem for file in PAGES])
def test_selector_and_quote_hold(new_page, nowhere, file):
    source = file.read_text("utf-8")
    page = new_page(source, url=LABELS[file.stem]["url"], headers=(("Content-Type", "text/html; charset=utf-8"),))
    tree = LexborHTMLParser(source)
    hay = everything(tree, source, page.url)
    found = assess_page(page, nowhere, load())
    assert len(found.evidence) > 10
    for piece in found.evidence:
        assert len(tree.css(piece.selector)) == 1, (piece.feature, piece.selector)
        assert piece.quote in hay or piece.detector == "headers", (piece.feature, piece.quote)
    for fault in found.faults:
        assert len(tree.css(fault.selector)) == 1, (fault.feature, fault.selector)
        assert fault.quote in hay or any(sign in fault.quote for sign in COUNTED), (fault.feature, fault.quote)
