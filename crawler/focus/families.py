"""Families of addresses: which of them are worth a further fetch."""

from dataclasses import dataclass, field

from crawler.focus.addresses import family, is_endless, is_listed
from crawler.focus.repetition import are_alike

REPEATED = 5
"""Pages in a row that repeat an earlier one of their family, and bring nothing, before the family is left."""
QUIET = 30
"""Pages in a row that bring nothing before a family is left: less than one in ten brings something still.

Rule of three: after n trials without success the rate is below 3/n with 95 % confidence (Hanley and Lippman-Hand, If
nothing goes wrong, is everything all right?, JAMA 249:1743, 1983).
"""
QUIET_LISTED = 10
"""The same for calendars, facets, orders, print versions and pages of a list: what they show stands elsewhere too."""
KEPT = 4
"""Sketches of a family that are kept."""
REMEMBERED = 50_000
"""Families whose story is kept; of more, those with a single page are forgotten."""


@dataclass(slots=True)
class _Story:
    pages: int = 0
    quiet: int = 0
    repeated: int = 0
    sketches: list[bytes] = field(default_factory=list)


class Families:
    """What the pages of each family have brought."""

    def __init__(self) -> None:
        self._stories: dict[str, _Story] = {}

    def pages(self, url: str) -> int:
        """Pages of the address's family so far."""
        story = self._stories.get(family(url))
        return story.pages if story else 0

    def learn(self, url: str, brought: int, sketch: bytes) -> None:
        """Takes down a page: how many features it brought, and its sketch."""
        if len(self._stories) >= REMEMBERED:
            self._stories = {name: one for name, one in self._stories.items() if one.pages > 1}
        story = self._stories.setdefault(family(url), _Story())
        story.pages += 1
        repeats = any(are_alike(sketch, one) for one in story.sketches)
        story.quiet = 0 if brought else story.quiet + 1
        story.repeated = story.repeated + 1 if repeats and not brought else 0
        if not repeats:
            story.sketches = [*story.sketches, sketch][-KEPT:]

    def is_spent(self, url: str) -> bool:
        """Is a further page of this family likely to bring nothing?"""
        if is_endless(url):
            return True
        story = self._stories.get(family(url))
        if story is None:
            return False
        quiet = QUIET_LISTED if is_listed(url) else QUIET
        return story.repeated >= REPEATED or story.quiet >= quiet
