"""A page that cannot be assessed is told from one that says little."""

import pytest

from crawler.items import Reason
from crawler.page.document import Document
from crawler.page.state import SHELL_TEXT, is_shell, reason_not_readable

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
