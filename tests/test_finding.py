"""What all pages together say of a feature: enough sectors, one sign-on on two sites, most pages."""

import pytest

from crawler.finding import find
from crawler.items import AssessedPage, Outcome, PageFacts, Reason
from crawler.rubric import load

HOSTS = ["https://a.gov.example/", "https://b.gov.example/"]


def outcome(feature, pages):
    return next((one.outcome, one.reason) for one in find("GBR", load(), pages) if one.feature == feature)


def page(url=HOSTS[0], **changes):
    return AssessedPage(url, url, "GBR", 0, None, language="en", **changes)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (("health", "education", "justice"), Outcome.UNCLEAR),
        (("health", "education", "justice", "local"), Outcome.UNCLEAR),
        (("health", "education", "justice", "social"), Outcome.PRESENT),
    ],
)
def test_a_feature_of_sectors_needs_four_of_the_six(new_evidence, tags, expected):
    pages = [page(evidence=(new_evidence(feature="sector-policies", tags=(tag,)),)) for tag in tags]
    assert outcome("sector-policies", pages)[0] is expected


def test_a_shared_sign_on_is_seen_on_two_hosts(new_evidence):
    seen = {"evidence": (new_evidence(feature="login-sso"),), "facts": PageFacts(sign_in=("id-austria",))}
    assert outcome("login-sso", [page(**seen)])[0] is Outcome.UNCLEAR
    assert outcome("login-sso", [page(HOSTS[0], **seen), page(HOSTS[1], **seen)])[0] is Outcome.PRESENT


def test_what_the_machine_cannot_look_at_yet_is_untested_and_says_so():
    assert outcome("a11y-contrast", [page()]) == (Outcome.UNTESTED, Reason.NOT_AUTOMATED)


def test_what_only_people_can_tell_is_unclear():
    assert outcome("submission-receipt", [page()])[0] is Outcome.UNCLEAR
