"""Detectors of accessibility markers that a static page settles (WCAG 2.2)."""

from collections.abc import Iterator, Sequence
from itertools import islice

from selectolax.lexbor import LexborNode

from crawler.detectors.view import QUOTE_LENGTH, Concept, Hit, View
from crawler.items import Strength
from crawler.page.dates import date_in
from crawler.page.language import base, fits_script, is_shortest, is_valid, same, script_of
from crawler.page.parts import tidy


def page_language(view: View) -> Iterator[Hit]:
    """`html` declares a valid language that fits the main text (WCAG 3.1.1; ACT b5c3f8)."""
    declared = view.document.declared_language
    node = view.document.root
    # `xml:lang` alone declares something in XHTML only, and a language of two letters has no code of three.
    if node is None or not ("xmlns" in node.attributes or node.attributes.get("lang")):
        return
    if not is_valid(declared) or not is_shortest(declared):
        return
    fits = same(base(declared), view.language.language) or _too_short_to_tell(view)
    # That a page says it is in one language and is written in another is a finding of its own.
    disagrees = not fits and bool(view.language.detected)
    if fits or disagrees:
        quote = f'lang="{declared}"'[:QUOTE_LENGTH]
        yield Hit(node, quote, Strength.HERE, language=base(declared), against=int(disagrees))


def _too_short_to_tell(view: View) -> bool:
    """Where the text is too short to tell its language, the declaration is believed."""
    detected = view.language.detected
    text = view.document.main_text
    return not detected and bool(script_of(text)) and fits_script(base(view.document.declared_language), text)


def alt_text(view: View) -> Iterator[Hit]:
    """Every `img` has an `alt` attribute, empty allowed (WCAG 1.1.1)."""
    images = view.document.images
    yield from unless(images, [image for image in images if "alt" not in image.attributes])


def unless(parts: Sequence[LexborNode], faults: Sequence[LexborNode]) -> Iterator[Hit]:
    """The first part as a hit where none is at fault; else the first fault as a hit against the feature."""
    if faults:
        yield Hit(faults[0], _shown(faults[0]), Strength.HERE, against=len(faults))
    elif parts:
        yield Hit(parts[0], _shown(parts[0]), Strength.HERE)


def _shown(node: LexborNode) -> str:
    return tidy((node.html or node.tag or "")[:1000])[:QUOTE_LENGTH]


def form_labels(view: View) -> Iterator[Hit]:
    """Every visible field has a label or accessible name; a placeholder is none (WCAG 1.3.1, 4.1.2; ACT e086e5)."""
    fields = [part.node for part in view.document.fields]
    bare = [node for node in fields if not _labelled(node, view)]
    faults = [node for node in bare if not _hidden(node)]
    # Looked for only where it matters: whether an element is hidden takes a walk to the root.
    visible = () if faults else islice((node for node in fields if not _hidden(node)), 1)
    yield from unless(list(visible), faults)


def _labelled(node: LexborNode, view: View) -> bool:
    attributes = node.attributes
    if any(tidy(attributes.get(key) or "") for key in ("aria-label", "title")) or _labelled_by(node, view):
        return True
    return bool(view.document.labels.get(attributes.get("id") or "-")) or _inside(node, "label")


def _labelled_by(node: LexborNode, view: View) -> bool:
    """Does one of the elements that `aria-labelledby` refers to exist and have a name?"""
    for name in (node.attributes.get("aria-labelledby") or "").split():
        if name in view.document.ids and (found := view.document.by_id(name)) is not None:
            if tidy(found.text()) or tidy(found.attributes.get("aria-label") or found.attributes.get("alt") or ""):
                return True
    return False


def _inside(node: LexborNode, tag: str) -> bool:
    parent = node.parent
    while parent is not None and parent.tag != "body":
        if parent.tag == tag:
            return bool(tidy(parent.text()))
        parent = parent.parent
    return False


def _hidden(node: LexborNode) -> bool:
    """Hidden from everybody by the markup; what a style sheet hides is left to the browser pass."""
    current: LexborNode | None = node
    while current is not None and current.tag not in (None, "body", "html", "-document"):
        attributes = current.attributes
        style = (attributes.get("style") or "").replace(" ", "").lower()
        if "hidden" in attributes or attributes.get("aria-hidden") == "true" or "display:none" in style:
            return True
        current = current.parent
    return False


def page_structure(view: View) -> Iterator[Hit]:
    """A title, one main landmark, a first-level heading, no empty heading (WCAG 2.4.2, 1.3.1)."""
    tree = view.document.tree
    html = view.document.root
    mains = [node for node in tree.css("main, [role=main]") if not _hidden(node)]
    firsts = [one.node for one in view.document.headings if one.level == "h1"]
    empty = [
        node
        for node in view.document.empty_headings
        if (node.tag or "")[0] == "h" and not _named(node, view) and not _hidden(node)
    ]
    title = view.document.title
    if html is None:
        return
    if not title or "://" in title:
        yield Hit(html, f"title: {title}"[:QUOTE_LENGTH], Strength.HERE, against=1)
    elif len(mains) != 1:
        yield Hit(html, f"{len(mains)} main landmarks", Strength.HERE, against=1)
    elif not firsts:
        yield Hit(html, "no first-level heading", Strength.HERE, against=1)
    else:
        yield from unless(firsts, empty)


