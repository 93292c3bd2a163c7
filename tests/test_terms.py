"""Words are found whatever their case and accents, as whole words, in the languages that count."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.page.terms import MAX_TEXT, TermIndex, fold, word_count

EN, FR = frozenset(["en"]), frozenset(["fr"])


def found(text, phrases, languages=EN):
    return TermIndex({"en": {"thing": phrases}}).of(languages).match(text).found


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_folded_text_has_no_space_too_many(text):
    assert fold(text) == " ".join(fold(text).split())


@given(st.text(alphabet="abzéñüßø -'’", min_size=1, max_size=30))
def test_case_never_matters(text):
    assert fold(text.upper()) == fold(text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_matching(text):
    assert TermIndex({"en": {"thing": ["a b", "=x", "stem*"]}}).of(EN).match(text).words >= 0


@given(st.text(max_size=30).filter(fold))
def test_every_phrase_finds_itself(phrase):
    plain = phrase.strip("=* ")
    assert not fold(plain) or found(plain, [plain])


def test_spelling_variants_are_one():
    assert fold("Über-Größe") == fold("uber grosse")
    assert fold("مكتبة") == fold("مکتبة")
    assert fold("ABC") == fold("abc")


def test_whole_words_are_matched():
    assert found("How to contact us today", ["contact us"])
    assert not found("Contact user", ["contact us"])


def test_an_exact_phrase_matches_only_the_whole_text():
    assert found("Contact", ["=contact"])
    assert not found("Contact lenses", ["=contact"])


def test_a_stem_matches_longer_words_and_only_at_their_beginning():
    assert found("Petitionen", ["petition*"])
    assert not found("Repetition", ["petition*"])


def test_several_words_of_a_phrase_may_be_stems():
    assert found("Normative acts of the state", ["normativ* act*"])
    assert found("проекты нормативных правовых актов", ["нормативн* правов* акт*"])
    assert not found("Normative data, acts", ["normativ* act*"])
    assert not found("A normative act", ["=normativ* act*"])
    assert found("Book your appointment", ["book * appointment"])
    assert not found("Book appointment", ["book * appointment"])


def test_an_exact_stem_begins_the_text():
    assert found("Petitions list", ["=petition*"])
    assert not found("All petitions", ["=petition*"])


def test_scripts_without_spaces_are_matched_inside():
    assert found("点击这里联系我们吧", ["联系我们"])


def test_words_of_another_language_do_not_count():
    index = TermIndex({"en": {"chat": ["chat"]}, "fr": {"cat": ["chat"]}})
    assert set(index.of(FR).match("Chat").found) == {"cat"}
    assert index.of(frozenset()).match("Chat").found == {}


def test_the_longest_phrase_is_the_term():
    assert found("contact us now", ["contact", "contact us"])["thing"].phrase == "contact us"


def test_long_texts_name_nothing():
    assert found("contact " * (MAX_TEXT // 8), ["contact"])
    assert not found("contact " * (MAX_TEXT // 8 + 1), ["contact"])


def test_an_index_without_phrases_matches_nothing():
    assert TermIndex({}).of(EN).match("contact").found == {}


def test_words_are_counted_also_without_spaces():
    assert word_count("one two three") == 3
    assert word_count(fold("联系我们")) > 1
