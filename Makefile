# ripeness: the two commands are `make run` and `make test`. Both set up .venv first where that is missing.

PYTHON ?= python3
VENV ?= .venv
CASE ?= ukraine-2025-12
WORKERS ?= 2
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test slow lint format verify bench bench-deals bench-sources bench-ensembles figures lock clean clean-cache help

run: $(VENV)/.ready ## solve the shipped case, print its summary, write a run folder with a report
	$(BIN)/ripeness run $(CASE)

test: $(VENV)/.ready-dev ## the fast tests
	$(BIN)/python tests/compile_engine.py
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not slow"

slow: $(VENV)/.ready-dev ## the slow tests
	RIPENESS_CHECK_ANNOTATIONS=all $(BIN)/python -m pytest -q -n $(WORKERS) -m slow || [ $$? -eq 5 ] # 5: there are none

lint: $(VENV)/.ready-dev ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.ready-dev ## put the code into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

verify: $(VENV)/.ready ## results of the literature, one line per case; CASES=FILE for others
	$(BIN)/ripeness-verify $(or $(CASES),../shared/theory_cases.json)

bench: $(VENV)/.ready-dev ## speed of the engine, in machine-readable lines that check themselves
	$(BIN)/python benchmarks/engine.py $(ARGS)

bench-deals: $(VENV)/.ready-dev ## time that the efficient packages of large plans take, checked by random packages
	$(BIN)/python benchmarks/deals.py $(ARGS)

bench-sources: $(VENV)/.ready-dev ## time and memory of reading a 300-page PDF and a thousand articles
	$(BIN)/python benchmarks/sources.py $(ARGS)

bench-ensembles: $(VENV)/.ready-dev ## draws a second, and memory by the number of draws
	$(BIN)/python benchmarks/ensembles.py $(ARGS)

figures: $(VENV)/.ready ## draw the pictures of docs/private-information.md anew
	$(BIN)/python docs/figures/private_information.py

lock: ## write requirements-lock.txt anew from the ranges in pyproject.toml
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet '.[dev]'
	build/lock/bin/python -m pip freeze --exclude ripeness > requirements-lock.txt
	rm -rf build/lock

clean-cache: ## remove compiled code, so that the engine is compiled anew
	find src -name '*.nb[ic]' -delete

clean: ## remove everything that these commands made, except run folders
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 13

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "ripeness needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: pyproject.toml requirements-lock.txt | $(VENV)/bin/python
	$(PIP) install --constraint requirements-lock.txt --editable .
	@touch $@

$(VENV)/.ready-dev: pyproject.toml requirements-lock.txt | $(VENV)/bin/python
	$(PIP) install --constraint requirements-lock.txt --editable '.[dev]'
	@touch $(VENV)/.ready $@
