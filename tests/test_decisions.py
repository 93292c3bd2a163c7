"""Two independent reviewers agree, or the feature stays unsettled."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Answer, Review
from crawler.scoring import decide

YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.CANNOT_TELL


def reviews(*given):
    return [Review("GBR", "contact", name, answer, "", "", "2024-05-01T12:00:00Z") for name, answer in given]


def decided(*given, needed=2):
    return decide("GBR", "contact", reviews(*given), needed)


acts = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Answer)), max_size=8)


def test_two_who_agree_settle_a_feature():
    decision = decided(("a", YES), ("b", YES))
    assert (decision.answer, decision.reviewers) == (YES, ("a", "b"))


def test_nobody_settles_nothing():
    assert (decided().answer, decided().why) == (None, "not reviewed")


def test_one_reviewer_is_not_enough_however_often_he_answers():
    assert decided(("a", YES), ("a", YES), ("a", YES)).answer is None


def test_two_who_differ_leave_it_open():
    decision = decided(("a", YES), ("b", NO))
    assert (decision.answer, decision.why) == (None, "reviewers differ")


def test_the_last_answer_of_a_reviewer_counts():
    assert decided(("a", NO), ("b", YES), ("a", YES)).answer is YES


def test_who_cannot_tell_has_no_vote():
    assert decided(("a", YES), ("b", UNSURE)).answer is None
    assert decided(("a", YES), ("b", YES), ("c", UNSURE)).answer is YES


def test_a_vote_can_be_taken_back():
    assert decided(("a", YES), ("b", YES), ("b", UNSURE)).answer is None


@given(acts)
def test_a_decision_never_rests_on_fewer_than_two_equal_votes(given):
    decision = decided(*given)
    last = dict(given)
    if decision.answer is None:
        votes = [answer for answer in last.values() if answer is not UNSURE]
        assert len(votes) < 2 or len(set(votes)) > 1
    else:
        assert set(last.values()) - {UNSURE} == {decision.answer}
        assert sum(answer is decision.answer for answer in last.values()) >= 2


@given(acts)
def test_everybody_who_answered_is_named_once(given):
    assert decided(*given).reviewers == tuple(sorted({name for name, _ in given}))
