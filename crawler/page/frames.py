"""What surrounds the content of a page: menus, headers, footers, side bars."""

import re
from functools import lru_cache

from selectolax.lexbor import LexborNode

TAGS = frozenset(["nav", "header", "footer", "aside"])
"""Elements that are frames by themselves (HTML Living Standard, 4.3)."""
_BODIES = frozenset([None, "body", "html", "-document", "main", "article"])
_FRAME_NAME = re.compile(r"\b(?:nav|navbar|menu|header|footer|breadcrumbs?|cookie|sidebar)\b", re.I)


class Frames:
    """Tells which elements of one page lie in a frame; what was asked once is remembered."""

    def __init__(self) -> None:
        self._framed: dict[int, bool] = {}

    def hold(self, node: LexborNode) -> bool:
        """Does the node lie in a menu, header, footer or side bar?"""
        passed: list[int] = []
        current: LexborNode | None = node
        framed = False
        while current is not None and current.tag not in _BODIES:
            known = self._framed.get(current.mem_id)
            if known is None:
                passed.append(current.mem_id)
                known = current.tag in TAGS or _names_frame(current)
            elif not known:
                break
            if known:
                framed = True
                break
            current = current.parent
        self._framed.update(dict.fromkeys(passed, framed))
        return framed


def _names_frame(node: LexborNode) -> bool:
    attributes = node.attributes
    marks = f"{attributes.get('id') or ''} {attributes.get('class') or ''} {attributes.get('role') or ''}"
    return len(marks) > 2 and mark_frame(marks)


@lru_cache(maxsize=8_192)
def mark_frame(marks: str) -> bool:
    """Do class, id or role of an element say that it is a menu, header, footer or side bar?"""
    return bool(_FRAME_NAME.search(marks))
