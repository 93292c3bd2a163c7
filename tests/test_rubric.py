"""The rubric that comes with the program keeps what it promises."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from crawler.page.language import languages_of, national_languages
from crawler.rubric import load
from crawler.rubric.checking import FEWEST, core_concepts, coverage, wrong_examples, wrong_words
from crawler.rubric.documenting import catalogue, detector_table, json_schema
from crawler.seeds import countries
from crawler.storage.documenting import results_readme

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT.parent / "shared" / "features.csv"


@pytest.mark.parametrize("feature", sorted(load().features))
def test_examples_give_what_they_promise(feature):
    assert list(wrong_examples(load().features[feature], load())) == []


def test_every_feature_has_detectors_or_says_why_not():
    features = load().features
    assert len(features) == 220
    silent = [one for one in features.values() if not one.has_detectors]
    assert [one.id for one in silent if one.text.kind != "human" and not one.text.awaits] == []
    assert [one.id for one in silent if one.text.core] == []


def test_where_only_people_can_tell_the_pages_to_start_from_are_features():
    features = load().features
    for one in features.values():
        assert set(one.text.start_from) <= features.keys()
        assert one.text.start_from or one.text.kind != "human", one.id


def test_ids_are_those_of_the_catalogue():
    if not REFERENCE.exists():
        pytest.skip("the reference catalogue is not on this machine")
    with REFERENCE.open(encoding="utf-8", newline="") as stream:
        core = {row["id"]: row for row in csv.DictReader(stream) if row["core"] == "1"}
    features = load().features
    assert core.keys() <= features.keys()
    for name, row in core.items():
        text = features[name].text
        assert (text.un2024 or "", text.stage_2012 or "", text.epi_level or "") == (
            row["un2024_subindex"],
            row["stage_2012"],
            row["epi_level"],
        ), name


def test_core_concepts_have_phrases_in_every_language():
    counts, core = coverage(load()), core_concepts(load())
    assert load().partial <= {"na"}
    whole = counts.keys() - load().partial
    assert {(language, one) for language in whole for one in core if counts[language][one] < FEWEST} == set()


def test_no_phrase_is_claimed_by_opposites_or_can_never_match():
    assert list(wrong_words(load())) == []


def test_every_member_state_has_an_official_language_with_words():
    known, states = load().phrases.keys(), countries()
    assert len(states) == 193
    silent = [code for code in states if not known & set(languages_of(code))]
    assert silent == []


def test_languages_of_more_than_one_state_have_words():
    shared = Counter(language for code in countries() for language in national_languages(code))
    assert {language for language, number in shared.items() if number > 1} <= load().phrases.keys()


def test_weights_of_a_model_add_up_to_one():
    for model in load().models.values():
        assert sum(group.weight for group in model.groups) == pytest.approx(1.0)


def test_generated_documents_are_fresh():
    assert (ROOT / "docs" / "catalogue.md").read_text("utf-8") == catalogue(load())
    assert (ROOT / "results" / "README.md").read_text("utf-8") == results_readme()
    assert json.loads((ROOT / "rubrics" / "feature.schema.json").read_text("utf-8")) == json_schema()
    assert detector_table() in (ROOT / "docs" / "rubric-author.md").read_text("utf-8")


def test_the_readme_names_every_command():
    from crawler.cli import main

    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in main.commands if f"egov {name}" not in readme] == []
