"""The report shows every score with its coverage and bounds, and believes no page."""

import re

import pytest

from crawler.items import Answer, EgovError, Review
from crawler.report import write_site
from crawler.report.results import all_results
from crawler.report.tables import outcome_rows, rows, trouble
from crawler.storage import SurveyDatabase

HOME = "https://portal.gov.example/"
TEXT = "<p>" + "The ministry is responsible for the health of the people, and for the hospitals of the country. " * 4
LATER = "2024-06-01T12:00:00Z"


@pytest.fixture
def model(rubric):
    return rubric.models["small"]


@pytest.fixture
def reviewed(survey):
    """Two reviewers have settled the one feature of the lighter group."""
    for name in ("Ada", "Ben"):
        survey.add_review(Review("GBR", "contact", name, Answer.YES, HOME, "", LATER))
    return survey


def test_a_score_that_rests_on_little_says_so(reviewed, rubric, model):
    (row,) = rows(reviewed, rubric, model, "scores")
    assert row["score"] is None
    assert (row["low"], row["high"]) == (0.25, 1.0)
    assert row["coverage"] == pytest.approx(1 / 3)
    assert (row["content"], row["participation"]) == (1.0, None)


def test_decisions_name_answer_and_reason(reviewed, rubric, model):
    found = {row["feature"]: (row["answer"], row["reviewers"]) for row in rows(reviewed, rubric, model, "decisions")}
    assert found == {"contact": ("yes", 2), "petition": (None, 0), "by-hand": (None, 0)}


def test_outcomes_are_counted_by_sub_index_and_in_total(survey, rubric):
    first, total = outcome_rows(survey, rubric, "GBR")
    assert first == {"sub-index": "basics", "found": 1, "not found": 1, "not assessed": 0, "other": 1}
    assert total == first | {"sub-index": "all of GBR"}


def test_what_could_not_be_read_is_told_by_portal_and_reason(survey, new_run, new_page):
    survey.merge(new_run("two", [new_page(TEXT), new_page(TEXT, url=HOME + "x", status=403)], LATER))
    assert list(trouble(survey, "GBR")) == [f"could not be read: 1 address of {HOME}: blocked"]


def test_the_site_is_whole_and_loads_nothing_from_elsewhere(reviewed, rubric, model, tmp_path):
    index = write_site(reviewed, rubric, model, tmp_path / "report")
    country = index.parent / "country" / "GBR.html"
    for page in (index, country):
        text = page.read_text("utf-8")
        assert "overage" in text
        assert "<svg" in text
        assert not re.search(r"<(?:script|iframe)\b", text)
        for address in re.findall(r'<link[^>]*href="([^"]+)"|src="([^"]+)"', text):
            assert (page.parent / "".join(address)).exists()
    for address in re.findall(r'href="(country/[^"]+)"', index.read_text("utf-8")):
        assert (index.parent / address).exists()


def test_hostile_quotes_and_addresses_are_text(survey, rubric, model, new_run, new_page, tmp_path):
    evil = '"><script>evil()</script>'
    html = f"<html lang=en>{TEXT}<a href=/c>Contact us &lt;script&gt;evil()&lt;/script&gt;</a>"
    pages = [new_page(html, url=HOME + evil), new_page("x", url=HOME + "y" + evil, status=404)]
    survey.merge(new_run("two", pages, LATER))
    text = (write_site(survey, rubric, model, tmp_path / "report").parent / "country" / "GBR.html").read_text("utf-8")
    assert "evil()" in text
    assert "<script" not in text


def test_scripted_reviews_are_called_examples(survey, rubric, model, tmp_path):
    survey.add_review(Review("GBR", "contact", "Ada", Answer.YES, HOME, "", LATER, example=True))
    assert all_results(survey, rubric, model)[0].example
    assert "example reviews" in write_site(survey, rubric, model, tmp_path / "report").read_text("utf-8")


def test_without_findings_there_is_nothing_to_report(rubric, model, tmp_path, one_sentence):
    empty = SurveyDatabase(tmp_path)
    with pytest.raises(EgovError) as raised:
        write_site(empty, rubric, model, tmp_path / "report")
    one_sentence(raised, "egov crawl")
    assert not (tmp_path / "report").exists()
    empty.close()


def test_a_report_that_cannot_be_written_is_told(survey, rubric, model, tmp_path, one_sentence):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EgovError) as raised:
        write_site(survey, rubric, model, tmp_path / "file" / "report")
    one_sentence(raised, "cannot be written")
