"""Seeds: the official portals of countries, read from CSV, and the scope of a country's crawl."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pycountry

from crawler.items import EgovError, Seed
from crawler.page.urls import among, ascii_host, host, normal, site
from crawler.rubric import rubrics_directory

COLUMNS = ("country", "role", "url", "languages", "hosts", "source", "checked_on", "replaced_by")
ROLES = (
    "national", "services", "participation", "opendata", "procurement", "gazette", "ministry-health",
    "ministry-education", "ministry-labour", "ministry-social", "ministry-finance", "ministry-environment",
    "ministry-justice", "statistics", "egov-authority",
)  # fmt: skip
# Alpha-3 codes that ISO 3166 leaves to users: fictional countries may have one.
_USER_ASSIGNED = ("XA", "XZ")


@dataclass(frozen=True, slots=True)
class Country:
    """A country as `rubrics/seeds/countries.csv` describes it."""

    iso3: str
    iso2: str
    name: str
    region: str
    languages: tuple[str, ...]
    suffixes: tuple[str, ...]


@dataclass(frozen=True)
class Scope:
    """Which hosts belong to a crawl: seed and declared hosts with their sites, and government suffixes."""

    sites: frozenset[str]
    suffixes: tuple[str, ...]

    def includes(self, hostname: str) -> bool:
        """Does the host belong to the country's official web presence, as far as is known?"""
        return hostname in self.sites or site(hostname) in self.sites or among(hostname, self.suffixes)


def scope_of(seeds: Iterable[Seed], country: Country | None) -> Scope:
    """The scope that the seeds and the country's government suffixes declare."""
    suffixes = country.suffixes if country else ()
    sites = set()
    for seed in seeds:
        for hostname in (host(seed.url), *seed.hosts):
            # Below a government suffix each host stands for itself; elsewhere www.x.ee stands for x.ee.
            inside = among(hostname, suffixes)
            sites.add(hostname if inside else site(hostname))
    return Scope(frozenset(sites), suffixes)


@lru_cache(maxsize=1)
def countries() -> dict[str, Country]:
    """Member States by alpha-3 code."""
    path = rubrics_directory() / "seeds" / "countries.csv"
    found = {}
    for _, row in _rows(path, ("iso3", "iso2", "name", "region", "languages", "suffixes")):
        languages, suffixes = tuple(row["languages"].split()), tuple(map(ascii_host, row["suffixes"].split()))
        found[row["iso3"]] = Country(row["iso3"], row["iso2"], row["name"], row["region"], languages, suffixes)
    return found


def country_code(text: str) -> str:
    """The alpha-3 code that the user means by an alpha-3 or alpha-2 code. Raises EgovError."""
    code = text.strip().upper()
    if len(code) == 3 and _USER_ASSIGNED[0] <= code[:2] <= _USER_ASSIGNED[1]:
        return code
    known = pycountry.countries.get(alpha_3=code) or pycountry.countries.get(alpha_2=code)
    if known is None:
        raise EgovError(f"'{text}' is no country code; give ISO 3166 alpha-3, for example EST for Estonia")
    return str(known.alpha_3)


def read_seeds(path: Path) -> list[Seed]:
    """The seeds of one file. Raises EgovError that names file, line and column."""
    found = []
    for number, row in _rows(path, COLUMNS):
        place = f"{path.name}, line {number}"
        if row["role"] not in ROLES:
            raise EgovError(f"{place}: role: '{row['role']}' is none of {', '.join(ROLES)}")
        try:
            url = normal(row["url"].strip())
        except ValueError:
            url = ""
        if not url:
            raise EgovError(f"{place}: url: '{row['url']}' is no http or https address")
        try:
            country = country_code(row["country"])
        except EgovError as error:
            raise EgovError(f"{place}: country: {error}") from None
        languages = tuple(row["languages"].split())
        try:
            hosts = tuple(ascii_host(one) for one in row["hosts"].split())
        except ValueError:
            raise EgovError(f"{place}: hosts: '{row['hosts']}' holds what is no host name") from None
        found.append(
            Seed(country, row["role"], url, languages, hosts, row["source"], row["checked_on"], row["replaced_by"])
        )
    return found


@lru_cache(maxsize=1)
def registry() -> tuple[Seed, ...]:
    """All seeds that come with the program."""
    directory = rubrics_directory() / "seeds"
    files = sorted(file for file in directory.glob("*.csv") if file.name != "countries.csv")
    return tuple(seed for file in files for seed in read_seeds(file))


def seeds_for(country: str, path: Path | None = None) -> list[Seed]:
    """The live seeds of a country from a file, or from the registry. Raises EgovError where there are none."""
    seeds = [seed for seed in (read_seeds(path) if path else registry()) if seed.country == country]
    if not seeds:
        where = path.name if path else "the seed registry"
        raise EgovError(f"{country}: {where} has no portal of this country; give some with --seeds FILE")
    return [seed for seed in seeds if not seed.replaced_by] or seeds


@lru_cache(maxsize=4096)
def country_of_host(hostname: str) -> str:
    """The country whose registered portal, government suffix or country domain the host is under, or ""."""
    for seed in registry():
        if hostname in (host(seed.url), *seed.hosts):
            return seed.country
    for country in countries().values():
        if among(hostname, country.suffixes):
            return country.iso3
    ending = hostname.rpartition(".")[2]
    known = pycountry.countries.get(alpha_2="GB" if ending == "uk" else ending)
    return str(known.alpha_3) if known and len(ending) == 2 else ""


def _rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Rows with the line on which each ends."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise EgovError(
                    f"{path.name}, line 1: column '{missing[0]}' is missing; there must be {', '.join(columns)}"
                )
            rows = []
            for row in reader:
                if None in row or None in row.values():
                    raise EgovError(f"{path.name}, line {reader.line_num}: {len(columns)} columns are expected")
                rows.append((reader.line_num, {key: value.strip() for key, value in row.items()}))
            return rows
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EgovError(f"{path}: cannot be read as CSV in UTF-8: {error}") from None
