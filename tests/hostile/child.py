"""A crawl in a process of its own, so that its memory can be measured: reads what to do as JSON from its first argument."""

import json
import resource
import socket
import sys
from ipaddress import ip_network
from itertools import chain, repeat
from pathlib import Path

from crawler.crawl import Wish, crawl
from crawler.fetch.egress import Egress
from crawler.items import Seed
from crawler.job import Budget
from crawler.rubric import load

COUNTRY = "XVD"


def names_resolved_by(table):
    """Lets the names of the table resolve to their addresses: one list for each look-up, the last one for ever."""
    answers = {name: chain(lists[:-1], repeat(lists[-1])) for name, lists in table.items()}
    known = socket.getaddrinfo

    def getaddrinfo(host, port, *rest, **options):
        host = host.decode() if isinstance(host, bytes) else host
        if host not in answers:
            return known(host, port, *rest, **options)
        return [entry for address in next(answers[host]) for entry in known(address, port, *rest, **options)]

    socket.getaddrinfo = getaddrinfo


def main(told):
    names_resolved_by(told.get("names", {}))
    policy = Egress(also=frozenset(map(ip_network, told["also"])), ports=frozenset(told["ports"]))
    settings = {"EGOV_EGRESS": policy, **told.get("settings", {})}
    seeds = [Seed(COUNTRY, "national", url, ("en",), tuple(told.get("hosts", ()))) for url in told["seeds"]]
    budget = Budget(max_pages=told.get("max_pages", 300), max_depth=told.get("max_depth", 5), delay_s=0.0)
    wish = Wish(Path(told["out"]), load(), budget, "test@example.org", use_browser=told["browser"], settings=settings)
    crawl([(COUNTRY, seeds)], wish)
    # The largest worker beside the crawl's own process.
    own, worker = (resource.getrusage(one).ru_maxrss for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sys.stdout.write(json.dumps({"peak_kb": own, "worker_kb": worker}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
