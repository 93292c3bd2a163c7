"""Answers of data catalogues are brought into one form, and whatever lies, pages forever or is no answer has a name."""

import json
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.assess import assess_page
from crawler.items import Reason
from crawler.page.catalogues import (
    MAX_PAGES,
    PAGE,
    Catalogue,
    Unreadable,
    answer_of,
    api_of,
    following,
    is_answer,
    question,
    read,
)
from crawler.page.datasets import READERS, is_open
from crawler.page.openness import openness
from crawler.rubric import load

SUITES = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "suites"
HOST = "https://data.gov.example"
CKAN = f"{HOST}/api/3/action/package_search?rows=100&start=0"


def ckan(*datasets, count=None, **changes):
    result = {"count": len(datasets) if count is None else count, "results": list(datasets)}
    return json.dumps({"success": True, "result": result, **changes}).encode()


def package(title="Hospitals", **changes):
    resources = [{"url": "/f/h.csv", "format": "CSV", "datastore_active": True}, {"url": "/f/h.pdf", "format": "PDF"}]
    return {
        "title": title, "notes": "All hospitals.", "organization": {"title": "Ministry of Health"}, "license_id": "cc-by",
        "metadata_modified": "2024-04-01T09:00:00", "extras": [{"key": "frequency", "value": "monthly"}],
        "groups": [{"title": "Health"}], "tags": [{"name": "hospital"}], "resources": resources, **changes,
    }  # fmt: skip


ANSWERS = {
    CKAN: ckan(package()),
    f"{HOST}/data.json": json.dumps({
        "dataset": [{"title": "Hospitals", "description": "d", "publisher": {"name": "Health"}, "modified": "2024-04-01",
                     "license": "https://creativecommons.org/licenses/by/4.0/", "accrualPeriodicity": "R/P1M", "theme": ["Health"],
                     "distribution": [{"downloadURL": f"{HOST}/h.csv", "mediaType": "text/csv"}]}],
    }).encode(),
    f"{HOST}/catalog.jsonld": json.dumps([
        {"@type": ["http://www.w3.org/ns/dcat#Dataset"], "http://purl.org/dc/terms/title": [{"@value": "Hospitals"}],
         "http://www.w3.org/ns/dcat#distribution": [{"http://www.w3.org/ns/dcat#downloadURL": [{"@id": f"{HOST}/h.csv"}]}]},
    ]).encode(),
    f"{HOST}/api/catalog/v1?limit=100": json.dumps({
        "resultSetSize": 1, "results": [{"resource": {"name": "Hospitals", "type": "dataset", "data_updated_at": "2024-04-01"},
                                         "classification": {"domain_category": "Health"}, "permalink": f"{HOST}/d/1"}],
    }).encode(),
    f"{HOST}/api/explore/v2.1/catalog/datasets?limit=100": json.dumps({
        "total_count": 1, "results": [{"has_records": True, "metas": {"default": {"title": "Hospitals", "license": "CC BY", "theme": ["Health"]}}}],
    }).encode(),
    f"{HOST}/api/1/datasets/?page_size=100&page=1": json.dumps({
        "total": 1, "data": [{"title": "Hospitals", "license": "lov2", "resources": [{"url": f"{HOST}/h.csv", "format": "csv"}]}],
    }).encode(),
    f"{HOST}/api/search/v1/collections/all/items?limit=100": json.dumps({
        "numberMatched": 1, "features": [{"properties": {"title": "Hospitals", "type": "Feature Service", "url": f"{HOST}/FS"}}],
    }).encode(),
    f"{HOST}/api/search?q=*&type=dataset": json.dumps({
        "data": {"total_count": 1, "items": [{"name": "Hospitals", "description": "d", "subjects": ["Medicine"]}]},
    }).encode(),
}  # fmt: skip


@pytest.mark.parametrize("url", ANSWERS)
def test_every_interface_gives_its_datasets(url):
    answer = read(url, ANSWERS[url])
    assert isinstance(answer, Catalogue)
    assert [one.title for one in answer.datasets] == ["Hospitals"]


def test_every_interface_that_is_read_has_such_a_test():
    assert {api_of(url) for url in ANSWERS} == set(READERS)


def test_a_dataset_keeps_what_the_catalogue_says_of_it():
    (one,) = read(CKAN, ANSWERS[CKAN]).datasets
    assert (one.publisher, one.licence, one.modified[:10], one.frequency) == (
        "Ministry of Health",
        "cc-by",
        "2024-04-01",
        "monthly",
    )
    assert [(file.format, file.place) for file in one.files] == [
        ("csv", "/result/results/0/resources/0"), ("pdf", "/result/results/0/resources/1"),
    ]  # fmt: skip
    assert one.themes[:2] == ("Health", "hospital")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<!doctype html><title>Not here</title>", "html"),
        (b"{", "not-json"),
        (b"\xff\xfe\x00", "not-json"),
        (b"[" * 100_000, "not-json"),
        (b"3", "no-datasets"),
        (b'{"success": false, "error": {"message": "Access denied"}}', "error"),
        (b'{"success": true, "result": []}', "no-datasets"),
        (b'{"success": true}', "no-datasets"),
        (ckan(package(), package(), count=1), "inconsistent"),
        (ckan(count=-5), "inconsistent"),
    ],
)
def test_what_is_no_answer_says_why(body, why):
    answer = read(CKAN, body)
    assert isinstance(answer, Unreadable)
    assert answer.why == why


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["result", "results", "dataset", "data", "features", "properties", "resources", "metas", "default",
                         "title", "count", "extras", "groups", "success", "items", "resource", "@graph", "@type", "distribution"]),
        inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(JSON, st.sampled_from(sorted(ANSWERS)))
