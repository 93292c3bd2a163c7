"""The gate: detection does not fall below its pinned floors, on real pages where they are, and on our own everywhere."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus" / "dev" / "pages.warc.gz"


def gate(*options):
    command = [sys.executable, "benchmarks/detection.py", "--gate", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def test_detection_keeps_its_floors_on_our_own_pages():
    done = gate("--own")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


@pytest.mark.skipif(not CORPUS.exists(), reason="the labelled corpus is not on this machine")
def test_detection_keeps_its_floors_on_real_pages():
    done = gate()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_link_texts_are_found_and_look_alikes_are_not():
    command = [sys.executable, "benchmarks/links.py", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_a_floor_that_fell_is_told_in_the_changelog():
    pinned = yaml.safe_load((ROOT / "tests" / "gold" / "floors.yaml").read_text("utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert [line for line in pinned.get("lowered", []) if line not in changelog] == []
