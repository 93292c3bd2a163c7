"""The only SQL: schema, crawl database, survey database, export."""

from crawler.storage.crawl import CrawlDatabase
from crawler.storage.survey import SurveyDatabase

__all__ = ["CrawlDatabase", "SurveyDatabase"]