def test_no_answer_breaks_the_reading(value, url):
    assert isinstance(read(url, json.dumps(value).encode()), Catalogue | Unreadable)


def test_the_next_answer_is_asked_for_until_all_or_enough_was_read():
    full = read(CKAN, ckan(*[package(str(number)) for number in range(PAGE)], count=250))
    assert following(CKAN, full) == CKAN.replace("start=0", "start=100")
    assert following(CKAN.replace("start=0", "start=200"), full) == ""
    endless = read(CKAN, ckan(*[package(str(number)) for number in range(PAGE)], count=10**9))
    url, asked = CKAN, 1
    while url := following(url, endless):
        asked += 1
    assert asked == MAX_PAGES


@pytest.mark.parametrize("api", ["ckan", "socrata", "opendatasoft", "udata", "arcgis", "dataverse", "data.json"])
def test_a_question_is_an_address_of_its_interface(api):
    assert api_of(question(api, f"{HOST}/some/page")) == api
    assert question("no-such-software", HOST) == ""


def test_a_web_page_at_the_address_of_an_interface_is_a_page():
    assert is_answer(CKAN, "application/json; charset=utf-8")
    assert not is_answer(CKAN, "text/html")


@pytest.mark.parametrize(
    ("licence", "open_"),
    [
        ("cc-by", True), ("Creative Commons Attribution 4.0", True), ("https://creativecommons.org/licenses/by-nc/4.0/", False),
        ("CC-BY-ND-4.0", False), ("fr-lo", True), ("All rights reserved", False), ("", False), ("odc-odbl", True),
    ],
)  # fmt: skip
def test_only_licences_without_conditions_on_purpose_are_open(licence, open_):
    assert is_open(licence) is open_


def test_openness_has_the_five_elements_of_odin():
    (good,) = read(CKAN, ckan(package())).datasets
    assert openness(good) == (1.0, 1.0, 1.0, 1.0, 1.0)
    poor = package(resources=[{"url": "/f.xls", "format": "XLS"}], license_id="cc-by-nc", notes="", organization=None)
    (poor,) = read(CKAN, ckan(poor)).datasets
    assert openness(poor) == (1.0, 0.0, 0.5, 0.5, 0.0)


def answered(new_page, body):
    return new_page(body, url=CKAN, headers=(("Content-Type", "application/json"),))


def test_an_answer_is_evidence_with_its_place_in_the_answer(new_page, nowhere):
    body = ckan(package(), package("Contact us and petitions", groups=[], tags=[], resources=[]))
    assessed = assess_page(answered(new_page, body), nowhere, load())
    found = {one.feature: one for one in assessed.evidence}
    assert found["opendata-health"].selector == "/result/results/0"
    assert found["opendata-machine-readable"].selector == "/result/results/0/resources/0"
    # The title of a dataset is no link of a menu.
    assert {one.feature for one in assessed.evidence if not one.feature.startswith("opendata")} == set()
    assert assessed.catalogue.total == 2
    assert assessed.catalogue.datasets[0].tags == ("health",)


def test_an_unreadable_answer_is_a_page_that_could_not_be_assessed(new_page, nowhere):
    assessed = assess_page(answered(new_page, b"{"), nowhere, load())
    assert (assessed.reason, assessed.evidence) == (Reason.CATALOGUE, ())


@pytest.mark.skipif(not SUITES.exists(), reason="the suites are not on this machine")
@pytest.mark.parametrize("suite", ["dcat-ckan-samples", "udata-harvest"])
def test_real_samples_are_read_or_refused_with_a_reason(suite, new_page):
    with tarfile.open(SUITES / f"{suite}.tar.gz") as archive:
        files = {one.name: archive.extractfile(one).read() for one in archive if one.name.endswith(("json", "jsonld"))}
    read_ones = 0
    for body in files.values():
        for url in (f"{HOST}/catalog.jsonld", CKAN, f"{HOST}/data.json"):
            answer = answer_of(new_page(body, url=url, headers=(("Content-Type", "application/json"),)))
            assert isinstance(answer, Catalogue | Unreadable)
            read_ones += isinstance(answer, Catalogue) and bool(answer.datasets)
    assert read_ones >= len(files) // 4
