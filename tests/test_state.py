"""A page that cannot be assessed is told from one that says little."""

from pathlib import Path

import pytest
import yaml

from crawler.assess import assess_page
from crawler.finding import find
from crawler.items import Outcome, Reason
from crawler.page.document import Document
from crawler.page.saying import said_in
from crawler.page.state import SHELL_TEXT, is_shell, reason_not_readable
from crawler.page.vendors import CHALLENGES, CONSENT_PIECES, HEADERS, MAINTENANCE, PARKED
from crawler.page.wall_words import BY_REASON, ONLY_ALONE

CASES = Path(__file__).with_name("states")
INDEX = yaml.safe_load((CASES / "index.yaml").read_text("utf-8"))

TEXT = "<p>" + "The office is open on all working days. " * 50 + "</p>"
CHALLENGE = "<script src=/cdn-cgi/challenge-platform/h/b/x.js></script>"


def reason(new_page, html, **changes):
    page = new_page(html, **changes)
    return reason_not_readable(page, Document(page))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, None),
        (401, Reason.LOGIN_WALL),
        (407, Reason.LOGIN_WALL),
        (403, Reason.BLOCKED),
        (429, Reason.BLOCKED),
        (451, Reason.BLOCKED),
        (404, Reason.HTTP_ERROR),
        (503, Reason.HTTP_ERROR),
    ],
)
def test_the_status_names_the_reason(new_page, status, expected):
    assert reason(new_page, TEXT, status=status) is expected


def test_a_challenge_is_a_block(new_page):
    assert reason(new_page, CHALLENGE + "<p>One moment</p>") is Reason.BLOCKED


def test_a_challenge_with_a_captcha_is_a_captcha(new_page):
    html = CHALLENGE + "<script src=https://challenges.cloudflare.com/turnstile/v0/api.js></script>"
    assert reason(new_page, html) is Reason.CAPTCHA


def test_a_challenge_is_known_by_its_header(new_page):
    assert reason(new_page, TEXT, headers=(("CF-Mitigated", "challenge"),)) is Reason.BLOCKED


def test_passive_challenge_scripts_on_a_good_page_are_no_block(new_page):
    assert reason(new_page, TEXT + CHALLENGE) is None


def test_a_page_about_captchas_is_readable(new_page):
    assert reason(new_page, f"<h1>Access denied: what captcha means</h1>{TEXT}") is None


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<div id=root></div>",
        "<script src=app.js></script><p>Loading</p>",
        f"<script>{'x' * 600}</script><p>Wait</p>",
    ],
)
def test_a_page_without_text_is_an_empty_shell(new_page, html):
    assert reason(new_page, html) is Reason.EMPTY


@pytest.mark.parametrize(
    "html",
    [
        "<p>Closed today</p>",
        "<script src=app.js></script>" + "".join(f"<a href=/{number}>x</a>" for number in range(11)),
        f"<script src=app.js></script><p>{'x' * SHELL_TEXT}</p>",
    ],
)
def test_little_text_alone_does_not_make_a_shell(new_page, html):
    assert not is_shell(Document(new_page(html)))


def case(new_page, row):
    """The page of a labelled case."""
    url = row.get("url", "https://portal.gov.example/a/page")
    headers = (("Content-Type", "text/html; charset=utf-8"), *row.get("headers", {}).items())
    path = ((row.get("link_text", "Read on"), row.get("wanted", url)),)
    status = row.get("status", 200)
    return new_page((CASES / row["file"]).read_bytes(), url=url, headers=headers, path=path, status=status, depth=1)


@pytest.mark.parametrize("row", INDEX, ids=lambda row: row["file"].removesuffix(".html"))
def test_walls_are_named_and_look_alikes_stay_readable(new_page, row):
    page = case(new_page, row)
    assert reason_not_readable(page, Document(page)) == row["expected"]


def test_all_kinds_and_the_six_languages_of_the_united_nations_are_covered():
    assert {row["expected"] for row in INDEX} > {None, "blocked", "captcha", "login-wall", "consent-wall", "not-found"}
    assert {"en", "fr", "es", "ru", "ar", "zh"} <= {row["language"] for row in INDEX}
    for languages in BY_REASON.values():
        assert {"en", "fr", "es", "ru", "ar", "zh"} <= languages.keys()


def test_walls_alone_leave_every_feature_untested(new_page, rubric, nowhere):
    pages = [assess_page(case(new_page, row), nowhere, rubric) for row in INDEX if row["expected"]]
    findings = find("GBR", rubric, pages)
    assert {one.outcome for one in findings} == {Outcome.UNTESTED}
    assert all(one.reason for one in findings)
    assert not any(page.evidence or page.faults for page in pages)


@pytest.mark.parametrize("reason", sorted({row["expected"] for row in INDEX if row["expected"]}))
def test_a_wall_beside_readable_pages_is_told_with_what_was_searched(new_page, rubric, nowhere, reason):
    row = next(row for row in INDEX if row["expected"] == reason)
    good = new_page(f"<html lang=en><title>Home</title>{TEXT}</html>")
    pages = [assess_page(page, nowhere, rubric) for page in (good, case(new_page, row))]
    for finding in find("GBR", rubric, pages):
        assert finding.outcome is not Outcome.ABSENT
        assert finding.searched.pages == 1
        assert finding.searched.failures == ((reason, 1),)


def test_walls_do_not_settle_an_absence(new_page, new_feature, write_rubric, nowhere):
    from crawler.rubric import load

    feature = new_feature("contact", un2024="CP", detect=[{"link": {"terms": "contact"}}], when_missing="absent")
    strict = load(str(write_rubric([feature])))
    walls = [assess_page(case(new_page, row), nowhere, strict) for row in INDEX if row["expected"]]
    assert find("GBR", strict, walls)[0].outcome is Outcome.UNTESTED


def test_marks_are_written_as_they_are_looked_for():
    pieces = [piece for mark in (*CHALLENGES, *PARKED, *MAINTENANCE) for piece in mark.pieces]
    assert [piece for piece in (*pieces, *CONSENT_PIECES) if piece != piece.lower()] == []
    assert [mark for mark in HEADERS if mark.name != mark.name.lower()] == []
    assert all(mark.source for mark in (*CHALLENGES, *PARKED, *MAINTENANCE, *HEADERS))


def test_phrases_that_count_alone_are_phrases():
    known = {one.strip() for languages in BY_REASON.values() for text in languages.values() for one in text.split("|")}
    assert set() == ONLY_ALONE - known


@pytest.mark.parametrize("text", ["Law 404", "Ley 404", "Room 404", "Resolution 404 (2002)", "4040", "Notfounded"])
def test_a_number_alone_is_no_missing_page(text):
    assert said_in([text]) == set()


def test_a_mark_in_a_page_with_its_menu_is_no_wall(new_page):
    menu = "".join(f"<a href=/{number}>Part {number}</a>" for number in range(20))
    assert (
        reason(new_page, f"{menu}<p>How _cf_chl_opt and gokuProps are used, told by the Incapsula incident ID.</p>")
        is None
    )


def test_a_challenge_of_much_script_and_no_text_is_a_block(new_page):
    html = f"<title>Just a moment...</title><script>window._cf_chl_opt={{}};{'x' * 118_000}</script><p>Wait</p>"
    assert reason(new_page, html) is Reason.BLOCKED
