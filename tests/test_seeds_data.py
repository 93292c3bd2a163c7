"""The registry that comes with the program: syntax, coverage, agreement with the list of Member States."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from crawler.page.language import is_valid
from crawler.seeds import ROLES, countries, registry

REFERENCE = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "un_member_states.csv"


def test_all_193_member_states_are_listed_once():
    assert len(countries()) == 193
    assert len({one.iso2 for one in countries().values()}) == 193


def test_member_states_agree_with_the_reference_list():
    if not REFERENCE.exists():
        pytest.skip("the reference list is not on this machine")
    with REFERENCE.open(encoding="utf-8", newline="") as stream:
        expected = {(row["iso3"], row["iso2"]) for row in csv.DictReader(stream)}
    assert {(one.iso3, one.iso2) for one in countries().values()} == expected


def test_at_least_sixty_states_from_all_regions_have_a_national_portal():
    national = {seed.country for seed in registry() if seed.role == "national"}
    assert len(national) >= 60
    regions = Counter(countries()[country].region for country in national)
    assert regions.keys() == {"Africa", "Americas", "Asia", "Europe", "Oceania"}
    assert min(regions.values()) >= 5


def test_no_portal_is_listed_twice():
    keys = Counter((seed.country, seed.role, seed.url) for seed in registry())
    assert [key for key, number in keys.items() if number > 1] == []


def test_every_portal_names_a_member_state_a_role_a_source_and_valid_languages():
    for seed in registry():
        assert seed.country in countries()
        assert seed.role in ROLES
        assert seed.source
        assert seed.languages
        assert [tag for tag in seed.languages if not is_valid(tag)] == []


def test_nobody_claims_to_have_checked_a_portal_without_a_date():
    assert all(seed.checked_on == "" or len(seed.checked_on) == 10 for seed in registry())
