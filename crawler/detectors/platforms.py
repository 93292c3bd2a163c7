"""The detector of providers: whose software or scheme a page uses."""

from collections.abc import Iterator

from crawler.detectors.view import QUOTE_LENGTH, Concepts, Hit, Names, View
from crawler.items import Strength


def provider(
    view: View, *, kind: str, by: Names, here: bool = False, without: Names = (), unless: Concepts = ()
) -> Iterator[Hit]:
    """A provider of the kind, met in one of the ways `by`: link, form, frame, script, generator, mark.

    `here`: the page itself uses it; otherwise it points to it. `without`: ids of providers left out; `unless`: concepts
    that the words of the link must not name.
    """
    for seen in view.sightings:
        if seen.provider.kind == kind and seen.by in by and seen.provider.id not in without:
            if unless and view.names_any(seen.quote, unless):
                continue
            yield Hit(seen.node, seen.quote[:QUOTE_LENGTH], Strength.HERE if here else Strength.LINK, seen.provider.id)
