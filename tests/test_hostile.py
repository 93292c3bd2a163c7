"""Whatever bytes a server sends, judging them never raises, and needs time and memory in proportion to their size."""

import importlib
import pkgutil
import re
import sys
import time
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import crawler.detectors
import crawler.page
from crawler.assess import assess_page
from crawler.rubric import load

# fmt: off
PIECES = [
    "<form>", "</form>", "<input type=password>", "<input name=birth type=date>", "<label for=x>", "<a href=/c>", "<a href='javascript:x'>",
    "<a href='mailto:x'>", "<a href='http://[::1'>", "<a href='/f.pdf'>", "<button>", "<h1>", "<h2>", "<table><td>", "<time datetime=x>",
    "<script type=application/ld+json>[{\"@type\": [{}, 3]}]</script>", "<div itemscope itemtype=a><b itemprop>", "<p typeof=x property=y>",
    "<html lang=xx>", "<meta name=viewport content='width=-1, user-scalable=NaN'>", "<iframe src=//x>", "<svg><title>", "<img alt>", "<nav>",
    "<link rel=alternate type=application/rss+xml>", "<body role='button x' aria-labelledby='a b'>", "<select><option>", "<h1></h1>", "<title>",
    "Contact", "Apply for a passport online", "3 May 2024", "31/02/2024", "٣ مايو ٢٠٢٤", "2024年13月40日", "+44 20 7946 0958", "a@b.cc", "$ 12,000.00",
    "Datenschutz", "联系我们", "ติดต่อเรา", "اتصل بنا", "\x00", "\ufffd", "\u202e", "\ud83d", "=", "*", "^", "$", "\x02", "'", " " * 50, "&#x110000;",
]
# fmt: on
soups = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=40).map("".join)
pages = st.one_of(st.binary(max_size=400), soups.map(lambda text: text.encode("utf-8", "surrogatepass")))
KINDS = ["text/html", "text/html; charset=utf-16", "application/json", ""]


@hypothesis_settings(max_examples=400)
@given(pages, st.sampled_from(KINDS), st.sampled_from(["/", "/data.json", "/en/a?b=c", "/api/3/action/package_search"]))
@example(b"", "text/html", "/")
def test_no_bytes_break_the_judging(new_page, nowhere, body, kind, path):
    page = new_page(body, headers=(("Content-Type", kind),), url=f"https://portal.gov.example{path}")
    assessed = assess_page(page, nowhere, load())
    assert assessed.reason is not None or assessed.title is not None
    assert all(len(one.quote) <= 200 for one in assessed.evidence)


# fmt: off
HOSTILE = {
    "nested": lambda n: "<div>" * (n // 5), "links": lambda n: "<a href=/x>Contact</a>" * (n // 22), "digits": lambda n: "<p>" + "1 2.3/4-" * (n // 8),
    "mail": lambda n: "<p>" + "a.b@" * (n // 4), "dates": lambda n: "<li>3 May 2024</li>" * (n // 19), "fields": lambda n: "<form>" + "<input name=birth>" * (n // 18),
    "headings": lambda n: "<h2>Contact us</h2>" * (n // 19), "attributes": lambda n: "<p " + "a=b " * (n // 4) + ">", "aria": lambda n: "<i aria-x=1 role=y>" * (n // 19),
    "words": lambda n: "<p>" + "contact us privacy " * (n // 19), "microdata": lambda n: "<b itemscope itemtype=x itemprop=y>" * (n // 35),
    "inline": lambda n: "<p>" + "<b>x</b> y" * (n // 10), "labels": lambda n: "<label for=a>a</label><input id=a>" * (n // 34), "spaces": lambda n: "<p>" + " \n" * (n // 2), "images": lambda n: "<img src=a>" * (n // 11),
}
# fmt: on


def effort(page, nowhere):
    """Calls of functions, of Python and of C, and the most memory held, in bytes, while one page is judged."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    load().index.forget()
    tracemalloc.start()
    sys.setprofile(count)
    try:
        assess_page(page, nowhere, load())
    finally:
        sys.setprofile(None)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return calls, peak


@pytest.mark.parametrize("kind", HOSTILE)
def test_effort_grows_with_the_size_of_a_page_and_no_faster(new_page, nowhere, kind):
    head = '<html lang="en"><title>T</title><body>'
    effort(new_page(head), nowhere)
    small, large = (effort(new_page(head + HOSTILE[kind](size)), nowhere) for size in (20_000, 80_000))
    assert large[0] < 5 * small[0] + 20_000
    assert large[1] < 5 * small[1] + 3_000_000
    assert large[1] < 120 * 80_000


def own_expressions():
    """Every regular expression of Python's own engine that is held against pages."""
    for package in (crawler.page, crawler.detectors):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, re.Pattern):
                    yield pytest.param(value, id=f"{module.name}.{name}")


ATTACKS = [
    "a",
    "1",
    " ",
    "a1 ",
    "1 ",
    "1.",
    "a.",
    "a@",
    "-",
    "('",
    ".com",
    "a\u0301",
    "/a",
    "20",
    "1/",
    "x=&",
    "№ ",
    "年1月",
    "٣ ",
]


@pytest.mark.parametrize("expression", list(own_expressions()))
def test_no_expression_backtracks(expression):
    in_bytes = isinstance(expression.pattern, bytes)
    for attack in [attack.encode() for attack in ATTACKS] if in_bytes else ATTACKS:
        small, large = (_seconds(expression, attack * size) for size in (1_000, 8_000))
        # Eight times the text may take eight times as long, and noise; squared it would be sixty-four times.
        assert large < 24 * small + 0.02, attack


def _seconds(expression, text):
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for _ in expression.finditer(text):
            pass
        best = min(best, time.process_time() - start)
    return best
