"""How far a service goes is told without submitting anything; what is no service has no level."""

import pytest

from crawler.assess import assess_page
from crawler.rubric import load

H1 = "<h1>Renew your passport</h1><p>You need your old passport and a photograph.</p>"


def levels(new_page, nowhere, html):
    assessed = assess_page(
        new_page(f'<html lang="en"><title>Passport</title><body>{html}</body></html>'), nowhere, load()
    )
    return {one.feature: (one.strength.value, one.service_level) for one in assessed.evidence if one.service_level}


@pytest.mark.parametrize(
    ("html", "level"),
    [
        (H1 + '<form><label>Full name<input name="fullname"></label><label>Born<input type="date" name="birth"></label></form>', "form"),
        (H1 + '<form><label>User<input name="user"></label><input type="password" name="p"></form>', "account"),
        (H1 + '<form><input name="first-name"><input name="cardnumber"><input name="cvc"><button>Pay now</button></form>', "payment"),
    ],
)  # fmt: skip
def test_the_page_of_a_service_shows_how_far_it_goes(new_page, nowhere, html, level):
    assert levels(new_page, nowhere, html)["service-passport"] == ("here", level)


@pytest.mark.parametrize(
    ("html", "level"),
    [
        ('<a href="/p">Apply for a passport online</a>', "form"),
        ('<a href="/p">Track your passport application online</a>', "tracking"),
        ('<h2>e-Services</h2><ul><li><a href="/p">Passport</a></li></ul>', "form"),
    ],
)
def test_the_words_of_a_link_promise_how_far_it_goes(new_page, nowhere, html, level):
    assert levels(new_page, nowhere, html)["service-passport"] == ("link", level)


@pytest.mark.parametrize(
    "html",
    [
        '<form role="search"><input type="search" name="q"><button>Search</button></form>',
        '<h3>Newsletter</h3><form><input type="email" name="mail"><button>Subscribe</button></form>',
        '<footer><a href="/webmail">Webmail login</a></footer>',
        '<div class="cookie-banner"><button>Accept cookies</button></div>',
        "<p>Was this page helpful?</p><button>Yes</button>",
    ],
)
def test_search_newsletter_staff_cookies_and_feedback_are_no_services(new_page, nowhere, html):
    assert levels(new_page, nowhere, html) == {}
