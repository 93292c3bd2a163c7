"""Providers are told by host, script, form target, generator or mark, never by a bare word in text."""

import pytest

from crawler.page.document import Document
from crawler.rubric import load

INDEX = load().providers


def seen(new_page, html, url="https://portal.gov.example/"):
    page = new_page(f"<html><body>{html}</body></html>" if "<html" not in html else html, url=url)
    return {
        (one.provider.id, one.by) for one in INDEX.on_page(Document(page), load().lookups.selectors.possible(page.body))
    }


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="https://www.bankid.com/start">BankID</a>', ("bankid-se", "link")),
        ('<form action="https://clave.gob.es/in"><input></form>', ("clave", "form")),
        ('<html><head><meta name="generator" content="CKAN 2.10"></head><body></body></html>', ("ckan", "generator")),
        ('<a href="https://meinungen.decidim.org/">Decidim</a>', None),
        ('<script src="https://cdn.userway.org/widget.js"></script>', ("userway", "script")),
    ],
)
def test_each_way_of_meeting_a_provider(new_page, html, expected):
    assert expected is None or expected in seen(new_page, html)


@pytest.mark.parametrize("name", [one.name for one in INDEX.providers])
def test_a_bare_name_in_text_is_no_provider(new_page, name):
    assert seen(new_page, f"<p>We moved from {name} to something else.</p><a href='/about'>{name}</a>") == set()


def test_a_link_to_the_own_host_is_no_sighting(new_page):
    assert seen(new_page, '<a href="https://www.bankid.com/x">x</a>', url="https://www.bankid.com/") == set()


def test_the_schemes_that_everybody_names_are_there():
    names = " ".join(f"{one.name} {' '.join(one.names)}" for one in INDEX.providers).lower()
    wanted = [
        "bankid", "mitid", "itsme", "digid", "franceconnect", "spid", "cie", "id-kaart", "smart-id", "singpass", "gov.br", "login.gov",
        "one login", "uae pass", "absher", "nafath", "aadhaar", "digilocker", "diia", "cl@ve", "autenticação.gov", "mojeid", "decidim",
        "consul", "your priorities", "engagementhq", "citizen space", "go vocal", "opengov", "limesurvey", "ckan", "dkan", "udata",
        "socrata", "opendatasoft", "arcgis hub", "dataverse", "pxweb", "geonetwork", "jkan",
    ]  # fmt: skip
    assert [name for name in wanted if name not in names] == []


def test_no_host_belongs_to_two_providers():
    hosts = [host for one in INDEX.providers for host in one.hosts]
    assert sorted({host for host in hosts if hosts.count(host) > 1}) == []
