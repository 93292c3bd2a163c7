"""What was not looked at is never missing, and what was found says where."""

from dataclasses import replace

import pytest

from crawler.assess import assess_page, judge_page
from crawler.finding import find
from crawler.items import AssessedPage, Failure, Outcome, Reason, Strength
from crawler.rubric import load

HOME = "https://portal.gov.example/"
TEXT = "<p>" + "The office is open on all working days of the week, as the law provides. " * 5 + "</p>"


@pytest.fixture(scope="session")
def assessed(new_page, nowhere, rubric):
    def make(html, *, of=rubric, **changes):
        return assess_page(new_page(f"<html lang=en><body>{html}</body></html>", **changes), nowhere, of)

    return make


@pytest.fixture(scope="session")
def one_feature(write_rubric, new_feature):
    """A rubric of one feature."""
    return lambda **text: load(str(write_rubric([new_feature("only", **text)])))


def outcome(rubric, pages, failures=(), feature="contact"):
    found = {one.feature: one for one in find("GBR", rubric, pages, failures)}[feature]
    return found.outcome, found.reason


def unread(reason, url=HOME):
    return AssessedPage(url, HOME, "GBR", 0, reason)


def test_evidence_says_where_what_and_by_which_rule(assessed):
    page = assessed(f"{TEXT}<ul><li>x<li><a href=/c>Contact us</a></ul>", path=(("Home", HOME),), depth=1)
    (piece,) = page.evidence
    assert (piece.feature, piece.quote, piece.term, piece.language) == ("contact", "Contact us", "contact us", "en")
    assert (piece.detector, piece.strength, piece.depth) == ("link:contact", Strength.LINK, 1)
    assert piece.selector == "html > body > ul > li:nth-of-type(2) > a"
    assert piece.path == (("Home", HOME),)
    assert piece.rubric_version.startswith("1+")


def test_the_same_page_and_rubric_give_the_same_rows(assessed):
    html = f"{TEXT}<a href=/c>Contact us</a><a href=/p>Petitions</a>"
    assert assessed(html) == assessed(html)


def test_features_are_judged_in_the_order_of_the_rubric(assessed, rubric):
    assert [one.feature for one in find("GBR", rubric, [assessed(TEXT)])] == ["contact", "petition", "by-hand"]


def test_what_was_found_is_present(assessed, rubric):
    assert outcome(rubric, [assessed(TEXT), assessed(TEXT + "<a href=/c>Contact us</a>")]) == (Outcome.PRESENT, None)


def test_not_found_carries_what_was_searched(assessed, rubric):
    pages = [assessed(TEXT), assessed(TEXT, url=HOME + "a", depth=3)]
    failures = [Failure("GBR", HOME, HOME + "b", Reason.TIMEOUT), Failure("GBR", HOME, HOME + "c", Reason.TIMEOUT)]
    finding = find("GBR", rubric, pages, failures)[0]
    assert finding.outcome is Outcome.NOT_FOUND
    assert (finding.searched.pages, finding.searched.max_depth, finding.searched.portals) == (2, 3, (HOME,))
    assert finding.searched.languages == ("en",)
    assert finding.searched.failures == (("timeout", 2),)


def test_unreachable_portal_is_untested_not_absent(rubric):
    failures = [Failure("GBR", HOME, HOME, Reason.DNS)]
    assert {one.outcome for one in find("GBR", rubric, [], failures)} == {Outcome.UNTESTED}
    assert outcome(rubric, [], failures) == (Outcome.UNTESTED, Reason.DNS)


@pytest.mark.parametrize("reason", [Reason.BLOCKED, Reason.CAPTCHA, Reason.EMPTY, Reason.LOGIN_WALL, Reason.HTTP_ERROR])
def test_pages_that_could_not_be_read_are_untested_with_their_reason(rubric, reason):
    assert outcome(rubric, [unread(reason)]) == (Outcome.UNTESTED, reason)


def test_a_country_without_any_page_is_untested(rubric):
    assert outcome(rubric, []) == (Outcome.UNTESTED, Reason.BUDGET)


def test_an_error_page_gives_no_evidence(assessed, rubric):
    page = assessed(TEXT + "<a href=/c>Contact us</a>", status=404)
    assert (page.reason, page.evidence) == (Reason.HTTP_ERROR, ())


def test_a_link_that_left_the_country_is_no_failure(assessed, rubric):
    failures = [Failure("GBR", HOME, "https://elsewhere.example/", Reason.OFFSITE)]
    assert find("GBR", rubric, [assessed(TEXT)], failures)[0].searched.failures == ()


def test_a_shell_filled_by_a_browser_is_no_failure(assessed, rubric):
    pages = [assessed("<div id=root></div>"), assessed(TEXT, rendered=True)]
    assert pages[0].reason is Reason.EMPTY
    assert find("GBR", rubric, pages)[0].searched.failures == ()
    assert outcome(rubric, pages) == (Outcome.NOT_FOUND, None)


