"""What a report tells of a country's open data: from the catalogues' own answers and a sample of their files."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from crawler.page.datasets import MACHINE_READABLE
from crawler.page.dates import day_of

FRESH_DAYS = 365
"""A dataset changed within a year before the capture counts as fresh."""
ELEMENTS = ("machine_readable", "non_proprietary", "download", "metadata", "open_licence")
"""The elements of openness, in the order of ODIN."""


@dataclass(frozen=True)
class OpenData:
    """Figures of the datasets that were read; shares from 0 to 1, None where nothing can be said.

    `asked` and `alive`: files of the sample that were asked for, and those that answered.
    """

    datasets: int
    formats: tuple[tuple[str, int], ...]
    sectors: tuple[tuple[str, int], ...]
    machine_readable: float | None
    licensed: float | None
    fresh: float | None
    openness: tuple[tuple[str, float], ...]
    asked: int
    alive: int


def open_data(datasets: Sequence[dict[str, Any]], files: Sequence[dict[str, Any]], started_at: str) -> OpenData:
    """The figures of these rows of `dataset` and `distribution`; `started_at`: when the run began, ISO.

    A catalogue that answers in two ways names each dataset twice: it counts once.
    """
    datasets = list({(one["portal"], one["title"]): one for one in reversed(datasets)}.values())
    formats = Counter(format for one in datasets for format in one["formats"].split())
    readable = [not MACHINE_READABLE.isdisjoint(one["formats"].split()) for one in datasets]
    changed = [day for one in datasets if (day := day_of(one["modified"]))]
    asked = [one for one in files if one["reason"] != "budget"]
    return OpenData(
        datasets=len(datasets),
        formats=tuple(formats.most_common(8)),
        sectors=tuple(Counter(tag for one in datasets for tag in one["tags"].split()).most_common()),
        machine_readable=fmean(readable) if readable else None,
        licensed=fmean([one["open_licence"] for one in datasets]) if datasets else None,
        fresh=_fresh(changed, day_of(started_at)),
        openness=tuple((name, fmean([one[name] for one in datasets])) for name in ELEMENTS) if datasets else (),
        asked=len(asked),
        alive=sum(one["reason"] is None for one in asked),
    )


def _fresh(changed: Sequence[datetime.date], today: datetime.date | None) -> float | None:
    if not changed or today is None:
        return None
    return fmean([today - day <= datetime.timedelta(days=FRESH_DAYS) for day in changed])
