"""Detectors of accessibility markers that a static page settles (WCAG 2.2)."""

from collections.abc import Iterator

from crawler.detectors.view import QUOTE_LENGTH, Concept, Hit, View
from crawler.items import Strength
from crawler.page.language import base, is_valid, same, script_of
from crawler.page.parts import tidy


def page_language(view: View) -> Iterator[Hit]:
    """`html` declares a valid language that fits the main text (WCAG 3.1.1; ACT b5c3f8)."""
    declared = view.document.declared_language
    node = view.document.tree.css_first("html")
    if node is None or not declared or not is_valid(declared):
        return
    if same(base(declared), view.language.language) or _too_short_to_tell(view):
        yield Hit(node, f'lang="{declared}"'[:QUOTE_LENGTH], Strength.HERE, language=base(declared))


def _too_short_to_tell(view: View) -> bool:
    """Where the text is too short to tell its language, the declaration is believed."""
    detected = view.language.detected
    return not detected and bool(script_of(view.document.main_text))


def alt_text(view: View) -> Iterator[Hit]:
    """Every `img` has an `alt` attribute, empty allowed (WCAG 1.1.1)."""
    images = view.document.images
    if images and all("alt" in image.attributes for image in images):
        quote = images[0].html or f"{len(images)} img"
        yield Hit(images[0], tidy(quote)[:QUOTE_LENGTH], Strength.HERE)


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
    tree = view.document.tree
    quoted = target.replace("\\", "\\\\").replace('"', '\\"')
    return tree.css_first(f'[id="{quoted}"], a[name="{quoted}"]') is not None
