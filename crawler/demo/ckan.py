"""The open-data portal: a CKAN action API, a DCAT catalogue and the data files, from one list of datasets.

Answers have the shape of CKAN 2.10, https://docs.ckan.org/en/2.10/api/ (action API, version 3).
"""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml

from crawler.demo.documents import pdf, xlsx
from crawler.demo.pages import build, place, responder, templates
from crawler.demo.server import Answer, Query, Respond

Dataset = dict[str, Any]

LICENCE = {
    "license_id": "cc-by",
    "license_title": "Creative Commons Attribution",
    "license_url": "http://www.opendefinition.org/licenses/cc-by",
}
MAIL = "data@data.gov.verdania.example"
MEDIA_TYPES = {
    "CSV": "text/csv",
    "JSON": "application/json",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "PDF": "application/pdf",
}


def datasets(folder: Path, home: str) -> list[Dataset]:
    """The datasets of `_datasets.yaml` as CKAN's package dictionaries."""
    rows = yaml.safe_load((folder / "_datasets.yaml").read_text("utf-8"))
    return [_package(row, home) for row in rows]


def _package(row: dict[str, Any], home: str) -> Dataset:
    package_id = str(uuid5(NAMESPACE_URL, f"verdania/{row['name']}"))
    resources = [_resource(row, kind, home, package_id, number) for number, kind in enumerate(row["formats"])]
    owner = {"name": row["owner"].lower().replace(" ", "-"), "title": row["owner"]}
    return {
        "id": package_id,
        "name": row["name"],
        "title": row["title"],
        "notes": row["notes"],
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": True,
        **LICENCE,
        "organization": owner,
        "author": row["owner"],
        "maintainer_email": MAIL,
        "metadata_created": "2024-03-01T09:00:00.000000",
        "metadata_modified": f"{row['modified']}T09:00:00.000000",
        "groups": [{"name": row["group"], "title": row["group"].title(), "display_name": row["group"].title()}],
        "tags": [{"name": tag, "display_name": tag} for tag in row["tags"]],
        "num_tags": len(row["tags"]),
        "resources": resources,
        "num_resources": len(resources),
        "extras": [{"key": "frequency", "value": row["frequency"]}],
    }


def _resource(row: dict[str, Any], kind: str, home: str, package_id: str, position: int) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE_URL, f"verdania/{row['name']}/{kind}")),
        "package_id": package_id,
        "position": position,
        "name": f"{row['title']} ({kind})",
        "format": kind,
        "mimetype": MEDIA_TYPES[kind],
        "url": f"{home}/files/{row['name']}.{kind.lower()}",
        "last_modified": f"{row['modified']}T09:00:00.000000",
        "state": "active",
    }


def site(folder: Path, context: dict[str, object], home: str) -> Respond:
    """The portal: its pages, a page per dataset, the files, `/data.json` and `/api/3/action/…`."""
    packages = datasets(folder, home)
    answers = build(folder, context | {"datasets": packages})
    template = templates(folder).get_template("_dataset.html")
    for package in packages:
        path = f"/dataset/{package['name']}"
        answers[path] = Answer(template.render(context, dataset=package, datasets=packages, **place(path)).encode())
        for resource in package["resources"]:
            answers[resource["url"].removeprefix(home)] = _file(folder, package, resource["format"])
    answers["/data.json"] = _json(_dcat(packages, home))
    pages = responder(answers)

    def respond(path: str, query: Query) -> Answer:
        if path.startswith("/api/"):
            return _api(path.removeprefix("/api/").removeprefix("3/").removeprefix("action/"), query, packages, home)
        return pages(path, query)

    return respond


def _file(folder: Path, package: Dataset, kind: str) -> Answer:
    """The data in one format, all made from the same table; the CSV file is the source."""
    text = (folder / "_tables" / f"{package['name']}.csv").read_text("utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    if kind == "JSON":
        body = json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]], indent=1).encode()
    elif kind == "XLSX":
        body = xlsx(rows)
    elif kind == "PDF":
        body = pdf([package["title"], *("   ".join(row) for row in rows)])
    else:
        body = text.encode()
    return Answer(body, MEDIA_TYPES[kind])


