"""Datasets as eight kinds of catalogue describe them, brought into one form, read with suspicion.

Shapes: CKAN action API 3; Project Open Data schema 1.1; DCAT as JSON-LD; Socrata discovery API 1.0; Opendatasoft
Explore API 2.1; uData API 1; OGC API records as ArcGIS Hub answers; Dataverse search API.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from crawler.page.parts import tidy

OPEN_FORMATS = frozenset(
    "csv tsv json jsonl geojson xml xlsx ods rdf ttl n3 nt jsonld parquet txt gml gpkg kml netcdf html ics".split()
)
"""Formats that free software reads and no vendor controls (ODIN 2022, openness elements)."""
MACHINE_READABLE = OPEN_FORMATS - {"html", "txt"} | frozenset(["xls", "shp", "kmz", "zip", "mdb", "sav", "dta"])
"""Formats that programs read without guessing (labelling guide, opendata-machine-readable)."""
_OPEN_LICENCES = (
    "cc-by", "cc0", "cc-zero", "by/4.0", "by/3.0", "by-sa", "publicdomain", "odc", "odbl", "pddl", "ogl", "open-government-licence",
    "etalab", "lov2", "fr-lo", "nlod", "dl-de", "iodl", "kogl", "open data commons", "creative commons attribution", "licence ouverte",
    "public domain", "open government", "us-pd", "notspecified-open",
)  # fmt: skip
_CLOSED_MARKS = ("-nc", "by-nc", "noncommercial", "non-commercial", "-nd", "noderiv", "no derivatives")


@dataclass(frozen=True, slots=True)
class File:
    """One distribution of a dataset. `format` is in lower case, "" where unknown; `place` is a JSON pointer."""

    url: str
    format: str
    place: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset of an answer; texts are "" where the catalogue is silent. `place` is a JSON pointer.

    `api`: parts of the data can be asked for, not only whole files.
    """

    title: str
    description: str
    publisher: str
    licence: str
    modified: str
    frequency: str
    themes: tuple[str, ...]
    files: tuple[File, ...]
    place: str
    api: bool = False


Reader = Callable[[Mapping[str, Any]], tuple[int, Iterator[Dataset]]]


def is_open(licence: str) -> bool:
    """Does the licence let anybody reuse the data for any purpose (Open Definition 2.1)?"""
    lowered = licence.lower().replace(" ", "-")
    return not any(mark in lowered for mark in _CLOSED_MARKS) and any(
        one.replace(" ", "-") in lowered for one in _OPEN_LICENCES
    )


def format_of(name: str, url: str) -> str:
    """The format of a file in lower case, from its label or media type, else from its address."""
    label = name.strip().lower().rpartition("/")[2].lstrip(".")
    label = _MEDIA_TYPES.get(label, label)
    if not label or len(label) > 12:
        label = urlsplit(url).path.rpartition(".")[2].lower()
    return label if 1 <= len(label) <= 12 and label.replace("+", "").replace("-", "").isalnum() else ""


_MEDIA_TYPES = {
    "vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "vnd.ms-excel": "xls", "plain": "txt", "excel": "xls",
    "vnd.oasis.opendocument.spreadsheet": "ods", "geo+json": "geojson", "vnd.geo+json": "geojson", "rdf+xml": "rdf",
    "ld+json": "jsonld", "turtle": "ttl", "comma-separated-values": "csv", "x-zip-compressed": "zip", "shapefile": "shp",
    "vnd.google-earth.kml+xml": "kml",
}  # fmt: skip


def _text(value: object) -> str:
    """A text out of whatever a catalogue puts in its place."""
    if isinstance(value, str):
        return tidy(value)[:2_000]
    if isinstance(value, Mapping):
        for key in ("title", "name", "@value", "label", "foaf:name", "@id", "en", *value):
            if isinstance(inner := value.get(key), str):
                return tidy(inner)[:2_000]
        return ""
    if isinstance(value, list):
        return next((text for one in value[:10] if (text := _text(one))), "")
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _first(source: Mapping[str, Any], *keys: str) -> str:
    return next((text for key in keys if (text := _text(source.get(key)))), "")


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text for one in values[:50] if (text := _text(one)))


def _mappings(value: object) -> list[Mapping[str, Any]]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, Mapping)]


def _files(value: object, place: str, urls: Iterable[str], formats: Iterable[str]) -> tuple[File, ...]:
    found = []
    for number, one in enumerate(_mappings(value)[:200]):
        url = _first(one, *urls)
        found.append(File(url, format_of(_first(one, *formats), url), f"{place}/{number}"))
    return tuple(found)


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _ckan(answer: Mapping[str, Any]) -> tuple[int, Iterator[Dataset]]:
    result = answer["result"]

    def datasets() -> Iterator[Dataset]:
        for number, one in enumerate(_mappings(result["results"])):
            place = f"/result/results/{number}"
            extras = {_text(pair.get("key")): _text(pair.get("value")) for pair in _mappings(one.get("extras", []))}
            themes = (*_texts(one.get("groups")), *_texts(one.get("tags")), extras.get("theme", ""))
            yield Dataset(
                _first(one, "title", "name"), _first(one, "notes"), _first(one, "organization", "author", "maintainer"),
                _first(one, "license_id", "license_title", "license_url"), _first(one, "metadata_modified"),
                _first(one, "frequency", "update_frequency") or extras.get("frequency", ""), themes,
                _files(one.get("resources"), f"{place}/resources", ["url"], ["format", "mimetype"]), place,
                any(file.get("datastore_active") is True for file in _mappings(one.get("resources"))),
            )  # fmt: skip

    return _count(result.get("count")), datasets()


