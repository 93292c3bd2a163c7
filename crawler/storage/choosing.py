"""Which waiting address of a host comes next: the best of the group that the focus chooses.

What waits is known by group: the priority of the best of each, read from the index group by group and kept in memory
while it holds. With a million waiting addresses a choice costs what it costs with ten.
"""

import json
from itertools import islice

from sqlite_utils import Database

from crawler.focus import Focus, FoundLink
from crawler.focus.addresses import is_endless, is_listed
from crawler.storage.candidates import Candidate, Lease

TRIES = 20
"""Stored priorities that are reckoned anew for one choice, at most: they only fall, mostly a few are enough."""
PASSED_AT_ONCE = 2_000
"""Addresses passed over in one go; the host is asked again later."""
TOLERATED = 0.05
"""A priority that fell by less is not written down again."""
COMPLETING = -1_000.0
"""Priority of addresses that were passed over and are taken up again, to read a small site to its end."""
_BEST = "FROM frontier WHERE state = 'PENDING' AND host = ? AND grp = ? ORDER BY priority DESC, id LIMIT 1"
_COLUMNS = "id, url, portal, depth, path, priority, kind, grp, concepts"
_NEXT_GROUP = "SELECT min(grp) FROM frontier WHERE state = 'PENDING' AND host = ?"


class Choosing:
    """Chooses among the waiting addresses of a frontier. Without a focus the highest priority comes first."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.focus: Focus | None = None
        self.left: dict[str, str] = {}
        self._waiting: dict[str, dict[str, float]] = {}

    def note(self, hostname: str, group: str, priority: float) -> None:
        """Takes notice of an address that may be new."""
        known = self._waiting.get(hostname)
        if known is not None and priority > known.get(group, float("-inf")):
            known[group] = priority

    def forget(self) -> None:
        """Forgets what waits: somebody else changed it."""
        self._waiting.clear()

    def next(self, hostname: str) -> Lease | None:
        """The address to fetch next, still PENDING; None where none is worth it.

        Passes over what the focus does not pay for, and leaves a host that it is tired of.
        """
        if self.focus is not None and (why := self.focus.tired(hostname)):
            self._leave(hostname, why)
        groups = self._groups(hostname)
        tries = passed = 0
        while groups and passed < PASSED_AT_ONCE:
            group = self._choose(hostname, groups)
            row = self._db.conn.execute(f"SELECT {_COLUMNS} {_BEST}", [hostname, group]).fetchone()
            if row is None:
                del groups[group]
                continue
            lease = lease_from(row)
            if lease.candidate.priority < groups[group]:
                groups[group] = lease.candidate.priority
                continue
            if self.focus is None or not _is_chosen(lease.candidate):
                return lease
            if not self.focus.pays_for(lease.candidate.url):
                passed += 1
                self._db.conn.execute("UPDATE frontier SET state = 'PASSED' WHERE id = ?", [lease.id])
            elif tries >= TRIES or not self._has_fallen(lease, self.focus):
                return lease
            tries += 1
        return None

    def take_up(self, limit: int) -> int:
        """Takes up what was passed over, if all of it can be read within `limit` pages; how many addresses.

        A site that is read to its end says more of what it lacks. What never ends stays passed over.
        """
        rows = self._db.execute("SELECT id, url FROM frontier WHERE state = 'PASSED'")
        ending = (row[0] for row in rows if not (is_listed(row[1]) or is_endless(row[1])))
        chosen = list(islice(ending, limit + 1))
        if not chosen or len(chosen) > limit:
            return 0
        self._db.conn.executemany(
            "UPDATE frontier SET state = 'PENDING', priority = ? WHERE id = ?", [(COMPLETING, one) for one in chosen]
        )
        self.left.clear()
        self.forget()
        return len(chosen)

    def _choose(self, hostname: str, groups: dict[str, float]) -> str:
        if self.focus is not None:
            return self.focus.choose(hostname, list(groups.items()))
        best = max(groups.values())
        # Of equals the oldest: without a focus the order is that of the queue.
        equal = [group for group, priority in groups.items() if priority == best]
        if len(equal) == 1:
            return equal[0]
        rows = {group: self._db.conn.execute(f"SELECT id {_BEST}", [hostname, group]).fetchone() for group in equal}
        return min(equal, key=lambda group: (rows[group] is not None, rows[group]))

    def _has_fallen(self, lease: Lease, focus: Focus) -> bool:
        """Reckons the priority anew, and writes it down where it fell."""
        one = lease.candidate
        priority = focus.priority(link_of(one), one.depth)
        if priority > one.priority - TOLERATED:
            return False
        self._db.conn.execute("UPDATE frontier SET priority = ? WHERE id = ?", [priority, lease.id])
        return True

    def _groups(self, hostname: str) -> dict[str, float]:
        known = self._waiting.get(hostname)
        if known is None:
            rows = self._db.conn.execute(
                f"WITH RECURSIVE one (grp) AS ({_NEXT_GROUP} UNION ALL SELECT ({_NEXT_GROUP} AND grp > one.grp)"
                " FROM one WHERE one.grp IS NOT NULL) SELECT grp, (SELECT priority FROM frontier WHERE"
                " state = 'PENDING' AND host = ? AND frontier.grp = one.grp ORDER BY priority DESC LIMIT 1)"
                " FROM one WHERE grp IS NOT NULL",
                [hostname] * 3,
            )
            known = self._waiting[hostname] = dict(rows.fetchall())
        return known

    def _leave(self, hostname: str, why: str) -> None:
        """Passes over all that still waits on a host; home pages, catalogues and files are fetched all the same."""
        passed = self._db.conn.execute(
            "UPDATE frontier SET state = 'PASSED' WHERE host = ? AND state = 'PENDING' AND kind = 'page' AND depth > 0"
            " AND priority > ?",
            [hostname, COMPLETING],
        )
        if passed.rowcount:
            self._waiting.pop(hostname, None)
            self.left[hostname] = why


def lease_from(row: tuple[int, str, str, int, str, float, str, str, str]) -> Lease:
    """A waiting address as it was queued."""
    path = tuple((text, url) for text, url in json.loads(row[4]))
    return Lease(row[0], Candidate(row[1], row[2], row[3], path, row[5], row[6], row[7], tuple(row[8].split())))


def _is_chosen(one: Candidate) -> bool:
    """Does the focus decide on this address? Not on home pages, interfaces, and what is taken up again."""
    return one.kind == "page" and one.depth > 0 and one.priority > COMPLETING


def link_of(one: Candidate) -> FoundLink:
    """The link by which a waiting address was found."""
    text = one.path[-1][0] if one.path else ""
    return FoundLink(one.url, text, one.group, one.concepts, in_frame=IN_FRAME in one.group)


IN_FRAME = " ^"
"""Marks groups of links in menus, headers and footers (`crawler.focus.links`)."""
