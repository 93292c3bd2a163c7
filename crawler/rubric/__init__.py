"""The rubric language: features as data, their detectors, terms and models."""

from crawler.rubric.loading import Rubric, load, rubrics_directory
from crawler.rubric.models import Feature, Model, Rule

__all__ = ["Feature", "Model", "Rubric", "Rule", "load", "rubrics_directory"]
