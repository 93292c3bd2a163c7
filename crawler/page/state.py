"""Can this page be assessed at all? Told by status, headers and structure, never by one word.

What a page says in its title, and what vendors put into its source, counts only beside a structure that
fits: a page with content is readable whatever it is about and whatever watches its visitors.
"""

import re

from crawler.items import Page, Reason
from crawler.page.catalogues import Unreadable, answer_of
from crawler.page.document import Document
from crawler.page.parts import Field
from crawler.page.saying import Said, said_in, statements
from crawler.page.urls import host
from crawler.page.vendors import (
    CHALLENGES,
    CONSENT_DIALOGS,
    CONSENT_PIECES,
    HEADERS,
    MAINTENANCE,
    ON_GOOD_PAGES_TOO,
    ONLY_WATCHES,
    PARKED,
    first_of,
    pieces_on,
)

# The figures below are the authors' own, set on the pages of tests/states and on pages of 40 governments
# (benchmarks/state.py); there is no published standard for them.
SHELL_TEXT = 120
"""Characters of visible text below which a page with scripts is an empty shell."""
SHELL_SCRIPT = 500
"""Characters of inline script, or one script file, that make an empty page a shell."""
CHALLENGE_TEXT = 1_500
"""A challenge page has little text; passive challenge scripts also run on good pages."""
SOURCE = 300_000
"""Bytes of a page with little text that are searched for marks of vendors."""
NOTICE_TEXT = 800
"""Characters of text on a page that is no more than a notice: blocked, closed, for sale."""
CURT_TEXT = 250
"""Characters of a notice of refusal that says more in its title than that."""
NOTICE_LINKS = 10
"""Links on such a page; one with the menu of its site has more."""
NOT_FOUND_TEXT = 2_000
"""Characters beside menus with which a page whose title is "page not found" is still that."""
DEFAULT_TEXT = 5_000
"""The page of a fresh Apache server has about 3,000 characters and ten links."""
CONSENT_TEXT = 4_000
"""Characters of a consent dialog with its list of purposes."""
BESIDE_CONSENT = 200
"""Characters beside a consent dialog below which there is no page behind it."""
FORM_TEXT = 400
"""Characters of text on a page that is a sign-in form and nothing else."""

_CAPTCHA_SOURCE = re.compile(r"recaptcha/|hcaptcha\.com|captcha-delivery\.com|challenges\.cloudflare\.com", re.I)
SENTENCE = 40
"""Characters from which a stretch of text says more than the label of a field."""
_CAPTCHA = ".g-recaptcha, .h-captcha, .cf-turnstile, [data-sitekey], img[src*=captcha i], input[name*=captcha i]"
_ROOT_MARK = "#root, #app, #__next, #__nuxt, app-root, [ng-app], [data-reactroot]"
_SIGN_IN_ADDRESS = re.compile(
    r"(?:^|[/._?&=-])(?:log-?in|log-?on|sign-?in|sso|saml2?|oauth2?|openid|openid-connect|oidc|adfs|cas|idp|auth|wp-login"
    r"|authori[sz]e|authenticate|authentication|iniciar-?sesion|connexion|anmelden|acceso|ingresar|account|register)"
    r"(?=$|[/._?&=-])",
    re.I,
)
_SIGN_IN_HOSTS = (
    "login.microsoftonline.com", "accounts.google.com", "login.live.com", "okta.com", "auth0.com", "b2clogin.com",
)  # fmt: skip
_CONSENT_HOST = re.compile(r"(?:consent|cookiewall|cookie-wall|privacy-?gate|myprivacy)\.", re.I)


def reason_not_readable(page: Page, document: Document) -> Reason | None:
    """Why the page cannot be assessed, or None where it can."""
    answer = answer_of(page)
    if answer is not None and page.status < 400:
        return Reason.CATALOGUE if isinstance(answer, Unreadable) else None
    if reason := _by_header(page):
        return _blocked(document) if reason is Reason.BLOCKED else reason
    pieces: frozenset[str] = frozenset()
    if document.text_length < CHALLENGE_TEXT or (document.text_length < CONSENT_TEXT and _few_links(document)):
        pieces = pieces_on(page.body[:SOURCE])
    if document.text_length < CHALLENGE_TEXT and (reason := _challenge(document, pieces)):
        return reason
    said = said_in(statements(document))
    if page.status >= 400:
        return _by_status(page, document, said, pieces)
    if said and (reason := _by_statement(document, said)):
        return reason
    if pieces and (reason := _by_vendor(document, pieces)):
        return reason
    if reason := _by_redirect(page, document):
        return reason
    return Reason.EMPTY if is_shell(document) else None


