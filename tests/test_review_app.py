"""The review app believes neither the pages it shows nor the browser that asks."""

import re

import pytest

from crawler.items import Answer, Outcome
from crawler.review import create_app
from crawler.rubric import load
from crawler.storage import SurveyDatabase

HOME = "https://portal.gov.example/"
TEXT = "<p>" + "The ministry is responsible for the health of the people, and for the hospitals of the country. " * 4
LATER = "2024-06-01T12:00:00Z"
EVIL = "<script>evil()</script>"


@pytest.fixture
def app(survey, tmp_path, rubric):
    return create_app(tmp_path, rubric)


@pytest.fixture
def browser(app):
    return app.test_client()


def token(browser, path="/"):
    return re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text).group(1)


@pytest.fixture
def signed_in(browser):
    browser.post("/reviewer", data={"name": "Ada", "csrf_token": token(browser)})
    return browser


def send(browser, path="/GBR/contact", **data):
    return browser.post(path, data={"answer": "yes", "csrf_token": token(browser)} | data)


@pytest.mark.parametrize("path", ["/", "/GBR/", "/GBR/contact", "/GBR/petition", "/GBR/by-hand"])
def test_every_page_is_there_and_forbids_what_it_does_not_need(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"\son\w+=|<script>|style=", answer.text)


def test_a_finding_shows_question_evidence_and_click_path(browser):
    text = browser.get("/GBR/contact").text
    assert "<mark><u>Contact us</u></mark>" in text
    assert HOME in text
    assert "link:contact" in text


def test_a_missing_feature_shows_what_was_searched(browser):
    text = browser.get("/GBR/petition").text
    assert "No evidence was found" in text
    assert "1 pages" in text
    assert HOME in text


@pytest.mark.parametrize(
    "path",
    [
        "/GBR/no-such",
        "/FRA/",
        "/FRA/contact",
        "/GBR/archived/no.warc.gz/0",
        "/GBR/archived/one.warc.gz/1",
        "/GBR/archived/..%2Fx/0",
        "/static/no.css",
    ],
)
def test_what_is_not_there_is_not_found(browser, path):
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/reviewer", "/GBR/contact"])
def test_nothing_is_taken_without_a_token(signed_in, survey, path):
    for data in ({}, {"csrf_token": "forged"}):
        assert signed_in.post(path, data={"name": "Eve", "answer": "yes"} | data).status_code == 400
    assert survey.reviews("GBR") == []


def test_the_token_of_another_session_is_not_taken(app, signed_in, survey):
    foreign = token(app.test_client())
    assert signed_in.post("/GBR/contact", data={"answer": "yes", "csrf_token": foreign}).status_code == 400
    assert survey.reviews("GBR") == []


def test_nobody_answers_without_a_name(browser, survey):
    assert send(browser).status_code == 403
    assert survey.reviews("GBR") == []


@pytest.mark.parametrize("name", ["", " ", "A", "<script>", "Ada\x00", "x;y"])
def test_a_name_is_made_of_letters(browser, name):
    assert browser.post("/reviewer", data={"name": name, "csrf_token": token(browser)}).status_code == 400


def test_an_answer_is_stored_and_leads_to_the_next_finding(signed_in, survey):
    answer = send(signed_in, evidence_url=HOME, note=" seen ")
    assert (answer.status_code, answer.location) == (302, "/GBR/by-hand")
    (review,) = survey.reviews("GBR")
    assert (review.feature, review.reviewer, review.answer, review.evidence_url, review.note, review.example) == (
        "contact", "Ada", Answer.YES, HOME, "seen", False,
    )  # fmt: skip


def test_findings_that_one_has_answered_are_passed_over(signed_in):
    places = [send(signed_in, f"/GBR/{feature}").location for feature in ("by-hand", "contact", "petition")]
    assert places == ["/GBR/petition", "/GBR/petition", "/GBR/contact"]


def test_a_new_answer_is_added_and_the_old_one_is_kept(signed_in, survey):
    send(signed_in)
    send(signed_in, answer="no")
    assert [review.answer for review in survey.reviews("GBR")] == [Answer.YES, Answer.NO]
    assert "You answered <strong>no</strong>" in signed_in.get("/GBR/contact").text


@pytest.mark.parametrize("answer", ["", "maybe", "YES"])
def test_an_answer_is_one_of_four(signed_in, survey, answer):
    assert send(signed_in, answer=answer).status_code == 400
    assert survey.reviews("GBR") == []


def test_an_answer_needs_a_finding(signed_in, survey):
    assert send(signed_in, "/GBR/no-such").status_code == 404
    assert send(signed_in, "/FRA/contact").status_code == 404
    assert survey.reviews("GBR") == []


