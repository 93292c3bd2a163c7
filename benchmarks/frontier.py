"""A frontier of a million known addresses: memory, and how fast it takes and gives them.

    python benchmarks/frontier.py [--quick] [--addresses N]

Ours: `CrawlDatabase.queue` and `lease` as a crawl uses them: 100 links a transaction, synchronous FULL, 200 hosts; then
leases in turn over the hosts, a transaction each, with the scheduler's questions in between. Beside it, in the same run
and each in a process of its own: a plain set of addresses, and the fingerprints of Scrapy's own duplicate filter.
Memory is the peak of the process (RSS).
"""

import argparse
import resource
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

FLOORS = Path(__file__).with_name("floors.toml")
HOSTS = 200
LINKS = 100
LEASES = 2_000
REFRESH = 20
"""Leases after which the scheduler asks for the waiting hosts."""


def address(number: int) -> str:
    """An address as portals have them."""
    hostname = f"www.ministry-{number % HOSTS}.gov.example"
    return f"https://{hostname}/en/services/topic-{number % 977}/article-{number}.html?section={number % 13}"


def ours(addresses: int) -> dict[str, float]:
    """Rates of taking and giving, in addresses per second, and the slowest question, in milliseconds."""
    from crawler.storage import CrawlDatabase
    from crawler.storage.crawl import Candidate

    with tempfile.TemporaryDirectory(prefix="egov-frontier-") as directory:
        database = CrawlDatabase(Path(directory), "run")
        begun = time.perf_counter()
        for first in range(0, addresses, LINKS):
            with database.db.atomic():
                database.queue(
                    Candidate(url, "https://www.gov.example/", 3, (("Services", url), ("Topic", url)), -(n % 7) * 1.0)
                    for n in range(first, first + LINKS)
                    if (url := address(n))
                )
        queued = time.perf_counter() - begun
        hosts, slowest = database.waiting_hosts(), 0.0
        begun = time.perf_counter()
        for number in range(LEASES):
            asked = time.perf_counter()
            if number % REFRESH == 0:
                hosts = database.waiting_hosts()
            if not database.has_waiting() or (lease := database.lease(hosts[number % len(hosts)])) is None:
                raise SystemExit("an address that waits was not given out")
            slowest = max(slowest, time.perf_counter() - asked)
            database.mark_leased(lease)
            database.settle()
        leased = time.perf_counter() - begun
        known = database.db.execute("SELECT count(*) FROM frontier").fetchone()[0]
        database.close()
        if known != addresses:
            raise SystemExit(f"{known} of {addresses} addresses are known")
    return {"queue": addresses / queued, "lease": LEASES / leased, "slowest_ms": slowest * 1000}


def plain_set(addresses: int) -> dict[str, float]:
    """A set of addresses in memory: nothing is kept when the process ends."""
    begun, known = time.perf_counter(), set()
    for number in range(addresses):
        known.add(address(number))
    return {"queue": len(known) / (time.perf_counter() - begun)}


def scrapy_filter(addresses: int) -> dict[str, float]:
    """What Scrapy's duplicate filter does with each request."""
    from scrapy import Request
    from scrapy.utils.request import fingerprint

    begun, known = time.perf_counter(), set()
    for number in range(addresses):
        known.add(fingerprint(Request(address(number))).hex())
    return {"queue": len(known) / (time.perf_counter() - begun)}


def _measured(act: Callable[[int], dict[str, float]], addresses: int, sender: object) -> None:
    before = _peak()
    told = act(addresses)
    sender.send(told | {"peak": _peak(), "before": before})  # type: ignore[attr-defined]


def _peak() -> float:
    """Peak memory of this process, MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_048_576 if sys.platform == "darwin" else 1024)


def measure(act: Callable[[int], dict[str, float]], addresses: int) -> dict[str, float]:
    """What an act told from a process of its own, with its memory."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_measured, args=(act, addresses, sender))
    process.start()
    sender.close()
    try:
        told: dict[str, float] = receiver.recv()
    except EOFError:
        raise SystemExit(f"{act.__name__} ended without a figure") from None
    process.join()
    return told


def main() -> int:
    """Prints memory and rates; exit code 1 where the floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="100,000 addresses")
    parser.add_argument("--addresses", type=int, default=1_000_000)
    arguments = parser.parse_args()
    addresses = 100_000 if arguments.quick else arguments.addresses
    told = {act.__name__: measure(act, addresses) for act in (ours, plain_set, scrapy_filter)}
    for name, one in told.items():
        print(f"{name:14} {one['queue']:10.0f} addresses/s taken, {one['peak']:6.0f} MB at most")
    mine = told["ours"]
    print(
        f"ours gives {mine['lease']:.0f} addresses/s, each durable; the slowest question took {mine['slowest_ms']:.1f} ms"
    )
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["frontier"]
    print(
        f"frontier: {addresses} known addresses in {mine['peak']:.0f} MB (at most {floors['peak_mb']}),"
        f" {mine['lease']:.0f} leases/s (at least {floors['leases_per_s']})"
    )
    return 0 if mine["peak"] <= floors["peak_mb"] and mine["lease"] >= floors["leases_per_s"] else 1


if __name__ == "__main__":
    sys.exit(main())
