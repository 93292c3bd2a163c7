"""A page is read once, whatever its bytes, and each part can be found again in the page as it was."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from crawler.page.document import Document
from crawler.page.encoding import decode

# fmt: off
_TAGS = [
    "<a href=/x>", "</a>", "<p>", "<div id=a>", "</div>", "<div class=nav>", "<noscript>", "</noscript>", "<script>",
    "</script>", "<script id=a></script>", "<template>", "</template>", "<o:p>", "<svg>", "</svg>", "<math>", "<table>",
    "<tr>", "<td>", "</table>", "<h1>", "</h1>", "<form>", "</form>", "<input type=text id=a>", "<select>", "<option>",
    "<button>", "</button>", "<style>", "</style>", "<ul>", "<li>", "words", "\x00", "<!--", "-->", "<b>", "</b>",
    "<iframe>", "<label for=a>", "<base href='::'>", "<html lang=x>", "<body>", "<head>", "<title>", "<img alt=1>",
    "<x\"y>", "<foreignObject>", "<textarea>", "<meta charset=utf-16>", "<meta charset=base64>", "<plaintext>",
    "<nav>", "<script type=application/ld+json>{\"@graph\": [1, {}]}</script>",
]
# fmt: on
soups = st.lists(st.sampled_from(_TAGS), max_size=25).map("".join)
rubbish = st.one_of(
    st.binary(max_size=300),
    st.lists(st.one_of(st.sampled_from(_TAGS).map(str.encode), st.binary(max_size=5)), max_size=25).map(b"".join),
)
charsets = st.sampled_from(["", "utf-8", "utf-16", "gb2312", "hz", "idna", "base64", "punycode", "\x00", "no-such"])


def parts_of(document):
    """All parts of a page, with every lazy reading done."""
    assert isinstance(document.things, list)
    assert isinstance(document.meta, dict)
    assert document.main_text or not document.text_length
    parts = (document.links, document.headings, document.forms, document.fields, document.buttons, document.blocks)
    return [part.node for listed in parts for part in listed]


@given(rubbish, charsets)
def test_no_bytes_break_the_reading(new_page, body, charset):
    headers = (("Content-Type", f"text/html; charset={charset}"),)
    parts_of(Document(new_page(body, headers=headers)))


@given(soups)
def test_a_selector_finds_exactly_its_element_in_the_page_as_it_was(new_page, soup):
    page = new_page(soup)
    document = Document(page)
    untouched = LexborHTMLParser(decode(page))
    for node in parts_of(document):
        found = untouched.css(document.selector(node))
        assert [(one.tag, one.attributes) for one in found] == [(node.tag, node.attributes)]


def test_an_id_that_also_stands_in_a_noscript_is_not_relied_on(new_page):
    page = new_page("<p>x</p><noscript><b id=a><a href=/n>n</a></b></noscript><div id=a><a href=/x>x</a></div>")
    document = Document(page)
    (link,) = document.links
    assert [one.attributes["href"] for one in LexborHTMLParser(decode(page)).css(document.selector(link.node))] == [
        "/x"
    ]


def test_tags_of_word_processors_do_not_break_the_selector(new_page):
    page = new_page("<p><o:p><a href=/x>x</a></o:p></p>")
    document = Document(page)
    assert len(LexborHTMLParser(decode(page)).css(document.selector(document.links[0].node))) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<p>Grüße</p>".encode("cp1252"), "text/html"),
        ("<p>Grüße</p>".encode(), "text/html"),
        ("<p>Grüße</p>".encode("utf-16"), "text/html"),
        ("<meta charset=iso-8859-2><p>Grüße</p>".encode("iso-8859-2"), "text/html"),
        ("<p>Grüße</p>".encode("iso-8859-1"), "text/html; charset=iso-8859-1"),
        ("<p>Grüße</p>".encode(), "text/html; charset=base64"),
    ],
)
def test_text_is_decoded_as_declared_or_guessed(new_page, body, kind):
    assert "Grüße" in decode(new_page(body, headers=(("Content-Type", kind),)))


def test_scripts_and_styles_are_no_text(new_page):
    document = Document(
        new_page("<p>Seen<script>hidden()</script><style>p{}</style><template>t</template></p><!-- c -->")
    )
    assert [block.text for block in document.blocks] == ["Seen"]
    assert document.script_bytes == len("hidden()")


def test_a_link_has_all_its_names_once(new_page):
    document = Document(
        new_page('<a href=/c title="Contact" aria-label="Write to us"> Contact </a><a href=/i><img alt=Home></a>')
    )
    assert [link.names for link in document.links] == [("Contact", "Write to us"), ("Home",)]


def test_a_link_stands_under_the_heading_above_it(new_page):
    document = Document(new_page("<a href=/a>a</a><h2> Our  services </h2><a href=/b>b</a>"))
    assert [link.heading for link in document.links] == ["", "Our services"]


def test_addresses_are_joined_with_the_base_of_the_page(new_page):
    document = Document(new_page("<base href='/deep/'><a href=x>x</a><a href='http://['>y</a>"))
    assert [document.link_url(link) for link in document.links] == ["https://portal.gov.example/deep/x", ""]


def test_a_form_holds_its_fields_and_buttons_and_no_hidden_ones(new_page):
    html = """<h2>Write</h2><form><label for=m>Your message</label><textarea id=m></textarea>
        <input type=hidden name=t><input type=submit value=Send></form><input name=outside>"""
    (form,) = Document(new_page(html)).forms
    assert [(field.type, field.hint) for field in form.fields] == [("textarea", "Your message")]
    assert [button.text for button in form.buttons] == ["Send"]
    assert form.heading == "Write"


def test_a_link_without_address_is_a_button(new_page):
    document = Document(new_page("<a onclick=vote()>Vote</a>"))
    assert document.links == []
    assert [button.text for button in document.buttons] == ["Vote"]


def test_a_title_is_taken_apart_for_the_topic(new_page):
    document = Document(new_page("<title>Passports | Ministry</title><h1>Apply</h1>"))
    assert document.topic == ("Apply", "Passports", "Ministry")


def test_menus_and_footers_are_told_from_the_main_part(new_page):
    html = (
        "<nav><a href=/1>1</a></nav><main><a href=/2>2</a></main><div class=site-footer><p><a href=/3>3</a></p></div>"
    )
    document = Document(new_page(html))
    assert [document.in_frame(link.node) for link in document.links] == [True, False, True]


def test_structured_data_is_unfolded_and_broken_data_is_left_out(new_page):
    graph = json.dumps({"@graph": [{"@type": "Event"}, [{"@type": "Person"}]]})
    scripts = f"<script type=application/ld+json>{graph}</script><script type=application/ld+json>{{broken</script>"
    deep = f"<script type=application/ld+json>{'[' * 100_000}</script>"
    found = Document(new_page(scripts + deep)).things
    assert [set(one.types) for one in found] == [{"Event"}, {"Person"}]


def test_deep_nesting_is_survived(new_page):
    document = Document(new_page("<div>" * 20_000 + "<a href=/x>x</a>"))
    assert document.selector(document.links[0].node).endswith("a")
    assert not document.in_frame(document.links[0].node)


def test_a_page_of_compressed_rubbish_is_read(new_page):
    assert isinstance(Document(new_page(gzip.compress(b"x" * 999))).title, str)


def test_a_line_break_keeps_words_apart(new_page):
    (block,) = Document(new_page("<p><b>24 May 2024</b><br><a href=/n>New bridge</a></p>")).blocks
    assert block.text == "24 May 2024 New bridge"


def test_links_know_the_heading_above_and_the_one_above_that(new_page):
    html = "<h1>Portal</h1><h2>e-Services</h2><h3>Transport</h3><a href=/v>Vehicle</a><h2>News</h2><a href=/n>New</a>"
    links = Document(new_page(html)).links
    assert [(link.heading, link.section) for link in links] == [("Transport", "e-Services"), ("News", "Portal")]


def test_white_space_between_inline_elements_keeps_words_apart(new_page):
    html = b"<ul><li><a href='/n'>New bridge opened</a> <span>12/04/2024</span></li></ul>"
    assert [block.text for block in Document(new_page(html)).blocks] == ["New bridge opened 12/04/2024"]