def is_shell(document: Document) -> bool:
    """Is there next to no text until scripts have run?"""
    if document.text_length >= SHELL_TEXT or len(document.links) > 10 or len(_asked(document)) > 1:
        return False
    # The script of a captcha brings no content.
    sources = [source for source in document.script_sources if not _CAPTCHA_SOURCE.search(source)]
    scripted = bool(sources) or document.script_bytes >= SHELL_SCRIPT
    return scripted or document.text_length == 0 or document.tree.css_first(_ROOT_MARK) is not None


def _by_header(page: Page) -> Reason | None:
    for name, value in page.headers:
        lowered = name.lower()
        if lowered in _HEADER_NAMES:
            for mark in HEADERS:
                if mark.name == lowered and mark.value in value.lower():
                    return mark.reason
    return None


_HEADER_NAMES = frozenset(mark.name for mark in HEADERS)


def _by_status(page: Page, document: Document, said: set[Said], pieces: frozenset[str]) -> Reason:
    if page.status in (401, 407):
        return Reason.LOGIN_WALL
    if page.status in (403, 429, 451):
        return _blocked(document)
    reasons = {one.reason for one in said}
    # RFC 9110, 15.6.4: 503 is overload or scheduled maintenance, and Retry-After says how long it will last.
    told = page.header("Retry-After") or Reason.MAINTENANCE in reasons or first_of(MAINTENANCE, pieces)
    return Reason.MAINTENANCE if page.status == 503 and told else Reason.HTTP_ERROR


def _challenge(document: Document, pieces: frozenset[str]) -> Reason | None:
    """Does a firewall answer in place of the site? Only for pages with little text."""
    if _few_links(document) and (mark := first_of(CHALLENGES, pieces)):
        return _blocked(document) if mark.reason is Reason.BLOCKED else mark.reason
    bare = document.text_length < SHELL_TEXT and _few_links(document) and not _asked(document)
    watched = pieces.intersection(ON_GOOD_PAGES_TOO) and not any(
        piece in source for source in document.script_sources for piece in ONLY_WATCHES
    )
    if bare and watched and document.tree.css_first(_ROOT_MARK) is None:
        return _blocked(document)
    return Reason.CAPTCHA if _is_captcha_form(document) else None


def _is_captcha_form(document: Document) -> bool:
    """Is there a captcha, and nothing else to read, fill in or go to?"""
    if document.text_length >= CHALLENGE_TEXT or len(document.links) > 5 or document.tree.css_first(_CAPTCHA) is None:
        return False
    asked = _asked(document)
    drawn = document.tree.css_first("img[src*=captcha i]") is not None
    return len(asked) <= int(drawn) and not any(field.type in ("password", "email", "textarea") for field in asked)


def _asked(document: Document) -> list[Field]:
    """The fields of the page, without those of a captcha."""
    return [field for field in document.fields if "captcha" not in field.name]


def _by_statement(document: Document, said: set[Said]) -> Reason | None:
    """What the page says it is, where its structure agrees."""
    whole = {one.reason for one in said if one.whole}
    reasons = {one.reason for one in said}
    notice = document.text_length < NOTICE_TEXT and _few_links(document)
    if Reason.PARKED in whole and document.text_length < DEFAULT_TEXT and len(document.links) <= 2 * NOTICE_LINKS:
        return Reason.PARKED
    if Reason.PARKED in reasons and notice:
        return Reason.PARKED
    shortest = NOTICE_TEXT if Reason.BLOCKED in whole else CURT_TEXT
    if Reason.BLOCKED in reasons and notice and document.text_length < shortest and not document.fields:
        return _blocked(document)
    if Reason.MAINTENANCE in reasons and notice:
        return Reason.MAINTENANCE
    if Reason.CONSENT_WALL in reasons and document.text_length < CHALLENGE_TEXT and _few_links(document):
        return Reason.CONSENT_WALL if document.buttons else None
    if Reason.NOT_FOUND in reasons:
        longest = NOT_FOUND_TEXT if Reason.NOT_FOUND in whole else NOTICE_TEXT
        return Reason.NOT_FOUND if _main_length(document) < longest else None
    return None


