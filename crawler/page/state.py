"""Can this page be assessed at all? Told by status, headers and structure, never by one word."""

import re

from crawler.items import Page, Reason
from crawler.page.catalogues import Unreadable, answer_of
from crawler.page.document import Document

SHELL_TEXT = 120
"""Characters of visible text below which a page with scripts is an empty shell."""
SHELL_SCRIPT = 500
"""Characters of inline script, or one script file, that make an empty page a shell."""
CHALLENGE_TEXT = 1_500
"""A challenge page has little text; passive challenge scripts also run on good pages."""

_CHALLENGE_SOURCE = re.compile(
    r"/cdn-cgi/challenge-platform/|_Incapsula_Resource|challenges\.cloudflare\.com|captcha-delivery\.com"
    r"|/_sec/cp_challenge/|ddos-guard|perimeterx|px-captcha|awswaf|/TSPD/",
    re.I,
)
_CAPTCHA_SOURCE = re.compile(r"recaptcha/api|hcaptcha\.com|captcha-delivery\.com|challenges\.cloudflare\.com", re.I)
_ROOT_MARK = "#root, #app, #__next, #__nuxt, app-root, [ng-app], [data-reactroot]"


def reason_not_readable(page: Page, document: Document) -> Reason | None:
    """Why the page cannot be assessed, or None where it can."""
    answer = answer_of(page)
    if answer is not None and page.status < 400:
        return Reason.CATALOGUE if isinstance(answer, Unreadable) else None
    if page.header("cf-mitigated") == "challenge":
        return Reason.CAPTCHA if _captcha(document) else Reason.BLOCKED
    if document.text_length < CHALLENGE_TEXT and any(map(_CHALLENGE_SOURCE.search, document.script_sources)):
        return Reason.CAPTCHA if _captcha(document) else Reason.BLOCKED
    if page.status in (401, 407):
        return Reason.LOGIN_WALL
    if page.status in (403, 429):
        return Reason.BLOCKED
    if page.status >= 400:
        return Reason.HTTP_ERROR
    if is_shell(document):
        return Reason.EMPTY
    return None


def is_shell(document: Document) -> bool:
    """Is there next to no text until scripts have run?"""
    if document.text_length >= SHELL_TEXT or len(document.links) > 10:
        return False
    scripted = bool(document.script_sources) or document.script_bytes >= SHELL_SCRIPT
    return scripted or document.text_length == 0 or document.tree.css_first(_ROOT_MARK) is not None


def _captcha(document: Document) -> bool:
    return any(map(_CAPTCHA_SOURCE.search, document.script_sources))
