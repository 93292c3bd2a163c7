"""The web presence of a country: links between portals, orphans, one stop, shared sign-on, services and their levels."""

import pytest

from crawler.items import AssessedPage, PageFacts, Reason, Strength
from crawler.scoring.presence import web_presence

NATIONAL, HEALTH, TAX = "https://www.gov.example/", "https://health.gov.example/", "https://tax.gov.example/"
PORTALS = [(NATIONAL, "national"), (HEALTH, "ministry-health"), (TAX, "services")]


def page(url, facts=None, evidence=(), reason=None):
    return AssessedPage(url, url, "GBR", 0, reason, evidence=evidence, facts=facts)


def test_orphans_are_portals_that_no_other_links_to():
    pages = [page(NATIONAL, PageFacts(hosts=("health.gov.example", "elsewhere.example"))), page(HEALTH), page(TAX)]
    presence = web_presence(PORTALS, pages)
    assert [one.orphan for one in presence.portals] == [False, False, True]
    assert presence.links == (("www.gov.example", "health.gov.example", 1),)
    assert presence.one_stop == pytest.approx(0.5)


def test_where_the_national_portal_was_not_read_one_stop_is_unknown():
    pages = [page(NATIONAL, reason=Reason.BLOCKED), page(HEALTH, PageFacts())]
    assert web_presence(PORTALS, pages).one_stop is None


def test_www_and_the_bare_name_are_one_host():
    pages = [page(HEALTH, PageFacts(hosts=("gov.example",))), page(NATIONAL)]
    assert web_presence(PORTALS, pages).links == (("health.gov.example", "www.gov.example", 1),)


def test_a_sign_on_is_shared_by_two_hosts_at_least():
    pages = [page(url, PageFacts(sign_in=("spid",))) for url in (HEALTH, TAX)] + [
        page(NATIONAL, PageFacts(sign_in=("itsme",)))
    ]
    assert web_presence(PORTALS, pages).shared_sign_on == {"spid": ("health.gov.example", "tax.gov.example")}


def test_languages_and_the_latest_date_are_gathered_by_portal():
    facts = [
        PageFacts(languages=("en", "cy"), updated="2024-01-03"),
        PageFacts(languages=("en",), updated="2024-05-01"),
    ]
    told = web_presence(PORTALS, [page(NATIONAL, one) for one in facts]).portals[0]
    assert (told.languages, told.updated, told.pages) == (("cy", "en"), "2024-05-01", 2)


def test_the_inventory_keeps_the_furthest_level_of_each_service(new_evidence):
    def piece(level, strength, url):
        return new_evidence(feature="service-passport", service_level=level, strength=strength, url=url)

    pieces = (
        piece("form", Strength.LINK, HEALTH), piece("payment", Strength.LINK, TAX), piece("payment", Strength.HERE, TAX + "pay"),
        new_evidence(feature="petition"),
    )  # fmt: skip
    (service,) = web_presence(PORTALS, [page(TAX, evidence=pieces)]).services
    assert (service.level, service.url, service.pages) == ("payment", TAX + "pay", 3)
