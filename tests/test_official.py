"""What a shop, newspaper or university offers says nothing of its government."""

import pytest

from crawler.assess import assess_page
from crawler.rubric import load

MENU = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(12))
OFFERS = '<a href="/p">e-Petitions</a> <a href="/forum">Discussion forum</a> <a href="/data">Open data</a>'
OFFICIAL_ONLY = {"petition", "discussion-forum", "opendata-portal"}


def found(new_page, nowhere, head, url="https://www.site.example/", **changes):
    page = new_page(f'<html lang="en"><head>{head}</head><body>{MENU}{OFFERS}<a href="/privacy">Privacy policy</a></body></html>', url=url, **changes)  # fmt: skip
    return {one.feature for one in assess_page(page, nowhere, load()).evidence}


@pytest.mark.parametrize(
    "head",
    [
        '<title>Bikes</title><script type="application/ld+json">{"@type": "Product", "name": "Bike"}</script>',
        '<title>The Daily</title><script src="https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js"></script>',
        "<title>University of Somewhere</title>",
        '<title>Bikes</title><meta property="og:type" content="product.item">',
        '<title>Bikes</title><meta name="generator" content="WooCommerce 8">',
    ],
)
def test_marks_of_others_silence_what_only_governments_offer(new_page, nowhere, head):
    seen = found(new_page, nowhere, head)
    assert not seen & OFFICIAL_ONLY
    assert "privacy-policy" in seen


@pytest.mark.parametrize(
    ("head", "changes"),
    [
        ("<title>Welcome</title>", {}),
        ("<title>Ministry of Culture</title><script src='https://x.googlesyndication.com/a.js'></script>", {}),
        ('<title>Museum</title><script type="application/ld+json">{"@type": "Product"}</script>', {"official": True}),
        ('<title>Shop</title><script type="application/ld+json">{"@type": "Product"}</script>', {"url": "https://mint.gov.uk/"}),
    ],
)  # fmt: skip
def test_the_benefit_of_the_doubt_goes_to_whoever_bears_no_such_mark(new_page, nowhere, head, changes):
    assert found(new_page, nowhere, head, **changes) >= OFFICIAL_ONLY


def test_the_rubric_says_which_features_these_are():
    rubric = load()
    assert rubric.official_only >= OFFICIAL_ONLY
    assert not {"site-search", "contact-details", "a11y-alt-text", "privacy-policy"} & rubric.official_only
