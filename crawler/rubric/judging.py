"""What one page says of one feature: the piece of proof that a reviewer would choose."""

from collections.abc import Iterable, Iterator

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
    if not feature.has_detectors:
        return None
    required: list[tuple[Rule, Hit]] = []
    for rule in feature.all:
        hit = next(rule.hits(view), None)
        # What stands in the titles of datasets is no menu.
        if hit is None or (view.answer and rule.needs != ANSWER):
            return None
        required.append((rule, hit))
    if any(next(rule.hits(view), None) for rule in feature.none):
        return None
    return _best(_hits(feature, view) if feature.any else required, view)


def _hits(feature: Feature, view: View) -> Iterator[tuple[Rule, Hit]]:
    """What the rules of a feature find, rule after rule."""
    inventory, answer = view.inventory, view.answer
    for rule in feature.any:
        if (rule.needs and rule.needs not in inventory) or (answer and rule.needs != ANSWER):
            continue
        for _, hit in zip(range(ENOUGH), rule.detector(view, **rule.options), strict=False):
            yield rule, hit


def _best(candidates: Iterable[tuple[Rule, Hit]], view: View) -> tuple[Rule, Hit] | None:
    best: tuple[Rule, Hit] | None = None
    lowest = (True, True)
    for rule, hit in candidates:
        if hit.against:
            return rule, hit
        rank = _rank(hit, view)
        if best is None or rank < lowest:
            best, lowest = (rule, hit), rank
            if rank == _FIRST_CHOICE:
                break
    return best


def _rank(hit: Hit, view: View) -> tuple[bool, bool]:
    return hit.strength is Strength.LINK, bool(hit.language) and hit.language not in view.official
