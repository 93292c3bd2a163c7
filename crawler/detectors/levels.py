"""How far a service goes on a page, told without submitting anything.

From the EU eGovernment Benchmark's ladder (information, download, two-way interaction, transaction),
with the last step taken apart: account, payment, tracking.
"""

from crawler.detectors.forms import application_forms
from crawler.detectors.services import starters
from crawler.detectors.view import View
from crawler.page.patterns import compiled, found_in_lines

LEVELS = ("information", "download", "form", "account", "payment", "tracking")
"""From the least to the furthest; the last three all need a form behind them."""

_CARD = r"\bcc-(?:number|exp|csc|name)\b|card.?(?:number|num|no\b)|cvv|cvc"
_FORM_FILE = r"\.(?:pdf|docx?|odt|rtf|xlsx?)(?:$|[?#&])"
_BY_LINK = (
    ("tracking", "status-tracking"),
    ("payment", "pay-online"),
    ("account", "login"),
    ("account", "e-id"),
    ("form", "apply"),
    ("form", "start-now"),
    ("form", "online-action"),
    ("download", "forms"),
    ("download", "form-file"),
)


def level_here(view: View) -> str:
    """The furthest step that the page itself offers.

    Search boxes, newsletters and feedback ask for too little to be a form of a service; logins for staff are
    told by their words.
    """
    if _tracks(view):
        return "tracking"
    if _takes_payment(view):
        return "payment"
    if _signs_in(view):
        return "account"
    if any(len(form.fields) >= 2 for form in application_forms(view, personal=1)) or next(starters(view), None):
        return "form"
    if found_in_lines(_FORM_FILE, view.document.addresses_of_links) and "form-file" in view.links:
        return "download"
    return "information"


def level_behind(view: View, text: str, heading: str) -> str:
    """The step that the words of a link, or the heading above it, promise."""
    for words in (text, heading):
        found = view.match(words).found
        for level, concept in _BY_LINK:
            if concept in found:
                return level
    return "form" if view.term(heading, "online-services-heading") else "information"


def _tracks(view: View) -> bool:
    return "case-number" in view.fields and ("status-tracking" in view.topic_terms or "status-tracking" in view.buttons)


def _takes_payment(view: View) -> bool:
    if any(seen.provider.kind == "payment" and seen.by != "link" for seen in view.sightings):
        return True
    if any(compiled(_CARD).search(field.name) for field in view.document.fields):
        return True
    return any("pay" in view.match(button.text).found for form in view.document.forms for button in form.buttons)


def _signs_in(view: View) -> bool:
    if any(seen.provider.kind == "eid" and seen.by in ("form", "mark") for seen in view.sightings):
        return True
    passwords = [field for field in view.document.fields if field.type == "password"]
    return any(
        not view.names_any(text, ["staff-only"]) for field in passwords for text in (f"{field.heading} {field.hint}",)
    )