def _api(action: str, query: Query, packages: list[Dataset], home: str) -> Answer:
    actions: dict[str, Callable[[Query, list[Dataset]], Any]] = {
        "package_search": _search,
        "package_list": lambda query, found: _slice(sorted(package["name"] for package in found), query),
        "package_show": _show,
        "group_list": lambda _query, found: sorted({package["groups"][0]["name"] for package in found}),
        "organization_list": lambda _query, found: sorted({package["organization"]["name"] for package in found}),
        "status_show": lambda _query, _found: _status(home),
        "site_read": lambda _query, _found: True,
    }
    if action.strip("/") in ("", "3"):
        return _json({"version": 3})
    if action not in actions:
        return _json(f"Bad request - Action name not known: {action}", 400)
    answer = {"help": f"{home}/api/3/action/help_show?name={action}"}
    try:
        return _json({**answer, "success": True, "result": actions[action](query, packages)})
    except KeyError:
        return _json({**answer, "success": False, "error": {"__type": "Not Found Error", "message": "Not found"}}, 404)
    except ValueError as error:
        return _json({**answer, "success": False, "error": {"__type": "Validation Error", "message": str(error)}}, 409)


def _status(home: str) -> dict[str, Any]:
    return {
        "ckan_version": "2.10.4",
        "site_title": "Open Data Verdania",
        "site_description": "Data of the public bodies of Verdania",
        "site_url": home,
        "error_emails_to": None,
        "locale_default": "en",
        "extensions": ["stats", "resource_proxy"],
    }


def _show(query: Query, packages: list[Dataset]) -> Dataset:
    """Raises KeyError where no dataset has the name or id."""
    wanted = query.get("id") or query.get("name_or_id") or ""
    named = {package[key]: package for package in packages for key in ("id", "name")}
    return named[wanted]


def _search(query: Query, packages: list[Dataset]) -> dict[str, Any]:
    """Datasets with every word of `q` and every `field:value` of `fq`, paged as CKAN pages (ten, at most 1000)."""
    words = [word for word in query.get("q", "").lower().split() if word not in ("*:*", "*")]
    filters = [pair.partition(":") for pair in query.get("fq", "").split() if ":" in pair]
    found = [
        package
        for package in packages
        if all(word in _words(package) for word in words)
        and all(value.strip('"') in _values(package, name.lstrip("+")) for name, _, value in filters)
    ]
    results = _slice(found, {"limit": query.get("rows", "10"), "offset": query.get("start", "0")})
    return {
        "count": len(found),
        "sort": "score desc, metadata_modified desc",
        "facets": {},
        "search_facets": {},
        "results": results,
    }


def _words(package: Dataset) -> str:
    texts = (package["title"], package["notes"], package["organization"]["title"], *_values(package, "tags"))
    return " ".join(texts).lower()


def _values(package: Dataset, name: str) -> list[str]:
    values = {
        "tags": [tag["name"] for tag in package["tags"]],
        "groups": [group["name"] for group in package["groups"]],
        "organization": [package["organization"]["name"]],
        "res_format": [resource["format"] for resource in package["resources"]],
        "license_id": [package["license_id"]],
    }
    return values.get(name, [])


def _slice(items: list[Any], query: Query) -> list[Any]:
    """Raises ValueError for a limit or offset that is no number."""
    start, limit = int(query.get("offset", "0")), min(int(query.get("limit", "1000")), 1000)
    if start < 0 or limit < 0:
        raise ValueError("Must be a natural number")
    return items[start : start + limit]


def _dcat(packages: list[Dataset], home: str) -> dict[str, Any]:
    """The catalogue in the DCAT-US form (Project Open Data metadata schema 1.1)."""
    return {
        "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        "@type": "dcat:Catalog",
        "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
        "dataset": [_dcat_dataset(package, home) for package in packages],
    }


def _dcat_dataset(package: Dataset, home: str) -> dict[str, Any]:
    return {
        "@type": "dcat:Dataset",
        "identifier": package["id"],
        "title": package["title"],
        "description": package["notes"],
        "landingPage": f"{home}/dataset/{package['name']}",
        "keyword": _values(package, "tags"),
        "theme": _values(package, "groups"),
        "modified": package["metadata_modified"][:10],
        "accessLevel": "public",
        "license": package["license_url"],
        "publisher": {"@type": "org:Organization", "name": package["organization"]["title"]},
        "contactPoint": {"@type": "vcard:Contact", "fn": "Open Data Team", "hasEmail": f"mailto:{MAIL}"},
        "distribution": [_dcat_distribution(resource) for resource in package["resources"]],
    }


def _dcat_distribution(resource: dict[str, Any]) -> dict[str, str]:
    return {
        "@type": "dcat:Distribution",
        "title": resource["name"],
        "downloadURL": resource["url"],
        "mediaType": resource["mimetype"],
    }


def _json(value: object, status: int = 200) -> Answer:
    return Answer(json.dumps(value).encode(), "application/json;charset=utf-8", status)
