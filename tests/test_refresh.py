"""A page that sends its readers on by itself names a link; one that lets them read first does not."""

import pytest

from crawler.page.document import Document
from crawler.page.refresh import refresh_target


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0;url=/en/", "https://portal.gov.example/en/"),
        ("0; URL='en.html'", "https://portal.gov.example/en.html"),
        (" 3 , url = //www.gov.example/ ", "https://www.gov.example/"),
        ("0;/en/", "https://portal.gov.example/en/"),
        (";url=/en/", "https://portal.gov.example/en/"),
        ("30;url=/en/", ""),
        ("300", ""),
        ("0", ""),
        ("0;url=/", ""),
        ("0;url=javascript:alert(1)", ""),
        ("0;url=data:text/html,x", ""),
        ("0;url=http://[::1", ""),
        ("", ""),
    ],
)
def test_only_a_quick_refresh_to_another_web_address_is_a_redirect(new_page, content, target):
    document = Document(new_page(f'<html><head><meta http-equiv="Refresh" content="{content}"></head><body>x'))
    assert refresh_target(document) == target


def test_what_is_meant_for_browsers_without_scripts_is_not_followed(new_page):
    html = "<html><head><noscript><meta http-equiv=refresh content='0;url=/no'></noscript></head><body>x"
    assert refresh_target(Document(new_page(html))) == ""
