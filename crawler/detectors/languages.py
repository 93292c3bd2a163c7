"""The detector of foreign languages."""

from collections.abc import Iterator

from crawler.detectors.view import QUOTE_LENGTH, Hit, View
from crawler.items import Strength
from crawler.page.language import base


def other_language(view: View) -> Iterator[Hit]:
    """The page's text is in a language that is not official, or a menu entry or `hreflang` leads to one."""
    official = {base(tag) for tag in view.official}
    if not official:
        return
    declared = base(view.document.declared_language) if view.document.declared_language else ""
    spoken = view.language.language
    html = view.document.root
    if spoken and spoken not in official and spoken == (view.language.detected or declared) and html is not None:
        quote = view.document.title or view.document.main_text
        yield Hit(html, quote[:QUOTE_LENGTH], Strength.HERE, language=spoken)
    for code, part in view.linked_languages:
        if code not in official and code != spoken:
            yield Hit(part.node, (part.text or part.href)[:QUOTE_LENGTH], Strength.LINK, language=code)
