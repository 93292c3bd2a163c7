"""The survey takes over what runs found, as often as one likes, and never loses what people said."""

import sqlite3

import pytest

from crawler.items import Answer, EgovError, Outcome, Reason, Review, Strength
from crawler.storage import SurveyDatabase
from crawler.storage.schema import NOTES
from crawler.storage.survey import FILE

HOME = "https://portal.gov.example/"
TEXT = "<p>" + "The ministry is responsible for the health of the people, and for the hospitals of the country. " * 4
LATER = "2024-06-01T12:00:00Z"


def review(feature="contact", reviewer="Ada", answer=Answer.YES, **changes):
    return Review("GBR", feature, reviewer, answer, HOME, "", "2024-05-02T08:00:00Z", **changes)


def counts(survey):
    return {
        table: survey.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in NOTES
        if table not in ("frontier", "visit", "robots")
    }


def test_a_merged_run_is_known_with_findings_evidence_and_portals(survey, rubric):
    assert survey.current_runs() == {"GBR": "one"}
    outcomes = {one.feature: one.outcome for one in survey.findings("GBR")}
    assert outcomes == {"contact": Outcome.PRESENT, "petition": Outcome.NOT_FOUND, "by-hand": Outcome.UNCLEAR}
    assert list(outcomes) == list(rubric.features)
    (piece,) = survey.evidence("GBR")
    assert (piece.feature, piece.quote, piece.strength) == ("contact", "Contact us", Strength.LINK)
    assert [(one["url"], one["pages"], one["failed"], one["evidence"]) for one in survey.portals("GBR")] == [
        (HOME, 1, 0, 1)
    ]
    assert survey.page_counts("GBR") == {"pages": 1, "portals": 1, "depth": 0, "evidence": 1}
    assert survey.run("one")["settings"] == {"country": "GBR"}


def test_a_finding_comes_back_with_what_was_searched(survey):
    searched = survey.findings("GBR")[1].searched
    assert (searched.pages, searched.portals, searched.languages, searched.failures) == (1, (HOME,), ("en",), ())


def test_a_merge_may_be_repeated(survey, tmp_path):
    before = counts(survey)
    rows = list(survey.rows("evidence"))
    survey.merge(tmp_path / "runs" / "one")
    assert counts(survey) == before
    assert list(survey.rows("evidence")) == rows


def test_a_merge_leaves_reviews_alone(survey, tmp_path):
    survey.add_review(review())
    survey.merge(tmp_path / "runs" / "one")
    assert survey.reviews("GBR") == [review()]


def test_a_failed_merge_leaves_nothing(survey, tmp_path, new_run, new_page):
    directory = new_run("two", [new_page(TEXT)], LATER)
    with sqlite3.connect(directory / "crawl.db") as raw:
        raw.execute("ALTER TABLE failure RENAME TO elsewhere")
    raw.close()
    before = counts(survey)
    with pytest.raises(sqlite3.OperationalError):
        survey.merge(directory)
    assert counts(survey) == before
    assert survey.current_runs() == {"GBR": "one"}


def test_the_latest_run_stands_for_a_country(survey, new_run, new_page):
    survey.merge(new_run("two", [new_page(TEXT)], LATER))
    survey.merge(new_run("old", [new_page(TEXT)], "2020-01-01T00:00:00Z"))
    assert survey.current_runs() == {"GBR": "two"}
    assert survey.evidence("GBR") == []
    assert {row["run"] for row in survey.rows("findings")} == {"two"}


def test_reviews_of_an_earlier_run_do_not_answer_for_a_later_one(survey, new_run, new_page):
    survey.add_review(review())
    survey.merge(new_run("two", [new_page(TEXT)], LATER))
    assert survey.reviews("GBR") == []
    assert counts(survey)["review"] == 1


def test_evidence_comes_best_first(survey, tmp_path, new_run, new_page):
    pages = [
        new_page(f"<html lang=en>{TEXT}<a href=/c>Contact us</a>", url=HOME + "deep", depth=2),
        new_page(f"<html lang=en>{TEXT}<a href=/c>Contact us</a>", url=HOME + "near", depth=1),
    ]
    survey.merge(new_run("two", pages, LATER))
    assert [piece.depth for piece in survey.evidence("GBR", "contact")] == [1, 2]
    (group,) = survey.evidence_groups("GBR", "contact")
    assert (group.best.url, group.pages) == (HOME + "near", 2)


