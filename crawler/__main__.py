"""`python -m crawler` is `egov`."""

from crawler.cli import main

main(prog_name="egov")
