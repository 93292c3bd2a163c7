"""Detectors that read form fields and buttons. Nothing is ever submitted."""

from collections.abc import Iterator
from functools import lru_cache

from crawler.detectors.view import QUOTE_LENGTH, Concept, Concepts, Hit, Pattern, View
from crawler.items import Strength
from crawler.page.parts import Field, Form, tidy
from crawler.page.patterns import compiled, found_in_lines

_TYPED = frozenset(["text", "search", "email", "tel", "number", "date", "url"])
# Fields that ask who somebody is, by the autocomplete tokens of the HTML standard and usual names.
_PERSONAL = (
    r"\b(?:given-name|family-name|bday|street-address|tel|cc-number)\b|first.?name|last.?name|full.?name|sur.?name|birth"
    r"|passport|national.?id|document|dni|rut\b|cpf|curp|cedula|nombre|apellido|nome|cognome|prenom|vorname|nachname|address|phone|naissance|\bdob\b|\bname\b"
)
_SEARCH_FORM = ("site-search", "single-search")


def field(
    view: View,
    *,
    type: Pattern = "",
    names: Pattern = "",
    terms: Concept = "",
    without: Concepts = (),
    link: bool = False,
) -> Iterator[Hit]:
    """A field whose type and name match, and whose label or hint names `terms`; `without` rules out."""
    for part in view.document.fields:
        if (type and not _is_type(type, part.type)) or (names and not _is_named(names, part.name)):
            continue
        term = (
            next((found for hint in part.hint.split(" | ") if (found := view.term(hint, terms))), None)
            if terms
            else None
        )
        if terms and term is None:
            continue
        if without and view.names_any(part.hint.replace(" | ", " "), without):
            continue
        quote = said_by(part)
        strength = Strength.LINK if link else Strength.HERE
        yield Hit(part.node, quote[:QUOTE_LENGTH], strength, term.phrase if term else "", term.language if term else "")


def said_by(part: Field) -> str:
    """What the page says of a field, in its own words: its label or hint, else its tag as written."""
    html = part.node.html or ""
    return part.hint.partition(" | ")[0] or tidy(html[: html.find(">") + 1])


@lru_cache(maxsize=4_096)
def _is_type(pattern: str, type: str) -> bool:
    return bool(compiled(pattern).fullmatch(type))


@lru_cache(maxsize=32_768)
def _is_named(pattern: str, name: str) -> bool:
    return bool(compiled(pattern).search(name))


def search_form(view: View, *, action: Pattern) -> Iterator[Hit]:
    """A form that declares itself the search: `role=search`, or an action that says so, with a text field."""
    for part in view.document.forms:
        attributes = part.node.attributes
        declared = attributes.get("role") == "search" or compiled(action).search(attributes.get("action") or "")
        typed = [one for one in part.fields if one.type in ("text", "search")]
        if declared and 1 <= len(typed) <= 2:
            quote = said_by(typed[0])
            yield Hit(typed[0].node, quote[:QUOTE_LENGTH], Strength.HERE)


def password(view: View, *, without: Concepts, together: Concepts) -> Iterator[Hit]:
    """A password field on a page for the public: its topic or some link names one of `together`.

    `without`: words that say it is for staff.
    """
    if not any(concept in view.topic_terms or concept in view.links for concept in together):
        return
    for part in view.document.fields:
        if part.type == "password":
            texts = (*view.document.topic, part.heading, part.hint)
            if not any(view.names_any(text, without) for text in texts):
                yield Hit(part.node, said_by(part)[:QUOTE_LENGTH], Strength.HERE)


def form(
    view: View,
    *,
    has: Pattern,
    terms: Concept = "",
    button: Concept = "",
    without: Concepts = (),
    ignore: Pattern = "",
    fields: int = 1,
) -> Iterator[Hit]:
    """A form with a field whose type or name matches `has`.

    `terms` are named by the form's heading, hints, buttons or the page's topic; `button` by one of its
    buttons. `without` rules out by the same texts; `ignore` by the form's id, class or action.
    """
    for part in view.document.forms:
        if len(part.fields) < fields or not _has(part, has):
            continue
        if ignore and compiled(ignore).search(_marks(part)):
            continue
        texts = [part.heading, *(one.text for one in part.buttons), *(one.hint for one in part.fields)]
        if any(view.names_any(text, without) for text in texts):
            continue
        term = next(
            (found for text in [*texts, *view.document.topic] if terms and (found := view.term(text, terms))), None
        )
        pressed = next((one for one in part.buttons if button and view.term(one.text, button)), None)
        if (terms and term is None) or (button and pressed is None):
            continue
        quote = (pressed.text if pressed else "") or part.heading or next((text for text in texts if text), "")
        found_in = (term.phrase, term.language) if term else ("", "")
        yield Hit(part.node, (quote or _marks(part))[:QUOTE_LENGTH], Strength.HERE, *found_in)


def application(view: View, *, without: Concepts, personal: int = 2) -> Iterator[Hit]:
    """A form that asks for at least `personal` personal data, about something other than `without`."""
    if any(concept in view.topic_terms for concept in without):
        return
    for part in application_forms(view, personal):
        texts = [part.heading, *(one.text for one in part.buttons)]
        if not any(view.names_any(text, without) for text in texts):
            quote = part.heading or next((one.hint for one in part.fields if one.hint), "form")
            yield Hit(part.node, quote[:QUOTE_LENGTH], Strength.HERE)


def application_forms(view: View, personal: int = 2) -> Iterator[Form]:
    """Forms that ask for at least so many personal data or a file, and are no search."""
    for part in view.document.forms:
        known = [one for one in part.fields if _is_personal(one)]
        uploads = any(one.type == "file" for one in part.fields)
        if len(known) >= personal or (uploads and len(part.fields) >= 2):
            if not any(view.names_any(one.text, _SEARCH_FORM) for one in part.buttons):
                yield part


def choices(view: View, *, button: Concept, ignore: Pattern = "") -> Iterator[Hit]:
    """A question with at least two radio buttons and a button that names `button`: a poll."""
    for part in view.document.forms:
        if sum(one.type == "radio" for one in part.fields) >= 2 and not (
            ignore and compiled(ignore).search(_marks(part))
        ):
            for pressed in part.buttons:
                if term := view.term(pressed.text, button):
                    quote = (part.heading or pressed.text)[:QUOTE_LENGTH]
                    yield Hit(part.node, quote, Strength.HERE, term.phrase, term.language)


def _has(part: Form, pattern: str) -> bool:
    return _asks(pattern, part.asked)


@lru_cache(maxsize=8_192)
def _asks(pattern: str, asked: bytes) -> bool:
    # The same search and newsletter forms stand on every page of a site.
    return found_in_lines(pattern, asked)


def _marks(part: Form) -> str:
    attributes = part.node.attributes
    return " ".join(attributes.get(key) or "" for key in ("id", "class", "action", "name"))


def _is_personal(part: Field) -> bool:
    return part.type in ("date", "tel", "file") or (
        part.type in _TYPED and _is_named(_PERSONAL, f"{part.name} {part.hint}")
    )
