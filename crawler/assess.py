"""Pages x rubric -> evidence -> findings. Pure: the same pages and rubric give the same rows."""

import logging
from collections.abc import Iterator

from crawler.detectors import services
from crawler.detectors.levels import level_behind, level_here
from crawler.detectors.official import is_official
from crawler.detectors.view import Hit, View
from crawler.items import (
    AssessedPage,
    CatalogueFacts,
    DatasetFacts,
    Evidence,
    Fault,
    Page,
    PageFacts,
    Reason,
    Record,
    Strength,
)
from crawler.page.catalogues import api_of, question, read_document
from crawler.page.dates import day_of
from crawler.page.document import Document
from crawler.page.language import base, expected_languages, languages_of, page_language
from crawler.page.openness import openness
from crawler.page.patterns import lines_with
from crawler.page.state import reason_not_readable
from crawler.page.urls import host_written
from crawler.rubric import Feature, Rubric, Rule
from crawler.rubric.judging import judge

logger = logging.getLogger(__name__)


def assess_page(page: Page, record: Record, rubric: Rubric, document: Document | None = None) -> AssessedPage:
    """Everything the rubric says of one page; `document` is its parse, where the caller has one already."""
    document = document or read_document(page)
    reason = reason_not_readable(page, document)
    if reason:
        return AssessedPage(page.url, page.portal, page.country, page.depth, reason, document.title)
    language = page_language(page, document)
    official = languages_of(page.country) or tuple(base(tag) for tag in page.languages)
    view = View(page, document, language, expected_languages(page), official, rubric.lookups)
    judged, not_applicable, faults = [], set(), []
    inventory = view.inventory
    official_site: bool | None = None
    for feature in rubric.features.values():
        if feature.needs and feature.needs.isdisjoint(inventory):
            continue
        if feature.home_only and page.depth:
            continue
        found = judge(feature, view)
        if feature.applies_to and not _applies(feature.applies_to, found and found[1], document):
            not_applicable.add(feature.id)
        elif found:
            rule, hit = found
            if feature.id in rubric.official_only:
                official_site = is_official(view) if official_site is None else official_site
                if not official_site:
                    continue
            if hit.against:
                faults.append(Fault(feature.id, _place(view, hit), hit.quote, hit.against))
            else:
                judged.append((feature, rule, hit))
    view.reader.read(hit.quote for _, _, hit in judged)
    evidence = [_evidence(*one, view, record, rubric) for one in judged]
    return AssessedPage(
        page.url,
        page.portal,
        page.country,
        page.depth,
        None,
        document.title,
        language.language,
        language.declared,
        language.votes,
        tuple(evidence),
        frozenset(not_applicable),
        tuple(faults),
        page_facts(view),
        catalogue_facts(view, rubric),
    )


def _applies(selector: str, hit: Hit | None, document: Document) -> bool:
    """Holds the page what the selector finds? Mostly the hit itself is such an element, which saves a walk."""
    return bool(hit and hit.node.css_matches(selector)) or document.tree.css_first(selector) is not None


def judge_page(page: Page, record: Record, rubric: Rubric, document: Document | None = None) -> AssessedPage:
    """`assess_page`, but a page that breaks the program is a page that could not be assessed."""
    try:
        return assess_page(page, record, rubric, document)
    except Exception:
        # Nobody can list what a hostile page may break; it must not take the other pages with it.
        logger.exception("cannot assess %s", page.url)
        return AssessedPage(page.url, page.portal, page.country, page.depth, Reason.INTERNAL_ERROR)


def _evidence(feature: Feature, rule: Rule, hit: Hit, view: View, record: Record, rubric: Rubric) -> Evidence:
    page = view.page
    return Evidence(
        country=page.country,
        portal=page.portal,
        feature=feature.id,
        url=page.url,
        strength=hit.strength,
        quote=hit.quote,
        selector=_place(view, hit),
        term=hit.term,
        language=hit.language or view.language.language,
        detector=rule.name,
        depth=page.depth,
        path=page.path,
        warc=record.warc,
        offset=record.offset,
        sha256=record.sha256,
        captured_at=page.captured_at,
        rubric=rubric.id,
        rubric_version=rubric.version,
        tags=_tags(view, hit.quote, rubric),
        service_level=_service_level(rule, hit, view),
    )


def _place(view: View, hit: Hit) -> str:
    return hit.place or view.document.selector(hit.node)


def _tags(view: View, quote: str, rubric: Rubric) -> tuple[str, ...]:
    """The sectors and groups that a piece of evidence names."""
    found = view.match(quote).found
    return tuple(sorted({tag for concept in found if (tag := rubric.concepts[concept].get("tag"))}))


def _service_level(rule: Rule, hit: Hit, view: View) -> str:
    if rule.detector not in _OF_SERVICES:
        return ""
    if hit.strength is Strength.HERE:
        return level_here(view)
    heading = next((part.heading for part in view.document.links if part.node is hit.node), "")
    return level_behind(view, hit.quote, heading)


_OF_SERVICES = (services.service, services.start, services.start_button)


def page_facts(view: View) -> PageFacts:
    """What the page says of the web presence around it: where it leads, at whom people sign in, how fresh it is."""
    own = host_written(view.page.url)
    captured = day_of(view.page.captured_at)
    past = [day for day, _, _ in view.dates if captured and day <= captured]
    return PageFacts(
        hosts=tuple(sorted(host for host in view.document.links_by_host if host != own))[:200],
        sign_in=tuple(sorted({seen.provider.id for seen in view.sightings if seen.provider.kind == "eid"})),
        languages=tuple(sorted(view.offered_languages)),
        search=next((address for kind, _, address in view.document.declared if kind == "search"), "")[:300],
        updated=max(past).isoformat() if past else "",
        interfaces=tuple(dict.fromkeys(filter(None, _interfaces(view)))),
    )


def catalogue_facts(view: View, rubric: Rubric) -> CatalogueFacts | None:
    """What the page says of datasets, where it is the answer of a catalogue."""
    if view.answer is None:
        return None
    view.reader.read(text for one in view.datasets for text in (one.title, *one.themes))
    told = tuple(
        DatasetFacts(
            one.place,
            one.title,
            one.publisher,
            one.licence,
            one.modified,
            one.frequency,
            tuple(sorted({file.format for file in one.files if file.format})),
            tuple(sorted({tag for text in (one.title, *one.themes) for tag in _tags(view, text, rubric)})),
            openness(one),
        )
        for one in view.datasets
    )
    return CatalogueFacts(view.answer.api, view.answer.total, told)


def _interfaces(view: View) -> Iterator[str]:
    """Addresses at which the data catalogue behind the page, if it is of known software, can be asked."""
    if view.answer is None:
        for seen in view.sightings:
            if seen.provider.kind == "data-portal" and seen.by in ("generator", "mark", "script"):
                yield question(seen.provider.api, view.page.url)
        for number in lines_with(_INTERFACE, view.document.addresses_of_links):
            url = view.document.link_url(view.document.links[number])
            yield question(api_of(url), url)


_INTERFACE = r"/api/3/action/|/data\.json$|/api/explore/v2|/api/1/datasets|/api/catalog/v1"