def _data_json(answer: Mapping[str, Any]) -> tuple[int, Iterator[Dataset]]:
    key = "dataset" if "dataset" in answer else "dcat:dataset"
    listed = answer[key]
    return len(listed), (_dcat_dataset(one, f"/{key}/{number}") for number, one in enumerate(_mappings(listed)))


def _dcat(answer: Mapping[str, Any]) -> tuple[int, Iterator[Dataset]]:
    if "dataset" in answer or "dcat:dataset" in answer:
        return _data_json(answer)
    graph = answer["@graph"]
    found = [(n, one) for n, one in enumerate(_mappings(graph)) if "Dataset" in str(one.get("@type", ""))]
    if not found:
        raise ValueError("no object of the type Dataset")
    return -1, (_dcat_dataset(one, f"/@graph/{number}") for number, one in found)


def _dcat_dataset(one: Mapping[str, Any], place: str) -> Dataset:
    plain = {key.rpartition(":")[2].rpartition("/")[2].rpartition("#")[2]: value for key, value in one.items()}
    files = _files(plain.get("distribution"), f"{place}/distribution", ["downloadURL", "accessURL", "dcat:downloadURL", "dcat:accessURL", "contentUrl"],
                   ["format", "mediaType", "dct:format", "dcat:mediaType", "encodingFormat"])  # fmt: skip
    return Dataset(
        _first(plain, "title", "name"), _first(plain, "description"), _first(plain, "publisher", "creator"),
        _first(plain, "license", "rights"), _first(plain, "modified", "dateModified", "issued"),
        _first(plain, "accrualPeriodicity"), (*_texts(plain.get("theme")), *_texts(plain.get("keyword"))), files, place,
    )  # fmt: skip


def _socrata(answer: Mapping[str, Any]) -> tuple[int, Iterator[Dataset]]:
    def datasets() -> Iterator[Dataset]:
        for number, one in enumerate(_mappings(answer["results"])):
            resource, sorting = one.get("resource") or {}, one.get("classification") or {}
            link = _first(one, "permalink", "link")
            themes = (*_texts(sorting.get("domain_category")), *_texts(sorting.get("domain_tags")))
            yield Dataset(
                _first(resource, "name"), _first(resource, "description"), _first(resource, "attribution"),
                _first(one.get("metadata") or {}, "license"), _first(resource, "data_updated_at", "updatedAt"), "", themes,
                (File(link, "csv", f"/results/{number}"),) if resource.get("type") == "dataset" else (), f"/results/{number}", True,
            )  # fmt: skip

    return _count(answer.get("resultSetSize")), datasets()


def _opendatasoft(answer: Mapping[str, Any]) -> tuple[int, Iterator[Dataset]]:
    def datasets() -> Iterator[Dataset]:
        for number, one in enumerate(_mappings(answer["results"])):
            place = f"/results/{number}"
            told = (one.get("metas") or {}).get("default") or {}
            files = (File("", "csv", place), File("", "json", place)) if one.get("has_records") else ()
            yield Dataset(
                _first(told, "title"), _first(told, "description"), _first(told, "publisher"), _first(told, "license", "license_url"),
                _first(told, "modified", "data_processed"), _first(told, "update_frequency"),
                (*_texts(told.get("theme")), *_texts(told.get("keyword"))), files, place, True,
            )  # fmt: skip

    return _count(answer.get("total_count")), datasets()


def _udata(answer: Mapping[str, Any]) -> tuple[int, Iterator[Dataset]]:
    def datasets() -> Iterator[Dataset]:
        for number, one in enumerate(_mappings(answer["data"])):
            place = f"/data/{number}"
            yield Dataset(
                _first(one, "title"), _first(one, "description"), _first(one, "organization", "owner"), _first(one, "license"),
                _first(one, "last_update", "last_modified"), _first(one, "frequency"), _texts(one.get("tags")),
                _files(one.get("resources"), f"{place}/resources", ["url"], ["format", "mime"]), place,
            )  # fmt: skip

    return _count(answer.get("total")), datasets()


def _arcgis(answer: Mapping[str, Any]) -> tuple[int, Iterator[Dataset]]:
    def datasets() -> Iterator[Dataset]:
        for number, one in enumerate(_mappings(answer["features"])):
            told, place = one.get("properties") or {}, f"/features/{number}"
            served = "Service" in _first(told, "type")
            files = (
                (File(_first(told, "url"), "geojson", place), File(_first(told, "url"), "csv", place)) if served else ()
            )
            yield Dataset(
                _first(told, "title"), _first(told, "description", "snippet"), _first(told, "source", "owner"), _first(told, "license", "licenseInfo"),
                _first(told, "modified"), "", (*_texts(told.get("categories")), *_texts(told.get("tags"))), files, place, served,
            )  # fmt: skip

    return _count(answer.get("numberMatched")), datasets()


def _dataverse(answer: Mapping[str, Any]) -> tuple[int, Iterator[Dataset]]:
    data = answer["data"]

    def datasets() -> Iterator[Dataset]:
        for number, one in enumerate(_mappings(data["items"])):
            yield Dataset(
                _first(one, "name"), _first(one, "description"), _first(one, "publisher"), "", _first(one, "updatedAt", "published_at"),
                "", _texts(one.get("subjects")), (), f"/data/items/{number}",
            )  # fmt: skip

    return _count(data.get("total_count")), datasets()


READERS: dict[str, Reader] = {
    "ckan": _ckan, "data.json": _data_json, "dcat": _dcat, "socrata": _socrata, "opendatasoft": _opendatasoft,
    "udata": _udata, "arcgis": _arcgis, "dataverse": _dataverse,
}  # fmt: skip