def test_a_shell_that_stayed_empty_is_a_failure(assessed, rubric):
    pages = [assessed("<div id=root></div>"), assessed(TEXT, url=HOME + "other")]
    assert find("GBR", rubric, pages)[0].searched.failures == (("empty", 1),)


def test_a_language_without_words_is_untested_not_missing(rubric, assessed):
    page = replace(assessed(TEXT), language="ka")
    assert outcome(rubric, [page]) == (Outcome.UNTESTED, Reason.LANGUAGE_UNSUPPORTED)


def test_one_language_with_words_is_enough_to_search_and_the_other_is_named(rubric, assessed):
    pages = [replace(assessed(TEXT), language="ka"), assessed(TEXT)]
    finding = find("GBR", rubric, pages)[0]
    assert finding.outcome is Outcome.NOT_FOUND
    assert finding.searched.languages_without_terms == ("ka",)


def test_words_for_one_feature_do_not_make_up_for_another(rubric, assessed):
    page = replace(assessed(TEXT), language="fr")
    assert outcome(rubric, [page], feature="contact") == (Outcome.NOT_FOUND, None)
    assert outcome(rubric, [page], feature="petition") == (Outcome.UNTESTED, Reason.LANGUAGE_UNSUPPORTED)


def test_a_feature_without_detectors_waits_for_a_person(rubric, assessed):
    assert outcome(rubric, [assessed(TEXT)], feature="by-hand") == (Outcome.UNCLEAR, None)


def test_only_a_feature_that_a_page_settles_is_absent(one_feature, assessed):
    settled = one_feature(when_missing="absent", detect=[{"css": {"selector": "main"}}])
    assert outcome(settled, [assessed(TEXT, of=settled)], feature="only") == (Outcome.ABSENT, None)
    assert outcome(settled, [unread(Reason.BLOCKED)], feature="only") == (Outcome.UNTESTED, Reason.BLOCKED)


def test_a_feature_that_applies_to_no_page_is_not_applicable(one_feature, assessed):
    images = one_feature(applies_to="img", detect=[{"alt_text": {}}])
    assert outcome(images, [assessed(TEXT, of=images)], feature="only") == (Outcome.NOT_APPLICABLE, None)
    mixed = [assessed(TEXT, of=images), assessed(TEXT + "<img src=x>", of=images)]
    assert outcome(images, mixed, feature="only") == (Outcome.NOT_FOUND, None)


def test_most_pages_settle_a_feature_of_all_pages(one_feature, assessed):
    marked = one_feature(settled_by="most", detect=[{"css": {"selector": "main"}}])
    good, bad = assessed(TEXT + "<main>x</main>", of=marked), assessed(TEXT, of=marked)
    assert outcome(marked, [good, good, bad], feature="only") == (Outcome.PRESENT, None)
    assert outcome(marked, [good, bad], feature="only") == (Outcome.UNCLEAR, None)
    assert outcome(marked, [bad, bad], feature="only") == (Outcome.NOT_FOUND, None)


def test_a_feature_of_the_home_page_is_looked_for_there_only(one_feature, assessed):
    home = one_feature(on="home", detect=[{"css": {"selector": "main"}}])
    assert assessed(TEXT + "<main>x</main>", of=home, depth=0).evidence
    assert not assessed(TEXT + "<main>x</main>", of=home, depth=1).evidence


def test_all_rules_must_fire_and_none_of_the_others(one_feature, assessed):
    both = one_feature(
        detect={
            "all": [{"css": {"selector": "main"}}, {"css": {"selector": "h1"}}],
            "none": [{"css": {"selector": "video"}}],
        }
    )
    assert assessed(TEXT + "<main><h1>x</h1></main>", of=both).evidence
    assert not assessed(TEXT + "<main>x</main>", of=both).evidence
    assert not assessed(TEXT + "<main><h1>x</h1><video></video></main>", of=both).evidence


def test_the_thing_itself_is_better_evidence_than_a_link_to_it(one_feature, assessed):
    either = one_feature(detect=[{"link": {"terms": "contact"}}, {"heading": {"terms": "contact"}}])
    (piece,) = assessed(TEXT + "<a href=/c>Contact us</a><h2>Contact us</h2>", of=either).evidence
    assert (piece.strength, piece.detector) == (Strength.HERE, "heading:contact")


def test_words_in_an_official_language_are_better_evidence(assessed):
    html = TEXT + "<a href=/f>Nous contacter</a><a href=/e>Contact us</a>"
    (piece,) = assessed(html, languages=("en", "fr")).evidence
    assert piece.quote == "Contact us"


def test_a_page_that_breaks_a_detector_is_untested_and_not_missing(new_page, nowhere, one_feature, caplog):
    broken = one_feature(detect=[{"css": {"selector": "p"}}])
    page = judge_page(new_page(TEXT), nowhere, broken, document=object())
    assert (page.reason, page.evidence) == (Reason.INTERNAL_ERROR, ())
    assert HOME in caplog.text
