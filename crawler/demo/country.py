"""Verdania: a fictional country with official portals on loopback addresses.

It has what a real country has: portals in three languages, services, data with an interface, pages that
only look like evidence, a page that is empty without a browser, a host that blocks and one that is down.
"""

import csv
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crawler.demo import ckan
from crawler.demo.pages import SITES, build, responder
from crawler.demo.server import Answer, Query, Respond, bind

ISO3 = "XVD"
NAME = "Verdania"
LANGUAGES = "en fr ar"
COLUMNS = ("country", "role", "url", "languages", "hosts", "source", "checked_on", "replaced_by")
CHECKED_ON = "2026-01-12"


@dataclass(frozen=True)
class Portal:
    """One portal: the folder of its pages, its role in the seeds, and its loopback address."""

    folder: str
    role: str
    address: str


PORTALS = (
    Portal("national", "national", "127.0.0.2"),
    Portal("services", "services", "127.0.0.3"),
    Portal("health", "ministry-health", "127.0.0.4"),
    Portal("participation", "participation", "127.0.0.5"),
    Portal("opendata", "opendata", "127.0.0.6"),
    Portal("environment", "ministry-environment", "127.0.0.7"),
    Portal("finance", "ministry-finance", "127.0.0.8"),
    Portal("justice", "ministry-justice", "127.0.0.9"),
)
SHELL, BLOCKED, DOWN = "ministry-environment", "ministry-finance", "ministry-justice"


@dataclass(frozen=True)
class DemoCountry:
    """The country as it is being served."""

    port: int

    def url(self, role: str, path: str = "/") -> str:
        """The address of a path on the portal with this role. Raises KeyError for an unknown role."""
        address = {portal.role: portal.address for portal in PORTALS}[role]
        return f"http://{address}:{self.port}{path}"

    @property
    def seeds(self) -> list[dict[str, str]]:
        """The portals as rows of a seed file."""
        return [
            {
                "country": ISO3,
                "role": portal.role,
                "url": self.url(portal.role),
                "languages": LANGUAGES,
                "hosts": "",
                "source": "demo",
                "checked_on": CHECKED_ON,
                "replaced_by": "",
            }
            for portal in PORTALS
        ]

    def write_seeds(self, path: Path) -> None:
        """Write the seeds as CSV."""
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.seeds)


@contextmanager
def serve(port: int = 0) -> Iterator[DemoCountry]:
    """Serve the country until the block ends; port 0 takes one that is free on all addresses.

    Raises OSError, with a sentence that says what to do, where an address cannot be used.
    """
    portals = [portal for portal in PORTALS if portal.role != DOWN]
    servers = bind([portal.address for portal in portals], port)
    try:
        country = DemoCountry(servers[0].server_port)
        for server, portal in zip(servers, portals, strict=True):
            server.respond = _respond(country, portal)
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield country
        finally:
            for server in servers:
                server.shutdown()
    finally:
        for server in servers:
            server.server_close()


def _respond(country: DemoCountry, portal: Portal) -> Respond:
    hosts = {each.folder: country.url(each.role, "") for each in PORTALS}
    home = country.url(portal.role, "")
    context: dict[str, object] = {"hosts": hosts, "home": home}
    folder = SITES / portal.folder
    if portal.role == "opendata":
        return ckan.site(folder, context, home)
    answers = build(folder, context)
    if portal.role == BLOCKED:
        return _blocking(answers)
    return responder(answers, {"/": "/en/"} if portal.role == "national" else None)


def _blocking(answers: dict[str, Answer]) -> Respond:
    """Every path but robots.txt answers as a web firewall does that wants to see a browser."""
    headers = {"cf-mitigated": "challenge", "cf-ray": "8f0000000000demo-XVD", "Cache-Control": "no-store"}
    challenge = Answer(answers["/"].body, status=403, headers=headers)

    def respond(path: str, _query: Query) -> Answer:
        return answers[path] if path == "/robots.txt" else challenge

    return respond
