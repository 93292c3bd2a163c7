"""Detectors of facts in running text: addresses, numbers, dates, sums."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from crawler.detectors.view import QUOTE_LENGTH, Concept, Concepts, Hit, Pattern, View
from crawler.items import Strength
from crawler.page.parts import tidy
from crawler.page.patterns import compiled, lines_with
from crawler.page.terms import Term

_PHONE = re.compile(
    r"(?:\+|\b00)\d[\d ().\-/]{6,18}\d|\(?\b0\d{1,4}\)?[ .\-/]\d[\d .\-/]{4,12}\d|\b\d{3}[ .-]\d{3,4}[ .-]\d{3,4}\b"
)
_NUMBER = re.compile(r"\d[\d ().\-/]{6,18}\d")
"""Every telephone number has such a stretch; it is found in less time."""
_MAIL_LINK = r"^\s*mailto:|email-protection"
_EMAIL = re.compile(
    r"[\w.+-]{1,64}\s?(?:@|\[at\]|\(at\)|\{at\}|\s\[?\(?arroba\)?\]?\s)\s?[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}", re.I
)
# A letter with the marks that Indic and South-East Asian scripts hang on it.
_LETTER = r"(?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u0e30-\u0e4e\u1000-\u109f\u1780-\u17d3])"
_DATE = re.compile(
    r"\b(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2})\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|er|º|°|\.)?,?\s(?:de\s|di\s|d')?{_LETTER}{{3,14}}\.?,?\s(?:de\s|del\s)?(?:19|20)\d\d\b"
    rf"|\b{_LETTER}{{3,9}}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d\b"
    r"|(?:19|20)\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
)
_AMOUNT = re.compile(
    r"(?:[$€£¥₽₴₺₹₩]|\b(?:USD|EUR|GBP|CHF|CAD|AUD|NZD|Rs\.?|R\$|S/\.?|Rp\.?|KSh|KES|TZS|UGX|SAR|AED|QAR|RUB|UAH|TL|KRW|CFA|FCFA|MAD|DZD|TND|XAF|XOF)\b)"
    r"\s?\d[\d.,' ]{0,20}|\b\d[\d.,' ]{0,20}\s?(?:[€$£₽₴₺]|(?:EUR|USD|GBP|CHF|euros?|dollars?|pesos|soles|rubles?|руб|грн|ريال|درهم|دينار|元|TL|FCFA|Kr)\b)"
)  # fmt: skip


def email(view: View) -> Iterator[Hit]:
    """An e-mail address as text or `mailto:` link, plain or written against robots."""
    for line in lines_with(_MAIL_LINK, view.document.addresses_of_links):
        part = view.document.links[line]
        protected = "email-protection" in part.href
        if protected or "@" in part.href.replace("%40", "@"):
            address = part.href if protected else part.href.strip()[len("mailto:") :].partition("?")[0]
            yield Hit(part.node, (part.text or address)[:QUOTE_LENGTH], Strength.HERE)
    for block in view.document.blocks_with_address:
        if found := _EMAIL.search(block.text):
            yield Hit(block.node, found.group()[:QUOTE_LENGTH], Strength.HERE)


def telephone(view: View, *, near: Pattern) -> Iterator[Hit]:
    """A telephone number: a `tel:` link, or a number whose block, or the short one before it, matches `near`."""
    for line in lines_with(r"^\s*tel:", view.document.addresses_of_links):
        part = view.document.links[line]
        yield Hit(part.node, (part.text or part.href)[:QUOTE_LENGTH], Strength.HERE)
    blocks = view.document.blocks
    for position in view.document.positions_with_digits:
        block = blocks[position]
        if _NUMBER.search(block.text) and (number := _PHONE.search(block.text)):
            before = blocks[position - 1].text if position else ""
            if compiled(near).search(f"{before if len(before) <= 40 else ''} {block.text} {block.heading}"):
                start = max(0, number.start() - 40)
                yield Hit(block.node, block.text[start : start + QUOTE_LENGTH], Strength.HERE)


def dated_news(
    view: View, *, path: Pattern, terms: Concept, without: Concepts = (), at_least: int = 2
) -> Iterator[Hit]:
    """A headline with its date: on a news page, under a news heading, or `at_least` of them in one list.

    `without`: what the date is of otherwise, such as the last change of the page.
    """
    about_news = bool(compiled(path).search(view.page.url))
    dated: dict[str, Hit] = {}
    for block in view.document.blocks_with_digits:
        if len(block.text) > 140 or not ("20" in block.text or "19" in block.text):
            continue
        if not (date := _DATE.search(block.text)) or view.names_any(block.text, without):
            continue
        hit = Hit(block.node, date.group()[:QUOTE_LENGTH], Strength.HERE)
        if about_news or view.names_any(block.heading, [terms]) or view.names_any(block.text, [terms]):
            yield hit
        elif block.text not in dated and _is_recent(date.group(), view.page.captured_at):
            if _has_headline(block.node, date.group()):
                dated[block.text] = hit
                # As soon as they are a list: whoever asks may be content with the first.
                if len(dated) == at_least:
                    yield from dated.values()
                elif len(dated) > at_least:
                    yield hit


RECENT_YEARS = 5
"""A list of older dates is a register or a life story rather than news."""


def _is_recent(date: str, captured_at: str) -> bool:
    year = re.search(r"(?:19|20)\d\d", date)
    captured = captured_at[:4]
    return year is None or not captured.isdigit() or 0 <= int(captured) - int(year.group()) <= RECENT_YEARS


def _has_headline(node: LexborNode, date: str) -> bool:
    """Does the item of the list in which the date stands also hold a link of several words, the date not among them?"""
    item: LexborNode | None = node
    for _ in range(2):
        if item is None or item.tag in ("body", "main", "table", "tbody", "ul"):
            return False
        texts = [tidy(link.text()) for link in item.css("a[href]")[:3]]
        if any(len(text.split()) >= 4 and date not in text for text in texts):
            return True
        item = item.parent
    return False


def amount(view: View, *, terms: Concept, without: Concepts = ()) -> Iterator[Hit]:
    """A sum of money in a block that names `terms`, or whose heading does."""
    for block in view.document.blocks_with_digits:
        if len(block.text) > 300 or not (found := _AMOUNT.search(block.text)):
            continue
        if view.names_any(block.text, without) or view.names_any(block.heading, without):
            continue
        term = view.term(block.text, terms) or view.term(block.heading, terms) or _column_term(view, block.node, terms)
        if term:
            start = max(0, found.start() - 80)
            yield Hit(block.node, block.text[start : start + QUOTE_LENGTH], Strength.HERE, term.phrase, term.language)


def _column_term(view: View, node: LexborNode, terms: str) -> Term | None:
    """The term that a header cell of the table names, where the node is a cell."""
    if node.tag != "td":
        return None
    table: LexborNode | None = node
    while table is not None and table.tag != "table":
        table = table.parent
    cells = table.css("th")[:8] if table is not None else []
    return next((term for cell in cells if (term := view.term(tidy(cell.text()), terms))), None)
