"""Progress tells what is known: the rate of the last minute, the budget that is left, what is being waited for."""

import subprocess
import time
from types import SimpleNamespace

from test_crawl import command, page, serving

from crawler.job import Budget, Progress
from crawler.progress import Rate, Waits, budget_left, told


def test_the_rate_is_that_of_the_last_minute():
    rate = Rate()
    assert rate.look(1000.0, 0) == (0.0, 0.0)
    assert rate.look(1010.0, 50) == (5.0, 10.0)
    for second in range(1020, 1200, 10):
        rate.look(float(second), 50)
    value, span = rate.look(1200.0, 50)
    assert value == 0.0
    assert 60 <= span <= 70


def test_a_resumed_crawl_does_not_count_what_was_read_before():
    rate = Rate()
    rate.look(0.0, 500)
    assert rate.look(10.0, 510) == (1.0, 10.0)


def test_what_is_waited_for_is_named_and_nothing_is_made_up():
    assert told(Waits()) == ""
    waits = Waits(("a", "b", "c", "d"), ("r",), (("slow.example", 12.4),), 2)
    assert told(waits) == (
        "robots.txt of r; slow.example (at least 12 s); the browser (2 pages); the delay of a, b, c and 1 more"
    )
    assert told(Waits(finishing=1)) == "1 page under way before the end"


def test_the_budget_left_is_never_negative():
    job = SimpleNamespace(budget=Budget(10), progress=Progress(read=12), seconds_left=lambda: -5.0)
    assert budget_left(job) == "0 pages or 0 min"


def test_a_host_that_does_not_answer_is_named_while_the_crawl_runs(tmp_path):
    class Slow(tuple):
        def __iter__(self):
            time.sleep(30)
            return super().__iter__()

    with serving({"/": page("slow"), "/slow": Slow((200, {}, page()))}) as site:
        process = subprocess.Popen(
            command(tmp_path, site), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        lines = []
        while "waiting for 127.0.0.21 (at least" not in (lines[-1] if lines else ""):
            lines.append(process.stderr.readline())
            assert process.poll() is None, lines
        process.kill()
        process.communicate()
    assert "299 pages or" in lines[-1]
