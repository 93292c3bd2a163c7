"""How fast a crawl is, what is left of its budget, and what it waits for: only what is known, no promises."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from crawler.job import Job

WINDOW_S = 60.0
"""The rate is that of the last minute."""
SLOW_S = 5.0
"""Seconds of one answer after which a host is named."""
NAMED = 3
"""Hosts that are named one by one."""


class Rate:
    """Events per second over the last minute, from a counter that is looked at now and then."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def look(self, at_s: float, count: int) -> tuple[float, float]:
        """Rate and the seconds that it covers. `at_s` of a monotonic clock; (0, 0) at the first look."""
        self._seen.append((at_s, count))
        while len(self._seen) > 2 and self._seen[1][0] <= at_s - WINDOW_S:
            self._seen.popleft()
        span = at_s - self._seen[0][0]
        return ((count - self._seen[0][1]) / span, span) if span > 0 else (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Waits:
    """What is being waited for. `slow`: hosts whose answer lasts, with seconds, longest first."""

    delayed: tuple[str, ...] = ()
    robots: tuple[str, ...] = ()
    slow: tuple[tuple[str, float], ...] = ()
    rendering: int = 0
    finishing: int = 0


class Watching:
    """Looks at Scrapy's downloader; how long an answer lasts is counted from the first look at it."""

    def __init__(self) -> None:
        self._since: dict[Any, float] = {}

    def look(self, downloader: Any, job: Job, at_s: float) -> Waits:
        """What the downloader is waiting for now."""
        moving = [request for slot in downloader.slots.values() for request in slot.transferring]
        self._since = {request: self._since.get(request, at_s) for request in moving}
        lasting: dict[str, float] = {}
        for request, since in self._since.items():
            if at_s - since >= SLOW_S:
                hostname = urlsplit(request.url).hostname or ""
                lasting[hostname] = max(lasting.get(hostname, 0.0), at_s - since)
        return Waits(
            delayed=tuple(sorted(name for name, slot in downloader.slots.items() if slot.latercall and slot.queue)),
            robots=tuple(sorted(urlsplit(one.url).hostname or "" for one in downloader.active if _is_robots(one))),
            slow=tuple(sorted(lasting.items(), key=lambda one: -one[1])),
            rendering=sum(bool(request.meta.get("playwright")) for request in moving),
            finishing=len(downloader.active) if job.stopped else 0,
        )


def _is_robots(request: Any) -> bool:
    return "candidate" not in request.meta and urlsplit(request.url).path == "/robots.txt"


def told(waits: Waits) -> str:
    """What is being waited for, in words; "" where it is nothing but the usual."""
    parts = []
    if waits.finishing:
        parts.append(f"{_many(waits.finishing, 'page')} under way before the end")
    if waits.robots:
        parts.append(f"robots.txt of {_names(waits.robots)}")
    if waits.slow:
        parts.append(_names([f"{host} (at least {seconds:.0f} s)" for host, seconds in waits.slow]))
    if waits.rendering:
        parts.append(f"the browser ({_many(waits.rendering, 'page')})")
    if waits.delayed:
        parts.append(f"the delay of {_names(waits.delayed)}")
    return "; ".join(parts)


def budget_left(job: Job) -> str:
    """What may still be spent: whichever ends first."""
    pages = max(job.budget.max_pages - job.progress.read, 0)
    return f"{_many(pages, 'page')} or {max(job.seconds_left(), 0.0) / 60:.0f} min"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _names(names: Iterable[str]) -> str:
    every = list(names)
    rest = len(every) - NAMED
    return ", ".join(every[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
