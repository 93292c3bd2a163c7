"""Whose page is this? Services, participation and open data count on official sites only (labelling guide, rule 8)."""

import re
from collections.abc import Iterator

from crawler.detectors.view import View
from crawler.page.patterns import found_in_lines
from crawler.page.urls import host_written, is_government

NAME = 9
"""Words of the longest text that is a body's name or copyright line rather than a sentence about it."""
_NAMES = frozenset(["public-body", "official-site", "ministries", "local-governments", "cabinet"])
_OTHER_HOSTS = re.compile(
    r"(?:^|\.)(?:edu|ac)(?:\.[a-z]{2})?$|(?:^|\.)(?:wordpress|blogspot|medium|tumblr|substack|wixsite|blogger)\.[a-z]{2,3}$",
    re.I,
)
_OTHER_TYPES = frozenset(
    "NewsArticle Product Offer Store OnlineStore ShoppingCenter LocalBusiness BankOrCreditUnion FinancialService NewsMediaOrganization"
    " CollegeOrUniversity Hotel Restaurant RealEstateAgent InsuranceAgency Corporation Recipe Movie MusicGroup".split()
)
_SHOP = (
    r"(?:^|[/_-])(?:cart|panier|warenkorb|carrito|carrello|basket|koszyk|kosik|sepet|winkelwagen|wishlist|checkout)(?:$|[.?/_-])"
    r"|woocommerce|prestashop|add-to-cart|my-?account/orders"
)
# What publishers measure their readers and sell their articles with.
_PUBLISHER = r"quantserve|scorecardresearch|chartbeat|parsely|tinypass|poool\.fr|outbrain|taboola|piano\.io"
_FORUM = re.compile(r"vbulletin|phpbb|xenforo|invision|woocommerce|prestashop|shopify|magento|opencart", re.I)


def is_official(view: View) -> bool:
    """Is the page one of a public body, as far as it tells?

    Pages reached from a seed are, and so are hosts under a suffix kept for governments. Any other page gets the
    benefit of the doubt unless it bears a mark of a shop, newspaper, bank, university or blog and names no public body
    in title, header or footer.
    """
    host = host_written(view.page.url)
    if view.page.official or is_government(host):
        return True
    return not _bears_marks_of_others(view, host) or any(
        match.words <= NAME and not _NAMES.isdisjoint(match.found) for match in map(view.match, _names(view))
    )


def _bears_marks_of_others(view: View, host: str) -> bool:
    document = view.document
    return bool(
        _OTHER_HOSTS.search(host)
        or any(seen.provider.kind == "advertising" for seen in view.sightings)
        or any(thing.types & _OTHER_TYPES for thing in document.things)
        or view.names_any(document.title, ["other-body"])
        or view.names_any(document.meta.get("og:site_name", ""), ["other-body"])
        or document.meta.get("og:type", "").startswith("product")
        or found_in_lines(_SHOP, document.addresses_of_links)
        or found_in_lines(_PUBLISHER, document.sources_of_scripts)
        or _FORUM.search(document.meta.get("generator", ""))
    )


def _names(view: View) -> Iterator[str]:
    """Where a site says whose it is: title, metadata, the links and pictures home, header and footer."""
    document = view.document
    yield from document.topic
    for key in ("og:site_name", "author", "dcterms.creator", "dcterms.publisher", "publisher"):
        yield document.meta.get(key, "")
    home = {"/", "./", "index.html", view.page.portal}
    yield from (text for link in document.links if link.href in home for text in link.names)
    for block in document.blocks:
        # The text of a link tells where it leads.
        if not block.node.css("a") and document.in_frame(block.node):
            yield block.text
