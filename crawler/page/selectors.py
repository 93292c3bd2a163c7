"""CSS selectors that find one element of a page again."""

import re
from collections.abc import Container

from selectolax.lexbor import LexborNode

_SIGN = re.compile(r"([^\w-])")
_PLAIN = re.compile(r"[A-Za-z][\w-]*")


class Selectors:
    """Selectors for the elements of one page; what leads to shared ancestors is worked out once."""

    def __init__(self, anchors: Container[str]) -> None:
        """`anchors`: the ids that name one element only."""
        self._anchors = anchors
        self._known: dict[int, str] = {}

    def of(self, node: LexborNode) -> str:
        """A selector that finds exactly this element."""
        passed: list[tuple[int, str]] = []
        current: LexborNode | None = node
        found = ""
        while current is not None and current.tag not in (None, "-document"):
            if known := self._known.get(current.mem_id):
                found = known
                break
            identifier = current.attributes.get("id") or ""
            if identifier in self._anchors and _PLAIN.fullmatch(identifier):
                found = self._known[current.mem_id] = f"#{identifier}"
                break
            passed.append((current.mem_id, _step(current)))
            current = current.parent
        for place, step in reversed(passed):
            found = self._known[place] = f"{found} > {step}" if found else step
        return found


def _step(node: LexborNode) -> str:
    """The tag, with its place among siblings of the same tag where it is not the only one."""
    before = _same_before(node)
    kind, following = node.tag_id, node.next
    while following is not None and following.tag_id != kind:
        following = following.next
    # Word processors write tags such as o:p, and a typing error makes one of a quotation mark.
    tag = node.tag or "*"
    tag = tag if tag.isalnum() else _SIGN.sub(r"\\\1", tag)
    return f"{tag}:nth-of-type({before + 1})" if before or following is not None else tag


def _same_before(node: LexborNode) -> int:
    count, kind, sibling = 0, node.tag_id, node.prev
    while sibling is not None:
        count += sibling.tag_id == kind
        sibling = sibling.prev
    return count
