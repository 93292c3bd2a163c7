"""CSS selectors that find one element of a page again."""

import re
from collections.abc import Container

from selectolax.lexbor import LexborNode


def selector(node: LexborNode, anchors: Container[str]) -> str:
    """A selector that finds exactly this element; `anchors` are the ids that name one element only."""
    steps: list[str] = []
    current: LexborNode | None = node
    while current is not None and current.tag not in (None, "-document"):
        identifier = current.attributes.get("id") or ""
        if identifier in anchors and re.fullmatch(r"[A-Za-z][\w-]*", identifier):
            steps.append(f"#{identifier}")
            break
        steps.append(_step(current))
        current = current.parent
    return " > ".join(reversed(steps))


def _step(node: LexborNode) -> str:
    """The tag, with its place among siblings of the same tag where it is not the only one."""
    before = _same_before(node)
    following = node.next
    while following is not None and following.tag != node.tag:
        following = following.next
    # Word processors write tags such as o:p, and a typing error makes one of a quotation mark.
    tag = re.sub(r"([^\w-])", r"\\\1", node.tag or "*")
    return f"{tag}:nth-of-type({before + 1})" if before or following is not None else tag


def _same_before(node: LexborNode) -> int:
    count, sibling = 0, node.prev
    while sibling is not None:
        count += sibling.tag == node.tag
        sibling = sibling.prev
    return count
