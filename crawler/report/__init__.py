"""The report: a static site, self-contained, with coverage beside every score."""

from crawler.report.site import write_site

__all__ = ["write_site"]
