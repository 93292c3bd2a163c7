"""The demo country is what it says it is: reachable, consistent, and true to its own list of features."""

import csv
import email.message
import json
import socket
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest
import yaml
from playwright.sync_api import sync_playwright
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.demo import country as demo
from crawler.demo.country import BLOCKED, DOWN, SHELL, DemoCountry, serve
from crawler.demo.server import bind
from crawler.fetch.browser import ADVICE, find_browser, launch_options
from crawler.fetch.robots import policy
from crawler.items import Reason
from crawler.seeds import read_seeds, scope_of

LIVE = [portal.role for portal in demo.PORTALS if portal.role not in (BLOCKED, DOWN)]
EXPECTED = yaml.safe_load((Path(demo.__file__).parent / "expected.yaml").read_text("utf-8"))


@dataclass(frozen=True)
class Reply:
    status: int
    headers: email.message.Message
    body: bytes
    url: str

    @property
    def html(self) -> LexborHTMLParser:
        return LexborHTMLParser(self.body.decode("utf-8"))

    def first(self, selector: str) -> LexborNode:
        found = self.html.css_first(selector)
        assert found is not None
        return found

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def get(url: str, method: str = "GET") -> Reply:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, method=method, data=b"" if method == "POST" else None)
    try:
        with opener.open(request, timeout=5) as answer:
            return Reply(answer.status, answer.headers, answer.read(), answer.url)
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, error.headers, error.read(), url)


@pytest.fixture(scope="module")
def country() -> Iterator[DemoCountry]:
    with serve() as served:
        yield served


@pytest.fixture(scope="module")
def crawled(country: DemoCountry) -> dict[str, Reply]:
    """Every address of the country that links lead to, by address."""
    ours = {urlsplit(country.url(role)).netloc for role in LIVE}
    found: dict[str, Reply] = {}
    waiting = [country.url(role) for role in LIVE]
    while waiting:
        url = waiting.pop()
        if url in found:
            continue
        found[url] = get(url)
        if found[url].headers.get_content_type() != "text/html":
            continue
        for target in links(found[url]):
            if urlsplit(target).netloc in ours:
                waiting.append(target)
    return found


def links(reply: Reply) -> list[str]:
    found = []
    for name in ("href", "src", "poster"):
        for node in reply.html.css(f"[{name}]"):
            target = urljoin(reply.url, node.attributes[name] or "").partition("#")[0]
            if target.startswith("http") and "preload" not in (node.attributes.get("rel") or ""):
                found.append(target)
    return found


def paths(crawled: dict[str, Reply], country: DemoCountry, role: str) -> set[str]:
    home = country.url(role, "")
    return {url.removeprefix(home).partition("?")[0] for url in crawled if url.startswith(home + "/")}


@pytest.mark.parametrize("role", LIVE)
def test_each_portal_answers_in_html(country: DemoCountry, role: str) -> None:
    reply = get(country.url(role))
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.first("html").attributes["lang"] in ("en", "fr", "ar")


def test_every_link_leads_to_a_page(crawled: dict[str, Reply]) -> None:
    assert len(crawled) > 150
    assert {url: reply.status for url, reply in crawled.items() if reply.status != 200} == {}


@pytest.mark.parametrize("role", [role for role in LIVE if role != SHELL])
def test_every_file_of_a_site_can_be_reached_by_links(
    country: DemoCountry, crawled: dict[str, Reply], role: str
) -> None:
    sitemap = ElementTree.fromstring(get(country.url(role, "/sitemap.xml")).body)
    listed = {
        urlsplit(node.text or "").path for node in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    }
    assert len(listed) >= 10
    assert listed - paths(crawled, country, role) == set()


