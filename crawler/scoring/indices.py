"""Indices: decided features, weighed by a model, with coverage and bounds beside every value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crawler.items import Answer, Decision
from crawler.rubric import Feature, Model


@dataclass(frozen=True, slots=True)
class GroupScore:
    """One sub-index or stage. `value` is in 0..1, None where nothing is settled."""

    id: str
    title: str
    weight: float
    features: int
    settled: int
    yes: int

    @property
    def value(self) -> float | None:
        return self.yes / self.settled if self.settled else None

    @property
    def low(self) -> float:
        """The share if everything unsettled were missing."""
        return self.yes / self.features if self.features else 0.0

    @property
    def high(self) -> float:
        """The share if everything unsettled were there."""
        return (self.yes + self.features - self.settled) / self.features if self.features else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """A country under a model. `value` is in 0..1, None where some group has nothing settled."""

    country: str
    model: str
    groups: tuple[GroupScore, ...]

    @property
    def value(self) -> float | None:
        return self._weighted([group.value for group in self._weighing])

    @property
    def low(self) -> float:
        return self._weighted([group.low for group in self._weighing]) or 0.0

    @property
    def high(self) -> float:
        return self._weighted([group.high for group in self._weighing]) or 0.0

    @property
    def coverage(self) -> float:
        """Settled features as a share of those that the model counts."""
        features = sum(group.features for group in self.groups)
        return sum(group.settled for group in self.groups) / features if features else 0.0

    @property
    def _weighing(self) -> tuple[GroupScore, ...]:
        return tuple(group for group in self.groups if group.features)

    def _weighted(self, values: list[float | None]) -> float | None:
        """Weighted mean of sub-indices (UN E-Government Survey 2022, annex on methodology)."""
        total = sum(group.weight for group in self._weighing)
        if not total or any(value is None for value in values):
            return None
        return (
            sum(group.weight * value for group, value in zip(self._weighing, values, strict=True) if value is not None)
            / total
        )


def score(country: str, model: Model, features: Mapping[str, Feature], decisions: Iterable[Decision]) -> Score:
    """The index of a country from its decisions.

    Features that do not apply leave the denominator; unsettled ones stay in it and widen the bounds.
    """
    answers = {decision.feature: decision.answer for decision in decisions}
    groups = []
    for group in model.groups:
        counted = [
            one.id
            for one in features.values()
            if _attribute(one, model.group_by) in group.values and answers.get(one.id) is not Answer.NOT_APPLICABLE
        ]
        settled = [one for one in counted if answers.get(one) in (Answer.YES, Answer.NO)]
        yes = sum(answers[one] is Answer.YES for one in settled)
        groups.append(GroupScore(group.id, group.title, group.weight, len(counted), len(settled), yes))
    return Score(country, model.id, tuple(groups))


def _attribute(feature: Feature, group_by: str) -> str | None:
    return feature.subindex if group_by == "subindex" else getattr(feature.text, group_by)
