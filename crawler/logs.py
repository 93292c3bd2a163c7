"""The log as JSON lines: what the crawler had to say, for machines and for people who mend it."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

OWN = "crawler"
"""Our own loggers tell from INFO on, all others from WARNING on."""
QUOTED = 20_000
"""Characters of one message or traceback that are kept."""


class JsonLines(logging.Formatter):
    """One object a line: time (UTC), level, logger, message; country, run and url where they are known."""

    def __init__(self) -> None:
        super().__init__()
        self.context: dict[str, str] = {}

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, Any] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage()[:QUOTED],
        } | self.context
        if url := _url_of(record):
            told["url"] = url
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)[-QUOTED:]
        return json.dumps(told, ensure_ascii=False, default=str)


def _url_of(record: logging.LogRecord) -> str:
    """The address that a record is about: named as such, or that of Scrapy's request or response."""
    given: dict[str, Any] = record.args if isinstance(record.args, dict) else {}
    for one in (getattr(record, "url", None), given.get("url"), given.get("request"), given.get("response")):
        url = one if isinstance(one, str) else getattr(one, "url", None)
        if isinstance(url, str) and url:
            return url
    return ""


def _is_worth_telling(record: logging.LogRecord) -> bool:
    own = record.name == OWN or record.name.startswith(OWN + ".")
    return record.levelno >= (logging.INFO if own else logging.WARNING)


class Log:
    """The log file of this process, open until `close`. Raises OSError where it cannot be opened."""

    def __init__(self, path: Path) -> None:
        self.formatter = JsonLines()
        self.handler = logging.FileHandler(path, encoding="utf-8")
        self.handler.setFormatter(self.formatter)
        self.handler.addFilter(_is_worth_telling)
        self._level = logging.root.level
        logging.root.setLevel(logging.NOTSET)
        logging.root.addHandler(self.handler)

    def about(self, country: str, run: str) -> None:
        """From here on lines are about this run."""
        self.formatter.context = {"country": country, "run": run}

    def close(self) -> None:
        """Ends the log."""
        logging.root.removeHandler(self.handler)
        logging.root.setLevel(self._level)
        self.handler.close()
