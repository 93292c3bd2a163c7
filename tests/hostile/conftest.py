"""Crawls of hostile servers: what came of each address, and how much memory it took."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.storage import CrawlDatabase, SurveyDatabase


@dataclass
class Crawled:
    """`outcomes`: "read" or the reason, by address."""

    outcomes: dict
    peak_mb: float
    survey: SurveyDatabase
    log: str


@pytest.fixture(scope="module")
def hostile_crawl(tmp_path_factory):
    """Crawls as `child.py` is told."""
    opened = []

    def run(**told):
        out = tmp_path_factory.mktemp("hostile")
        arguments = json.dumps({"out": str(out), "browser": False, **told})
        command = [sys.executable, str(Path(__file__).with_name("child.py")), arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)
        assert done.returncode == 0, done.stderr
        survey = SurveyDatabase(out, create=False)
        opened.append(survey)
        outcomes = {row["url"]: str(row["reason"] or "read") for row in survey.rows("pages")}
        (run,) = (out / "runs").iterdir()
        database = CrawlDatabase(run, run.name, create=False)
        outcomes |= {one.url: str(one.reason) for one in database.failures()}
        failed = database.db.query("SELECT url, reason FROM frontier WHERE state = 'FAILED'")
        outcomes |= {row["url"]: row["reason"] for row in failed if row["url"] not in outcomes}
        database.close()
        told = json.loads(done.stdout.splitlines()[-1])
        peak = max(told["peak_kb"], told["worker_kb"]) / 1024
        return Crawled(outcomes, peak, survey, (out / "crawl.log").read_text("utf-8"))

    yield run
    for survey in opened:
        survey.close()
