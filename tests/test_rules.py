"""Rules of robots.txt, case by case: those of Google's published parser (google/robotstxt) and what RFC 9309 adds.

A case: the file, its lines separated by `|`; who asks; what may be fetched; what may not.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.rules import MAX_LINE, MAX_SIZE, parse, path_of, product_token, spelled

ALL, NONE = "user-agent: egov|allow: /", "user-agent: egov|disallow: /"
GROUPS = (
    "allow: /early/||user-agent: egov|disallow: /|allow: /x/|user-agent: other|disallow: /|allow: /y/|||allow: /w/"
    "|user-agent: third||user-agent: egov|allow: /z/|disallow: /"
)
MIXED = "UsEr-AgEnT: {}|AlLoW: /x/|dIsAlLoW: /"
FISH = "/fish /fish.html /fish/salmon.html /fishheads /fishheads/yummy.html /fish.html?id=anything"
# fmt: off
CASES = [
    # An empty file, an agent without a name, an address without a path.
    ("", "egov", " /a", ""), ("", "", " /a", ""), (NONE, "", "/a", ""), (NONE, "egov", "", " /a"),
    # Lines are names and values; a missing colon is forgiven, an unknown name is not a rule.
    (NONE, "egov", "", "/x/y"), ("foo: egov|bar: /", "egov", "/x/y", ""), ("user-agent egov|disallow /", "egov", "", "/x/y"),
    ("user-agent: egov|disallow / now", "egov", "/x/y", ""), ("user-agent : egov |  disallow :   /x  ", "egov", "/y", "/x"),
    # Groups: rules before the first are ignored, those for the same agent are merged, blank lines separate nothing.
    (GROUPS, "egov", "/x/b /z/d", "/y/c /early/"), (GROUPS, "other", "/y/c /w/a", "/z/d /early/"), (GROUPS, "third", "/z/d", "/early/"),
    # Other lines do not end a group, known or not.
    ("user-agent: other|sitemap: https://gov.example/s|user-agent: *|disallow: /", "egov", "", "/"),
    ("user-agent: other|sitemap: https://gov.example/s|user-agent: *|disallow: /", "other", "", "/"),
    ("user-agent: other|unheard-of: x|user-agent: *|disallow: /", "egov", "", "/"),
    ("user-agent: other|unheard-of: x|user-agent: *|disallow: /", "other", "", "/"),
    ("user-agent: egov|crawl-delay: 2|user-agent: *|disallow: /", "egov", "", "/"),
    # Names of lines and of agents in any case.
    (MIXED.format("egov"), "egov", "/x/y", "/a/b"), (MIXED.format("EGOV").upper().replace("/X/", "/x/"), "egov", "/x/y", "/a/b"),
    (MIXED.format("eGoV").lower(), "EGOV", "/x/y", "/a/b"),
    # An agent is named up to the first character that cannot be part of a token.
    (MIXED.format("E GOV"), "e", "/x/y", "/a/b"), (MIXED.format("egov now"), "EGOV", "/x/y", "/a/b"),
    ("user-agent: *|disallow: /|user-agent: egov now|allow: /x/|disallow: /", "egov", "/x/y", "/a"),
    ("user-agent: *|disallow: /|user-agent: egov now|allow: /x/|disallow: /", "egov now", "", "/x/y"),
    ("user-agent: egov/2.1|disallow: /", "egov", "", "/"), ("user-agent: egov/2.1|disallow: /", "egov/0.1 (+https://who.example/)", "", "/"),
    # Another agent's token is not ours, however much of it is the same.
    ("user-agent: egovernment|disallow: /", "egov", "/", ""), ("user-agent: eg|disallow: /", "egov", "/", ""),
    ("user-agent: my-egov|disallow: /", "egov", "/", ""), ("user-agent: egov-news|disallow: /|user-agent: egov|allow: /", "egov", "/", ""),
    # Rules for everybody bind only whom no other group names.
    ("user-agent: *|allow: /|user-agent: egov|disallow: /", "egov", "", "/x/y"), ("user-agent: *|allow: /|user-agent: egov|disallow: /", "other", "/x/y", ""),
    (f"{ALL}|user-agent: a|disallow: /|user-agent: b|disallow: /", "other", "/x/y", ""), ("user-agent: *|disallow: /x/|user-agent: egov|disallow: /y/", "egov", "/x/page", "/y/page"),
    ("user-agent: * # all|disallow: /", "egov", "", "/"), ("user-agent: *bot|disallow: /", "egov", "/", ""), ("user-agent:|disallow: /|user-agent: *|disallow: /p", "egov", "/x", "/p"),
    # Paths are told apart by case.
    ("user-agent: egov|disallow: /x/", "egov", "", "/x/y"), ("user-agent: egov|disallow: /X/", "egov", "/x/y", ""),
    # The longest pattern decides; of two alike the one that allows.
    ("user-agent: egov|disallow: /x/page.html|allow: /x/", "egov", "/x/", "/x/page.html"), ("user-agent: egov|allow: /x/page.html|disallow: /x/", "egov", "/x/page.html", "/x/"),
    ("user-agent: egov|disallow:|allow:", "egov", "/x/page.html", ""), (f"{NONE}|allow: /", "egov", "/x/page.html", ""),
    ("user-agent: egov|disallow: /x|allow: /x/", "egov", "/x/", "/x"), ("user-agent: egov|disallow: /x/page.html|allow: /x/page.html", "egov", "/x/page.html", ""),
    ("user-agent: egov|allow: /page|disallow: /*.html", "egov", "/page", "/page.html"), ("user-agent: egov|allow: /x/page.|disallow: /*.html", "egov", "/x/page.html", "/x/y.html"),
    # Patterns and addresses are compared in one spelling.
    (f"{NONE}|allow: /a/b?q=t&u=http://gov.example?x&y", "egov", "/a/b?q=t&u=http://gov.example?x&y", "/a/b?q=t"),
    (f"{NONE}|allow: /a/b?u=http://gov.example", "egov", "/a/b?u=http%3A%2F%2Fgov.example", ""),
    (f"{NONE}|allow: /a/ツ", "egov", "/a/%E3%83%84 /a/%e3%83%84", "/a/%E3%83%85"), (f"{NONE}|allow: /a/%E3%83%84", "egov", "/a/%E3%83%84", "/a/"),
    ("user-agent: egov|disallow: /a%2Fb", "egov", "/a/b", "/a%2fb"), ("user-agent: egov|disallow: /a%3Fb", "egov", "/a?b", "/a%3fb"),
    ("user-agent: egov|disallow: /a%2Ab", "egov", "/axb", "/a*b /a%2ab"), ("user-agent: egov|disallow: /a%24", "egov", "/a", "/a$ /a%24b"), ("user-agent: egov|disallow: /a$b", "egov", "/a", "/a$b"),
    ("user-agent: egov|disallow: /100%", "egov", "/100", "/100% /100%25"), ("user-agent: egov|disallow: /a b", "egov", "/a", "/a%20b"),
    # RFC 9309 goes beyond Google here: what needs no escape is the same with one, and so is a character that needs one.
    (f"{NONE}|allow: /a/%62%61%7A", "egov", "/a/baz /a/%62%61%7A", "/a/ba"), (f"{NONE}|allow: /a/ツ", "egov", "/a/ツ", ""),
    # `*` stands for anything, a final `$` for the end, `#` begins a comment.
    ("user-agent: egov|disallow: /a/b/quz|allow: /a/*/qux", "egov", "/a/quz /a//quz /a/bax/quz", "/a/b/quz"),
    ("user-agent: egov|disallow: /a/b$|allow: /a/b/qux", "egov", "/a/b/qux /a/b/ /a/b/baz", "/a/b"),
    ("user-agent: egov|# disallow: /|disallow: /a/quz#qux|allow: /", "egov", "/a/b", "/a/quz"), ("user-agent: egov|disallow: /a$", "egov", "/ab", "/a#b /a"),
    ("user-agent: egov|disallow: /*?", "egov", "/a", "/a?b /a?"), ("user-agent: egov|disallow: *secret", "egov", "/a", "/a/secret"), ("user-agent: egov|disallow: secret", "egov", "/secret", ""),
    ("user-agent: egov|disallow: /**a*b$", "egov", "/ab/ /b", "/xaxb /ab"), ("user-agent: egov|disallow: /a;b", "egov", "/a", "/a;b"), ("user-agent: egov|disallow: //a", "egov", "/a", "//a/b"),
    # An index page that is allowed allows its directory.
    ("user-agent: *|allow: /open/index.html|disallow: /", "egov", "/open/ /open/index.html", "/open/index.htm /other"),
    # The examples of Google's manual.
    (f"{NONE}|allow: /fish", "egov", FISH, "/bar /Fish.asp /catfish /?id=fish"), (f"{NONE}|allow: /fish*", "egov", FISH, "/bar /Fish.bar /catfish /?id=fish"),
    (f"{NONE}|allow: /fish/", "egov", "/fish/ /fish/salmon /fish/?salmon /fish/salmon.html /fish/?id=anything", "/bar /fish /fish.html /Fish/Salmon.html"),
    (f"{NONE}|allow: /*.php", "egov", "/file.php /a/file.php /a/file.php?b //a/any.php.file.html /file.php/ /index?f=file.php/", "/bar /php/ /index?php /windows.PHP"),
    (f"{NONE}|allow: /*.php$", "egov", "/file.php /a/file.php", "/bar /file.php?b /file.php/ /file.php5 /php/ /file?php /aaaphpaaa //windows.PHP"),
    (f"{NONE}|allow: /fish*.php", "egov", "/fish.php /fishheads/catfish.php?b", "/bar /Fish.PHP"),
    ("user-agent: egov|allow: /p|disallow: /", "egov", "/page", "/a"), ("user-agent: egov|allow: /folder|disallow: /folder", "egov", "/folder/page", ""),
    ("user-agent: egov|allow: /page|disallow: /*.htm", "egov", "/page", "/page.htm"), ("user-agent: egov|allow: /$|disallow: /", "egov", "/", "/page.html"),
    # robots.txt itself is always allowed; misspelt rules are meant.
    (NONE, "egov", "/robots.txt", "/robots.txt.html"), ("useragent: egov|dissallow: /a|disalow: /b", "egov", "/c", "/a /b"),
]
# fmt: on


@pytest.mark.parametrize(("file", "agent", "allowed", "denied"), CASES)
def test_each_case_is_decided_as_published(file, agent, allowed, denied):
    robots = parse(file.replace("|", "\n").encode())
    for paths, expected in ((allowed, True), (denied, False)):
        for path in paths.split(" ") if paths else ():
            assert robots.allows(f"https://gov.example{path}", agent) is expected, path


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_lines_may_end_as_they_like(end, last):
    robots = parse(
        (end.join(["User-Agent: a", "Allow: /some/path", "User-Agent: b", "", "", "Disallow: /"]) + last).encode()
    )
    assert set(robots.groups) == {"a", "b"}
    assert robots.allows("https://gov.example/x", "a")
    assert not robots.allows("https://gov.example/x", "b")


def test_mixed_line_ends_are_read():
    robots = parse(b"User-Agent: a\nAllow: /some/path\r\nUser-Agent: b\n\r\n\nDisallow: /")
    assert not robots.allows("https://gov.example/x", "b")


@pytest.mark.parametrize("space", ["\f", "\v", "\x85", "\u2028"])
def test_only_line_ends_end_a_line(space):
    robots = parse(f"User-agent: egov\nDisallow: /a{space}Allow: /\nDisallow: /b".encode())
    assert robots.allows("https://gov.example/a", "egov")
    assert not robots.allows("https://gov.example/b", "egov")


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"])
def test_a_byte_order_mark_is_skipped_even_half_of_one(mark):
    assert not parse(mark + b"User-agent: egov\nDisallow: /").allows("https://gov.example/", "egov")


def test_what_is_no_byte_order_mark_spoils_its_line():
    assert parse(b"\xef\x11\xbfUser-agent: egov\nDisallow: /").allows("https://gov.example/", "egov")
    assert parse(b"User-agent: egov\n\xef\xbb\xbfDisallow: /").allows("https://gov.example/", "egov")


def test_a_pattern_in_another_encoding_is_compared_octet_by_octet():
    robots = parse(b"User-agent: egov\nDisallow: /caf\xe9")
    assert not robots.allows("https://gov.example/caf%E9", "egov")
    assert robots.allows("https://gov.example/caf%C3%A9", "egov")
    assert str(robots.decides("https://gov.example/caf%E9", "egov")) == "Disallow: /caf\ufffd"


def test_a_line_that_is_too_long_is_cut():
    for name, other in (("disallow", "allow"), ("allow", "disallow")):
        long = "/x/" + "a" * (MAX_LINE - len(name) - 2 - len("/x/") - 1)
        robots = parse(f"user-agent: egov\n{other}: /\n{name}: {long}/qux\n".encode())
        assert robots.allows("https://gov.example/fux", "egov") is (other == "allow")
        assert robots.allows(f"https://gov.example{long}/fux", "egov") is (name == "allow")
        assert robots.allows(f"https://gov.example{long[:-1]}", "egov") is (other == "allow")


@pytest.mark.parametrize("place", [0, 5])
def test_sitemaps_may_stand_anywhere(place):
    lines = ["User-Agent: a", "Allow: /some/path", "User-Agent: b", "", ""]
    lines.insert(place, "Sitemap: https://gov.example/sitemap.xml")
    assert parse("\n".join(lines).encode()).sitemaps == ("https://gov.example/sitemap.xml",)


@pytest.mark.parametrize(
    ("header", "token"),
    [("egov", "egov"), ("egov-bot", "egov-bot"), ("e_gov", "e_gov"), ("egov/2.1", "egov"), ("", ""), ("ツ", ""), ("egov*", ""), (" egov ", ""), ("e gov", "")],
)  # fmt: skip
def test_a_token_has_letters_underscores_and_hyphens(header, token):
    assert product_token(header) == token


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("", "/"), ("https://gov.example", "/"), ("https://gov.example/", "/"), ("https://gov.example/a", "/a"), ("https://gov.example/a/", "/a/"),
        ("https://gov.example/a/b?c=http://d.e/", "/a/b?c=http://d.e/"), ("https://gov.example/a/b?c=d&e=f#g", "/a/b?c=d&e=f"), ("gov.example", "/"),
        ("gov.example/", "/"), ("gov.example/a", "/a"), ("gov.example/a/", "/a/"), ("gov.example/a/b?c=d&e=f#g", "/a/b?c=d&e=f"), ("a", "/"), ("a/", "/"), ("/a", "/a"), ("a/b", "/b"),
        ("gov.example?a", "/?a"), ("gov.example/a;b#c", "/a;b"), ("//a/b/c", "/b/c"), ("https://gov.example:8080/a", "/a"), ("https://[::1]:80/a", "/a"),
    ],
)  # fmt: skip
def test_path_and_query_are_what_rules_are_held_against(url, path):
    assert path_of(url) == path


@pytest.mark.parametrize(
    ("text", "same"),
    [("http://gov.example", "http://gov.example"), ("/a/b/c", "/a/b/c"), ("á", "%C3%A1"), ("%aa", "%AA")],
)
def test_what_needs_an_escape_is_spelled_with_one(text, same):
    assert spelled(text) == same


@pytest.mark.parametrize(
    ("lines", "delay"),
    [
        ("*|Crawl-delay: 5", 5),
        ("*|Crawl-delay: 5|Crawl-delay: 2", 5),
        ("egov|Crawl-delay: 3|User-agent: *|Crawl-delay: 9", 3),
        ("*|Crawl-delay: -1", 0),
        ("*|Crawl-delay: inf", 0),
    ],
)
def test_a_crawl_delay_is_that_of_our_group(lines, delay):
    assert parse(f"User-agent: {lines}".replace("|", "\n").encode()).group("egov").crawl_delay_s == delay


@given(
    st.binary(max_size=300) | st.text(alphabet="usragentdilow:* /#$%\n\r?aA%2f", max_size=300).map(str.encode),
    st.text(max_size=40),
)
def test_no_file_and_no_address_break_the_reading(body, url):
    robots = parse(body)
    assert robots.allows(url, "egov") in (True, False)
    assert robots.allows("https://gov.example/robots.txt", "egov")


@given(st.text(alphabet="aA/?%2fF*$é=&.~", max_size=20))
def test_spelling_twice_changes_nothing(text):
    assert spelled(spelled(text)) == spelled(text)


def test_a_file_full_of_rules_is_read_and_asked_in_reasonable_steps():
    lines = b"".join(b"Disallow: /%d/*/x\n" % number for number in range(30_000))
    robots = parse(b"User-agent: *\n" + lines)
    assert len(lines) > MAX_SIZE
    assert robots.allows("https://gov.example/" + "a" * 8_000, "egov")
    assert not robots.allows("https://gov.example/7/a/x", "egov")
