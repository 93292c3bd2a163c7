"""The interfaces of data catalogues: where they are asked, and what they answer."""

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from urllib.parse import parse_qs, urlsplit

from crawler.items import Page
from crawler.page.datasets import READERS, Dataset
from crawler.page.document import Document

MAX_DATASETS = 1_000
"""Datasets of one answer that are read; an honest page of a catalogue has a tenth of them."""
PAGE = 100
"""Datasets that are asked for at a time."""
MAX_PAGES = 10
"""Answers that are asked for in a row: a catalogue that pages forever is left."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """An answer that could be read. `total` is what the catalogue claims, -1 where it claims nothing."""

    api: str
    total: int
    datasets: tuple[Dataset, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why an answer could not be read: "not-json", "html", "error", "no-datasets" or "inconsistent"."""

    why: str
    detail: str = ""


def is_answer(url: str, content_type: str) -> bool:
    """Could this be the answer of a catalogue rather than a page?"""
    return "html" not in content_type.lower() and api_of(url) != ""


def answer_of(page: Page) -> Catalogue | Unreadable | None:
    """The answer of a catalogue's interface, or why it cannot be read; None where the page is none."""
    return read(page.url, page.body) if is_answer(page.url, page.header("Content-Type")) else None


_PATHS = {
    "/api/3/action/package_search": "ckan",
    "/api/action/package_search": "ckan",
    "/data.json": "data.json",
    "/api/feed/dcat-us/1.1.json": "data.json",
    "/api/feed/dcat-ap/2.1.1.json": "dcat",
    "/catalog.jsonld": "dcat",
    "/api/catalog/v1": "socrata",
    "/api/explore/v2.1/catalog/datasets": "opendatasoft",
    "/api/explore/v2.0/catalog/datasets": "opendatasoft",
    "/api/1/datasets": "udata",
    "/api/search/v1/collections/all/items": "arcgis",
    "/api/search/v1/collections/dataset/items": "arcgis",
    "/api/search": "dataverse",
}
_QUESTIONS = {
    "ckan": f"/api/3/action/package_search?rows={PAGE}&start={{start}}",
    "dkan": "/data.json",
    "socrata": f"/api/catalog/v1?domains={{host}}&search_context={{host}}&limit={PAGE}&offset={{start}}",
    "opendatasoft": f"/api/explore/v2.1/catalog/datasets?limit={PAGE}&offset={{start}}",
    "udata": f"/api/1/datasets/?page_size={PAGE}&page={{number}}",
    "arcgis": f"/api/search/v1/collections/all/items?limit={PAGE}&startindex={{first}}",
    "dataverse": f"/api/search?q=*&type=dataset&per_page={PAGE}&start={{start}}",
    "data.json": "/data.json",
}


def api_of(url: str) -> str:
    """The interface whose address this is, or ""."""
    path = urlsplit(url).path.rstrip("/")
    return next((api for ending, api in _PATHS.items() if path.endswith(ending)), "")


def question(api: str, page_url: str, number: int = 0) -> str:
    """The address at which the interface gives its `number`-th hundred of datasets; "" where it has no such thing."""
    if api not in _QUESTIONS or (number and "{" not in _QUESTIONS[api]):
        return ""
    parts = urlsplit(page_url)
    start = number * PAGE
    asked = _QUESTIONS[api].format(start=start, first=start + 1, number=number + 1, host=parts.hostname or "")
    return f"{parts.scheme}://{parts.netloc}{asked}"


@lru_cache(maxsize=4)
def read(url: str, body: bytes) -> Catalogue | Unreadable:
    """The answer in one form, or why it cannot be read."""
    api = api_of(url)
    head = body[:300].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return Unreadable("html", "a web page came instead of data")
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        return Unreadable("not-json", str(error)[:200])
    if isinstance(answer, list):
        answer = {"@graph": answer}
    if not isinstance(answer, dict):
        return Unreadable("no-datasets", f"a {type(answer).__name__} came instead of an object")
    if answer.get("success") is False or ("error" in answer and not answer.get("result")):
        return Unreadable("error", str(answer.get("error"))[:200])
    try:
        total, found = READERS.get(api, READERS["dcat"])(answer)
        datasets = tuple(one for _, one in zip(range(MAX_DATASETS), found, strict=False))
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        return Unreadable("no-datasets", f"{type(error).__name__}: {error}"[:200])
    if total < -1 or (total >= 0 and total < len(datasets)):
        return Unreadable("inconsistent", f"claims {total} datasets and gives {len(datasets)}")
    return Catalogue(api, total, datasets)


def following(url: str, answer: Catalogue) -> str:
    """The address of the next hundred datasets, "" where there are no more or enough were read."""
    asked = parse_qs(urlsplit(url).query)
    start = next(
        (int(asked[key][0]) for key in ("start", "offset", "startindex") if asked.get(key, [""])[0].isdigit()), 0
    )
    number = int(asked["page"][0]) if asked.get("page", [""])[0].isdigit() else start // PAGE + 1
    if len(answer.datasets) < PAGE or number >= MAX_PAGES or 0 <= answer.total <= number * PAGE:
        return ""
    return question(answer.api, url, number)


def outline(answer: Catalogue) -> bytes:
    """The answer as a page of titles and descriptions, from which its language can be told."""
    told = "".join(
        f"<li>{escape(one.title)}<p>{escape(one.description[:300])}</p></li>" for one in answer.datasets[:30]
    )
    return (
        f"<html><head><title>{len(answer.datasets)} datasets</title></head><body><ul>{told}</ul></body></html>".encode()
    )


def read_document(page: Page) -> Document:
    """The parse of a page; of the answer of a catalogue, that of its outline."""
    answer = answer_of(page)
    return Document(replace(page, body=outline(answer)) if isinstance(answer, Catalogue) else page)
