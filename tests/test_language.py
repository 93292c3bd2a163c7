"""The language of a page: every witness is heard, and nobody must win."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.page.document import Document
from crawler.page.language import (
    ANY,
    base,
    detect,
    expected_languages,
    is_valid,
    languages_of,
    official_languages,
    page_language,
    same,
    script_of,
)

GERMAN = "Die Regierung ist für die Gesundheit der Menschen zuständig und arbeitet mit den Ländern zusammen. " * 4
ENGLISH = "The government is responsible for the health of the people and works together with all regions. " * 4
GEORGIAN = "საქართველოს მთავრობა პასუხისმგებელია მოსახლეობის ჯანმრთელობაზე და თანამშრომლობს რეგიონებთან. " * 4


def judged(new_page, text, lang="", **changes):
    page = new_page(f"<html lang='{lang}'><main><p>{text}</p></main></html>", **changes)
    return page_language(page, Document(page))


def test_a_declaration_that_the_words_confirm_is_believed(new_page):
    found = judged(new_page, GERMAN, "de-AT")
    assert (found.language, found.declared) == ("de", "de")


def test_the_text_overrules_a_wrong_declaration(new_page):
    found = judged(new_page, GERMAN, "en")
    assert (found.language, found.declared) == ("de", "en")
    assert {("lang", "en"), ("words", "de")} <= set(found.votes)


def test_a_script_of_one_language_settles_it(new_page):
    assert judged(new_page, GEORGIAN, "en").language == "ka"


def test_a_short_text_is_not_guessed_at(new_page):
    found = judged(new_page, "Guten Tag")
    assert (found.language, found.detected) == ("", "")
    assert judged(new_page, "Guten Tag", "de").language == "de"


def test_the_header_and_the_address_are_witnesses(new_page):
    headers = (("Content-Type", "text/html"), ("Content-Language", "fr, en"))
    found = judged(new_page, "", headers=headers, url="https://portal.gov.example/es/x")
    assert found.votes == (("header", "fr"), ("url", "es"))


def test_what_is_no_language_is_no_vote(new_page):
    assert judged(new_page, "", "xx-klingon").votes == ()


def test_a_language_that_the_detector_does_not_know_is_not_overruled_by_a_neighbour(new_page):
    text = "D'Regierung ass fir d'Gesondheet vun de Leit responsabel a schafft mat alle Gemengen am Land zesummen. " * 4
    assert detect(text)[0] not in ("", "lb")
    assert judged(new_page, text, "lb").language == "lb"


def test_the_same_text_gives_the_same_answer():
    assert len({detect(ENGLISH) for _ in range(5)}) == 1
    assert detect(ENGLISH)[0] == "en"


@given(st.text(max_size=400))
def test_no_text_breaks_the_detector(text):
    language, probability = detect(text)
    assert 0.0 <= probability <= 1.0
    assert bool(language) == bool(probability)


@given(st.text(max_size=60))
def test_no_tag_breaks_the_validity_test(tag):
    assert is_valid(tag) in (True, False)
    assert base(base(tag)) == base(tag)


@pytest.mark.parametrize(
    ("text", "script"),
    [("Hello", "Latn"), ("Привет", "Cyrl"), ("日本のホームページ", "Kana"), ("政府门户", "Hani"), ("12 !", "")],
)
def test_scripts_are_told_apart(text, script):
    assert script_of(text) == script


def test_close_languages_do_not_contradict_each_other():
    assert same("hr", "sr")
    assert same("en", "en")
    assert not same("en", "de")


def test_official_languages_come_from_the_country():
    assert set(languages_of("CHE")) >= {"de", "fr", "it"}
    assert official_languages("EE") == ("et",)
    assert languages_of("XVD") == ()


def test_expected_are_official_offered_and_english(new_page):
    page = new_page("", country="EST", languages=("ru-RU",))
    assert expected_languages(page) == {"et", "ru", "en", ANY}
