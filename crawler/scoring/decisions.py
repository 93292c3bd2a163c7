"""From reviews to decisions: two independent readers agree, or the feature stays unsettled."""

from collections.abc import Iterable

from crawler.items import Answer, Decision, Review

NEEDED = 2
"""Reviewers who must agree (protocol of the Survey: two independent assessors per state)."""


def decide(country: str, feature: str, reviews: Iterable[Review], needed: int = NEEDED) -> Decision:
    """The decision that the reviews of one feature amount to.

    Each reviewer's last answer counts. `cannot_tell` is no vote. The answer is None while fewer than
    `needed` reviewers voted, or where they differ.
    """
    last: dict[str, Review] = {}
    for review in reviews:
        last[review.reviewer] = review
    reviewers = tuple(sorted(last))
    votes = {name: review.answer for name, review in last.items() if review.answer is not Answer.CANNOT_TELL}
    if not last:
        return Decision(country, feature, None, reviewers, "not reviewed")
    if len(votes) < needed:
        why = f"{len(votes)} of {needed} reviewers have an answer"
        return Decision(country, feature, None, reviewers, why)
    if len(set(votes.values())) > 1:
        return Decision(country, feature, None, reviewers, "reviewers differ")
    return Decision(country, feature, next(iter(votes.values())), reviewers, f"{len(votes)} reviewers agree")
