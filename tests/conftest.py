"""What several tests share: pages, evidence, a small rubric, a run and a survey with something in it."""

from dataclasses import replace

import pytest
import yaml
from hypothesis import settings

from crawler.assess import assess_page
from crawler.fetch.archive import ArchiveWriter
from crawler.finding import find
from crawler.items import Evidence, Page, Record, Seed, Strength
from crawler.rubric import load
from crawler.storage import CrawlDatabase, SurveyDatabase

settings.register_profile("egov", deadline=None, derandomize=True, database=None)
settings.load_profile("egov")

HOME = "https://portal.gov.example/"
AT = "2024-05-01T12:00:00Z"
LONG = "The ministry is responsible for the health of the people, and for the hospitals of the country. " * 4

CONCEPTS = """\
contact: {means: Way to reach the body.}
petition: {means: Petition to the government.}
closed: {means: Over., opposite: [petition]}
"""
TERMS = {
    "en": "language: en\nconcepts:\n  contact: [contact us, =contact]\n  petition: [petition*]\n",
    "fr": "language: fr\nconcepts:\n  contact: [nous contacter]\n",
}
MODEL = """\
id: small
title: Small
source: test
certainty: N
group_by: un2024
groups:
  - {id: content, title: Content, weight: 0.25, values: [CP]}
  - {id: participation, title: Participation, weight: 0.75, values: [EPI]}
"""


def feature(name, **changes):
    """A feature as people write it, with all that must be there."""
    words = dict.fromkeys(("title", "question", "counts", "does_not_count", "source", "theme"), "x")
    examples = {"present": ["<a href='/c'>Contact us</a>"], "not_found": ["<p>Nothing</p>"]}
    return {"id": name, **words, "since": "2014", "kind": "auto", "examples": examples, **changes}


@pytest.fixture(scope="session")
def new_feature():
    return feature


@pytest.fixture(scope="session")
def new_page():
    """A page with this HTML (text or bytes); fields of `Page` may be given."""

    def make(html, **changes):
        body = html if isinstance(html, bytes) else html.encode()
        headers = (("Content-Type", "text/html; charset=utf-8"),)
        return replace(Page("GBR", HOME, HOME, 200, headers, body, AT, languages=("en",)), **changes)

    return make


@pytest.fixture(scope="session")
def new_evidence():
    """A piece of evidence; fields of `Evidence` may be given."""

    def make(**changes):
        return Evidence(
            **{
                "country": "GBR", "portal": HOME, "feature": "contact", "url": HOME, "strength": Strength.LINK,
                "quote": "Contact us", "selector": "a", "term": "contact us", "language": "en", "detector": "link:contact",
                "depth": 0, "path": (), "warc": "a.warc.gz", "offset": 0, "sha256": "0" * 64, "captured_at": AT,
                "rubric": "small", "rubric_version": "1",
            }
            | changes
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def write_rubric(tmp_path_factory):
    """Writes a small rubric to a directory of its own; any of its files may be given as text."""

    def write(features=None, **files):
        directory = tmp_path_factory.mktemp("rubric")
        features = features or [
            feature("contact", un2024="CP", detect=[{"link": {"terms": "contact"}}]),
            feature("petition", un2024="EPI", detect=[{"link": {"terms": "petition"}}]),
            feature("by-hand", un2024="EPI", kind="human"),
        ]
        known = {"rubric.yaml": 'id: small\nversion: "1"\n', "concepts.yaml": CONCEPTS, "models/small.yaml": MODEL}
        known |= {f"terms/{language}.yaml": text for language, text in TERMS.items()}
        known |= {"features/basics.yaml": yaml.safe_dump(features)}
        for name, text in (known | files).items():
            (directory / name).parent.mkdir(exist_ok=True)
            (directory / name).write_text(text, "utf-8")
        return directory

    return write


@pytest.fixture(scope="session")
def rubric(write_rubric):
    return load(str(write_rubric()))


@pytest.fixture
def new_run(tmp_path, new_page, rubric):
    """Makes a run with these pages as a crawl does, its findings included; gives its directory."""

    def make(name, pages, started_at=AT):
        directory = tmp_path / "runs" / name
        database = CrawlDatabase(directory, name)
        database.begin("crawl", rubric.id, rubric.version, started_at, {"country": "GBR"})
        database.add_portals([Seed("GBR", "national", HOME, ("en",))])
        warc = f"{name}.warc.gz"
        database.add_archive(warc, f"warc/{warc}")
        archive = ArchiveWriter(directory / "warc" / warc)
        for page in pages:
            captured = archive.write(page)
            assessed = assess_page(page, captured.record, rubric)
            database.store_page(page, captured.record, captured.length, assessed)
        archive.close()
        database.store_findings(find("GBR", rubric, database.assessed_pages(), database.failures()))
        database.close()
        return directory

    return make


@pytest.fixture
def survey(tmp_path, new_run, new_page):
    """A survey of one country with one home page that links to its contact page."""
    page = new_page(f"<html lang=en><title>Home</title><p>{LONG}</p><a href=/c>Contact us</a></html>")
    opened = SurveyDatabase(tmp_path)
    opened.merge(new_run("one", [page]))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def one_sentence():
    """Is what was raised one sentence that names all this?"""

    def check(raised, *names):
        told = str(raised.value)
        assert "\n" not in told
        assert [name for name in names if name not in told] == [], told

    return check


@pytest.fixture(scope="session")
def nowhere():
    return Record("a.warc.gz", 0, "0" * 64)
