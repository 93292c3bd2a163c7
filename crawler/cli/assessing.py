"""What `egov assess` tells while it reads archives, and in the end."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click

from crawler.items import EgovError
from crawler.reassess import Assessment

EVERY_S = 2.0
"""Seconds between two lines of progress."""


def show_progress() -> Callable[[Assessment], None]:
    """Tells pages, rate and place in the archives, now and then."""
    last = time.monotonic()

    def seen(so_far: Assessment) -> None:
        nonlocal last
        if time.monotonic() - last < EVERY_S:
            return
        last = time.monotonic()
        begun = [one for one in so_far.accounts if one.records]
        where = f"{len(begun)} of {len(so_far.accounts)} files, {begun[-1].source.name}" if begun else "starting"
        click.echo(f"{so_far.pages} pages, {so_far.rate:.0f} pages/s; {where}", err=True)

    return seen


def show_assessment(done: Assessment, out: Path) -> None:
    """Counts, reasons, what was passed over and what is wrong with the files. Raises EgovError where nothing was read."""
    for account in done.accounts:
        if account.trouble:
            click.echo(f"{account.source}: {account.trouble}", err=True)
    passed: Counter[str] = Counter()
    for account in done.accounts:
        passed.update(account.passed)
    if done.reasons:
        click.echo(f"could not be assessed: {_counts(done.reasons)}", err=True)
    if passed:
        click.echo(f"no pages, passed over: {_counts(passed)}", err=True)
    if not done.pages:
        raise EgovError(f"no HTML page in {', '.join(str(one.source) for one in done.accounts[:3])}; nothing to assess")
    click.echo(
        f"{done.run}: {done.pages} pages, {done.read} of them readable, {done.rate:.0f} pages/s; results are in {out}",
        err=True,
    )


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common(12))
