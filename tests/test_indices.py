"""Scores stay within their bounds, and coverage tells what they rest on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Answer, Decision
from crawler.rubric import load
from crawler.scoring import score

NAMES = [f"f{number}" for number in range(8)]
SETTLED = (Answer.YES, Answer.NO)


@pytest.fixture(scope="session")
def eight(write_rubric, new_feature):
    """Four features of each of the small model's groups."""
    return load(
        str(write_rubric([new_feature(name, kind="human", un2024="CP" if name < "f4" else "EPI") for name in NAMES]))
    )


@pytest.fixture(scope="session")
def scored(eight):
    def of(answers):
        decisions = [Decision("GBR", name, answer) for name, answer in zip(NAMES, answers, strict=False)]
        return score("GBR", eight.models["small"], eight.features, decisions)

    return of


answers = st.lists(st.sampled_from([None, *Answer]), min_size=8, max_size=8)


@given(answers)
def test_the_value_lies_between_the_bounds(scored, answers):
    found = scored(answers)
    assert 0.0 <= found.low <= found.high <= 1.0
    if found.value is not None:
        assert found.low - 1e-9 <= found.value <= found.high + 1e-9


@given(answers)
def test_coverage_is_the_share_of_settled_features_that_apply(scored, answers):
    applying = [one for one in answers if one is not Answer.NOT_APPLICABLE]
    settled = [one for one in applying if one in SETTLED]
    assert scored(answers).coverage == pytest.approx(len(settled) / len(applying) if applying else 0.0)


@given(answers)
def test_with_full_coverage_the_bounds_meet(scored, answers):
    found = scored([one if one in SETTLED else Answer.NO for one in answers])
    assert found.coverage == 1.0
    assert found.low == pytest.approx(found.high) == pytest.approx(found.value)


@given(answers, st.integers(0, 7))
def test_one_more_yes_never_lowers_a_score(scored, answers, place):
    settled = [one if one in SETTLED else Answer.NO for one in answers]
    better = [*settled[:place], Answer.YES, *settled[place + 1 :]]
    assert scored(better).value >= scored(settled).value - 1e-9


@given(answers, st.integers(0, 7), st.sampled_from(SETTLED))
def test_settling_a_feature_never_widens_the_bounds(scored, answers, place, answer):
    known = [one if one in SETTLED else None for one in answers]
    before = scored([*known[:place], None, *known[place + 1 :]])
    after = scored([*known[:place], answer, *known[place + 1 :]])
    assert before.low - 1e-9 <= after.low <= after.high <= before.high + 1e-9


def test_the_index_is_the_weighted_mean_of_its_groups(scored):
    found = scored([Answer.YES] * 4 + [Answer.NO] * 4)
    assert [group.value for group in found.groups] == [1.0, 0.0]
    assert found.value == pytest.approx(0.25)


def test_without_any_decision_there_is_no_score_but_bounds(scored):
    found = scored([])
    assert (found.value, found.low, found.high, found.coverage) == (None, 0.0, 1.0, 0.0)


def test_a_group_with_nothing_settled_leaves_the_score_open(scored):
    assert scored([Answer.YES] * 4).value is None


def test_features_that_do_not_apply_leave_the_denominator(scored):
    assert scored([Answer.YES, Answer.NO, Answer.NOT_APPLICABLE, Answer.NOT_APPLICABLE]).groups[0].value == 0.5


def test_a_group_of_which_nothing_applies_leaves_its_weight_to_the_others(scored):
    found = scored([Answer.NOT_APPLICABLE] * 4 + [Answer.YES] * 4)
    assert found.value == pytest.approx(1.0)