def _named(node: LexborNode, view: View) -> bool:
    """Has the element a text or another accessible name (accname 1.2, as far as markup tells)?"""
    attributes = node.attributes
    if tidy(node.text()) or any(tidy(attributes.get(key) or "") for key in ("aria-label", "title")):
        return True
    if _labelled_by(node, view):
        return True
    if node.tag == "input":
        # Submit and reset buttons have a name of the browser's own.
        kind = (attributes.get("type") or "").lower()
        return kind in ("submit", "reset") or bool(tidy(attributes.get("alt" if kind == "image" else "value") or ""))
    return any(
        any(tidy(inner.attributes.get(key) or "") for key in ("alt", "aria-label", "title", "value"))
        or (inner.tag == "title" and tidy(inner.text()))
        or _labelled_by(inner, view)
        for inner in node.css("img[alt], [aria-label], [aria-labelledby], [title], svg title, input[value]")
    )


def link_names(view: View) -> Iterator[Hit]:
    """Every link and button has a text or another accessible name (WCAG 2.4.4, 4.1.2; ACT c487ae, 97a4e1)."""
    parts = [*(one.node for one in view.document.links[:1]), *(one.node for one in view.document.buttons[:1])]
    nameless = [part.node for part in view.document.links if not part.names and not _named(part.node, view)]
    nameless += [part.node for part in view.document.buttons if not _named(part.node, view)]
    yield from unless(parts, [node for node in nameless if not _hidden(node)])


def zoom_allowed(view: View, *, at_least: float = 2.0) -> Iterator[Hit]:
    """The viewport does not forbid zooming, nor cap it below `at_least` (WCAG 1.4.4; ACT b4f0c3)."""
    node = next(iter(view.document.css("meta[name=viewport i]")), None)
    if node is None:
        return
    content = (node.attributes.get("content") or "").lower()
    settings = dict(part.strip().split("=", 1) for part in content.replace(";", ",").split(",") if "=" in part)
    settings = {key.strip(): value.strip() for key, value in settings.items()}
    blocked = (
        not _scalable(settings.get("user-scalable", "yes")) or _scale(settings.get("maximum-scale", "10")) < at_least
    )
    yield Hit(node, content[:QUOTE_LENGTH], Strength.HERE, against=int(blocked))


_WORDS_OF_SCALE = {"device-width": 10.0, "device-height": 10.0, "yes": 1.0, "no": 0.1}


def _scale(value: str) -> float:
    """The largest scale as browsers read it (CSS Device Adaptation 1, section 9): what is no number is the least."""
    try:
        number = float(value)
    except ValueError:
        return _WORDS_OF_SCALE.get(value, 0.1)
    return number if number >= 0 else float("inf")


def _scalable(value: str) -> bool:
    """May people zoom: yes, or a number that is not next to nought (same section)?"""
    try:
        return abs(float(value)) >= 1
    except ValueError:
        return value in ("yes", "device-width", "device-height")


def statement_details(view: View, *, terms: Concept, status: Concept) -> Iterator[Hit]:
    """A page about `terms` that names `status`, holds a date, and gives an address to write to.

    The three parts that the European model statement asks for (Implementing Decision (EU) 2018/1523).
    """
    if terms not in view.topic_terms:
        return
    dated = any(date_in(block.text, view.language.language) for block in view.document.blocks_with_digits)
    reached = view.document.blocks_with_address or any(
        part.href.lower().startswith(("mailto:", "tel:")) for part in view.document.links
    )
    found = next((one for one in view.blocks.get(status, ()) if one.words <= 60), None)
    if dated and reached and found:
        yield view.hit(found, Strength.HERE)


def skip_link(view: View, *, terms: Concept, first: int = 3) -> Iterator[Hit]:
    """One of the `first` links jumps to an element of this page (WCAG 2.4.1)."""
    for part in view.document.links[:first]:
        here, _, target = part.href.partition("#")
        if not target or (here and view.document.link_url(part) != view.page.url.partition("#")[0]):
            continue
        named = next((term for name in part.names if (term := view.term(name, terms))), None)
        if named and _exists(view, target):
            yield Hit(part.node, part.text[:QUOTE_LENGTH], Strength.HERE, named.phrase, named.language)


def _exists(view: View, target: str) -> bool:
    anchors = view.document.tree.css("a[name]")
    return target in view.document.ids or any(node.attributes.get("name") == target for node in anchors)
