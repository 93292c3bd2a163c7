"""Kills crawls with SIGKILL, the whole process group, and counts what was lost or done twice.

    python benchmarks/crash.py [--quick] [--kills N] [--seed N]

The moments are drawn from a seed and take turns: start-up, fetching, right after bytes reached the WARC file, right
after they reached the database's log, and the conclusion. After each kill `egov verify` looks over what is there, and
the crawl is resumed; no page that was acknowledged may be asked for again. The pages are served on loopback, and counted.
"""

import argparse
import sys
import tempfile
import time
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from crashing import MOMENTS, crashes

PAGES = 120
FLOORS = Path(__file__).with_name("floors.toml")


def main() -> int:
    """Prints what the kills did; exit code 1 where anything was lost or done twice, or too few kills hit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="30 kills")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    kills = 30 if arguments.quick else arguments.kills
    begun = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="egov-crash-") as out,
        crashes(PAGES, Path(out), "egov", arguments.seed) as running,
    ):
        tally = running.run(kills)
    for moment in MOMENTS:
        print(f"{moment:12} {tally.kills[moment]:4} kills")
    for problem in tally.problems[:20]:
        print(problem)
    print(f"{tally.crawls} crawls of {PAGES} pages in {time.perf_counter() - begun:.0f} s, seed {arguments.seed}")
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["crash"]
    hit = tally.kills.total() >= (kills if arguments.quick else floors["kills"]) and all(map(tally.kills.get, MOMENTS))
    print(
        f"crash: {tally.kills.total()} kills: {tally.lost} pages lost, {tally.doubled} rows doubled,"
        f" {tally.again} pages fetched again, {len(tally.problems)} problems found by verify (floor: none of any)"
    )
    return 0 if hit and tally.wrong <= floors["wrong"] else 1


if __name__ == "__main__":
    sys.exit(main())
