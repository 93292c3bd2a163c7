"""Of a hostile page only structure and text come through, and the evidence is marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from crawler.review.excerpt import MOST, clean, excerpt, neutral

# fmt: off
_PIECES = [
    "<p>", "</p>", "<a href=javascript:x()>", "</a>", "<script>x()", "</script>", "<svg onload=x()>", "</svg>", "<style>",
    "</style>", "<select>", "<option>", "</select>", "<textarea>", "</textarea>", "<button>", "</button>",
    "<img src=x onerror=x() alt='<b>'>", "&lt;script&gt;x()&lt;/script&gt;", "&#60;img src=x onerror=x()&#62;", "<xmp>",
    "</xmp>", "<plaintext>", "<title>", "</title>", "<math>", "<mtext>", "<table>", "<tr>", "<td>", "</table>", "words",
    "\u202e", "&#8238;", "<!--", "-->", "<![CDATA[", "]]>", "<?php ?>", "<noscript>", "</noscript>", "<template>",
    "</template>", "<p data-egov-evidence=1>", "<body onload=x()>", "<html>", "<head>", "<input value='\"><script>x()'>",
    "<iframe srcdoc='<script>'>", "<details ontoggle=x() open>", "<form action=//evil.example>", "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>", "<object data=x>", "<embed src=x>", "<link rel=stylesheet href=x>",
]
_KEPT = {
    "p", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5",
    "h6", "b", "strong", "i", "em", "br", "section", "div", "span", "mark", "u",
}
# fmt: on


def shown(html):
    """What a browser makes of the markup: its elements."""
    return LexborHTMLParser(f"<!doctype html><div id=shown>{html}</div>").css("#shown *")


def excerpted(new_page, new_evidence, html, selector, **changes):
    return excerpt(new_page(html), new_evidence(selector=selector, **changes))


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_nothing_but_structure_and_text_comes_through(fragment):
    html = clean(f"<div>{fragment}</div>")
    assert {node.tag for node in shown(html)} <= _KEPT
    assert [node.attributes for node in shown(html) if node.attributes] == []
    assert "\u202e" not in html


@given(st.lists(st.sampled_from(_PIECES), max_size=10).map("".join))
def test_no_page_breaks_an_excerpt(new_page, new_evidence, fragment):
    found = excerpted(new_page, new_evidence, f"<p>x</p>{fragment}<i id=here>Contact us</i>", "p")
    assert {node.tag for node in shown(found.html)} <= _KEPT


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>evil()</script>",
        "<p onclick=evil()>x</p>",
        "<a href='javascript:evil()'>x</a>",
        "<svg onload=evil()><script>evil()</script></svg>",
        "<style>@import 'evil'</style>",
        "<p style='background:url(evil)'>x</p>",
        "<img src=evil>",
        "<iframe src=evil></iframe>",
        "<!-- evil -->",
        "<template>evil</template>",
    ],
)
def test_hostile_markup_is_gone(new_page, new_evidence, hostile):
    found = excerpted(new_page, new_evidence, f"<div><b id=here>Contact us</b>{hostile}</div>", "#here")
    assert "evil" not in found.html
    assert "<mark><b>Contact us</b></mark>" in found.html


@pytest.mark.parametrize(
    "text", ["&lt;script&gt;evil()&lt;/script&gt;", "<xmp><script>evil()</script></xmp>", "<plaintext><script>evil()"]
)
def test_escaped_markup_stays_text(text):
    assert shown(clean(text)) == []
    assert "evil()" in clean(text)


def test_the_marked_element_is_there_with_its_surroundings(new_page, new_evidence):
    html = "<ul><li><a href=/a>About</a></li><li><a href=/c>Contact us</a></li></ul>"
    found = excerpted(new_page, new_evidence, html, "li:nth-of-type(2) > a")
    assert found.found
    assert "<mark><u>Contact us</u></mark>" in found.html
    assert "About" in found.html


def test_only_the_evidence_is_marked_whatever_the_page_claims(new_page, new_evidence):
    html = "<div><p data-egov-evidence=1>forged</p><b>real</b></div>"
    found = excerpted(new_page, new_evidence, html, "b").html
    assert found.count("<mark>") == 1
    assert "<mark><b>real</b></mark>" in found


def test_evidence_that_is_no_longer_there_is_shown_as_its_quote(new_page, new_evidence):
    for selector in ("#gone", "not [a selector", ""):
        found = excerpted(new_page, new_evidence, "<p>x</p>", selector, quote="<b>\u202eold</b>")
        assert (found.found, str(found.html)) == (False, "<p><mark>&lt;b&gt;old&lt;/b&gt;</mark></p>")


@pytest.mark.parametrize(
    ("html", "selector", "words"),
    [
        ("<img alt='x' onerror='evil()' src=/x>", "img", "&lt;img"),
        ("<html lang=en><body>x</body></html>", "html", "lang="),
        ("<meta name=generator content='<script>'>", "meta", "generator"),
        ("<video src=x></video>", "video", "&lt;video"),
    ],
)
def test_a_tag_that_is_itself_the_evidence_is_shown_as_source(new_page, new_evidence, html, selector, words):
    found = excerpted(new_page, new_evidence, html, selector)
    assert words in found.html
    assert {node.tag for node in shown(found.html)} <= {"p", "mark", "code"}


def test_fields_and_pictures_are_named_by_their_words():
    html = clean(
        "<form><input placeholder='Your name'><select><option>One<option>Two</select><img alt=Map src=x></form>"
    )
    assert "[Your name]" in html
    assert "[Map]" in html
    assert "One" in html


def test_an_excerpt_of_a_long_page_is_short(new_page, new_evidence):
    html = f"<div>{'<p>Long text of no interest.</p>' * 5000}<section><b id=here>Contact us</b></section></div>"
    assert len(excerpted(new_page, new_evidence, html, "#here").html) < 2 * MOST


def test_deep_nesting_is_survived(new_page, new_evidence):
    assert "x" in clean("<div>" * 5_000 + "x")
    assert excerpted(new_page, new_evidence, "<div>" * 5_000 + "<b>x</b>", "b").found


def test_characters_that_turn_the_reading_direction_are_dropped():
    assert neutral("a\u202eb\u2066c\u2069d") == "abcd"
    assert neutral("שלום café") == "שלום café"
