"""The detectors by the name that the rubric gives them.

A detector is a function of a `View` and keyword-only options; it yields a `Hit` for each place
that gives evidence, in document order. Its options are checked against its signature on loading.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from crawler.detectors import (
    accessibility,
    aria,
    catalogue,
    facts,
    forms,
    html,
    languages,
    platforms,
    portal,
    presence,
    services,
    structured,
)
from crawler.detectors.view import ANSWER, FIELD, FORM, PLAYER, SCRIPT, THING, Hit, file_ending

_DETECTORS: tuple[Callable[..., Iterator[Hit]], ...] = (
    accessibility.alt_text, aria.aria_valid, accessibility.form_labels, accessibility.link_names,
    accessibility.page_language, accessibility.page_structure, accessibility.skip_link, accessibility.statement_details,
    accessibility.zoom_allowed, catalogue.catalogue_dated, catalogue.catalogue_datasets, catalogue.catalogue_described,
    catalogue.catalogue_files, catalogue.catalogue_licence, catalogue.catalogue_sector, catalogue.catalogue_standard,
    catalogue.dataset_list, catalogue.described_dataset, facts.amount, facts.dated_news, facts.email, facts.telephone,
    forms.application, forms.choices, forms.field, forms.form, forms.password, forms.search_form, html.address,
    html.button, html.control, html.css, html.file_link, html.heading, html.letters, html.link, html.list_of_links, html.media, html.named,
    html.profile, html.record_search, html.script, html.text, html.topic, languages.other_language, platforms.provider,
    portal.headers, portal.official_languages, portal.phrase, portal.readable, portal.recent_date, portal.secure_address,
    presence.frame_text, presence.official_host, presence.outlinks, presence.sector_documents, presence.sector_links,
    presence.service_hosts, services.service, services.start, services.start_button, structured.feed,
    structured.structured,
)  # fmt: skip
DETECTORS: dict[str, Callable[..., Iterator[Hit]]] = {detector.__name__: detector for detector in _DETECTORS}
_BY_WORDS = frozenset(
    ["amount", "button", "described_dataset", "frame_text", "heading", "link", "list_of_links", "named", "outlinks", "sector_links", "service",
     "text", "topic"]
)  # fmt: skip
_BY_PART = {
    "application": FORM, "choices": FORM, "form": FORM, "record_search": FORM, "search_form": FORM,
    "field": FIELD, "form_labels": FIELD, "password": FIELD, "media": PLAYER, "script": SCRIPT, "structured": THING,
}  # fmt: skip


def address_expression(detector: str, options: Mapping[str, Any]) -> str:
    """The expression that the address of some link must match for the detector to find anything, "" where none must."""
    if detector == "file_link":
        return file_ending(options["extensions"])
    by_address = detector == "dataset_list" or (detector == "link" and not options.get("terms"))
    return str(options.get("href", "")) if by_address else ""


def needed_by(detector: str, options: Mapping[str, Any]) -> str:
    """What a page must hold (`View.inventory`) for the detector to find anything; "" where that cannot be told.

    Asked first, it spares most detectors on most pages.
    """
    if expression := address_expression(detector, options):
        return expression
    if detector in _BY_WORDS:
        return str(options.get("terms", ""))
    if detector == "css":
        return str(options["selector"])
    if detector == "provider":
        return str(options["kind"])
    if detector.startswith("catalogue_"):
        return ANSWER
    return _BY_PART.get(detector, "")