@pytest.mark.parametrize(("language", "direction"), [("en", None), ("fr", None), ("ar", "rtl")])
def test_the_national_portal_speaks_three_languages(
    country: DemoCountry, crawled: dict[str, Reply], language: str, direction: str | None
) -> None:
    home = country.url("national", f"/{language}/")
    pages = [reply for url, reply in crawled.items() if url.startswith(home)]
    assert len(pages) == 19
    for page in pages:
        root = page.first("html")
        assert (root.attributes["lang"], root.attributes.get("dir")) == (language, direction)
        alternates = {node.attributes["hreflang"]: node.attributes["href"] for node in page.html.css("link[hreflang]")}
        assert set(alternates) == {"en", "fr", "ar"}
        assert set(alternates.values()) <= set(crawled)
        assert all("alt" in image.attributes for image in page.html.css("img"))
        assert page.first(page.first("body a").attributes["href"] or "").tag == "main"


def test_the_search_over_datasets_pages_without_gap_or_overlap(country: DemoCountry) -> None:
    def search(query: str) -> Any:
        answer = get(country.url("opendata", f"/api/3/action/package_search?{query}")).json
        assert answer["success"] is True
        return answer["result"]

    names = [one["name"] for start in (0, 5, 10, 15) for one in search(f"rows=5&start={start}")["results"]]
    listed = get(country.url("opendata", "/api/3/action/package_list")).json["result"]
    assert len(names) == search("rows=0")["count"] == 12
    assert sorted(names) == listed
    assert len(search("")["results"]) == 10
    assert search("q=health")["count"] == 2
    assert search("fq=groups:budget+res_format:PDF")["count"] == 1


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("package_show?id=none", 404, "Not Found Error"),
        ("package_search?rows=many", 409, "Validation Error"),
    ],
)
def test_the_interface_refuses_as_ckan_does(country: DemoCountry, path: str, status: int, kind: str) -> None:
    reply = get(country.url("opendata", f"/api/3/action/{path}"))
    assert reply.status == status
    assert reply.json["success"] is False
    assert reply.json["error"]["__type"] == kind


def test_every_resource_is_a_file_of_its_format(country: DemoCountry) -> None:
    assert get(country.url("opendata", "/api/3/action/site_read")).json["result"] is True
    assert get(country.url("opendata", "/api/3/action/status_show")).json["result"]["ckan_version"]
    answer = get(country.url("opendata", "/api/3/action/package_search?rows=100")).json
    seen = set()
    for dataset in answer["result"]["results"]:
        shown = get(country.url("opendata", f"/api/3/action/package_show?id={dataset['id']}")).json
        assert shown["result"] == dataset
        assert dataset["license_id"] == "cc-by"
        for resource in dataset["resources"]:
            body = get(resource["url"]).body
            seen.add(resource["format"])
            if resource["format"] == "CSV":
                assert len({len(row) for row in csv.reader(body.decode().splitlines())}) == 1
            elif resource["format"] == "JSON":
                assert len(json.loads(body)) >= 3
            elif resource["format"] == "XLSX":
                assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(BytesIO(body)).namelist()
            else:
                assert body.startswith(b"%PDF-")
    assert seen == {"CSV", "JSON", "XLSX", "PDF"}
    catalogue = get(country.url("opendata", "/data.json")).json
    assert len(catalogue["dataset"]) == 12


def test_the_blocking_host_challenges_everybody(country: DemoCountry) -> None:
    for path in ("/", "/contact", "/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"):
        reply = get(country.url(BLOCKED, path))
        assert reply.status == 403
        assert reply.headers["cf-mitigated"] == "challenge"
        assert reply.first("title").text() == "Just a moment..."
    assert get(country.url(BLOCKED, "/robots.txt")).status == 200


def test_nobody_listens_at_the_host_that_is_down(country: DemoCountry) -> None:
    address = urlsplit(country.url(DOWN))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname or "", country.port), timeout=5).close()


def test_the_shell_is_empty_without_a_script(country: DemoCountry) -> None:
    reply = get(country.url(SHELL))
    assert reply.first("#app").html == '<div id="app"></div>'
    assert reply.html.css("h1, p, a") == []
    content = get(country.url(SHELL, "/content.json")).json
    blocks = content["pages"]["/"]["blocks"]
    assert {"video", "newsletter", "text"} <= {block["kind"] for block in blocks}
    for path in ("/app.js", "/hills.webm", "/hills.svg", "/hills.vtt", *content["pages"]):
        assert get(country.url(SHELL, path)).status == 200


