"""A crawl that is killed again and again loses no page, doubles no row, and fetches nothing twice."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from crashing import MOMENTS, crashes

KILLS = 25


def test_kills_at_any_moment_lose_nothing_and_repeat_nothing(tmp_path, write_rubric):
    with crashes(60, tmp_path, str(write_rubric()), seed=7) as running:
        tally = running.run(KILLS)
    assert tally.kills.total() == KILLS
    assert [moment for moment in MOMENTS if not tally.kills[moment]] == []
    assert (tally.lost, tally.doubled, tally.again, tally.problems) == (0, 0, 0, [])
