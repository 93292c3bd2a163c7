"""The page about files and tables that stands in the results directory, made from the schema."""

from sqlite_utils import Database

from crawler.storage.schema import NOTES, crawl_migrations, survey_migrations

_HEAD = """# What runs write here

Nothing in this folder but this page is kept by git. This page is made from the schema.

| file | holds |
| --- | --- |
| `survey.db` | what all runs found and what people said of it: read by the review app, scores, report and export |
| `runs/RUN/crawl.db` | one run: its frontier, pages and evidence; merged into `survey.db` at the end, may be merged again |
| `runs/RUN/warc/*.warc.gz` | the pages themselves, WARC 1.1: request, response and metadata records, and what a browser made of a page |
| `runs/RUN/run.json` | the manifest of a run: state, versions, settings, seeds and their digest, rubric, vantage, start, end, counts |
| `report/` | the static site that `egov report` writes |
| `runs/RUN/lock` | held by the process that works on the run |
| `crawl.log` | what the crawler had to say, JSON lines: time, level, logger, message, country, run, url |
| `review.key` | signs the sessions of the review app; keep it to yourself |

Both databases are SQLite in WAL mode with STRICT tables and foreign keys. `egov export` gives their rows as CSV or JSON Lines.
"""


def results_readme() -> str:
    """The whole page; Markdown."""
    crawl, survey = Database(memory=True), Database(memory=True)
    crawl_migrations.apply(crawl)
    survey_migrations.apply(survey)
    parts = [_HEAD]
    for name in NOTES:
        both = [label for label, db in (("crawl.db", crawl), ("survey.db", survey)) if db.table(name).exists()]
        table = (survey if "survey.db" in both else crawl).table(name)
        keys = {key.column: key.other_table for key in table.foreign_keys if not key.is_compound}
        parts.append(
            f"\n## `{name}` ({', '.join(both)})\n\n{NOTES[name]}\n\n| column | type | |\n| --- | --- | --- |\n"
        )
        for column in table.columns:
            marks = ["key"] if column.is_pk else []
            marks += [f"refers to `{keys[column.name]}`"] if column.name in keys else []
            parts.append(f"| `{column.name}` | {column.type} | {', '.join(marks)} |\n")
    crawl.close()
    survey.close()
    return "".join(parts)
