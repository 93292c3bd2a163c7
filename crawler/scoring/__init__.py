"""Decisions and indices. Pure."""

from crawler.scoring.decisions import decide
from crawler.scoring.indices import GroupScore, Score, score

__all__ = ["GroupScore", "Score", "decide", "score"]