def _by_vendor(document: Document, pieces: frozenset[str]) -> Reason | None:
    if document.text_length < CHALLENGE_TEXT and len(document.links) <= 2 * NOTICE_LINKS:
        if mark := first_of((*PARKED, *MAINTENANCE), pieces):
            return mark.reason
    if not pieces.isdisjoint(CONSENT_PIECES) and _is_consent_wall(document):
        return Reason.CONSENT_WALL
    return None


def _is_consent_wall(document: Document) -> bool:
    """Is the dialog of a consent tool all there is? A banner beside content is none."""
    dialogs = {node.mem_id for node in document.tree.css(CONSENT_DIALOGS)}
    inside = outside = 0
    for block in document.blocks:
        node = block.node
        while node is not None and node.mem_id not in dialogs:
            node = node.parent  # type: ignore[assignment]
        if node is None:
            outside += len(block.text)
        else:
            inside += len(block.text)
    return inside >= SHELL_TEXT and outside < BESIDE_CONSENT


def _by_redirect(page: Page, document: Document) -> Reason | None:
    """Was one sent to sign in, or to consent, in place of what was asked for?"""
    asks = any(field.type == "password" for field in document.fields)
    # A host that asks for consent has a name for it; most pages are neither and end here.
    gate = _CONSENT_HOST.match(host(page.url))
    at_provider = page.depth > 0 and host(page.url).endswith(_SIGN_IN_HOSTS)
    if not (asks or gate or at_provider):
        return None
    text, wanted = _wanted(page)
    if gate:
        return Reason.CONSENT_WALL if host(wanted) != host(page.url) else None
    if _SIGN_IN_ADDRESS.search(_place(wanted)) or any(one.reason is Reason.LOGIN_WALL for one in said_in([text])):
        return None
    sent = _place(wanted) != _place(page.url) and (at_provider or bool(_SIGN_IN_ADDRESS.search(_place(page.url))))
    if sent and (at_provider or _main_length(document) < NOTICE_TEXT):
        return Reason.LOGIN_WALL
    only_form = document.text_length < FORM_TEXT and _few_links(document) and not _tells(document)
    return Reason.LOGIN_WALL if asks and only_form else None


def _tells(document: Document) -> bool:
    """Does a sentence stand under a heading of its own that does not speak of signing in?"""
    headings = {
        block.heading
        for block in document.blocks
        if block.heading and len(block.text) >= SENTENCE and block.text != block.heading
    }
    return any(not any(one.reason is Reason.LOGIN_WALL for one in said_in([text])) for text in headings)


def _wanted(page: Page) -> tuple[str, str]:
    """Text and address of the link that was followed; for a home page, the portal where it led to another host."""
    if page.path:
        return page.path[-1]
    return ("", page.portal if host(page.portal) != host(page.url) else page.url)


def _place(url: str) -> str:
    """Host and path of an address, as far as redirects within a site do not change them."""
    return url.partition("://")[2].partition("?")[0].partition("#")[0].removeprefix("www.").rstrip("/")


def _few_links(document: Document) -> bool:
    return len(document.links) <= NOTICE_LINKS


def _main_length(document: Document) -> int:
    """Characters of text outside menus, headers and footers."""
    return sum(len(block.text) for block in document.blocks if not document.in_frame(block.node))


def _blocked(document: Document) -> Reason:
    captcha = any(map(_CAPTCHA_SOURCE.search, document.script_sources)) or document.tree.css_first(_CAPTCHA) is not None
    return Reason.CAPTCHA if captcha and document.text_length < CHALLENGE_TEXT else Reason.BLOCKED
