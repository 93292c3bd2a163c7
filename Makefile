# demo: see the whole path on a fictional country. test: the whole suite. Both work on a bare machine
# with Python 3.11 or later and the package registries.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint docs bench clean

demo: $(VENV)/.demo
	@if $(BIN)/python -m crawler.fetch.install; then $(BIN)/egov demo; else $(BIN)/egov demo --no-browser; fi

test: $(VENV)/.test
	@$(BIN)/python -m crawler.fetch.install || true
	@$(BIN)/python -m pytest

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.test
	$(BIN)/cog -r README.md docs/*.md
	$(BIN)/python -c "from pathlib import Path; from crawler.storage.documenting import results_readme; Path('results/README.md').write_text(results_readme(), 'utf-8')"
	$(BIN)/egov rubric docs -o docs/catalogue.md
	$(BIN)/egov rubric schema > rubrics/feature.schema.json

bench: $(VENV)/.test
	$(BIN)/python benchmarks/detection.py
	$(BIN)/python benchmarks/links.py
	$(BIN)/python benchmarks/language.py
	$(BIN)/python benchmarks/accessibility.py
	$(BIN)/python benchmarks/state.py
	$(BIN)/python benchmarks/assess.py
	$(BIN)/python benchmarks/archive.py
	$(BIN)/python benchmarks/throughput.py
	$(BIN)/python benchmarks/frontier.py
	$(BIN)/python benchmarks/crash.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "egov needs Python 3.11 or later; name one with PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@ $(VENV)/.demo
