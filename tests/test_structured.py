"""Structured data: JSON-LD, microdata and RDFa, each thing with the element that bears it; compared with extruct."""

import re
import tarfile
from pathlib import Path

import pytest

from crawler.page.document import Document

SUITE = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "suites" / "schemaorg-examples.tar.gz"
SERVICE = "<div vocab='https://schema.org/' typeof='GovernmentService'><span property='name'>Passport</span></div>"


def types(new_page, html):
    return {name for thing in Document(new_page(html)).things for name in thing.types}


@pytest.mark.parametrize(
    ("html", "type_", "value"),
    [
        ('<script type="application/ld+json">{"@graph": [{"@type": ["GovernmentService"], "name": "Passport"}]}</script>', "GovernmentService", "Passport"),
        (SERVICE, "GovernmentService", "Passport"),
        ('<div itemscope itemtype="https://schema.org/Dataset"><meta itemprop="name" content="Passport"></div>', "Dataset", "Passport"),
        ('<script type="application/ld+json">{"@type": "Event", "name": {"@value": "Passport"}}</script>', "Event", "Passport"),
    ],
)  # fmt: skip
def test_things_are_read_in_three_syntaxes(new_page, html, type_, value):
    things = [one for one in Document(new_page(html)).things if type_ in one.types]
    assert [one.value("name") for one in things] == [value]


def test_broken_and_deep_data_is_left_out(new_page):
    assert types(new_page, '<script type="application/ld+json">{"@type": </script>') == set()
    assert types(new_page, f'<script type="application/ld+json">{"[" * 50_000}</script>') == set()


@pytest.mark.skipif(not SUITE.exists(), reason="the suite is not on this machine")
def test_what_extruct_finds_in_the_examples_of_schema_org_is_found(new_page):
    extruct = pytest.importorskip("extruct")
    with tarfile.open(SUITE) as archive:
        text = archive.extractfile("schemaorg-examples/data/examples.txt").read().decode("utf-8")
    wanted = found = 0
    for block in re.split(r"^(?:PRE-MARKUP|MICRODATA|RDFA|JSON):\s*$", text, flags=re.M):
        if "itemtype" not in block and "typeof" not in block and "ld+json" not in block:
            continue
        theirs = set()
        for syntax in ("microdata", "json-ld"):
            try:
                listed = extruct.extract(block, syntaxes=[syntax], uniform=True, errors="ignore")[syntax]
            except Exception:
                continue
            theirs |= {str(one["@type"]).rpartition("/")[2] for one in listed if isinstance(one.get("@type"), str)}
        ours = types(new_page, block)
        wanted, found = wanted + len(theirs), found + len(theirs & ours)
    assert wanted > 100
    assert found >= 0.95 * wanted
