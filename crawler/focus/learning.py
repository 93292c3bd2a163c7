"""Which link next: what names something new first, and what stands where links have paid so far.

Two parts. The priority of a link tells what it promises by itself, most of all topics, words and kinds of address that
were not visited yet: pages of a topic that was seen bring the features that were seen. It only falls while the crawl
goes on, so that a stored one is a bound and only the best have to be reckoned again (accelerated greedy: Minoux,
1978, doi:10.1007/BFb0006528). The bonus of a group of links is learned: new features per page of it, and a term for
groups that were tried seldom (SB-CLASSIFIER, a bandit over groups of links with the same tag path: Gauquier,
Manolescu and Senellart, arXiv 2602.11874).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from math import log, sqrt

from crawler.focus import addresses
from crawler.focus.families import Families
from crawler.focus.links import FoundLink
from crawler.page.urls import host

# Weights, in features that a page is expected to bring. Set by trial on the few sites of benchmarks/focus.py, so that
# its figures on those sites flatter them; half or twice a weight moves the mean area by up to 0.01.
TOPIC = 0.75
"""For a concept that the link names and no visited link of the host has named."""
LACKED = 0.25
"""Added for such a concept of features without evidence on the host. It is small: a page whose links name a feature is
mostly evidence for it already, and new topics bring more than named ones."""
COUNTRY = 0.25
"""Share of `LACKED` that each such feature without evidence in the country adds, up to four."""
MOST = 2.5
"""What the concepts of one link can add at most: a long text names many things and leads to one."""
ROOT = 1.5
"""For the front page of a host or of a part of it."""
PATH = -0.25
"""For each part of another address's path, up to five: general pages lie near the root."""
WORDS = 1.5
"""For a link whose words are all new to the host."""
FAMILY = 1.0
"""For the first address of its family."""
FRAMED = 0.5
"""For links in menus, headers and footers: they lead to the parts of a site."""
DEEPER = -0.75
"""For each click from the home page: findability is a matter of few clicks."""
LISTED = -3.0
"""For calendars, facets, orders, print versions and pages of a list."""
LEARNED = 1.5
"""Weight of a group's new features per page."""
EXPLORED = 0.5
"""Weight of the term for groups that were tried seldom (upper confidence bound)."""
PRIOR = 1.0
"""Pages of the host's average that stand in for a group's first."""
CEILING = 3.0
"""New features per page above which a group is not better still: the first page of a site brings dozens."""
UNTIRED = 100
"""Pages in a row of a host that bring no feature before it is left: less than 3 % bring one still (rule of three)."""
WORDS_KEPT = 50_000
"""Words of a host that are remembered."""


class _Host:
    """What is known of one host."""

    def __init__(self) -> None:
        self.pages = 0
        self.quiet = 0
        self.linked = 0
        self.brought = 0
        self.features: set[str] = set()
        self.concepts: Counter[str] = Counter()
        self.words: Counter[str] = Counter()
        self.groups: dict[str, tuple[int, int]] = {}


class Focus:
    """Orders links and learns from what they led to. Deterministic: the same story and seed give the same order."""

    def __init__(self, features: Mapping[str, frozenset[str]], seed: int = 0, *, thorough: bool = False) -> None:
        """`features`: feature to the concepts that lead to it; `thorough`: nothing is passed over or left early."""
        self.thorough = thorough
        self._seed = str(seed).encode()
        self._features_of: dict[str, set[str]] = defaultdict(set)
        for feature, concepts in features.items():
            for concept in concepts:
                self._features_of[concept].add(feature)
        self.concepts = frozenset(self._features_of)
        self._hosts: dict[str, _Host] = defaultdict(_Host)
        self._country: set[str] = set()
        self._families = Families()

    def priority(self, found: FoundLink, depth: int) -> float:
        """What the link promises by itself at this moment; it falls when the like of it is visited."""
        known = self._hosts[host(found.url)]
        parts = addresses.parts_of_path(found.url)
        value = DEEPER * depth + FAMILY / (1 + self._families.pages(found.url)) + (PATH * parts if parts else ROOT)
        if found.concepts:
            value += min(sum(self._promise(one, known) for one in found.concepts), MOST)
        if words := _words(found):
            value += WORDS * sum(1 / (1 + known.words[word]) for word in words) / len(words)
        if found.in_frame:
            value += FRAMED
        if addresses.is_listed(found.url):
            value += LISTED
        return value

    def _promise(self, concept: str, known: _Host) -> float:
        lacking = self._features_of[concept] - known.features
        value = TOPIC
        if lacking:
            value += LACKED * (1 + COUNTRY * min(len(lacking - self._country), 4))
        return value / (1 + known.concepts[concept])

    def choose(self, hostname: str, waiting: Sequence[tuple[str, float]]) -> str:
        """The group whose best link comes next. `waiting`: groups with the priority of their best, at least one."""
        known = self._hosts[hostname]
        average = (known.brought + 1) / (known.linked + 1)
        tries = log(known.pages + 1)
        best = max(waiting, key=lambda one: (one[1] + self._bonus(one[0], known, average, tries), self._draw(one[0])))
        return best[0]

    def _bonus(self, group: str, known: _Host, average: float, tries: float) -> float:
        pages, brought = known.groups.get(group, (0, 0))
        expected = (brought + PRIOR * average) / (pages + PRIOR)
        return LEARNED * (min(expected, CEILING) + EXPLORED * sqrt(tries / (pages + 1)))

    def _draw(self, group: str) -> bytes:
        return blake2b(group.encode(), digest_size=8, key=self._seed).digest()

    def learn(self, found: FoundLink, features: Iterable[str], sketch: bytes, depth: int = 1) -> int:
        """Takes down what the page behind a link gave: its features and its sketch; how many were new to the host.

        Home pages (`depth` 0) tell nothing of groups: nobody chose them.
        """
        known = self._hosts[host(found.url)]
        given = set(features)
        brought = len(given - known.features)
        known.features |= given
        self._country |= given
        known.pages += 1
        known.quiet = 0 if brought else known.quiet + 1
        self._families.learn(found.url, brought, sketch)
        known.concepts.update(found.concepts)
        if len(known.words) > WORDS_KEPT:
            known.words.clear()
        known.words.update(_words(found))
        if depth:
            pages, gain = known.groups.get(found.group, (0, 0))
            known.groups[found.group] = (pages + 1, gain + brought)
            known.linked += 1
            known.brought += brought
        return brought

    def pays_for(self, url: str) -> bool:
        """Is the address worth a fetch? Not where its family, or its whole host, has stopped to bring anything."""
        return self.thorough or not (self._families.is_spent(url) or self.tired(host(url)))

    def tired(self, hostname: str) -> str:
        """Why a host is left early, in one sentence; "" while it is worth going on."""
        known = self._hosts.get(hostname)
        if self.thorough or known is None or known.quiet < UNTIRED:
            return ""
        return f"{hostname} was left after {known.pages} pages: the last {known.quiet} brought nothing new"


def _words(found: FoundLink) -> frozenset[str]:
    return frozenset(f"{found.text[:200]} {addresses.words(found.url)}".lower().split())
