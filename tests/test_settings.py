"""What a crawl really runs with: nothing listens, nothing but the web is fetched, everything has a limit."""

import pytest

from crawler.crawl import Wish, settings
from crawler.fetch.egress import Egress, policy_of
from crawler.job import Budget


@pytest.fixture(params=[None, "/usr/bin/chromium"], ids=["without browser", "with browser"])
def effective(request, tmp_path, rubric):
    return settings(Wish(tmp_path, rubric, Budget(), "test@example.org"), request.param)


def test_nothing_listens_for_commands(effective):
    assert not effective.getbool("TELNETCONSOLE_ENABLED")
    assert not effective.getbool("REMOTE_CONTROL_ENABLED")
    extensions = effective.get_component_priority_dict_with_base("EXTENSIONS")
    names = {getattr(one, "__name__", str(one)) for one, order in extensions.items() if order is not None}
    assert not {name for name in names if "telnet" in name.lower() or "remote" in name.lower()}


def test_only_the_web_is_fetched_and_only_behind_the_policy(effective):
    handlers = effective.getwithbase("DOWNLOAD_HANDLERS")
    named = {scheme: handler for scheme, handler in handlers.items() if handler is not None}
    assert set(named) == {"http", "https"}
    assert all(handler.startswith("crawler.fetch.") for handler in named.values())
    assert effective["TWISTED_DNS_RESOLVER"] == "crawler.fetch.egress.FilteringResolver"


def test_every_download_has_a_limit_of_time_size_and_redirects(effective):
    assert 0 < effective.getfloat("DOWNLOAD_TIMEOUT") <= 60
    assert 0 < effective.getint("DOWNLOAD_MAXSIZE") <= 16 * 1024 * 1024
    assert 5 <= effective.getint("REDIRECT_MAX_TIMES") <= 20
    assert not effective.getbool("COOKIES_ENABLED")
    assert not effective.getbool("METAREFRESH_ENABLED")


def test_the_policy_is_strict_unless_the_user_says_so(effective, tmp_path, rubric):
    assert policy_of(effective) == Egress()
    allowed = settings(Wish(tmp_path, rubric, Budget(), "", allow_private=True), None)
    assert policy_of(allowed) == Egress(allow_private=True)


def test_no_setting_that_is_not_there_opens_the_policy():
    assert policy_of({}) == policy_of({"EGOV_EGRESS": "allow"}) == Egress()
