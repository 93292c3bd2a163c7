"""The detector of ARIA: roles, states and references that exist (WAI-ARIA 1.3)."""

import re
from collections.abc import Collection, Iterator
from itertools import islice

from selectolax.lexbor import LexborNode

from crawler.detectors.accessibility import unless
from crawler.detectors.view import Hit, View

_NAME = re.compile(rb"([a-zA-Z-]+)\s*")
_ROLES = frozenset(
    """
    alert alertdialog application article banner blockquote button caption cell checkbox code columnheader
    combobox comment complementary contentinfo definition deletion dialog directory document emphasis feed figure
    form generic grid gridcell group heading img image insertion link list listbox listitem log main mark marquee
    math menu menubar menuitem menuitemcheckbox menuitemradio meter navigation none note option paragraph
    presentation progressbar radio radiogroup region row rowgroup rowheader scrollbar search searchbox separator
    slider spinbutton status strong subscript suggestion superscript switch tab table tablist tabpanel term
    textbox time timer toolbar tooltip tree treegrid treeitem text
    """.split()
)
"""Roles that authors may use (WAI-ARIA 1.3)."""
_STATES = frozenset(
    """
    activedescendant atomic autocomplete braillelabel brailleroledescription busy checked colcount colindex
    colindextext colspan controls current describedby description details disabled dropeffect errormessage
    expanded flowto grabbed haspopup hidden invalid keyshortcuts label labelledby level live modal multiline
    multiselectable orientation owns placeholder posinset pressed readonly relevant required roledescription
    rowcount rowindex rowindextext rowspan selected setsize sort valuemax valuemin valuenow valuetext
    """.split()
)
"""States and properties (WAI-ARIA 1.3), without the prefix."""


def aria_valid(view: View) -> Iterator[Hit]:
    """Roles and attributes of ARIA exist, and labels and descriptions that they refer to are on the page.

    ACT 674b10, 5f99a7; a role with a prefix (doc-, graphics-) belongs to another module and is accepted.
    """
    tree = view.document.tree
    # A script may hold some that no element has.
    written = {piece.partition(b"=")[0] for piece in view.page.body.split(b"aria-")[1:]}
    used = {name[1].decode().lower() for one in written if (name := _NAME.fullmatch(one))}
    roles = tree.css("[role]")
    unknown = [node for name in sorted(used - _STATES) for node in tree.css(f"[aria-{name}]")]
    faults = [*unknown, *(node for node in roles if not _role_exists(node))]
    references = [key for key in ("labelledby", "describedby") if key in used]
    if references and not faults:
        ids = view.document.ids
        faults = [
            node for key in references for node in tree.css(f"[aria-{key}]") if not _refers(node, f"aria-{key}", ids)
        ]
    named = (node for name in sorted(used & _STATES) if (node := tree.css_first(f"[aria-{name}]")) is not None)
    yield from unless(roles[:1] or list(islice(named, 1)), faults)


def _role_exists(node: LexborNode) -> bool:
    roles = (node.attributes.get("role") or "").lower().split()
    return not roles or any(role in _ROLES or role.startswith(("doc-", "graphics-")) for role in roles)


def _refers(node: LexborNode, key: str, ids: Collection[str]) -> bool:
    named = (node.attributes.get(key) or "").split()
    return not named or any(one in ids for one in named)
