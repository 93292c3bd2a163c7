"""The review app: people look at evidence and decide."""

from crawler.review.app import create_app

__all__ = ["create_app"]
