"""What one page says of one feature: the piece of proof that a reviewer would choose."""

from collections.abc import Iterable, Iterator
from itertools import islice

from crawler.detectors.view import ANSWER, Hit, View
from crawler.items import Strength
from crawler.rubric.models import Feature, Rule

ENOUGH = 40
"""Hits of one rule that are weighed: the best of a page stands among its first."""
_FIRST_CHOICE = (False, False)


def judge(feature: Feature, view: View) -> tuple[Rule, Hit] | None:
    """The best hit with its rule: here before link, then official language, then as the rules stand.

    A hit that speaks against the feature (`Hit.against`) outweighs all others. None where the page says nothing.
    """
    if (
        not feature.has_detectors
        or (view.answer and feature.all)
        or (feature.needs and feature.needs.isdisjoint(view.inventory))
    ):
        return None
    required: list[tuple[Rule, Hit]] = []
    for rule in feature.all:
        hit = next(rule.hits(view), None)
        if hit is None:
            return None
        required.append((rule, hit))
    if any(next(rule.hits(view), None) for rule in feature.none):
        return None
    best: tuple[Rule, Hit] | None = None
    candidates = _hits(feature.any, view) if feature.any else required
    for rule, hit in candidates:
        if hit.against:
            return rule, hit
        rank = _rank(hit, view)
        if best is None or rank < _rank(best[1], view):
            best = rule, hit
            if rank == _FIRST_CHOICE:
                break
    return best


def _hits(rules: Iterable[Rule], view: View) -> Iterator[tuple[Rule, Hit]]:
    for rule in rules:
        if rule.needs and rule.needs not in view.inventory:
            continue
        if view.answer and rule.needs != ANSWER:
            # What stands in the titles of datasets is no menu.
            continue
        for hit in islice(rule.hits(view), ENOUGH):
            yield rule, hit


def _rank(hit: Hit, view: View) -> tuple[bool, bool]:
    return hit.strength is Strength.LINK, bool(hit.language) and hit.language not in view.official