def test_a_feature_that_the_rubric_no_longer_has_is_not_answered(survey, tmp_path, write_rubric, new_feature):
    older = load(str(write_rubric([new_feature("petition", detect=[{"link": {"terms": "petition"}}])])))
    browser = create_app(tmp_path, older).test_client()
    browser.post("/reviewer", data={"name": "Ada", "csrf_token": token(browser)})
    assert browser.get("/GBR/contact").status_code == 404
    assert send(browser).status_code == 404
    assert survey.reviews("GBR") == []


def test_another_reviewer_is_not_shown_how_the_first_one_answered(signed_in, app, survey):
    send(signed_in, note="my secret note")
    other = app.test_client()
    other.post("/reviewer", data={"name": "Ben", "csrf_token": token(other)})
    text = other.get("/GBR/contact").text
    assert "You answered" not in text
    assert "my secret note" not in text


@pytest.fixture
def hostile(survey, new_run, new_page):
    """A run of a page that attacks whoever looks at it."""
    html = f"""<html lang=en><title>{EVIL}</title>{TEXT}<div onclick=evil()>&lt;script&gt;evil()&lt;/script&gt;
        <a href="javascript:evil()" title="&lt;script&gt;evil()&lt;/script&gt;">Contact us \u202e{EVIL}</a></div></html>"""
    url = HOME + "?q=%22%3E%3Cscript%3E&a='onmouseover=evil()"
    page = new_page(html, url=url, path=((f'"{EVIL}', url),), depth=1)
    gone = new_page("x", url=HOME + f'"{EVIL}', status=404)
    survey.merge(new_run("two", [page, gone], LATER))
    assert survey.findings("GBR")[0].outcome is Outcome.PRESENT


@pytest.mark.parametrize("path", ["/GBR/", "/GBR/contact", "/GBR/petition"])
def test_hostile_titles_quotes_and_addresses_are_text(hostile, browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200
    assert "<script>evil" not in answer.text
    assert 'href="javascript:' not in answer.text
    assert not re.search(r"<[^>]*\son(?:click|mouseover)=", answer.text)
    assert "\u202e" not in answer.text


def test_an_archived_page_is_shown_as_text_in_a_sandbox(hostile, survey, browser):
    (piece,) = survey.evidence("GBR", "contact")
    answer = browser.get(f"/GBR/archived/{piece.warc}/{piece.offset}")
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert "Contact us" in answer.text
    assert "<script" not in answer.text
    assert "onclick" not in answer.text
    assert "javascript:" not in answer.text


def test_an_archived_page_is_shown_in_its_own_encoding(survey, new_run, new_page, browser):
    headers = (("Content-Type", "text/html; charset=windows-1251"),)
    html = f"<html>{TEXT}<a href=/c>Contact us</a><p>Обращения граждан</p>"
    survey.merge(new_run("two", [new_page(html.encode("cp1251"), headers=headers)], LATER))
    (piece,) = survey.evidence("GBR", "contact")
    assert "Обращения граждан" in browser.get(f"/GBR/archived/{piece.warc}/{piece.offset}").text


def test_evidence_without_its_archive_is_still_shown_as_a_quote(tmp_path, browser):
    for path in tmp_path.glob("runs/*/warc/*"):
        path.unlink()
    answer = browser.get("/GBR/contact")
    assert answer.status_code == 200
    assert "<mark>Contact us</mark>" in answer.text


def test_a_form_with_a_choice_does_not_break_the_page(survey, new_run, new_page, browser):
    html = f"<html lang=en>{TEXT}<form><select><option>One<option>Two</select><a href=/c>Contact us</a></form>"
    survey.merge(new_run("two", [new_page(html)], LATER))
    assert "<mark><u>Contact us</u></mark>" in browser.get("/GBR/contact").text


def test_a_request_that_is_too_long_is_refused(signed_in, survey):
    assert send(signed_in, note="x" * 100_000).status_code == 413
    assert survey.reviews("GBR") == []


def test_the_key_of_sessions_is_kept_and_only_ours_to_read(app, tmp_path, rubric):
    key = tmp_path / "review.key"
    before = key.read_text()
    assert key.stat().st_mode & 0o077 == 0
    assert create_app(tmp_path, rubric).config["SECRET_KEY"] == before


def test_there_is_nothing_to_review_before_a_crawl(tmp_path, rubric):
    SurveyDatabase(tmp_path / "empty").close()
    browser = create_app(tmp_path / "empty", rubric).test_client()
    assert "Nothing has been crawled" in browser.get("/").text