def test_the_shell_fills_itself_in_a_browser_without_outside_network(country: DemoCountry) -> None:
    executable = find_browser()
    if executable is None:
        pytest.skip(ADVICE)
    asked = []
    with sync_playwright() as playwright:
        # A crawl reaches the web through its proxy only; here the page itself is looked at.
        browser = playwright.chromium.launch(**launch_options(executable) | {"args": []})
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(country.url(SHELL))
        page.wait_for_selector("h1")
        tree = LexborHTMLParser(page.content())
        browser.close()
    assert len(tree.css("video source, input[type=email], a[href^='mailto:'], a[href^='tel:'], h2, article")) >= 8
    assert len(tree.body.text() if tree.body else "") > 600
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(country.url(SHELL)).netloc}


@pytest.mark.parametrize("role", [*LIVE, BLOCKED])
def test_robots_rules_parse(country: DemoCountry, role: str) -> None:
    rules = policy(200, get(country.url(role, "/robots.txt")).body)
    assert rules.refuses(country.url(role), "egov") is None
    assert rules.crawl_delay_s("egov") == 0
    if role == "national":
        assert rules.refuses(country.url(role, "/internal/"), "egov") is Reason.ROBOTS_DENIED
        assert rules.sitemaps() == [country.url(role, "/sitemap.xml")]


def test_the_forbidden_folder_is_linked_but_not_in_the_sitemap(country: DemoCountry, crawled: dict[str, Reply]) -> None:
    assert crawled[country.url("national", "/internal/")].status == 200
    assert b"/internal/" not in get(country.url("national", "/sitemap.xml")).body


def test_the_feed_parses_and_its_items_exist(country: DemoCountry, crawled: dict[str, Reply]) -> None:
    reply = get(country.url("national", "/feed.xml"))
    assert reply.headers.get_content_type() == "application/rss+xml"
    items = ElementTree.fromstring(reply.body).findall("channel/item/link")
    assert {item.text for item in items} <= set(crawled)


def test_nothing_can_be_submitted(country: DemoCountry) -> None:
    reply = get(country.url("services", "/birth-certificate"), "POST")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")
    assert get(country.url("services", "/none")).status == 404


def test_expectations_name_each_core_feature_once_and_places_that_exist(country: DemoCountry) -> None:
    present, absent = EXPECTED["present"], EXPECTED["absent"]
    assert len(present) >= 50
    assert 8 <= len(absent) <= 12
    assert not set(present) & set(absent)
    assert len(present) + len(absent) == 68
    assert set(EXPECTED["rendered"]) <= set(present)
    for place in (*present.values(), *EXPECTED["traps"]):
        assert get(country.url(place["role"], place["path"])).url == country.url(place["role"], place["path"])
        assert get(country.url(place["role"], place["path"])).status == 200


def test_seeds_are_one_row_per_portal(country: DemoCountry, tmp_path: Path) -> None:
    country.write_seeds(tmp_path / "seeds.csv")
    with (tmp_path / "seeds.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows == country.seeds
    assert [row["role"] for row in rows] == [*LIVE, BLOCKED, DOWN]
    assert {row["country"] for row in rows} == {"XVD"}
    seeds = read_seeds(tmp_path / "seeds.csv")
    assert {seed.country for seed in seeds} == {demo.ISO3}
    scope = scope_of(seeds, None)
    assert all(scope.includes(portal.address) for portal in demo.PORTALS)
    assert not scope.includes("127.0.0.1")


def test_a_port_in_use_is_explained(country: DemoCountry) -> None:
    with pytest.raises(OSError, match="choose another port"), serve(country.port):
        pass


def test_an_address_that_the_computer_lacks_is_explained() -> None:
    # 192.0.2.0/24 is reserved for documentation (RFC 5737), so no computer has it.
    with pytest.raises(OSError, match=r"192\.0\.2\.1 is no address of this computer; .* alias 192\.0\.2\.1"):
        bind(["192.0.2.1"], 0)
