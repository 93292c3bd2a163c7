"""Writing rows for other programs: CSV and JSON Lines, safe for spreadsheets."""

import csv
import json
from collections.abc import Iterable
from typing import Any, TextIO

# Cells that begin so are formulas to a spreadsheet, and page titles are written by strangers.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_rows(rows: Iterable[dict[str, Any]], format: str, stream: TextIO) -> int:
    """Writes the rows; their number. `format` is csv or jsonl."""
    number = 0
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        number += 1
        if format == "jsonl":
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            continue
        if writer is None:
            writer = csv.DictWriter(stream, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow({key: _safe(value) for key, value in row.items()})
    return number


def _safe(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # csv does not quote a carriage return where it does not end lines, and readers begin a row after it.
    one_break = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{one_break}" if value.startswith(_FORMULA) else one_break