def test_pages_that_were_not_read_are_failures_and_filled_shells_are_not(survey, new_run, new_page):
    pages = [
        new_page("<div id=root></div>"),
        new_page(TEXT, rendered=True),
        new_page("<div id=root></div>", url=HOME + "empty"),
        new_page(TEXT, url=HOME + "gone", status=404),
    ]
    survey.merge(new_run("two", pages, LATER))
    failures = {one.url.removeprefix(HOME): one.reason for one in survey.failures("GBR")}
    assert failures == {"empty": Reason.EMPTY, "gone": Reason.HTTP_ERROR}


def test_reviews_come_back_in_their_order(survey):
    given = [review(answer=Answer.NO), review(reviewer="Ben"), review(), review("petition", example=True)]
    for one in given:
        survey.add_review(one)
    assert survey.reviews("GBR") == given
    assert survey.reviews("GBR", "petition") == given[3:]


@pytest.mark.parametrize("act", ["UPDATE review SET answer = 'no'", "DELETE FROM review"])
def test_reviews_refuse_to_be_changed_or_deleted(survey, act):
    survey.add_review(review())
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        survey.db.execute(act)
    assert survey.reviews("GBR") == [review()]


def test_a_review_needs_a_finding(survey, one_sentence):
    for one in (review("no-such"), Review("FRA", "contact", "Ada", Answer.YES, "", "", LATER)):
        with pytest.raises(EgovError) as raised:
            survey.add_review(one)
        one_sentence(raised, one.country, one.feature)
    assert counts(survey)["review"] == 0


def test_an_unknown_country_or_archive_is_told(survey, one_sentence):
    with pytest.raises(EgovError) as raised:
        survey.findings("FRA")
    one_sentence(raised, "FRA")
    with pytest.raises(EgovError) as raised:
        survey.archive_path("GBR", "no.warc.gz")
    one_sentence(raised, "no.warc.gz")


def test_an_archive_is_found_beside_its_run(survey, tmp_path):
    assert survey.archive_path("GBR", "one.warc.gz") == tmp_path / "runs" / "one" / "warc" / "one.warc.gz"
    assert survey.archive_path("GBR", "one.warc.gz").exists()


def test_tables_are_strict_and_foreign_keys_are_on(survey):
    rows = survey.db.query("SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main'")
    strict = {row["name"]: row["strict"] for row in rows if row["name"] in NOTES}
    assert strict.keys() == NOTES.keys() - {"frontier", "visit", "robots"}
    assert set(strict.values()) == {1}
    assert survey.db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    with pytest.raises(sqlite3.IntegrityError):
        survey.db.execute("DELETE FROM run")


def test_a_survey_of_a_newer_version_is_told_and_untouched(tmp_path, one_sentence):
    SurveyDatabase(tmp_path).close()
    path = tmp_path / FILE
    raw = sqlite3.connect(path)
    (table,) = raw.execute(
        "SELECT name FROM sqlite_master WHERE name LIKE '%migrations%' AND type = 'table'"
    ).fetchone()
    raw.execute(f"INSERT INTO {table} (migration_set, name, applied_at) VALUES ('egov-survey', '9999_future', '')")
    raw.commit()
    raw.close()
    before = path.read_bytes()
    with pytest.raises(EgovError) as raised:
        SurveyDatabase(tmp_path)
    one_sentence(raised, FILE, "9999_future")
    assert path.read_bytes() == before


def test_a_survey_that_must_be_there_is_asked_for(tmp_path, one_sentence):
    with pytest.raises(EgovError) as raised:
        SurveyDatabase(tmp_path, create=False)
    one_sentence(raised, FILE, "--out")
    assert list(tmp_path.iterdir()) == []


def test_two_processes_may_have_it_open(survey, tmp_path):
    other = SurveyDatabase(tmp_path, create=False)
    survey.add_review(review())
    other.add_review(review(reviewer="Ben"))
    assert [one.reviewer for one in survey.reviews("GBR")] == ["Ada", "Ben"]
    other.close()
