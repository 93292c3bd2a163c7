"""Detectors of named public services and of the way they are offered (labelling guide, rules 3 to 7)."""

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from crawler.detectors.forms import application_forms
from crawler.detectors.view import QUOTE_LENGTH, Concept, Concepts, Hit, Named, View
from crawler.items import Strength
from crawler.page.parts import Button, Link
from crawler.page.terms import Term, fold, spoken

ONLINE = "online-action"
SECTION = "online-services-heading"
START = "start-now"
APPLY = "apply"


def service(view: View, *, terms: Concept, without: Concepts = (), words: int = 12) -> Iterator[Hit]:
    """A named service with an online action: form, start button or sign-in here, or a link that names both."""
    yield from _here(view, terms, without)
    for found in view.links.get(terms, ()):
        if found.words <= words and not view.names_any(view.rest(found.text, found.term), without):
            if _acts(view, found.text, found.term) or _stands_under_services(view, found.part):
                yield view.hit(found, Strength.LINK)
    for found in view.links.get(START, ()):
        # "Apply online" under the title of its own card names the service of that title (rule 3).
        above = view.term(found.part.heading, terms)
        if above and found.words <= 4 and not view.names_any(view.rest(found.part.heading, above), without):
            yield Hit(found.part.node, found.part.heading[:QUOTE_LENGTH], Strength.LINK, above.phrase, above.language)


def _here(view: View, terms: str, without: tuple[str, ...]) -> Iterator[Hit]:
    term = view.topic_terms.get(terms)
    if term is None or any(view.names_any(view.rest(text, term), without) for text in view.document.topic[:1]):
        return
    node = _start_of(view)
    if node is not None:
        yield Hit(node, view.document.topic[0][:QUOTE_LENGTH], Strength.HERE, term.phrase, term.language)


def _start_of(view: View) -> LexborNode | None:
    """The form, password field or start button of the page's own service."""
    for form in application_forms(view, personal=1):
        # The page already names the service: a day and a place to choose are enough.
        if len(form.fields) >= 2:
            return form.node
    for found in starters(view):
        return found.part.node
    for part in view.document.fields:
        if part.type == "password":
            return part.node
    return None


def _acts(view: View, text: str, term: Term) -> bool:
    if view.term(spoken(fold(text), term.phrase), APPLY):
        return True
    return view.term(view.rest(text, term), ONLINE) is not None


def _stands_under_services(view: View, part: Link) -> bool:
    return any(text and view.names_any(text, [SECTION]) for text in (part.heading, part.section))


def start(view: View, *, terms: Concept, services: Concepts, without: Concepts = (), words: int = 12) -> Iterator[Hit]:
    """A start, apply, file, pay, renew or register action for any named service.

    `terms`: phrases of applying, after which an object has to follow unless the heading names one of
    `services`; `without`: what is applied for is no service (an account, a newsletter, a vacancy).
    """
    for found in (*view.links.get(terms, ()), *view.buttons.get(terms, ())):
        if found.words > words or view.names_any(found.text, without):
            continue
        if (
            found.words - len(found.term.phrase.split()) >= 1 and not view.names_any(found.text, [START])
        ) or view.names_any(found.part.heading, services):
            yield view.hit(found, Strength.LINK)
    for concept in services:
        for link in view.links.get(concept, ()):
            if link.words <= words and not view.names_any(view.rest(link.text, link.term), without):
                if _acts(view, link.text, link.term):
                    yield view.hit(link, Strength.LINK)


def start_button(view: View, *, services: Concepts, without: Concepts = ()) -> Iterator[Hit]:
    """The page is about one of the services, or an unnamed one, and has its start button in the main part."""
    if any(concept in view.topic_terms for concept in without):
        return
    if any(concept in view.topic_terms for concept in services):
        for found in starters(view):
            yield Hit(found.part.node, found.text[:QUOTE_LENGTH], Strength.HERE, found.term.phrase, found.term.language)


def starters(view: View) -> Iterator[Named[Button] | Named[Link]]:
    """Buttons and links of the main part that start something."""
    found: list[Named[Button] | Named[Link]] = [*view.buttons.get(START, ()), *view.links.get(START, ())]
    for one in found:
        if one.words <= 5 and not view.document.in_frame(one.part.node):
            yield one
