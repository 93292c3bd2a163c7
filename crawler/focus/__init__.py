"""Which link next. The links of a page are read where the page is parsed; `Focus` lives where the crawl is steered."""

from crawler.focus.learning import Focus
from crawler.focus.links import FoundLink, found_links, link_of_sitemap
from crawler.focus.repetition import signature

__all__ = ["Focus", "FoundLink", "found_links", "link_of_sitemap", "signature"]
